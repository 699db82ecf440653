import { describe, expect, it } from 'vitest';
import { parseCheckout } from '../../../src/shopify/checkout-body.ts';
import { readStopFacts } from '../../../src/shopify/stop-facts.ts';
import { shopifyBody } from '../../support/shopify-body.ts';

const boughtAt = Date.parse('2026-11-11T00:22:41Z');

describe('the stop facts of a body', () => {
  it('are its token and its completion', () => {
    expect(readStopFacts(shopifyBody('checkouts-update.completed'))).toEqual({
      token: 'd15c0000d15c0000d15c0000d15c0000',
      completedAt: boughtAt,
    });
  });

  it('are found where the rest cannot be read', () => {
    const body = { ...shopifyBody('checkouts-update.completed'), line_items: 7, customer: 'Asha' };
    expect(parseCheckout(body, 'kettle-works.myshopify.com').ok).toBe(false);
    expect(readStopFacts(body).completedAt).toBe(boughtAt);
  });

  it.each([[null], [undefined], [''], [[]], [false]])('say "not completed" for %j', (completed_at) => {
    expect(readStopFacts({ token: 't1', completed_at })).toEqual({ token: 't1', completedAt: null });
  });

  it.each([['soon'], [true], [1_794_356_561], [{}]])('say "completed" for %j, when last changed', (completed_at) => {
    const body = { token: 't1', completed_at, updated_at: '2026-11-11T00:22:41Z' };
    expect(readStopFacts(body).completedAt).toBe(boughtAt);
    expect(readStopFacts({ token: 't1', completed_at }).completedAt).toBe(0);
  });

  it.each([[null], [undefined], ['text'], [7], [[]], [{ token: { a: 1 } }]])('of %j are none', (body) => {
    expect(readStopFacts(body)).toEqual({ token: null, completedAt: null });
  });
});
