import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { toAbandonedCartPayload } from '../../../src/domain/to-abandoned-cart-payload.ts';
import { parseCheckout } from '../../../src/shopify/checkout-body.ts';
import { shopifyBody } from '../../support/shopify-body.ts';

function read(body: unknown): Checkout {
  const parsed = parseCheckout(body, 'Tea-Garden.myshopify.com');
  if (!parsed.ok) throw new Error(`fault at ${parsed.field}`);
  return parsed.checkout;
}

const readBody = (name: string) => read(shopifyBody(name));
const firstEventWith = (changes: object) => read({ ...shopifyBody('checkouts-create.first-event'), ...changes });
const fault = (changes: object) =>
  parseCheckout({ ...shopifyBody('checkouts-update.contact-arrives'), ...changes }, 'tea-garden.myshopify.com');

describe('the first event of a checkout', () => {
  it('is a cart and nobody', () => {
    expect(readBody('checkouts-create.first-event')).toEqual({
      shop: 'tea-garden.myshopify.com',
      token: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
      cartToken: 'Z2NwLXRlYS1nYXJkZW4tMDAx',
      id: '40010020030041',
      createdAt: Date.parse('2026-03-02T09:15:04Z'),
      updatedAt: Date.parse('2026-03-02T09:15:06.999Z'),
      completedAt: null,
      recoveryUrl:
        'https://tea-garden.myshopify.com/61000000001/checkouts/ac/Z2NwLXRlYS1nYXJkZW4tMDAx/recover?key=a-made-up-key&locale=en-IN',
      currency: 'INR',
      totals: { lineItems: '1280.00', discounts: '0.00', subtotal: '1280.00', total: '1280.00' },
      taxesIncluded: true,
      taxLines: [],
      lineItems: [
        {
          title: 'First Flush Darjeeling, 100 g',
          quantity: 2,
          variantId: '45000100020003',
          variantTitle: null,
          price: '640.00',
        },
      ],
      discountCodes: [],
      email: null,
      phone: null,
      smsMarketing: { accepted: false, phone: null },
      attributes: [],
      test: false,
      customer: null,
      shippingAddress: null,
      billingAddress: null,
    });
  });

  it('cannot be called about yet', () => {
    expect(toAbandonedCartPayload(readBody('checkouts-create.first-event'))).toEqual({ ok: false, reason: 'no_phone' });
  });
});

describe('the bodies of every version and country', () => {
  it.each([
    // body                                      dialled          from                      whom         id
    ['checkouts-update.contact-arrives', '+919090909090', 'phone', 'Meera Iyer', '40010020030041'],
    ['checkouts-update.without-id', '+919090909090', 'shipping_address.phone', 'Meera Iyer', '40010020030977'],
    [
      'checkouts-update.ids-beyond-2-to-the-53',
      '+919090909090',
      'shipping_address.phone',
      'Meera Iyer',
      '917820079255243537',
    ],
    ['checkouts-update.with-id-2023-01', '+15025550142', 'shipping_address.phone', 'Rosa Feld', '33100200300400'],
    [
      'checkouts-update.austrian-country-code',
      '+436641234567',
      'shipping_address.phone',
      'Jonas Huber',
      '36000000000099',
    ],
    [
      'checkouts-update.indian-typed-phone',
      '+919090909090',
      'shipping_address.phone',
      'Arjun undefined',
      '40010020031001',
    ],
    ['checkouts-update.us-discounted', '+15025550177', 'sms_marketing_phone', 'Sam Poole', '38000000000123'],
  ])('%s is called on %s', (name, phone, phoneSource, whom, id) => {
    const mapped = toAbandonedCartPayload(readBody(name));
    expect(mapped).toMatchObject({ ok: true, phone, phoneSource });
    if (!mapped.ok) return;
    const { customer } = mapped.payload;
    expect(`${customer.firstName} ${customer.lastName}`).toBe(whom);
    expect(mapped.payload.id).toBe(`gid://shopify/AbandonedCheckout/${id}`);
  });

  it('keep every digit of a variant id and of the customer’s', () => {
    const { lineItems, customer } = readBody('checkouts-update.ids-beyond-2-to-the-53');
    expect(lineItems[0]?.variantId).toBe('918273645546372819');
    expect(customer?.id).toBe('713851970716743426');
  });

  it('name the country and province of a body that has codes', () => {
    const austrian = toAbandonedCartPayload(readBody('checkouts-update.austrian-country-code'));
    const indian = toAbandonedCartPayload(readBody('checkouts-update.indian-typed-phone'));
    expect(austrian.ok && austrian.payload.shippingAddress).toEqual({
      country: 'Austria',
      address1: 'Lindengasse 12/7',
      city: 'Wien',
      zip: '1070',
      phone: '+436641234567',
    });
    expect(austrian.ok && austrian.payload.lineItems[1]).toEqual({ title: 'Gravur', quantity: 1 });
    expect(indian.ok && indian.payload.shippingAddress?.province).toBe('Karnataka');
  });

  it('tell discounts, consent and attributes', () => {
    const checkout = readBody('checkouts-update.us-discounted');
    expect(checkout.discountCodes).toEqual(['AUTUMN10']);
    expect(checkout.smsMarketing).toEqual({ accepted: true, phone: '+15025550177' });
    expect(checkout.attributes).toContainEqual({ name: 'call_me', value: 'yes' });
    expect(checkout.totals).toEqual({ lineItems: '158.00', discounts: '15.80', subtotal: '142.20', total: '150.73' });
  });

  it('tell when the shopper bought', () => {
    expect(readBody('checkouts-update.completed').completedAt).toBe(Date.parse('2026-11-11T00:22:41Z'));
  });
});

