/** What becomes of what: each table line changes one thing in the checkout of `aCheckout` and names what changes in the payload. */
import { describe, expect, it } from 'vitest';
import { AbandonedCartPayload } from '../../../src/domain/abandoned-cart-payload.ts';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { toAbandonedCartPayload } from '../../../src/domain/to-abandoned-cart-payload.ts';
import { aCheckout, aLineItem, anAddress, aTaxLine } from '../../support/a-checkout.ts';

function payloadOf(overrides: Partial<Checkout>): AbandonedCartPayload {
  const mapped = toAbandonedCartPayload(aCheckout(overrides));
  if (!mapped.ok) throw new Error(`not mapped: ${mapped.reason}`);
  expect(AbandonedCartPayload.safeParse(mapped.payload).error).toBeUndefined();
  return mapped.payload;
}

const noTotals = { lineItems: null, discounts: null, subtotal: null, total: '500.00' };
const account = { id: null, firstName: 'Asha', lastName: 'Rao', email: null, phone: null, defaultAddress: null };

describe('a checkout', () => {
  it('becomes a payload with the number to dial', () => {
    expect(toAbandonedCartPayload(aCheckout())).toEqual({
      ok: true,
      phone: '+919090909090',
      phoneSource: 'phone',
      phoneCountry: 'IN',
      payload: {
        id: 'gid://shopify/AbandonedCheckout/44001100220033',
        abandonedCheckoutUrl:
          'https://hill-coffee.myshopify.com/62000001/checkouts/ac/hc-1/recover?key=a-made-up-key&locale=en-IN',
        customer: { firstName: 'Asha', lastName: 'Rao', email: 'asha.rao@mail.example', phone: '+919090909090' },
        discountCodes: [],
        totalLineItemsPriceSet: { shopMoney: { amount: '1895.00' } },
        totalDiscountSet: { shopMoney: { amount: '0.00' } },
        subtotalPriceSet: { shopMoney: { amount: '1895.00' } },
        totalPriceSet: { shopMoney: { amount: '1955.00' } },
        taxesIncluded: true,
        taxLines: [{ rate: 0.05, ratePercentage: 5, source: null, title: 'IGST', price: '90.24' }],
        lineItems: [
          {
            title: 'Monsooned Malabar, 1 kg',
            quantity: 1,
            variant: { id: 'gid://shopify/ProductVariant/45500011122233', title: 'Whole bean' },
          },
        ],
        shippingAddress: {
          country: 'India',
          address1: '7 Cubbon Road',
          city: 'Bengaluru',
          province: 'Karnataka',
          provinceCode: 'KA',
          zip: '560001',
        },
      },
    });
  });

  it('is left as it was', () => {
    const checkout = aCheckout();
    const before = structuredClone(checkout);
    toAbandonedCartPayload(checkout);
    expect(checkout).toEqual(before);
  });
});

type Case = readonly [what: string, overrides: Partial<Checkout>, expected: Record<string, unknown>];

/** Keys are dotted paths; `undefined` expects the key to be absent, not merely undefined. */
function expectParts(whole: object | undefined, expected: Record<string, unknown>): void {
  expect(whole).toBeDefined();
  for (const [path, value] of Object.entries(expected)) {
    if (value === undefined) expect(whole).not.toHaveProperty(path);
    else expect(whole).toHaveProperty(path, value);
  }
}

describe('identity and link', () => {
  it.each<Case>([
    ['no id is known', { id: null }, { id: undefined }],
    [
      'the id is beyond 2^53',
      { id: '917820079255243537' },
      { id: 'gid://shopify/AbandonedCheckout/917820079255243537' },
    ],
    [
      'the link is not ASCII',
      { recoveryUrl: 'https://hügel.example/k' },
      { abandonedCheckoutUrl: 'https://xn--hgel-0ra.example/k' },
    ],
  ])('when %s', (_what, overrides, expected) => {
    expectParts(payloadOf(overrides), expected);
  });
});

describe('the customer', () => {
  it.each<Case>([
    ['is named by the account', {}, { 'customer.firstName': 'Asha', 'customer.lastName': 'Rao' }],
    [
      'is a guest',
      { customer: null, shippingAddress: anAddress({ firstName: 'Meera', lastName: 'Iyer' }) },
      { 'customer.firstName': 'Meera', 'customer.lastName': 'Iyer' },
    ],
    [
      'has no family name',
      { customer: { ...account, lastName: null }, shippingAddress: null },
      { 'customer.lastName': undefined },
    ],
    ['has no email', { email: null }, { 'customer.email': null }],
    ['has something else for an email', { email: 'asha at mail' }, { 'customer.email': null }],
    [
      'has an email in the account only',
      { email: null, customer: { ...account, email: ' a.rao@mail.example ' } },
      { 'customer.email': 'a.rao@mail.example' },
    ],
    ['has an email longer than any mailbox', { email: `${'a'.repeat(250)}@mail.example` }, { 'customer.email': null }],
    [
      'is dialled on the number for texts',
      { smsMarketing: { accepted: true, phone: '+919876543210' } },
      { 'customer.phone': '+919876543210' },
    ],
    [
      'is dialled on an address number as typed',
      { phone: null, shippingAddress: anAddress({ phone: '90909 09093' }) },
      { 'customer.phone': '+919090909093', 'shippingAddress.phone': '+919090909093' },
    ],
  ])('%s', (_what, overrides, expected) => {
    expectParts(payloadOf(overrides), expected);
  });
});

