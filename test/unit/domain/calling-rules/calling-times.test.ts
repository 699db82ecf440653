/** When a shopper may be phoned: cases with a reason each. That the answers are right everywhere is shown in `calling-times-scan.test.ts`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import {
  createCallingTimes,
  HORIZON_DAYS,
  type NextCallable,
} from '../../../../src/domain/calling-rules/calling-times.ts';
import { BY_THE_RULES, type HoursPolicy } from '../../../../src/domain/calling-rules/hours-policy.ts';
import { readHoursLine, type WeeklyHours } from '../../../../src/domain/calling-rules/weekly-hours.ts';
import type { CallingPlace, Whereabouts } from '../../../../src/domain/calling-rules/whereabouts.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/domain/duration.ts';

const times = createCallingTimes(CALLING_RULES);

const place = (country: string, province: string | null = null, zip: string | null = null): CallingPlace => ({
  country,
  province,
  zip,
});

function hours(line: string): WeeklyHours {
  const read = readHoursLine(line);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.hours;
}

const ALWAYS = hours('mon-sun 00:00-24:00');
const narrowed = (line: string): HoursPolicy => ({ narrower: hours(line), override: null });
const upToTheLaw = (line: string): HoursPolicy => ({
  narrower: null,
  override: { kind: 'up_to_the_law', hours: hours(line), reason: 'invented' },
});
const pastTheLaw = (line: string, ...rows: string[]): HoursPolicy => ({
  narrower: null,
  override: { kind: 'past_the_law', hours: hours(line), rows, reason: 'invented' },
});

function next(whereabouts: Whereabouts, now: string, policy = BY_THE_RULES): string {
  const found = times.nextCallableInstant(Date.parse(now), whereabouts, policy);
  return found.ok ? `${new Date(found.at).toISOString().slice(0, 16)}Z by ${found.decidedBy}` : found.reason;
}

const VIENNA = times.whereabouts([place('AT')], null);
const PARIS = times.whereabouts([place('FR')], null);
const KOLKATA = times.whereabouts([place('IN')], '+919876543210');
const KATHMANDU = times.whereabouts([place('NP')], null);
const NEW_YORK = times.whereabouts([place('US', 'NY', '10001')], null);
const LOUISVILLE = times.whereabouts([place('US', 'KY', '40202')], null);
const TEXAN_IN_NEW_YORK = times.whereabouts([place('US', 'NY', '10001')], '+15125550142');
const EL_PASO = times.whereabouts([place('US', 'TX', '79901')], '+19155550142');

describe('the next instant for a call', () => {
  it.each([
    ['in the middle of a day, at once', KOLKATA, '2026-11-24T06:00Z', '2026-11-24T06:00Z by null'],
    ['at ten sharp, at once', KOLKATA, '2026-11-24T04:30Z', '2026-11-24T04:30Z by null'],
    ['a minute before', KOLKATA, '2026-11-24T04:29Z', '2026-11-24T04:30Z by default'],
    ['at six sharp, the next morning', KOLKATA, '2026-11-24T12:30Z', '2026-11-25T04:30Z by default'],
    ['on Saturday after four, on Monday', KOLKATA, '2026-11-28T10:30Z', '2026-11-30T04:30Z by default'],
    ['where clocks stand at three quarters of an hour', KATHMANDU, '2026-11-24T00:00Z', '2026-11-24T04:15Z by default'],
    ['at lunch in France, at two', PARIS, '2026-11-24T12:30Z', '2026-11-24T13:00Z by FR'],
    ['on Saturday in France, on Monday', PARIS, '2026-11-28T10:00Z', '2026-11-30T09:00Z by FR'],
    ['on a French holiday, the day after', PARIS, '2026-07-14T09:00Z', '2026-07-15T08:00Z by FR'],
    ['over the French Easter', PARIS, '2026-04-03T08:00Z', '2026-04-07T08:00Z by FR'],
    [
      'early in Kentucky, whose law and the default begin together',
      LOUISVILLE,
      '2026-11-24T14:30Z',
      '2026-11-24T15:00Z by US-KY',
    ],
    ['at night in New York, which is federal law', NEW_YORK, '2026-11-24T04:00Z', '2026-11-24T15:00Z by US'],
    ['the morning after clocks went forward', VIENNA, '2026-03-29T20:00Z', '2026-03-30T08:00Z by default'],
    ['the morning after clocks went back', VIENNA, '2026-10-25T20:00Z', '2026-10-26T09:00Z by default'],
    [
      'for a Texan number in New York, at ten in both',
      TEXAN_IN_NEW_YORK,
      '2026-11-24T15:30Z',
      '2026-11-24T16:00Z by default',
    ],
    [
      'for a Texan number in New York, before six in both',
      TEXAN_IN_NEW_YORK,
      '2026-11-24T23:30Z',
      '2026-11-25T16:00Z by default',
    ],
    ['in El Paso, by its own clock', EL_PASO, '2026-11-24T16:30Z', '2026-11-24T17:00Z by default'],
  ])('is %s', (_what, whereabouts, now, expected) => {
    expect(next(whereabouts, now)).toBe(expected);
  });

  it('keeps the milliseconds of an instant that is allowed', () => {
    const at = Date.parse('2026-11-24T06:00:59.999Z');
    expect(times.nextCallableInstant(at, KOLKATA, BY_THE_RULES)).toMatchObject({ ok: true, at });
    expect(times.isAllowedAt(Date.parse('2026-11-24T12:29:59.999Z'), KOLKATA, BY_THE_RULES)).toBe(true);
    expect(times.isAllowedAt(Date.parse('2026-11-24T12:30Z'), KOLKATA, BY_THE_RULES)).toBe(false);
  });

  it.each([
    ['where nothing is known', [], 'unknown_country'],
    ['in a country that is none', times.whereabouts([place('XX')], null), 'unknown_country'],
    ['when one of two countries is none', times.whereabouts([place('IN'), place('XX')], null), 'unknown_country'],
    [
      'in a stored zone that no longer exists',
      [{ country: 'AT', region: null, zones: ['Europe/Atlantis'] }],
      'unknown_country',
    ],
    [
      'between India and California',
      times.whereabouts([place('US', 'CA', '90001')], '+919876543210'),
      'no_common_hours',
    ],
    ['in Russia, anywhere in it', times.whereabouts([place('RU')], null), 'no_common_hours'],
  ])('is none %s', (_what, whereabouts, reason) => {
    expect(next(whereabouts, '2026-11-24T06:00Z')).toBe(reason);
  });

  it('tells the rows that hold where the shopper may be, and the version', () => {
    const found = times.nextCallableInstant(Date.UTC(2026, 10, 24), TEXAN_IN_NEW_YORK, BY_THE_RULES);
    expect(found).toMatchObject({ rules: ['US', 'US-NY', 'US-TX'], version: CALLING_RULES.version });
    expect(next(times.whereabouts([place('LA')], null), '2026-11-24T02:00Z')).toBe('2026-11-24T03:00Z by default');
    expect(times.nextCallableInstant(0, times.whereabouts([place('LA')], null), BY_THE_RULES).rules).toEqual([
      'elsewhere',
    ]);
    expect(times.nextCallableInstant(0, times.whereabouts([place('GP')], null), BY_THE_RULES).rules).toEqual(['FR']);
  });

  it('heeds the strictest of all states when only the country is known', () => {
    const anywhere = times.whereabouts([place('US')], null);
    // Pioneer Day, a Friday in 2026, is Utah's own. On Saturdays ten in Hawaii is after four in New York.
    expect(next(anywhere, '2026-07-24T20:30Z')).toBe('2026-07-27T20:00Z by US-UT');
    expect(next(anywhere, '2026-07-23T20:30Z')).toBe('2026-07-23T20:30Z by null');
  });

  it('is the same for whereabouts that were stored and read again', () => {
    const stored = JSON.parse(JSON.stringify(TEXAN_IN_NEW_YORK)) as Whereabouts;
    expect(next(stored, '2026-11-24T15:30Z')).toBe(next(TEXAN_IN_NEW_YORK, '2026-11-24T15:30Z'));
  });

  it('is not looked for further ahead than a fortnight', () => {
    const christmas = narrowed('sun 10:00-18:00');
    expect(next(KOLKATA, '2026-11-24T06:00Z', christmas)).toBe('no_common_hours');
    expect(HORIZON_DAYS).toBe(14);
  });
});

describe('a policy', () => {
  it.each([
    [
      'takes hours away',
      KOLKATA,
      '2026-11-24T04:30Z',
      narrowed('mon-fri 14:00-16:00'),
      '2026-11-24T08:30Z by merchant',
    ],
    ['takes days away', KOLKATA, '2026-11-28T04:30Z', narrowed('mon-fri 00:00-24:00'), '2026-11-30T04:30Z by merchant'],
    [
      'adds none by naming wider hours',
      KOLKATA,
      '2026-11-24T12:30Z',
      narrowed('mon-sun 00:00-24:00'),
      '2026-11-25T04:30Z by default',
    ],
    [
      'goes up to the law with an override',
      KOLKATA,
      '2026-11-24T00:00Z',
      upToTheLaw('mon-sun 00:00-24:00'),
      '2026-11-24T03:30Z by IN',
    ],
    [
      'goes no further than its override',
      KOLKATA,
      '2026-11-24T00:00Z',
      upToTheLaw('mon-sun 09:30-20:00'),
      '2026-11-24T04:00Z by IN',
    ],
    [
      'is told as the override where that forbids alone',
      KOLKATA,
      '2026-11-24T03:45Z',
      upToTheLaw('mon-sun 09:30-20:00'),
      '2026-11-24T04:00Z by override',
    ],
    [
      'keeps the lunch and the Saturdays of France under it',
      PARIS,
      '2026-11-27T19:30Z',
      upToTheLaw('mon-sun 00:00-24:00'),
      '2026-11-30T09:00Z by FR',
    ],
    [
      'keeps the default under it where no rule was found',
      VIENNA,
      '2026-11-24T05:00Z',
      upToTheLaw('mon-sun 00:00-24:00'),
      '2026-11-24T09:00Z by default',
    ],
    [
      'goes past the law of the rows it names',
      PARIS,
      '2026-07-14T10:30Z',
      pastTheLaw('mon-sun 00:00-24:00', 'FR'),
      '2026-07-14T10:30Z by null',
    ],
    [
      'goes past the default where no rule was found',
      VIENNA,
      '2026-11-24T05:00Z',
      pastTheLaw('mon-sun 08:00-20:00', 'AT'),
      '2026-11-24T07:00Z by override',
    ],
    [
      'is held by rows it does not name',
      PARIS,
      '2026-07-14T10:30Z',
      pastTheLaw('mon-sun 00:00-24:00', 'ES'),
      '2026-07-15T08:00Z by FR',
    ],
  ])('%s', (_what, whereabouts, now, policy, expected) => {
    expect(next(whereabouts, now, policy)).toBe(expected);
  });

  it('narrows what its own override widens', () => {
    const both: HoursPolicy = { ...upToTheLaw('mon-sun 00:00-24:00'), narrower: hours('mon-sun 20:00-23:00') };
    expect(next(KOLKATA, '2026-11-24T06:00Z', both)).toBe('2026-11-24T14:30Z by merchant');
  });

  it('may run over midnight where the rows let it', () => {
    const nights = pastTheLaw('fri 22:00-02:00', 'AT');
    expect(next(VIENNA, '2026-11-27T12:00Z', nights)).toBe('2026-11-27T21:00Z by override');
    expect(next(VIENNA, '2026-11-28T00:59Z', nights)).toBe('2026-11-28T00:59Z by null');
    expect(next(VIENNA, '2026-11-28T01:00Z', nights)).toBe('2026-12-04T21:00Z by override');
  });
});

describe('a window that a change of clocks cuts', () => {
  // Clocks go from 2:00 to 3:00 on 29 March and from 3:00 to 2:00 on 25 October 2026, both at 1:00 UTC.
  it.each([
    [
      'begins when the gap ends, if its beginning is in the gap',
      '02:30-05:00',
      '2026-03-29T00:00Z',
      '2026-03-29T01:00Z by override',
    ],
    ['is left out with the gap that it lies in', '02:10-02:50', '2026-03-29T00:00Z', '2026-03-30T00:10Z by override'],
    ['comes a second time when its hour does', '02:10-02:20', '2026-10-25T00:30Z', '2026-10-25T01:10Z by override'],
    ['stays open for both its hours', '02:00-03:00', '2026-10-25T00:59Z', '2026-10-25T00:59Z by null'],
  ])('%s', (_what, window, now, expected) => {
    expect(next(VIENNA, now, pastTheLaw(`mon-sun ${window}`, 'AT'))).toBe(expected);
  });
});

describe('jitter', () => {
  const jittered = (
    now: string,
    upToMs: number,
    chance: number,
    whereabouts = KOLKATA,
    policy = BY_THE_RULES,
  ): number =>
    times.withJitter(Date.parse(now), { random: () => chance, upToMs }, whereabouts, policy) - Date.parse(now);

  it('is at most what was asked for', () => {
    expect(jittered('2026-11-24T06:00Z', 10 * MINUTE, 0)).toBe(0);
    expect(jittered('2026-11-24T06:00Z', 10 * MINUTE, 0.5)).toBe(5 * MINUTE);
    expect(jittered('2026-11-24T06:00Z', 10 * MINUTE, 1 - Number.EPSILON)).toBeLessThan(10 * MINUTE);
  });

  it('never leaves the opening', () => {
    expect(jittered('2026-11-24T12:20Z', HOUR, 1 - Number.EPSILON)).toBeLessThan(10 * MINUTE);
    expect(jittered('2026-11-24T11:50Z', HOUR, 1 - Number.EPSILON, PARIS)).toBeLessThan(10 * MINUTE);
  });

  it('goes on over midnight UTC where the opening does', () => {
    const allDay = pastTheLaw('mon-sun 00:00-24:00', 'IN');
    expect(jittered('2026-11-24T23:59Z', 60 * MINUTE, 0.5, KOLKATA, allDay)).toBe(30 * MINUTE);
  });

  it('adds nothing to an instant outside of all openings', () => {
    expect(jittered('2026-11-24T00:00Z', HOUR, 0.9)).toBe(0);
    expect(times.withJitter(5, { random: () => 0.9, upToMs: HOUR }, [], BY_THE_RULES)).toBe(5);
  });

  it('lands where a call is allowed, wherever and whenever', () => {
    const anywhere = fc.constantFrom(PARIS, KOLKATA, TEXAN_IN_NEW_YORK, EL_PASO, KATHMANDU);
    const anyInstant = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2030, 11, 31) });
    const anyChance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        anywhere,
        anyInstant,
        anyChance,
        fc.integer({ min: 0, max: DAY }),
        (whereabouts, now, chance, upToMs) => {
          const found = times.nextCallableInstant(now, whereabouts, BY_THE_RULES);
          if (!found.ok) return;
          const at = times.withJitter(found.at, { random: () => chance, upToMs }, whereabouts, BY_THE_RULES);
          expect(at).toBeGreaterThanOrEqual(found.at);
          expect(times.isAllowedAt(at, whereabouts, BY_THE_RULES)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what is kept', () => {
  /** Nanoseconds a call takes, the quickest of several rounds: other work on the machine only ever adds. */
  function nanoseconds(work: (round: number) => void, rounds: number): number {
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const from = process.hrtime.bigint();
      for (let round = 0; round < rounds; round += 1) work(attempt * rounds + round);
      best = Math.min(best, Number(process.hrtime.bigint() - from) / rounds);
    }
    return best;
  }

  it('makes an answer given before fifty times as quick as the first', () => {
    const now = Date.UTC(2026, 10, 24, 6);
    const known = nanoseconds(() => times.nextCallableInstant(now, TEXAN_IN_NEW_YORK, BY_THE_RULES), 20_000);
    // A set of rules of its own has nothing to remember, so each round begins anew.
    const fresh = nanoseconds((round) => {
      const unknown = createCallingTimes(CALLING_RULES);
      unknown.nextCallableInstant(now + round * MINUTE, TEXAN_IN_NEW_YORK, BY_THE_RULES);
    }, 20);
    expect(fresh / known).toBeGreaterThan(50);
  });

  it('serves shoppers of the same places from the same answer', () => {
    const one: NextCallable = times.nextCallableInstant(0, [...NEW_YORK], BY_THE_RULES);
    const other: NextCallable = times.nextCallableInstant(0, [...NEW_YORK], { ...BY_THE_RULES, narrower: null });
    expect(other).toBe(one);
  });

  it('never mixes up policies or sets of rules', () => {
    const now = '2026-11-24T12:45Z';
    expect(next(KOLKATA, now)).toContain('by default');
    expect(next(KOLKATA, now, upToTheLaw('mon-sun 00:00-24:00'))).toContain('by null');
    expect(next(KOLKATA, now)).toContain('by default');
    const others = createCallingTimes({ ...CALLING_RULES, version: 'other', default: ALWAYS });
    expect(others.nextCallableInstant(Date.parse(now), KOLKATA, BY_THE_RULES)).toMatchObject({
      decidedBy: null,
      version: 'other',
    });
  });
});