describe('nothing, in all of Shopify’s ways', () => {
  it.each([[undefined], [null], [''], [[]]])('%j reads as not there', (nothing) => {
    const fields = [
      ...['cart_token', 'id', 'name', 'created_at', 'updated_at', 'completed_at', 'abandoned_checkout_url', 'currency'],
      ...['total_line_items_price', 'total_discounts', 'subtotal_price', 'total_price', 'taxes_included', 'tax_lines'],
      ...['line_items', 'discount_codes', 'email', 'phone', 'buyer_accepts_sms_marketing', 'sms_marketing_phone'],
      ...['note_attributes', 'customer', 'shipping_address', 'billing_address'],
    ];
    const body = Object.fromEntries(fields.map((field) => [field, nothing]));
    expect(read({ token: 't1', ...body })).toEqual(read({ token: 't1' }));
    expect(read({ token: 't1' })).toMatchObject({ id: null, customer: null, lineItems: [], taxesIncluded: null });
  });

  it('may stand in the place of an entry', () => {
    const lists = { line_items: [null], tax_lines: [null], discount_codes: [null, ''], note_attributes: [null] };
    expect(firstEventWith(lists)).toMatchObject({ lineItems: [], taxLines: [], discountCodes: [], attributes: [] });
  });

  it('is also an empty object in the place of a list', () => {
    expect(firstEventWith({ note_attributes: {}, tax_lines: {} })).toMatchObject({ attributes: [], taxLines: [] });
  });
});