describe('line items', () => {
  const variant = { id: 'gid://shopify/ProductVariant/45500011122233', title: 'Whole bean' };

  it.each([
    [
      'keeps title, quantity and variant',
      aLineItem({ title: 'Kettle', quantity: 3 }),
      { title: 'Kettle', quantity: 3, variant },
    ],
    [
      'without a variant title gets Shopify’s own',
      aLineItem({ variantTitle: null }),
      { variant: { ...variant, title: 'Default Title' } },
    ],
    [
      'with a blank variant title gets it too',
      aLineItem({ variantTitle: ' ' }),
      { variant: { ...variant, title: 'Default Title' } },
    ],
    [
      'with a bound and clean title',
      aLineItem({ title: `Mug\u202e ${'x'.repeat(300)}` }),
      { title: `Mug ${'x'.repeat(251)}`, variant },
    ],
  ])('%s', (_what, item, expected) => {
    expect(payloadOf({ lineItems: [item] }).lineItems[0]).toMatchObject(expected);
  });

  it('leave the variant out of a custom item', () => {
    const lineItems = [aLineItem({ title: 'Engraving', variantId: null, variantTitle: 'ignored' })];
    expect(payloadOf({ lineItems }).lineItems).toEqual([{ title: 'Engraving', quantity: 1 }]);
  });

  it('leave out an item with nothing to read aloud', () => {
    const lineItems = [aLineItem({ title: '\u200b' }), aLineItem({ title: 'Kettle' })];
    expect(payloadOf({ lineItems }).lineItems.map((item) => item.title)).toEqual(['Kettle']);
  });
});

describe('amounts', () => {
  const twoLines = [aLineItem({ price: '129.00' }), aLineItem({ price: '14.505', quantity: 2 })];
  const amounts = (overrides: Partial<Checkout>) => {
    const payload = payloadOf(overrides);
    return [
      payload.totalLineItemsPriceSet,
      payload.totalDiscountSet,
      payload.subtotalPriceSet,
      payload.totalPriceSet,
    ].map((set) => set.shopMoney.amount);
  };

  it.each<[string, Partial<Checkout>, string[]]>([
    [
      'are Shopify’s decimal strings',
      { totals: { lineItems: '158.0', discounts: '15.80', subtotal: '142.2', total: '150.730' } },
      ['158.0', '15.80', '142.2', '150.730'],
    ],
    [
      'are derived exactly from the lines',
      { totals: noTotals, lineItems: twoLines },
      ['158.010', '0.00', '158.010', '500.00'],
    ],
    [
      'are derived as far as needed',
      { totals: { ...noTotals, lineItems: '158.00', discounts: '15.8' } },
      ['158.00', '15.8', '142.20', '500.00'],
    ],
    [
      'keep a subtotal that was given',
      { totals: { ...noTotals, lineItems: '158.00', subtotal: '150' } },
      ['158.00', '0.00', '150', '500.00'],
    ],
    [
      'survive what floating point would not',
      { totals: noTotals, lineItems: [aLineItem({ price: '0.1', quantity: 3 })] },
      ['0.3', '0.00', '0.30', '500.00'],
    ],
  ])('%s', (_what, overrides, expected) => {
    expect(amounts(overrides)).toEqual(expected);
  });
});

describe('discounts and taxes', () => {
  it.each<Case>([
    ['codes', { discountCodes: ['AUTUMN10', 'FREE\u200bSHIP', ' '] }, { discountCodes: ['AUTUMN10', 'FREESHIP'] }],
    ['no codes', { discountCodes: [] }, { discountCodes: [] }],
    ['taxes included or not is unknown', { taxesIncluded: null }, { taxesIncluded: undefined }],
    ['taxes not included', { taxesIncluded: false }, { taxesIncluded: false }],
    ['no tax lines', { taxLines: [] }, { taxLines: undefined }],
    [
      'float dust',
      { taxLines: [aTaxLine({ rate: 0.07 })] },
      { 'taxLines[0].ratePercentage': 7, 'taxLines[0].rate': 0.07 },
    ],
    ['a fraction of a per cent', { taxLines: [aTaxLine({ rate: 0.0825 })] }, { 'taxLines[0].ratePercentage': 8.25 }],
    ['an untitled tax', { taxLines: [aTaxLine({ title: null })] }, { 'taxLines[0].title': 'Tax' }],
    ['a tax with a source', { taxLines: [aTaxLine({ source: 'Shopify' })] }, { 'taxLines[0].source': 'Shopify' }],
  ])('%s', (_what, overrides, expected) => {
    expectParts(payloadOf(overrides), expected);
  });
});

