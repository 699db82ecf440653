/** What of a checkout decides: all of it, and nothing of the person. */
import { describe, expect, it } from 'vitest';
import { candidateOf } from '../../../src/domain/candidate.ts';
import type { Address, Checkout } from '../../../src/domain/checkout.ts';
import type { ConsentRule } from '../../../src/domain/policy.ts';
import { toAbandonedCartPayload } from '../../../src/domain/to-abandoned-cart-payload.ts';
import { aCheckout, aLineItem, anAddress } from '../../support/a-checkout.ts';
import { aPolicy } from '../../support/a-record.ts';

function seenIn(checkout: Checkout, consent: ConsentRule = { kind: 'sms_marketing' }) {
  return candidateOf(checkout, toAbandonedCartPayload(checkout), aPolicy({ consent }));
}

/** Every text that stands anywhere in it, names of fields left out. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe('a candidate', () => {
  it('is what decides on Asha’s checkout', () => {
    expect(seenIn(aCheckout({ smsMarketing: { accepted: true, phone: null } }))).toEqual({
      lacks: null,
      phone: 'callable',
      test: false,
      botSignals: [],
      whereabouts: [expect.objectContaining({ country: 'IN', zones: ['Asia/Kolkata'] })],
      value: '1955.00',
      currency: 'INR',
      consent: { source: 'sms_marketing', value: 'accepted', version: '2026-11' },
    });
  });

  it.each<[string, Partial<Checkout>, object]>([
    ['without a number waits for one', { phone: null }, { lacks: 'no_phone', phone: 'none' }],
    ['without goods waits for them', { lineItems: [] }, { lacks: 'no_line_items', phone: 'none' }],
    [
      'with a premium number lacks nothing and cannot be called',
      { phone: '+1 900 234 5678' },
      { lacks: null, phone: 'invalid' },
    ],
    ['of a test says so', { test: true }, { test: true }],
    [
      'without a total lacks it',
      { totals: { lineItems: null, discounts: null, subtotal: null, total: null } },
      { value: null },
    ],
    [
      'without an address goes by the number',
      { shippingAddress: null },
      { whereabouts: [expect.objectContaining({ country: 'IN' })] },
    ],
  ])('%s', (_what, changes, expected) => {
    const checkout = aCheckout({ smsMarketing: { accepted: true, phone: null }, ...changes });
    expect(seenIn(checkout)).toMatchObject(expected);
  });

  it('may be in the country of either address, and in that of the number', () => {
    const checkout = aCheckout({
      phone: '+14155550123',
      billingAddress: anAddress({
        country: 'Austria',
        countryCode: 'AT',
        provinceCode: null,
        province: null,
        zip: '1010',
      }),
    });
    const countries = new Set(seenIn(checkout).whereabouts.map(({ country }) => country));
    expect([...countries].toSorted()).toEqual(['AT', 'IN', 'US']);
  });

  it.each<[string, Partial<Address>]>([
    ['by a name nobody knows', { country: 'Nippon' }],
    ['by a name in its own language', { country: '日本' }],
    ['not at all', { country: null }],
  ])('whose address names the country %s may be where no clock is known', (_what, changes) => {
    const address = anAddress({ provinceCode: null, province: null, zip: '100-0001', countryCode: null, ...changes });
    const checkout = aCheckout({ phone: '+14155550123', shippingAddress: address });
    expect(seenIn(checkout).whereabouts).toMatchObject([{ country: 'US' }, { country: 'ZZ', zones: [] }]);
  });

  it('whose address is a name and a number alone goes by the number', () => {
    const place = { address1: null, address2: null, city: null, province: null, provinceCode: null, zip: null };
    const address = anAddress({ ...place, country: null, countryCode: null, phone: '+919090909091' });
    expect(seenIn(aCheckout({ shippingAddress: address })).whereabouts).toMatchObject([{ country: 'IN' }]);
  });

  it('holds no contact, name, address, token or good of the shopper', () => {
    const secret = (n: number) => `Zq${n}secret`;
    const address = (n: number) =>
      anAddress({
        firstName: secret(n),
        lastName: secret(n + 1),
        name: `${secret(n)} ${secret(n + 1)}`,
        address1: secret(n + 2),
        address2: secret(n + 3),
        city: secret(n + 4),
        zip: '560047',
        phone: '+919191919191',
      });
    const checkout = aCheckout({
      token: secret(1),
      cartToken: secret(2),
      id: '99887766554433',
      recoveryUrl: `https://hill-coffee.myshopify.com/${secret(3)}/recover`,
      email: `${secret(4)}@mail.example`,
      phone: '+919090909091',
      smsMarketing: { accepted: true, phone: '+919090909092' },
      attributes: [
        { name: 'voice_call', value: 'yes' },
        { name: secret(5), value: secret(6) },
      ],
      customer: {
        id: secret(30),
        firstName: secret(7),
        lastName: secret(8),
        email: `${secret(9)}@mail.example`,
        phone: '+919090909093',
        defaultAddress: address(50),
      },
      shippingAddress: address(10),
      billingAddress: address(30),
      lineItems: [aLineItem({ title: secret(20), variantTitle: secret(21) })],
      discountCodes: [],
    });
    const rules: ConsentRule[] = [
      { kind: 'none' },
      { kind: 'sms_marketing' },
      { kind: 'attribute', name: 'voice_call', value: 'yes' },
    ];
    for (const rule of rules) {
      const candidate = seenIn(checkout, rule);
      expect(candidate).toMatchObject({ lacks: null, phone: 'callable' });
      expect(candidate.consent).not.toBeNull();
      const json = JSON.stringify(candidate);
      expect(json).not.toMatch(/secret|90909|91919|mail\.example|560047|hill-coffee|99887766554433|recover/i);
      // Whatever text is there is a code, an amount, a zone or the merchant's own word.
      for (const text of textsIn(candidate))
        expect(text).toMatch(/^([A-Z]{2,3}|[a-z_:]+|[\d.]+|2026-11|[A-Z][a-z]+\/[\w/-]+)$/);
    }
  });

  it('is plain data: what was kept on a record is what was decided on', () => {
    const candidate = seenIn(aCheckout());
    expect(JSON.parse(JSON.stringify(candidate))).toEqual(candidate);
  });
});
