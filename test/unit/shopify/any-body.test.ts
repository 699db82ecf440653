/** Properties that hold for every body whatsoever: real ones with any one value changed, and bodies made of nothing but chance. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AbandonedCartPayload } from '../../../src/domain/abandoned-cart-payload.ts';
import { toAbandonedCartPayload } from '../../../src/domain/to-abandoned-cart-payload.ts';
import { parseCheckout } from '../../../src/shopify/checkout-body.ts';
import { parseCheckoutDelete } from '../../../src/shopify/checkout-delete-body.ts';
import { parseOrder } from '../../../src/shopify/order-body.ts';
import { readStopFacts } from '../../../src/shopify/stop-facts.ts';
import { shopifyBody, shopifyBodyNames } from '../../support/shopify-body.ts';

const names = [...shopifyBodyNames('checkouts-'), ...shopifyBodyNames('orders-')];

/** The path to every value inside a body, containers included. */
function pathsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsIn(inner, [...path, key])]);
}

const SECRET = 'meera+secret@mail.example';
const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.bigInt().map(String),
  fc.constantFrom<unknown>(undefined, null, '', [], {}, SECRET, '0.00', -0, 1e308, '\u202e', 'https://', Number.NaN),
);

/** A real body in which up to three values were replaced or (by undefined) removed. */
const mutatedBody = fc.constantFrom(...names).chain((name) => {
  const body = shopifyBody(name);
  const mutation = fc.tuple(fc.constantFrom(...pathsIn(body)), anyValue);
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => {
    const mutated = structuredClone(body);
    for (const [path, value] of mutations) replaceAt(mutated, path, value);
    return mutated;
  });
});

function replaceAt(body: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let place: Record<string, unknown> = body;
  for (const key of path.slice(0, -1)) {
    const inner = place[key];
    if (typeof inner !== 'object' || inner === null) return; // an earlier mutation has removed this branch
    place = inner as Record<string, unknown>;
  }
  const last = path.at(-1) ?? '';
  if (value === undefined) delete place[last];
  else place[last] = value;
}

function expectReadable(body: unknown): void {
  const parsed = parseCheckout(body, 'tea-garden.myshopify.com');
  if (!parsed.ok) {
    expect(parsed.field).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/);
    return;
  }
  const mapped = toAbandonedCartPayload(parsed.checkout);
  if (!mapped.ok) return;
  expect(AbandonedCartPayload.safeParse(mapped.payload).error).toBeUndefined();
  expect(AbandonedCartPayload.safeParse(JSON.parse(JSON.stringify(mapped.payload))).error).toBeUndefined();
  expect(mapped.payload.customer.phone).toBe(mapped.phone);
}

describe('any body', () => {
  it('is a checkout or a fault with a field, and what is mapped fits the closed schema', () => {
    fc.assert(fc.property(mutatedBody, expectReadable), { numRuns: 3_000 });
    fc.assert(fc.property(fc.jsonValue(), expectReadable), { numRuns: 500 });
  });

  it('is an order, a deletion, or a fault with a field', () => {
    fc.assert(
      fc.property(fc.oneof(mutatedBody, fc.jsonValue()), (body) => {
        for (const parsed of [parseOrder(body), parseCheckoutDelete(body)]) {
          if (!parsed.ok) expect(parsed.field).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('never hides a purchase', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const body = { ...shopifyBody('checkouts-update.completed'), customer: value, line_items: value };
        expect(readStopFacts(body).completedAt).toBe(Date.parse('2026-11-11T00:22:41Z'));
      }),
    );
    fc.assert(fc.property(fc.anything(), (body) => typeof readStopFacts(body) === 'object'));
  });

  it('never lends a value to the name of a faulty field', () => {
    for (const name of names) {
      const body = shopifyBody(name);
      for (const path of pathsIn(body)) {
        for (const value of [[SECRET], { [SECRET]: SECRET }]) {
          const mutated = structuredClone(body);
          replaceAt(mutated, path, value);
          for (const parsed of [parseCheckout(mutated, 'a.myshopify.com'), parseOrder(mutated)]) {
            expect(JSON.stringify(parsed.ok ? '' : parsed)).not.toContain('secret');
          }
        }
      }
    }
  });

  it('of absurd length is read in well under a second', () => {
    const long = ['9', ' ', '\u202e', 'a', '+', '(', 'a@', '.', '%', '-9', '\n', 'ä', '\ud83d'].map((part) =>
      part.repeat(100_000),
    );
    for (const name of shopifyBodyNames('checkouts-update')) {
      const body = shopifyBody(name);
      for (const text of long) {
        const texts = { email: text, phone: text, abandoned_checkout_url: text, customer: { first_name: text } };
        const lines = { line_items: [{ title: text, quantity: 1, variant_title: text }], total_price: text };
        const started = performance.now();
        expectReadable({ ...body, ...texts, created_at: null });
        expectReadable({ ...body, ...lines, shipping_address: { phone: text, name: text, country_code: 'IN' } });
        expectReadable({ ...body, ...lines, total_price: '1.00', abandoned_checkout_url: text });
        expect(performance.now() - started).toBeLessThan(150);
      }
    }
  });
});
