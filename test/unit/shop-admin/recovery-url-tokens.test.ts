import { describe, expect, it } from 'vitest';
import { recoveryUrlTokens } from '../../../src/shop-admin/recovery-url-tokens.ts';

const CART = 'Z2NwLWV1cm9wZTowMUhGRU5XSUNLTEFOVEVSTg';
const CHECKOUT = '4f0c1e7a9b2d4c6e8f1a3b5c7d9e0f12';
const SHOP = 'https://fenwick-lantern.myshopify.com';

describe('the tokens in a recovery URL', () => {
  it.each([
    [`${SHOP}/70134591/checkouts/ac/${CART}/recover?key=0f1e&locale=en-US`, { token: null, cartToken: CART }],
    [`${SHOP}/checkouts/ac/${CART}/recover?key=0f1e`, { token: null, cartToken: CART }],
    [`https://lanterns.example/en-gb/checkouts/cn/${CART}/information`, { token: null, cartToken: CART }],
    [`${SHOP}/checkouts/cn/${CART}`, { token: null, cartToken: CART }],
    [`${SHOP}/70134591/checkouts/${CHECKOUT}/recover?key=0f1e`, { token: CHECKOUT, cartToken: null }],
    [`${SHOP}/checkouts/${CHECKOUT}`, { token: CHECKOUT, cartToken: null }],
    [`${SHOP}/checkouts/ac/hWN1%2D9x/recover`, { token: null, cartToken: 'hWN1-9x' }],
  ])('of %s', (url, tokens) => {
    expect(recoveryUrlTokens(url)).toEqual(tokens);
  });

  it.each([
    ['no URL', null],
    ['an empty one', ''],
    ['no absolute one', `/checkouts/${CHECKOUT}/recover`],
    ['another page', `${SHOP}/cart/${CART}`],
    ['a token in the query alone', `${SHOP}/?checkouts/${CHECKOUT}`],
    ['nothing behind the kind', `${SHOP}/checkouts/ac/`],
    ['a word that is no token', `${SHOP}/checkouts/ac/two%20words/recover`],
    ['a word that cannot be decoded', `${SHOP}/checkouts/ac/%E0%A4%A/recover`],
    ['a word beyond every token', `${SHOP}/checkouts/${'x'.repeat(256)}/recover`],
  ])('are none in %s', (_what, url) => {
    expect(recoveryUrlTokens(url)).toEqual({ token: null, cartToken: null });
  });
});
