/**
 * The engine, held to a scan that shares nothing with it: the runtime's calendar, minute by minute, and windows as lists of wall minutes.
 * Any zones, any hours, any holidays, 2025 to 2030, with the days on which clocks change somewhere drawn often.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import { createCallingTimes } from '../../../../src/domain/calling-rules/calling-times.ts';
import { BY_THE_RULES } from '../../../../src/domain/calling-rules/hours-policy.ts';
import { parseCallingRules } from '../../../../src/domain/calling-rules/parse-rules.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/domain/duration.ts';

/** Shown by every run, so that one can be had again: `{ seed }` in place of this. */
const SEED = Math.floor(Math.random() * 2 ** 31);

const ZONES = Intl.supportedValuesOf('timeZone');
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Zones that break habits: quarters of an hour, half hours of daylight saving, a change at midnight, both ends of the day. */
const ODD_ZONES = [
  'Asia/Kathmandu',
  'Australia/Eucla',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Beirut',
  'America/Asuncion',
  'America/Scoresbysund',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Africa/Cairo',
];

/** Changes of clocks: American, European, Australian, of Lord Howe, Chilean, Egyptian, Moroccan, Lebanese. */
const CHANGES = [
  '2025-03-09T07:00Z',
  '2025-03-30T01:00Z',
  '2025-04-05T15:00Z',
  '2025-04-24T22:00Z',
  '2025-09-07T04:00Z',
  '2026-02-15T02:00Z',
  '2026-03-28T22:00Z',
  '2026-10-03T15:30Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
  '2027-04-03T16:00Z',
  '2028-10-29T01:00Z',
  '2029-04-01T03:00Z',
  '2030-03-31T01:00Z',
].map((text) => Date.parse(text));

const anyZone = fc.oneof(fc.constantFrom(...ZONES), fc.constantFrom(...ODD_ZONES));
const anyInstant = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2030, 11, 15) }),
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -30 * HOUR, max: 30 * HOUR })).map(([at, off]) => at + off),
);

/** A day's windows as pairs of minutes, in order and apart; the last may end after midnight. Mostly on the quarter hour. */
const anyDay = fc
  .uniqueArray(
    fc.oneof(
      fc.integer({ min: 0, max: 95 }).map((n) => n * 15),
      fc.integer({ min: 0, max: 1_439 }),
    ),
    { maxLength: 4 },
  )
  .chain((edges) =>
    fc.boolean().map((over) => {
      const inOrder = edges.toSorted((a, b) => a - b);
      if (inOrder.length % 2 === 1) inOrder.pop();
      const windows: [number, number][] = [];
      for (let n = 0; n < inOrder.length; n += 2) windows.push([inOrder[n] ?? 0, inOrder[n + 1] ?? 0]);
      const last = windows.at(-1);
      // Over midnight: the end is the minute that was the beginning of the first window, or midnight and a half.
      if (over && last !== undefined)
        last[1] = 1_440 + Math.min(last[0], windows.length > 1 ? (windows[0]?.[0] ?? 30) : 30);
      return windows.filter(([from, to]) => to > from && to - from < 1_440 && !(to > 1_440 && to - 1_440 === from));
    }),
  );
const anyWeek = fc.tuple(anyDay, anyDay, anyDay, anyDay, anyDay, anyDay, anyDay);
type Week = readonly (readonly (readonly [number, number])[])[];

const clock = (minute: number): string => {
  const of = minute > 1_440 ? minute - 1_440 : minute;
  return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
};

const written = (week: Week): Record<string, string[]> =>
  Object.fromEntries(
    week.map((windows, day) => [DAYS[day], windows.map(([from, to]) => `${clock(from)}-${clock(to)}`)]),
  );

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a calendar and a clock on a wall in the zone show. */
function wall(zone: string, at: number): { date: number; minute: number } {
  let format = clocks.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    clocks.set(zone, format);
  }
  const numbers = format.format(at).match(/\d+/g)?.map(Number) ?? [];
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = numbers;
  return { date: Date.UTC(year, month - 1, day) / DAY, minute: hour * 60 + minute };
}

function isOpen(zone: string, at: number, week: Week, holidays: ReadonlySet<number>): boolean {
  const { date, minute } = wall(zone, at);
  if (holidays.has(date)) return false;
  const weekday = new Date(date * DAY).getUTCDay();
  if (week[weekday]?.some(([from, to]) => from <= minute && minute < to)) return true;
  const evening = week[(weekday + 6) % 7] ?? [];
  return !holidays.has(date - 1) && evening.some(([from, to]) => from <= minute + 1_440 && minute + 1_440 < to);
}

