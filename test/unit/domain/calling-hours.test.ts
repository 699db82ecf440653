/**
 * Calling hours, held to a scan that shares nothing with them but the table of zones: the runtime's own calendar, quarter
 * hour by quarter hour. Every offset in use between 2025 and 2030 is a multiple of that, so no opening lies in between.
 */
import { type CountryCode, getAllCountries, getTimezonesForCountry } from 'countries-and-timezones';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextCallingInstant } from '../../../src/domain/calling-hours.ts';
import { HOUR, MINUTE } from '../../../src/domain/duration.ts';

const QUARTER = 15 * MINUTE;
const COUNTRIES = Object.keys(getAllCountries()).filter((code) => zonesOf(code).length > 0);

function zonesOf(country: string): string[] {
  return (getTimezonesForCountry(country as CountryCode) ?? []).map(({ name }) => name);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function localHour(zone: string, at: number): number {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
    clocks.set(zone, clock);
  }
  return Number(clock.format(at));
}

function isDecent(at: number, zones: readonly string[]): boolean {
  return zones.every((zone) => {
    const hour = localHour(zone, at);
    return hour >= 10 && hour < 18;
  });
}

/** The first decent instant from `at` on and before `until`; null when there is none. */
function scan(at: number, until: number, zones: readonly string[]): number | null {
  if (isDecent(at, zones)) return at;
  for (let instant = Math.ceil(at / QUARTER) * QUARTER; instant < until; instant += QUARTER) {
    if (isDecent(instant, zones)) return instant;
  }
  return null;
}

/** Two whole days are enough to find a window that repeats daily; beyond them an answer is checked, not demanded. */
function expectAsScanned(at: number, countries: readonly string[]): void {
  const zones = countries.flatMap(zonesOf);
  const next = nextCallingInstant(at, countries);
  const what = `${countries} at ${new Date(at).toISOString()}`;
  if (next.ok) expect(scan(at, next.at + 1, zones), what).toBe(next.at);
  else expect([next.reason, scan(at, at + 48 * HOUR, zones)], what).toEqual(['no_common_hours', null]);
}

/** A day either side of a change of clocks, somewhere: the European, American, Australian, Chilean, Lord Howe and Palestinian ones. */
const CHANGES = [
  '2025-03-09T07:00Z',
  '2025-03-30T01:00Z',
  '2025-04-05T15:00Z',
  '2025-09-07T04:00Z',
  '2026-10-03T15:30Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
  '2027-03-27T00:00Z',
  '2028-10-29T01:00Z',
  '2029-04-01T03:00Z',
].map((text) => Date.parse(text));

const anyInstant = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2030, 11, 31) }),
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -26 * HOUR, max: 26 * HOUR })).map(([at, off]) => at + off),
);

describe('the next instant for a call', () => {
  it('is the one that a scan of the calendar finds, for any country at any time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COUNTRIES), anyInstant, (country, at) => expectAsScanned(at, [country])),
      { numRuns: 1_500 },
    );
  });

  it('is the one that the scan finds, for any two or three countries at once', () => {
    const several = fc.uniqueArray(fc.constantFrom(...COUNTRIES), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(several, anyInstant, (countries, at) => expectAsScanned(at, countries)),
      { numRuns: 500 },
    );
  });

  it.each(COUNTRIES)('is right on a day of summer and one of winter: %s', (country) => {
    for (const day of [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)]) expectAsScanned(day + 13 * HOUR + 1, [country]);
  });

  it.each([
    ['in the middle of the day, at once', ['IN'], '2026-11-03T06:00:00.001Z', '2026-11-03T06:00:00.001Z'],
    ['at ten sharp, at once', ['IN'], '2026-11-03T04:30:00.000Z', '2026-11-03T04:30:00.000Z'],
    ['at the last moment before six', ['IN'], '2026-11-03T12:29:59.999Z', '2026-11-03T12:29:59.999Z'],
    ['at six sharp, the next morning', ['IN'], '2026-11-03T12:30:00.000Z', '2026-11-04T04:30:00.000Z'],
    ['where clocks stand at three quarters of an hour', ['NP'], '2026-11-03T00:00:00.000Z', '2026-11-03T04:15:00.000Z'],
    ['the morning after clocks went forward', ['AT'], '2026-03-28T20:00:00.000Z', '2026-03-29T08:00:00.000Z'],
    ['the morning after clocks went back', ['AT'], '2026-10-24T20:00:00.000Z', '2026-10-25T09:00:00.000Z'],
    ['where it is tomorrow already', ['NZ'], '2026-11-03T05:00:00.000Z', '2026-11-03T21:00:00.000Z'],
    ['in all zones of one country', ['US'], '2026-11-03T08:00:00.000Z', '2026-11-03T20:00:00.000Z'],
    ['in two countries', ['AT', 'IN'], '2026-11-03T05:00:00.000Z', '2026-11-03T09:00:00.000Z'],
    [
      'in two countries, in whatever order they are named',
      ['IN', 'AT'],
      '2026-11-03T05:00:00.000Z',
      '2026-11-03T09:00:00.000Z',
    ],
  ])('%s', (_what, countries, at, expected) => {
    const next = nextCallingInstant(Date.parse(at), countries);
    expect(next.ok && new Date(next.at).toISOString()).toBe(expected);
  });

  it.each([
    ['in Russia, whose eleven zones share no such hour', ['RU'], 'no_common_hours'],
    ['between India and the whole of the United States', ['IN', 'US'], 'no_common_hours'],
    ['where no country is known', [], 'unknown_country'],
    ['in a country that is none', ['XX'], 'unknown_country'],
    ['when one of the countries is none', ['IN', 'XX'], 'unknown_country'],
    ['in a country written small: the caller normalises', ['in'], 'unknown_country'],
    ['in a property of every object', ['constructor'], 'unknown_country'],
  ])('is none %s', (_what, countries, reason) => {
    expect(nextCallingInstant(Date.UTC(2026, 10, 3), countries)).toEqual({ ok: false, reason });
  });

  it('once reached, is where the next one is, too', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COUNTRIES), anyInstant, (country, at) => {
        const next = nextCallingInstant(at, [country]);
        if (next.ok) expect(nextCallingInstant(next.at, [country])).toEqual(next);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the table of zones', () => {
  it('knows every country that has people', () => {
    expect(COUNTRIES.length).toBeGreaterThan(230);
  });

  it('names no zone that this runtime does not know', () => {
    const strange = COUNTRIES.flatMap(zonesOf).filter((zone) => {
      try {
        localHour(zone, 0);
        return false;
      } catch {
        return true;
      }
    });
    expect(strange).toEqual([]);
  });
});
