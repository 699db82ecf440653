import { describe, expect, it } from 'vitest';
import { shopperPhone } from '../../../src/domain/shopper-phone.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';

/** A checkout whose every number has a last digit of its own: 1 for texts, 2 contact, 3 shipping, 4 billing, 5 account, 6 default address. */
const everyNumber = aCheckout({
  smsMarketing: { accepted: true, phone: '+919090909091' },
  phone: '+919090909092',
  shippingAddress: anAddress({ phone: '90909 09093' }),
  billingAddress: anAddress({ phone: '90909 09094' }),
  customer: {
    id: null,
    firstName: 'Asha',
    lastName: null,
    email: null,
    phone: '+919090909095',
    defaultAddress: anAddress({ phone: '90909 09096' }),
  },
});
const account = { id: null, firstName: 'Asha', lastName: null, email: null, phone: null, defaultAddress: null };
const noPhone = aCheckout({ phone: null });

describe('the number to call', () => {
  it('is the first in order of trust', () => {
    let checkout = everyNumber;
    const sources: string[] = [];
    const take = (without: Partial<typeof checkout>) => {
      const phone = shopperPhone(checkout);
      sources.push(phone.ok ? `${phone.source} …${phone.e164.at(-1)}` : phone.reason);
      checkout = { ...checkout, ...without };
    };
    take({ smsMarketing: { accepted: false, phone: '+919090909091' } });
    take({ phone: null });
    take({ shippingAddress: anAddress() });
    take({ billingAddress: null });
    take({ customer: { ...account, defaultAddress: anAddress({ phone: '90909 09096' }) } });
    take({ customer: account });
    take({});
    expect(sources).toEqual([
      'sms_marketing_phone …1',
      'phone …2',
      'shipping_address.phone …3',
      'billing_address.phone …4',
      'customer.phone …5',
      'customer.default_address.phone …6',
      'no_phone',
    ]);
  });

  it('is not the number for text messages unless that consent stands', () => {
    const declined = { ...noPhone, smsMarketing: { accepted: false, phone: '+919090909091' } };
    expect(shopperPhone(declined)).toEqual({ ok: false, reason: 'no_phone' });
  });

  it('is the next one when a more trusted one cannot be called', () => {
    const checkout = { ...everyNumber, smsMarketing: { accepted: true, phone: 'none' }, phone: '1800 425 3800' };
    expect(shopperPhone(checkout)).toMatchObject({ ok: true, source: 'shipping_address.phone' });
  });

  it('of an address is read with the country of that address', () => {
    const checkout = {
      ...noPhone,
      shippingAddress: anAddress({ phone: null, countryCode: 'IN' }),
      billingAddress: anAddress({ phone: '(502) 459-2181', countryCode: 'US' }),
    };
    expect(shopperPhone(checkout)).toEqual({
      ok: true,
      e164: '+15024592181',
      source: 'billing_address.phone',
      country: 'US',
    });
  });

  it.each([
    ['shipping', { shippingAddress: anAddress({ countryCode: 'AT' }), billingAddress: anAddress() }],
    [
      'billing',
      { shippingAddress: anAddress({ countryCode: null }), billingAddress: anAddress({ countryCode: 'AT' }) },
    ],
    ['default', { shippingAddress: null, customer: { ...account, defaultAddress: anAddress({ countryCode: 'AT' }) } }],
  ])('of the contact is read with the country of the %s address when it is the first known', (_which, places) => {
    const checkout = aCheckout({ phone: '0664 1234567', ...places });
    expect(shopperPhone(checkout)).toMatchObject({ ok: true, e164: '+436641234567', country: 'AT' });
  });

  it.each([
    ['no number at all', {}, 'no_phone'],
    ['white space', { phone: '  ' }, 'no_phone'],
    ['letters', { shippingAddress: anAddress({ phone: '555-555-SHIP' }) }, 'invalid_phone'],
    ['only a premium number', { phone: '+19002345678' }, 'invalid_phone'],
    ['a national number and no country', { phone: '90909 09090', shippingAddress: null }, 'invalid_phone'],
  ])('of a checkout with %s is none: %s', (_what, overrides, reason) => {
    expect(shopperPhone({ ...noPhone, ...overrides })).toEqual({ ok: false, reason });
  });
});