describe('the shipping address', () => {
  const blank = anAddress({
    address1: null,
    city: null,
    province: null,
    provinceCode: null,
    country: null,
    countryCode: null,
    zip: null,
  });

  it.each<[string, Parameters<typeof anAddress>[0], Record<string, unknown>]>([
    ['names a country given as a code', { country: 'AT', countryCode: 'AT' }, { country: 'Austria' }],
    ['names a country known by its code only', { country: null, countryCode: 'IN' }, { country: 'India' }],
    ['keeps the name Shopify gives', { country: 'Deutschland', countryCode: 'DE' }, { country: 'Deutschland' }],
    ['keeps a code no table knows', { country: 'XX', countryCode: 'XX' }, { country: 'XX' }],
    ['names a province given as a code', { province: 'KA' }, { province: 'Karnataka', provinceCode: 'KA' }],
    [
      'names a province known by its code only',
      { province: null, provinceCode: 'TS' },
      { province: 'Telangana', provinceCode: 'TS' },
    ],
    [
      'keeps a province code no table knows',
      { province: 'MI', provinceCode: 'MI', country: 'Italy', countryCode: 'IT' },
      { province: 'MI', provinceCode: 'MI' },
    ],
    [
      'keeps the code when the country is unknown',
      { province: 'KA', country: null, countryCode: null },
      { province: 'KA', country: undefined },
    ],
    ['has its phone in E.164', { phone: '098765 43210' }, { phone: '+919876543210' }],
    ['has no phone that does not parse', { phone: '555-555-SHIP' }, { phone: undefined }],
    ['may have a phone that nobody would dial', { phone: '1800 425 3800' }, { phone: '+9118004253800' }],
    [
      'leaves out what is blank',
      { address2: '', zip: ' ', city: null },
      { address2: undefined, zip: undefined, city: undefined },
    ],
    ['is clean', { address1: '7 Cubbon\nRoad\u202e' }, { address1: '7 Cubbon Road' }],
    ['is bounded', { address2: 'x'.repeat(400) }, { address2: 'x'.repeat(255) }],
  ])('%s', (_what, overrides, expected) => {
    const { shippingAddress } = payloadOf({ shippingAddress: anAddress(overrides) });
    expectParts(shippingAddress, expected);
  });

  it('is left out when nothing of it is known', () => {
    expectParts(payloadOf({ shippingAddress: blank }), { shippingAddress: undefined });
    expectParts(payloadOf({ shippingAddress: null }), { shippingAddress: undefined });
  });
});

describe('the billing address', () => {
  it('is a country and a phone, no more', () => {
    const billingAddress = anAddress({ country: 'US', countryCode: 'US', phone: '(614) 555-0120' });
    expectParts(payloadOf({ billingAddress }), { billingAddress: { country: 'United States', phone: '+16145550120' } });
  });

  it('is left out when neither is known', () => {
    const billingAddress = anAddress({ country: null, countryCode: null });
    expectParts(payloadOf({ billingAddress }), { billingAddress: undefined });
  });
});

describe('a checkout that cannot be called about', () => {
  const nameless = { customer: null, shippingAddress: anAddress({ firstName: null, lastName: null, name: null }) };

  it.each<[string, string, Partial<Checkout>]>([
    ['no_line_items', 'the cart is empty', { lineItems: [] }],
    ['no_line_items', 'nothing in it has a title', { lineItems: [aLineItem({ title: ' ' })] }],
    ['no_phone', 'nobody left a number', { phone: null }],
    ['invalid_phone', 'the number cannot be called', { phone: '+19002345678' }],
    ['no_recovery_url', 'Shopify withheld the link', { recoveryUrl: null }],
    ['no_recovery_url', 'the link is none', { recoveryUrl: 'javascript:alert(1)' }],
    ['no_first_name', 'nobody is named', nameless],
    ['no_total', 'there is no total', { totals: { ...noTotals, total: null } }],
    [
      'no_total',
      'a line has no price and there is no sum',
      { totals: noTotals, lineItems: [aLineItem({ price: null })] },
    ],
  ])('%s: %s', (reason, _what, overrides) => {
    expect(toAbandonedCartPayload(aCheckout(overrides))).toEqual({ ok: false, reason });
  });

  it('says the first of several reasons, in a fixed order', () => {
    const mends: Partial<Checkout>[] = [
      { lineItems: [aLineItem()] },
      { phone: '+919090909090' },
      { recoveryUrl: 'https://hill-coffee.example/r' },
      { customer: account },
      { totals: { ...noTotals, lineItems: '1.00' } },
    ];
    let checkout = aCheckout({
      ...nameless,
      lineItems: [],
      phone: null,
      recoveryUrl: null,
      totals: { ...noTotals, total: null },
    });
    const reasons: string[] = [];
    for (const mend of mends) {
      const mapped = toAbandonedCartPayload(checkout);
      reasons.push(mapped.ok ? 'ok' : mapped.reason);
      checkout = { ...checkout, ...mend };
    }
    expect(reasons).toEqual(['no_line_items', 'no_phone', 'no_recovery_url', 'no_first_name', 'no_total']);
    expect(toAbandonedCartPayload(checkout).ok).toBe(true);
  });
});
