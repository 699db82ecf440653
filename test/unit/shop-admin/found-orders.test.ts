import { describe, expect, it } from 'vitest';
import { toShopOrder } from '../../../src/shop-admin/found-orders.ts';
import { idsOf } from '../../../stand-ins/shop/ids.ts';
import { orderNode } from '../../../stand-ins/shop-admin/nodes.ts';
import { checkoutFacts } from '../../support/shop-admin-at-stand-in.ts';

const facts = checkoutFacts('2026-11-20T11:30:05Z');
const node = orderNode(facts);
const read = (fields: Readonly<Record<string, unknown>>) => toShopOrder({ ...node, ...fields });

describe('an order of the Admin API', () => {
  it('tells which checkout it settles, what it brought and whose it is', () => {
    const ids = idsOf(facts.token);
    expect(toShopOrder(node)).toEqual({
      id: `${ids.orderId}`,
      name: `#${ids.orderNumber}`,
      checkoutToken: facts.token,
      cartToken: ids.cartToken,
      checkoutId: null,
      createdAt: Date.parse('2026-11-20T11:30:05Z'),
      total: '197.90',
      currency: 'EUR',
      emails: ['odile.marrable@example.com'],
      phones: [{ number: '(415) 555-0142', country: 'US' }],
      discountCodes: [],
    });
  });

  it('names every number once, each with the country of its own address', () => {
    const phones = read({
      phone: '+14155550142',
      customer: {
        defaultEmailAddress: { emailAddress: 'other@example.com' },
        defaultPhoneNumber: { phoneNumber: '+14155550142' },
        defaultAddress: { phone: '030 23125 042', countryCodeV2: 'DE' },
      },
    })?.phones;
    expect(phones).toEqual([
      { number: '+14155550142', country: null },
      { number: '(415) 555-0142', country: 'US' },
      { number: '030 23125 042', country: 'DE' },
    ]);
  });

  it('names both e-mail addresses when the account has another one', () => {
    const customer = {
      ...{ defaultPhoneNumber: null, defaultAddress: null },
      defaultEmailAddress: { emailAddress: 'other@example.com' },
    };
    expect(read({ customer })?.emails).toEqual(['odile.marrable@example.com', 'other@example.com']);
  });

  it('that began as our draft has the checkout token of its attribute', () => {
    const customAttributes = [
      { key: 'gift', value: 'yes' },
      { key: 'ringback_checkout_token', value: 'c0ffee' },
    ];
    expect(read({ checkoutToken: null, customAttributes })?.checkoutToken).toBe('c0ffee');
    expect(read({ customAttributes })?.checkoutToken).toBe(facts.token);
  });

  it('of a point of sale settles no checkout and may be nobody’s', () => {
    const none = { checkoutToken: null, cartToken: null, email: null, customer: null };
    expect(read({ ...none, shippingAddress: null, billingAddress: null })).toMatchObject({
      ...{ checkoutToken: null, cartToken: null, emails: [], phones: [] },
    });
  });

  it.each([
    ['null', null],
    ['an instant that is none', { ...node, createdAt: 'soon' }],
    ['an amount that is none', { ...node, totalPriceSet: { shopMoney: { amount: {}, currencyCode: 'EUR' } } }],
    ['codes that are none', { ...node, discountCodes: 'SAVE10' }],
  ])('cannot be read with %s', (_what, unreadable) => {
    expect(toShopOrder(unreadable)).toBeNull();
  });
});
