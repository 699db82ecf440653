import { describe, expect, it } from 'vitest';
import { parseOrder } from '../../../src/shopify/order-body.ts';
import { shopifyBody } from '../../support/shopify-body.ts';

const orderWith = (changes: object) => {
  const parsed = parseOrder({ ...shopifyBody('orders-create.with-checkout-token'), ...changes });
  return parsed.ok ? parsed.order : parsed;
};

describe('an order', () => {
  it('names the checkout it settles', () => {
    expect(parseOrder(shopifyBody('orders-create.with-checkout-token'))).toEqual({
      ok: true,
      order: {
        id: '6100000000501',
        name: '#2071',
        checkoutToken: 'd15c0000d15c0000d15c0000d15c0000',
        cartToken: 'kw-cart-77',
        checkoutId: null,
        createdAt: Date.parse('2026-11-11T00:22:40Z'),
        total: '150.73',
        currency: 'USD',
        emails: ['sam.poole@mail.example'],
        phones: [
          { number: '502-555-0199', country: 'US' },
          { number: '(614) 555-0120', country: 'US' },
        ],
      },
    });
  });

  it('of a draft names none, and can only be matched by contact', () => {
    expect(parseOrder(shopifyBody('orders-create.draft-without-checkout-token'))).toMatchObject({
      ok: true,
      order: {
        id: '820000000000000511',
        checkoutToken: null,
        cartToken: null,
        emails: ['sam.poole@mail.example'],
        phones: [{ number: '502-555-0199', country: 'US' }],
      },
    });
  });

  it.each<[string, object, object]>([
    [
      'takes the exact id of the gid over a rounded number',
      { id: 820982911946154500, admin_graphql_api_id: 'gid://shopify/Order/820982911946154508' },
      { id: '820982911946154508' },
    ],
    ['does with its id alone', { admin_graphql_api_id: null }, { id: '6100000000501' }],
    ['may name the checkout by id', { checkout_id: 38000000000123 }, { checkoutId: '38000000000123' }],
    [
      'has no token where Shopify sends ""',
      { checkout_token: '', cart_token: '' },
      { checkoutToken: null, cartToken: null },
    ],
    [
      'names every number it is written with, the contact’s and the account’s first',
      { phone: '+15025550142', customer: { phone: '502 555 0143' } },
      {
        phones: [
          { number: '+15025550142', country: 'US' },
          { number: '502 555 0143', country: 'US' },
          { number: '502-555-0199', country: 'US' },
          { number: '(614) 555-0120', country: 'US' },
        ],
      },
    ],
    [
      'reads an address phone with that address’s country',
      {
        shipping_address: [],
        billing_address: { phone: '0664 1234567', country: 'AT' },
        customer: { default_address: { phone: '030 23125 042', country_code: 'DE' } },
      },
      {
        phones: [
          { number: '0664 1234567', country: 'AT' },
          { number: '030 23125 042', country: 'DE' },
        ],
      },
    ],
    ['may have no phone', { shipping_address: null, billing_address: null, customer: null }, { phones: [] }],
    [
      'names the account’s e-mail address beside the order’s own',
      { email: 'office@mail.example', contact_email: 'office@mail.example', customer: { email: 'sam@mail.example' } },
      { emails: ['office@mail.example', 'sam@mail.example'] },
    ],
    ['may have no email', { email: '', contact_email: null, customer: null }, { emails: [] }],
    [
      'may be without everything but its id',
      { total_price: null, currency: null, created_at: null, name: null },
      { total: null, createdAt: null, name: null },
    ],
  ])('%s', (_what, changes, expected) => {
    expect(orderWith(changes)).toMatchObject(expected);
  });

  it.each<[string, object]>([
    ['id', { id: null, admin_graphql_api_id: null }],
    ['id', { id: 'first' }],
    ['checkout_token', { checkout_token: {} }],
    ['total_price', { total_price: 'free' }],
    ['created_at', { created_at: 'today' }],
    ['customer.default_address.phone', { customer: { default_address: { phone: {} } } }],
  ])('is a fault at %s', (field, changes) => {
    expect(orderWith(changes)).toEqual({ ok: false, field });
  });

  it.each([[null], ['text'], [[]]])('is not %j', (body) => {
    expect(parseOrder(body)).toEqual({ ok: false, field: 'body' });
  });
});