describe('single fields', () => {
  const line = { title: 'Kettle', quantity: 1, price: '129.00' };

  it.each<[string, object, Partial<Checkout>]>([
    ['a token sent as a number', { token: 123123123 }, { token: '123123123' }],
    ['an id sent as a string', { id: '40010020030042' }, { id: '40010020030042' }],
    [
      'an id that a rounding parser has spoilt, beside a name',
      { id: 981820079255243500, name: '#981820079255243537' },
      { id: '981820079255243537' },
    ],
    ['an id that a rounding parser has spoilt, alone', { id: 981820079255243500, name: null }, { id: null }],
    ['a name that holds no id', { id: null, name: 'Order 7' }, { id: null }],
    [
      'money sent as numbers',
      { total_price: 1340.5, total_discounts: 0 },
      { totals: { lineItems: '1280.00', discounts: '0', subtotal: '1280.00', total: '1340.5' } },
    ],
    [
      'discount codes as plain strings',
      { discount_codes: ['TEA5', { code: 'TEA10' }, { code: null }] },
      { discountCodes: ['TEA5', 'TEA10'] },
    ],
    [
      'an attribute that is no string',
      { note_attributes: [{ name: 'agreed', value: true }, { name: 'n', value: null }, { value: 'x' }] },
      {
        attributes: [
          { name: 'agreed', value: 'true' },
          { name: 'n', value: '' },
        ],
      },
    ],
    [
      'consent that is unknown',
      { buyer_accepts_sms_marketing: null, sms_marketing_phone: '+919090909090' },
      { smsMarketing: { accepted: false, phone: '+919090909090' } },
    ],
    [
      'a tax whose price is a number',
      { tax_lines: [{ price: 60.95, rate: 0.05, title: 'IGST' }] },
      { taxLines: [{ price: '60.95', rate: 0.05, title: 'IGST', source: null }] },
    ],
    [
      'a tax whose rate is a string',
      { tax_lines: [{ price: '1.00', rate: '0.05', title: null, source: 'Shopify' }] },
      { taxLines: [{ price: '1.00', rate: 0.05, title: null, source: 'Shopify' }] },
    ],
    [
      'a tax that does not say how much',
      { tax_lines: [{ price: null, rate: 0.05 }, { price: '1.00' }] },
      { taxLines: [] },
    ],
  ])('%s', (_what, changes, expected) => {
    expect(firstEventWith(changes)).toMatchObject(expected);
  });

  it.each<[string, object, object[]]>([
    ['none', { quantity: 0 }, []],
    ['fewer than none', { quantity: -1 }, []],
    ['an unknown number', { quantity: null }, []],
    ['something without a title', { title: '', presentment_title: null }, []],
    [
      'something titled for the buyer only',
      { title: null, presentment_title: 'Kessel' },
      [{ title: 'Kessel', quantity: 1 }],
    ],
    ['a number in words of digits', { quantity: '3' }, [{ quantity: 3 }]],
    ['a custom item', { variant_id: null }, [{ variantId: null, variantTitle: null }]],
    ['a variant named by a gid', { variant_id: 'gid://shopify/ProductVariant/77' }, [{ variantId: '77' }]],
    [
      'a variant titled for the buyer only',
      { variant_title: '', presentment_variant_title: 'Rot' },
      [{ variantTitle: 'Rot' }],
    ],
  ])('a line item of %s', (_what, changes, expected) => {
    expect(firstEventWith({ line_items: [{ ...line, ...changes }] }).lineItems).toMatchObject(expected);
    expect(firstEventWith({ line_items: [{ ...line, ...changes }] }).lineItems).toHaveLength(expected.length);
  });

  it.each<[object, string | null]>([
    [{ country: 'India', country_code: 'in' }, 'IN'],
    [{ country: 'AT', country_code: null }, 'AT'],
    [{ country: 'Austria' }, 'AT'],
    [{ country: 'AUT' }, 'AT'],
    [{ country: 'Austria', country_code: 'AUT' }, 'AT'],
    [{ country: 'Austria', country_code: 'somewhere' }, 'AT'],
    [{ country: 'Österreich' }, null],
    [{ country: null, country_code: null }, null],
  ])('the country of an address %j is %s', (address, countryCode) => {
    expect(firstEventWith({ shipping_address: address }).shippingAddress?.countryCode).toBe(countryCode);
  });
});

describe('a body that is a fault', () => {
  it.each<[string, object]>([
    ['token', { token: undefined }],
    ['token', { token: '' }],
    ['token', { token: 'two words' }],
    ['token', { token: 'x'.repeat(256) }],
    ['id', { id: {} }],
    ['id', { id: 1.5 }],
    ['updated_at', { updated_at: 'yesterday' }],
    ['completed_at', { completed_at: '2026-02-30T00:00:00Z' }],
    ['email', { email: 5 }],
    ['taxes_included', { taxes_included: 'yes' }],
    ['total_price', { total_price: '1,280.00' }],
    ['total_price', { total_price: Number.POSITIVE_INFINITY }],
    ['total_price', { total_price: '1'.repeat(33) }],
    ['line_items', { line_items: 'none' }],
    ['line_items.1', { line_items: [{ title: 'Kettle', quantity: 1 }, 'Mug'] }],
    ['line_items.0.quantity', { line_items: [{ title: 'Kettle', quantity: 1.5 }] }],
    ['discount_codes.0', { discount_codes: [7] }],
    ['customer', { customer: 'Asha' }],
    ['customer.default_address', { customer: { default_address: ['x'] } }],
    ['shipping_address.first_name', { shipping_address: { first_name: ['Asha'] } }],
    // The length before the entries: the first one here is a fault too.
    ['line_items', { line_items: ['Mug', ...Array(1_000).fill({ title: 'Kettle', quantity: 1 })] }],
    ['tax_lines', { tax_lines: Array(1_001).fill(null) }],
    ['note_attributes.0.value', { note_attributes: [{ name: 'a', value: {} }] }],
  ])('says where: %s', (field, changes) => {
    expect(fault(changes)).toEqual({ ok: false, field });
  });

  it('is not one for a list of a thousand entries', () => {
    const many = Array(1_000).fill({ title: 'Kettle', quantity: 1 });
    expect(firstEventWith({ line_items: many }).lineItems).toHaveLength(1_000);
  });

  it.each([[null], [undefined], ['text'], [7], [true], [[]], [[{ token: 't1' }]]])('is %j', (body) => {
    expect(parseCheckout(body, 'tea-garden.myshopify.com')).toEqual({ ok: false, field: 'body' });
  });
});
