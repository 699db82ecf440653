import { describe, expect, it } from 'vitest';
import { parseCheckoutDelete } from '../../../src/shopify/checkout-delete-body.ts';
import { shopifyBody } from '../../support/shopify-body.ts';

describe('a deleted checkout', () => {
  it('is known by id and cart', () => {
    expect(parseCheckoutDelete(shopifyBody('checkouts-delete.by-id'))).toEqual({
      ok: true,
      deleted: { id: '40010020030041', token: null, cartToken: 'Z2NwLXRlYS1nYXJkZW4tMDAx' },
    });
  });

  it('is known by its token when Shopify sends one', () => {
    const deleted = { id: null, token: 't1', cartToken: null };
    expect(parseCheckoutDelete({ token: 't1', cart_token: '' })).toEqual({ ok: true, deleted });
  });

  it.each<[string, unknown]>([
    ['id', {}],
    ['id', { id: null, cart_token: '' }],
    ['id', { id: 'first' }],
    ['cart_token', { id: 1, cart_token: {} }],
    ['body', null],
    ['body', []],
  ])('is a fault at %s for %j', (field, body) => {
    expect(parseCheckoutDelete(body)).toEqual({ ok: false, field });
  });
});
