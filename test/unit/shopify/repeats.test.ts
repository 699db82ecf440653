/** What of a body may differ for it to be taken as read: its `updated_at`, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { parseCheckout } from '../../../src/shopify/checkout-body.ts';
import { parseJson } from '../../../src/shopify/lossless-json.ts';
import { repeats } from '../../../src/shopify/repeats.ts';
import { shopifyBody, shopifyBodyNames } from '../../support/shopify-body.ts';

const SHOP = 'tea-garden.myshopify.com';
const BODY = { ...shopifyBody('checkouts-update.contact-arrives'), updated_at: '2026-03-02T09:20:00+00:00' };
const TEXT = JSON.stringify(BODY);
const BODIES = ['checkouts-create.', 'checkouts-update.'].flatMap(shopifyBodyNames);

function read(text: string) {
  const json = parseJson(text);
  const parsed = json.ok ? parseCheckout(json.value, SHOP) : null;
  if (!json.ok || !parsed?.ok) throw new Error('not a checkout');
  return { json: json.value, checkout: parsed.checkout };
}

/** As the intake does: reads in full what is no repeat. */
function aReader() {
  const known = repeats<ReturnType<typeof read>['checkout']>();
  return (text: string) => {
    const found = known.find(text);
    if (found !== null) return { isRepeat: true, checkout: { ...found.told, updatedAt: found.updatedAt } };
    const { json, checkout } = read(text);
    known.remember(text, json, checkout);
    return { isRepeat: false, checkout };
  };
}

const saying = (changes: object) => JSON.stringify({ ...BODY, ...changes });

describe('a body that differs in its instant alone', () => {
  it('is taken as read, with its own instant', () => {
    const reader = aReader();
    expect(reader(TEXT).isRepeat).toBe(false);
    const later = saying({ updated_at: '2026-03-02T09:21:30+00:00' });
    expect(reader(later)).toEqual({ isRepeat: true, checkout: read(later).checkout });
    expect(reader(TEXT)).toEqual({ isRepeat: true, checkout: read(TEXT).checkout });
  });

  it.each(BODIES)('reads as if it had been parsed: %s', (name) => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }), (at) => {
        const reader = aReader();
        const first = JSON.stringify({ ...shopifyBody(name), updated_at: '2026-03-02T09:20:00+00:00' });
        const second = first.replaceAll('2026-03-02T09:20:00+00:00', at.toISOString().replace(/\.\d+Z/, '+00:00'));
        reader(first);
        expect(reader(second).checkout).toEqual(read(second).checkout);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a body is read anew', () => {
  it.each<[string, string]>([
    ['that is longer', saying({ updated_at: '2026-03-02T09:21:30+00:00', note: 'and a present, please' })],
    ['that was completed', saying({ completed_at: '2026-03-02T09:21:30+00:00' })],
    ['of another checkout', saying({ token: 'f'.repeat(32) })],
    ['with an instant of another length', saying({ updated_at: '2026-03-02T09:21:30Z' })],
    ['without a token', saying({ token: undefined })],
  ])('%s', (_what, text) => {
    const known = repeats<string>();
    known.remember(TEXT, BODY, 'told');
    expect(known.find(TEXT)).not.toBeNull();
    expect(known.find(text)).toBeNull();
  });

  it.each<[string, number]>([
    ['before its instant', -1],
    ['behind it', 1],
  ])('that differs by one digit %s', (_what, side) => {
    const known = repeats<string>();
    known.remember(TEXT, BODY, 'told');
    const at = TEXT.indexOf(BODY.updated_at);
    const later = TEXT.replace(BODY.updated_at, '2026-03-02T09:21:30+00:00');
    expect(known.find(later)).not.toBeNull();
    const [before, behind] = [later.slice(0, at), later.slice(at + BODY.updated_at.length)];
    const other = (text: string) => text.replace(/[1-8]/, (digit) => String(Number(digit) + 1));
    const instant = later.slice(at, at + BODY.updated_at.length);
    const text = side < 0 ? other(before) + instant + behind : before + instant + other(behind);
    expect(text).toHaveLength(TEXT.length);
    expect(text).not.toBe(later);
    expect(known.find(text)).toBeNull();
  });

  it.each([
    ['with something else in its place', '2026-03-02T09:20:00+00x00'],
    ['with what would end the text it stands in', '2026-03-02","x":"09:20:00'],
    ['with an instant that is none', '2026-13-42T09:20:00+00:00'],
  ])('%s', (_what, instant) => {
    expect(instant).toHaveLength(BODY.updated_at.length);
    const known = repeats<string>();
    known.remember(TEXT, BODY, 'told');
    expect(known.find(TEXT.replace(BODY.updated_at, instant))).toBeNull();
  });

  it.each<[string, object]>([
    ['that names its instant twice', { ...BODY, customer: { id: 1, updated_at: BODY.updated_at } }],
    ['that has none', { ...BODY, updated_at: null }],
    ['that has an odd one', { ...BODY, updated_at: 'yesterday' }],
    ['whose token is a number', { ...BODY, token: 17 }],
  ])('and is not kept in mind, %s', (_what, body) => {
    const known = repeats<string>();
    known.remember(JSON.stringify(body), body, 'told');
    expect(known.find(JSON.stringify(body))).toBeNull();
  });

  it.each<[string, string]>([
    ['first of all', `{"updated_at":"${BODY.updated_at}",${TEXT.slice(1)}`],
    ['with a space', TEXT.replace('"updated_at":', '"updated_at": ')],
    ['in escapes', TEXT.replace('"updated_at":', '"updated\\u005fat":')],
    ['with an escape in its instant', TEXT.replace(BODY.updated_at, `\\u0032${BODY.updated_at.slice(1)}`)],
  ])('and is never told the instant of the customer for its own, written %s', (_what, written) => {
    const text = `${written.slice(0, -1)},"customer":{"id":1,"updated_at":"${BODY.updated_at}"}}`;
    const { json } = read(text);
    expect((json as typeof BODY).updated_at).toBe(BODY.updated_at);
    const known = repeats<string>();
    known.remember(text, json, 'told');
    const at = text.lastIndexOf(BODY.updated_at);
    const customersOnly = `${text.slice(0, at)}2026-03-02T10:20:00+00:00${text.slice(at + BODY.updated_at.length)}`;
    expect(known.find(customersOnly)).toBeNull();
  });

  it('of more than a few kilobytes', () => {
    const long = { ...BODY, note: 'x'.repeat(16_384) };
    const known = repeats<string>();
    known.remember(JSON.stringify(long), long, 'told');
    expect(known.find(JSON.stringify(long))).toBeNull();
  });

  it('after an hour without use, whether or not anything else came by', () => {
    vi.useFakeTimers();
    try {
      const known = repeats<string>();
      known.remember(TEXT, BODY, 'told');
      for (let minutes = 0; minutes < 120; minutes += 20) {
        expect(known.find(TEXT)).not.toBeNull();
        vi.advanceTimersByTime(20 * MINUTE);
      }
      vi.advanceTimersByTime(HOUR);
      expect(known.find(TEXT)).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('after thousands of others', () => {
    const known = repeats<string>();
    known.remember(TEXT, BODY, 'told');
    for (let n = 0; n < 4_001; n++) {
      const other = { ...BODY, token: `other-${n}` };
      known.remember(JSON.stringify(other), other, 'told');
    }
    expect(known.find(TEXT)).toBeNull();
  });
});
