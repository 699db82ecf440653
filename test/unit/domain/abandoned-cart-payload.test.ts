import { describe, expect, it } from 'vitest';
import { AbandonedCartPayload } from '../../../src/domain/abandoned-cart-payload.ts';

/** Every field the vendor knows. */
function fullPayload() {
  return {
    id: 'gid://shopify/AbandonedCheckout/44001100220033',
    abandonedCheckoutUrl: 'https://hill-coffee.myshopify.com/62000001/checkouts/ac/hc-1/recover?key=a-made-up-key',
    customer: { firstName: 'Asha', lastName: 'Rao', email: null, phone: '+919090909090' },
    discountCodes: ['MONSOON'],
    totalLineItemsPriceSet: { shopMoney: { amount: '1895.0' } },
    totalDiscountSet: { shopMoney: { amount: '0.0' } },
    subtotalPriceSet: { shopMoney: { amount: '1895.0' } },
    totalPriceSet: { shopMoney: { amount: '1895.0' } },
    taxesIncluded: true,
    taxLines: [{ rate: 0.05, ratePercentage: 5, source: null, title: 'IGST', price: '90.24' }],
    lineItems: [
      {
        title: 'Monsooned Malabar',
        quantity: 1,
        variant: { id: 'gid://shopify/ProductVariant/455', title: 'Whole bean' },
      },
    ],
    billingAddress: { country: 'India', phone: '+919876543211' },
    shippingAddress: {
      country: 'India',
      address1: '7 Cubbon Road',
      address2: 'Flat 4B',
      city: 'Bengaluru',
      province: 'Karnataka',
      provinceCode: 'KA',
      zip: '560001',
      phone: '+919876543211',
    },
  };
}

type Path = readonly (string | number)[];

/** `fullPayload` with one place changed; `undefined` removes the key. */
function payloadWith(path: Path, value: unknown): unknown {
  const payload = fullPayload();
  let place = payload as unknown as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete place[last];
  else place[last] = value;
  return payload;
}

const accepts = (payload: unknown) => AbandonedCartPayload.safeParse(payload).success;

describe('the payload schema', () => {
  it('takes every field the vendor knows', () => {
    expect(AbandonedCartPayload.parse(fullPayload())).toEqual(fullPayload());
  });

  it.each<[Path]>([
    [[]],
    [['customer']],
    [['totalPriceSet']],
    [['totalPriceSet', 'shopMoney']],
    [['taxLines', 0]],
    [['lineItems', 0]],
    [['lineItems', 0, 'variant']],
    [['billingAddress']],
    [['shippingAddress']],
  ])('is closed at %j', (path) => {
    expect(accepts(payloadWith([...path, 'currencyCode'], 'INR'))).toBe(false);
  });

  it.each<[Path]>([
    [['customer']],
    [['customer', 'firstName']],
    [['customer', 'phone']],
    [['lineItems']],
    [['lineItems', 0, 'title']],
    [['lineItems', 0, 'quantity']],
    [['lineItems', 0, 'variant', 'title']],
    [['totalLineItemsPriceSet']],
    [['totalDiscountSet']],
    [['subtotalPriceSet']],
    [['totalPriceSet']],
    [['taxLines', 0, 'source']],
  ])('demands %j', (path) => {
    expect(accepts(payloadWith(path, undefined))).toBe(false);
  });

  it.each<[Path]>([
    [['id']],
    [['abandonedCheckoutUrl']],
    [['customer', 'lastName']],
    [['customer', 'email']],
    [['discountCodes']],
    [['taxesIncluded']],
    [['taxLines']],
    [['lineItems', 0, 'variant']],
    [['billingAddress']],
    [['billingAddress', 'phone']],
    [['shippingAddress']],
    [['shippingAddress', 'province']],
  ])('can do without %j, and does not take null for it', (path) => {
    expect(accepts(payloadWith(path, undefined))).toBe(true);
    if (path.at(-1) !== 'email') expect(accepts(payloadWith(path, null))).toBe(false);
  });

  it('reads no discount codes as an empty list', () => {
    expect(AbandonedCartPayload.parse(payloadWith(['discountCodes'], undefined)).discountCodes).toEqual([]);
  });

  it.each<[Path, unknown]>([
    [['id'], '44001100220033'],
    [['abandonedCheckoutUrl'], 'recover'],
    [['abandonedCheckoutUrl'], 'ftp://hill-coffee.example/'],
    [['customer', 'firstName'], ''],
    [['customer', 'email'], 'asha at mail'],
    [['customer', 'phone'], '90909 09090'],
    [['discountCodes'], [{ code: 'MONSOON' }]],
    [['totalPriceSet', 'shopMoney', 'amount'], 1895],
    [['totalPriceSet', 'shopMoney', 'amount'], '1,895.00'],
    [['taxLines', 0, 'rate'], '0.05'],
    [['lineItems'], []],
    [['lineItems', 0, 'quantity'], 0],
    [['lineItems', 0, 'quantity'], 1.5],
    [['lineItems', 0, 'variant', 'id'], '455'],
  ])('refuses at %j the value %j', (path, value) => {
    expect(accepts(payloadWith(path, value))).toBe(false);
  });
});