describe('the engine', () => {
  it(`finds the instant that a scan minute by minute finds, for any hours in any zones (seed ${SEED})`, () => {
    const anyCase = fc.record({
      zones: fc.uniqueArray(anyZone, { minLength: 1, maxLength: 2 }),
      narrow: anyWeek,
      law: anyWeek,
      offHolidays: fc.uniqueArray(fc.integer({ min: -2, max: 6 }), { maxLength: 3 }),
      now: anyInstant,
    });
    fc.assert(
      fc.property(anyCase, ({ zones, narrow, law, offHolidays, now }) => {
        const holidays = new Set(offHolidays.map((off) => Math.floor(now / DAY) + off));
        const row = {
          country: 'LI',
          found: true,
          basis: 'law',
          hours: written(law),
          holidays: [...holidays].map((date) => ({ name: 'one', on: new Date(date * DAY).toISOString().slice(0, 10) })),
          consent: 'unknown',
          source: 'drawn',
          asOf: '2026-11-23',
        };
        const elsewhere = { found: false, consent: 'unknown', source: 'drawn', asOf: '2026-11-23' };
        const parsed = parseCallingRules(
          JSON.stringify({ version: '2026-11-23', default: written(narrow), elsewhere, rows: [row] }),
        );
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
        const times = createCallingTimes(parsed.rules);
        const found = times.nextCallableInstant(now, [{ country: 'LI', region: null, zones }], BY_THE_RULES);
        // The default knows no holidays: only the row closes on them.
        const open = (at: number): boolean =>
          zones.every((zone) => isOpen(zone, at, narrow, new Set()) && isOpen(zone, at, law, holidays));

        const until = found.ok ? found.at : now + 3 * DAY;
        if (found.ok) expect(open(found.at), `open at ${new Date(found.at).toISOString()}`).toBe(true);
        // Beyond three days of scanning an answer is believed; the scan has to end.
        const scanFrom = Math.max(now, until - 3 * DAY);
        const missed: string[] = [];
        for (let at = Math.ceil(scanFrom / MINUTE) * MINUTE; at < until; at += MINUTE) {
          if (open(at)) missed.push(new Date(at).toISOString());
          if (missed.length > 0) break;
        }
        if (found.ok && found.at > now) expect(open(now)).toBe(false);
        expect(missed).toEqual([]);
      }),
      { seed: SEED, numRuns: 200 },
    );
  }, 60_000);

  it(`allows every minute that the scan allows, and no other, on days on which clocks change (seed ${SEED})`, () => {
    fc.assert(
      fc.property(anyZone, fc.constantFrom(...CHANGES), anyWeek, (zone, change, week) => {
        const times = createCallingTimes({
          ...CALLING_RULES,
          default: week.map((day) => day.map(([from, to]) => ({ from, to }))) as never,
        });
        const whereabouts = [{ country: 'LI', region: null, zones: [zone] }];
        for (let at = change - 14 * HOUR; at < change + 14 * HOUR; at += 5 * MINUTE) {
          const allowed = times.isAllowedAt(at, whereabouts, BY_THE_RULES);
          expect(allowed, `${zone} ${new Date(at).toISOString()}`).toBe(isOpen(zone, at, week, new Set()));
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  }, 60_000);

  const real = createCallingTimes(CALLING_RULES);
  const anyPlace = fc.record({
    country: fc.constantFrom(
      'US',
      'CA',
      'GB',
      'AU',
      'DE',
      'FR',
      'IN',
      'BR',
      'NZ',
      'ZA',
      'JP',
      'NP',
      'ES',
      'PT',
      'CO',
      'IL',
    ),
    province: fc.constantFrom(null, 'TX', 'NY', 'ON', 'NL', 'NSW', 'SP', 'GC', 'AL', 'UT'),
    zip: fc.constantFrom(null, '79901', '10001', '2880', '35001'),
  });

  it(`never calls earlier for knowing of one more place (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { minLength: 1, maxLength: 2 }), anyPlace, anyInstant, (places, more, now) => {
        const fewer = real.nextCallableInstant(now, real.whereabouts(places, null), BY_THE_RULES);
        const all = real.nextCallableInstant(now, real.whereabouts([...places, more], null), BY_THE_RULES);
        if (all.ok) expect(fewer.ok && fewer.at).toBeLessThanOrEqual(all.at);
        expect(all.rules).toEqual(expect.arrayContaining([...fewer.rules]));
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it(`once it has found an instant, finds it again from there (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.array(anyPlace, { minLength: 1, maxLength: 2 }), anyInstant, (places, now) => {
        const whereabouts = real.whereabouts(places, null);
        const found = real.nextCallableInstant(now, whereabouts, BY_THE_RULES);
        if (!found.ok) return;
        expect(real.nextCallableInstant(found.at, whereabouts, BY_THE_RULES)).toEqual({ ...found, decidedBy: null });
        if (found.at > now) expect(real.isAllowedAt(found.at - 1, whereabouts, BY_THE_RULES)).toBe(false);
        expect(found.decidedBy === null).toBe(found.at === now);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });
});
