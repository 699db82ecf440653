import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/domain/shop-admin.ts';
import { type FetchedToken, renewedToken, staticToken } from '../../../src/shop-admin/admin-token.ts';
import { fakeClock } from '../../support/fakes.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PATIENT = 60_000;

/** Hands out `token-1`, `token-2` and so on. */
function office(livesMs: number | null = DAY) {
  const clock = fakeClock(0);
  const office = { clock, fetched: 0, answer: null as Answer<FetchedToken> | null, hold: Promise.resolve() };
  const tokens = renewedToken(async () => {
    const token = `token-${++office.fetched}`;
    await office.hold;
    return office.answer ?? { ok: true, value: { token, livesMs } };
  }, clock);
  const current = async (withinMs = PATIENT) => {
    const answer = await tokens.current(withinMs);
    return answer.ok ? answer.value : answer.fault.kind;
  };
  return Object.assign(office, { tokens, current });
}

describe('a token that never expires', () => {
  it('is what it is, and there is no other', async () => {
    const tokens = staticToken('shpat_made_up');
    expect(await tokens.current(0)).toEqual({ ok: true, value: 'shpat_made_up' });
    expect(tokens.refused('shpat_made_up')).toBe(false);
  });
});

describe('a token of client credentials', () => {
  it('is fetched on first need and then kept', async () => {
    const { current, ...it } = office();
    expect(it.fetched).toBe(0);
    expect([await current(), await current()]).toEqual(['token-1', 'token-1']);
  });

  it('is fetched once for all who need it at the same time', async () => {
    const it = office();
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => it.current())))).toEqual(new Set(['token-1']));
    expect(it.fetched).toBe(1);
  });

  it.each([
    ['five minutes before its end', DAY, DAY - 300_000],
    ['a tenth of a short life before its end', 10_000, 9_000],
  ])('is renewed %s', async (_when, livesMs, renewedAt) => {
    const it = office(livesMs);
    await it.current();
    it.clock.at = renewedAt - 1;
    expect(await it.current()).toBe('token-1');
    it.clock.at = renewedAt;
    expect(await it.current()).toBe('token-2');
  });

  it('is kept until it is refused when nobody said how long it lives', async () => {
    const it = office(null);
    await it.current();
    it.clock.at = 1_000 * DAY;
    expect(await it.current()).toBe('token-1');
    expect(it.tokens.refused('token-1')).toBe(true);
    expect(await it.current()).toBe('token-2');
  });

  it('outlives the refusal of an older one', async () => {
    const it = office();
    await it.current();
    it.tokens.refused('token-1');
    await it.current();
    it.tokens.refused('token-1');
    expect([await it.current(), it.fetched]).toEqual(['token-2', 2]);
  });

  it('is asked for again after a fetch that failed', async () => {
    const it = office();
    it.answer = { ok: false, fault: { kind: 'denied', cause: 'credentials_refused_400' } };
    expect([await it.current(), await it.current()]).toEqual(['denied', 'denied']);
    it.answer = null;
    expect(await it.current()).toBe('token-3');
  });

  it('is waited for as long as the caller has time, and fetched all the same', async () => {
    const it = office();
    const { promise, resolve } = Promise.withResolvers<void>();
    it.hold = promise;
    expect(await it.current(5)).toBe('unavailable');
    const patient = it.current();
    resolve();
    expect([await patient, await it.current(0), it.fetched]).toEqual(['token-1', 'token-1', 1]);
  });
});
