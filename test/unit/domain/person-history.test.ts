/** How often one person may be called: windows that slide, to the millisecond, and the instant at which a cap lets go. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/domain/duration.ts';
import { type CallCap, type CallCaps, capFor, DEFAULT_CAPS } from '../../../src/domain/person-history.ts';

const NOW = Date.UTC(2026, 10, 3, 12);

/** Instants so long before now, newest first. */
const ago = (...ms: number[]): number[] => ms.map((each) => NOW - each);

const caps = (changes: Partial<CallCaps> = {}): CallCaps => ({ ...DEFAULT_CAPS, ...changes });

function hitAt(calls: readonly number[], lastRefusalAt: number | null = null, changes: Partial<CallCaps> = {}) {
  return capFor({ calls, lastRefusalAt }, caps(changes), NOW);
}

describe('a person', () => {
  it('whom nobody called and who refused nothing may be called', () => {
    expect(hitAt([])).toBeNull();
  });

  it.each<[string, number[], CallCap | null, number | null]>([
    ['called this very instant', ago(0), 'day', NOW + DAY],
    ['called a day ago less a millisecond', ago(DAY - 1), 'day', NOW + 1],
    ['called a day ago to the millisecond', ago(DAY), null, null],
    ['called a day and a millisecond ago', ago(DAY + 1), null, null],
    ['called twice in a week less a millisecond', ago(2 * DAY, 7 * DAY - 1), 'week', NOW + 1],
    ['called twice in a week to the millisecond', ago(2 * DAY, 7 * DAY), null, null],
    [
      'called four times in 30 days less a millisecond',
      ago(8 * DAY, 9 * DAY, 20 * DAY, 30 * DAY - 1),
      'month',
      NOW + 1,
    ],
    ['called four times in 30 days to the millisecond', ago(8 * DAY, 9 * DAY, 20 * DAY, 30 * DAY), null, null],
    ['called three times in 30 days', ago(8 * DAY, 9 * DAY, 20 * DAY), null, null],
    ['called once a week and today', ago(HOUR, 8 * DAY), 'day', NOW + DAY - HOUR],
    ['called twice today: the week lasts longer than the day', ago(HOUR, 2 * HOUR), 'week', NOW + 7 * DAY - 2 * HOUR],
    ['called by a process whose clock is ahead', [NOW + 5_000], 'day', NOW + DAY + 5_000],
  ])('%s', (_what, calls, cap, until) => {
    expect(hitAt(calls)).toEqual(cap === null ? null : { cap, until });
  });

  it.each<[string, number, CallCap | null]>([
    ['60 days ago less a millisecond', 60 * DAY - 1, 'refusal'],
    ['60 days ago to the millisecond', 60 * DAY, null],
    ['60 days and a millisecond ago', 60 * DAY + 1, null],
  ])('who refused %s', (_when, since, cap) => {
    expect(hitAt([], NOW - since)?.cap ?? null).toBe(cap);
  });

  it('who refused is left alone for longer than any count of calls asks for', () => {
    expect(hitAt(ago(1, 2, 3, 4), NOW)).toEqual({ cap: 'refusal', until: NOW + 60 * DAY });
  });

  it.each<[string, Partial<CallCaps>, number[], CallCap | null]>([
    ['three a day allow a third call', { perDay: 3, perWeek: 9, perMonth: 9 }, ago(1, 2), null],
    ['three a day forbid a fourth', { perDay: 3, perWeek: 9, perMonth: 9 }, ago(1, 2, 3), 'day'],
    ['one a week beats three a day', { perDay: 3, perWeek: 1 }, ago(2 * DAY), 'week'],
    ['one a month beats all', { perMonth: 1 }, ago(29 * DAY), 'month'],
  ])('under other caps: %s', (_what, changes, calls, cap) => {
    expect(hitAt(calls, null, changes)?.cap ?? null).toBe(cap);
  });

  it('may be called again at the instant that was named, and not a millisecond before, whatever happened', () => {
    const instants = fc.array(fc.integer({ min: NOW - 40 * DAY, max: NOW + HOUR }), { maxLength: 12 });
    const refusal = fc.option(fc.integer({ min: NOW - 90 * DAY, max: NOW }));
    const anyCaps = fc.record({
      perDay: fc.integer({ min: 1, max: 4 }),
      perWeek: fc.integer({ min: 1, max: 6 }),
      perMonth: fc.integer({ min: 1, max: 8 }),
      refusalSilenceMs: fc.integer({ min: 0, max: 90 * DAY }),
    });
    fc.assert(
      fc.property(instants, refusal, anyCaps, (times, lastRefusalAt, limits) => {
        const history = { calls: [...times].sort((one, other) => other - one), lastRefusalAt };
        const hit = capFor(history, limits, NOW);
        if (hit === null) return;
        expect(hit.until).toBeGreaterThan(NOW);
        expect(capFor(history, limits, hit.until)).toBeNull();
        expect(capFor(history, limits, hit.until - 1)).toEqual(hit);
      }),
    );
  });

  it('is never called more often in any window than the caps say, however calls are spread', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 4 * DAY }), { maxLength: 60 });
    fc.assert(
      fc.property(waits, (between) => {
        const calls: number[] = [];
        let now = NOW;
        for (const wait of between) {
          now += wait;
          if (capFor({ calls, lastRefusalAt: null }, DEFAULT_CAPS, now) === null) calls.unshift(now);
        }
        for (const [count, window] of [
          [1, DAY],
          [2, 7 * DAY],
          [4, 30 * DAY],
        ] as const) {
          for (const end of calls) {
            expect(calls.filter((at) => at > end - window && at <= end).length).toBeLessThanOrEqual(count);
          }
        }
      }),
    );
  });
});
