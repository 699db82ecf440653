/**
 * Every row says what its source says. The table is written from the sources a second time, as hours that a law leaves open on a plain
 * week and the weekdays it closes in 2026; nothing of it comes from `rules.json`. Closed days were compared with public calendars.
 */
import { describe, expect, it } from 'vitest';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import { createCallingTimes } from '../../../../src/domain/calling-rules/calling-times.ts';
import { BY_THE_RULES, type HoursPolicy } from '../../../../src/domain/calling-rules/hours-policy.ts';
import type { WeeklyHours } from '../../../../src/domain/calling-rules/weekly-hours.ts';
import type { Whereabouts } from '../../../../src/domain/calling-rules/whereabouts.ts';
import { DAY, HOUR, MINUTE } from '../../../../src/domain/duration.ts';

const times = createCallingTimes(CALLING_RULES);

/** Nothing but the law: the narrow default is put aside, the rows are not. */
const day = [{ from: 0, to: 1_440 }];
const wholeWeek: WeeklyHours = [day, day, day, day, day, day, day];
const BY_THE_LAW: HoursPolicy = {
  narrower: null,
  override: { kind: 'up_to_the_law', hours: wholeWeek, reason: 'to see what the law says' },
};

/** Where a rule was not found, the narrow default is all there is. */
const NARROW = 'mon-fri 10-18, sat 10-16';
const FEDERAL = 'mon-sun 8-21';
const CANADIAN = 'mon-fri 9-21:30, sat-sun 10-18';

/** Countries in which nobody found a rule on hours. */
const NOT_FOUND = [
  // Members of the European Union, of the free trade area, and the rest of the world.
  'AT BE BG HR CY CZ DK EE FI DE GR HU IE LV LT LU MT PL RO SK SI SE',
  'IS LI CH',
  'MX PH ID CL AR NG JP SG TR MY TH EG PK BD LK VN TW KE MA KW QA UA RS',
]
  .join(' ')
  .split(' ');

/** States and territories that keep the federal hours, as far as anybody found. */
const ONLY_FEDERAL =
  'AK AZ AR CA CO DE DC GA HI ID IN IA KS ME MO MT NH NJ NY NC ND OH OR SC TN VT VA WV WI WY PR GU VI AS MP'.split(' ');
const PROVINCES = 'AB BC MB NB NL NS NT NU ON PE QC SK YT'.split(' ');

/** What the law leaves open, and the days of 2026 on which it closes although their weekday is open. */
const FOUND: readonly (readonly [id: string, hours: string, closed?: string])[] = [
  [
    'US-AL',
    'mon-sat 8-20',
    '01-01 01-19 02-16 02-17 04-27 05-25 06-01 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25',
  ],
  ['US-CT', 'mon-sun 9-20'],
  ['US-FL', 'mon-sun 8-20'],
  ['US-IL', 'mon-sun 9-21'],
  ['US-KY', 'mon-sun 10-21'],
  [
    'US-LA',
    'mon-sat 8-20',
    '01-01 01-08 01-19 02-16 02-17 04-03 05-25 06-19 07-04 09-07 10-12 11-03 11-11 11-26 11-27 12-25',
  ],
  ['US-MD', 'mon-sun 8-20'],
  ['US-MA', 'mon-sun 8-20'],
  ['US-MI', 'mon-sun 9-21'],
  ['US-MN', 'mon-sun 9-21'],
  ['US-MS', 'mon-sat 8-20', '01-01 01-19 02-16 04-27 05-25 06-19 07-04 09-07 11-11 11-26 12-25'],
  ['US-NE', 'mon-sat 8-21, sun 13-21', '01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-12 11-11 11-26 12-25'],
  ['US-NV', 'mon-sun 9-20'],
  ['US-NM', 'mon-sun 9-21'],
  ['US-OK', 'mon-sun 8-20'],
  [
    'US-PA',
    'mon-sun 8-21',
    '01-01 01-19 02-16 04-03 05-25 06-14 06-19 07-04 09-07 10-12 11-03 11-11 11-26 12-15 12-25',
  ],
  ['US-RI', 'mon-sun 9-18', '01-01 01-19 02-16 05-04 05-25 06-19 07-04 08-10 09-07 10-12 11-03 11-11 11-26 12-25'],
  ['US-SD', 'mon-fri 9-21'],
  ['US-TX', 'mon-sat 9-21, sun 12-21'],
  ['US-UT', 'mon-sun 8-21', '01-01 01-19 02-16 05-25 06-19 07-04 07-24 09-07 10-12 11-11 11-26 12-25'],
  ['US-WA', 'mon-sun 8-20'],
  ['FR', 'mon-fri 10-13 14-20', '01-01 04-03 04-06 05-01 05-08 05-14 05-25 07-14 11-11 12-25'],
  ['IT', 'mon-fri 9-20, sat 10-19', '01-01 01-06 04-06 04-25 05-01 06-02 08-15 12-08 12-25 12-26'],
  ['NL', 'mon-fri 9-22, sat 10-16', '01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26'],
  ['PT', 'mon-sun 9-22'],
  ['ES', 'mon-fri 9-21', '01-01 01-06 04-02 04-03 05-01 10-12 12-08 12-25'],
  [
    'GB',
    'mon-fri 8-21, sat 9-21',
    '01-01 01-02 03-17 04-03 04-06 05-04 05-25 07-13 08-03 08-31 11-30 12-25 12-26 12-28',
  ],
  ['NO', 'mon-fri 9-21', '01-01 04-02 04-03 04-06 05-01 05-14 05-25 12-25'],
  ['AU', 'mon-fri 9-20, sat 9-17', '01-01 01-26 04-03 04-06 04-25 04-27 12-25 12-26 12-28'],
  ['IN', 'mon-sun 9-21'],
  ['AE', 'mon-sun 9-18'],
  ['BR', 'mon-fri 9-21, sat 10-16', '01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-20 12-25'],
  ['ZA', 'mon-fri 8-20, sat 9-13', '01-01 03-21 04-03 04-06 04-27 05-01 06-16 08-10 09-24 12-16 12-25 12-26'],
  ['NZ', 'mon-sat 8-21', '01-01 01-02 02-06 04-03 04-06 04-25 04-27 06-01 07-10 10-26 12-25 12-26 12-28'],
  [
    'CO',
    'mon-fri 7-19, sat 8-15',
    '01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-13 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25',
  ],
  ['PE', 'mon-fri 7-20', '01-01 04-02 04-03 05-01 06-29 07-23 07-28 07-29 08-06 10-08 12-08 12-09 12-25'],
  ['KR', 'mon-sun 8-21'],
  ['SA', 'mon-sun 12-22'],
  ['HK', 'mon-sun 9-22'],
  ['IL', 'mon-thu 10-18, fri 10-14'],
];

const EXPECTED: readonly (readonly [id: string, hours: string, closed: string])[] = [
  ...FOUND.map(([id, hours, closed = '']) => [id, hours, closed] as const),
  ...ONLY_FEDERAL.map((state) => [`US-${state}`, FEDERAL, ''] as const),
  ...PROVINCES.map((province) => [`CA-${province}`, CANADIAN, ''] as const),
  ...NOT_FOUND.map((country) => [country, NARROW, ''] as const),
];

/** One zone of the place. Its own clock does not matter here: the windows are local time. */
function placeOf(id: string): Whereabouts {
  const [country = '', region = null] = id.split('-');
  return times
    .whereabouts([{ country, province: region, zip: null }], null)
    .map((place) => ({ ...place, zones: place.zones.slice(0, 1) }));
}

/** Milliseconds to add to UTC for the wall clock, by the runtime's own calendar. */
function offsetOf(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).formatToParts(
    at,
  );
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour') % 24, of('minute'), of('second')) - at;
}

/** No row has a holiday in this week, and no clock on earth changes. */
const PLAIN_MONDAY = Date.UTC(2026, 8, 14);
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `mon-fri 10-18, sat 10-16`, found by asking every half hour of a week. */
function hoursFound(place: Whereabouts, policy: HoursPolicy): string {
  const offset = offsetOf(place[0]?.zones[0] ?? '', PLAIN_MONDAY);
  const days = DAYS.map((name, index) => {
    const midnight = PLAIN_MONDAY + index * DAY - offset;
    const open = Array.from({ length: 48 }, (_, half) =>
      times.isAllowedAt(midnight + half * 30 * MINUTE, place, policy),
    );
    const edges = open.flatMap((now, half) => (now !== (open[half - 1] ?? false) ? [half] : []));
    if (open[47]) edges.push(48);
    const clock = (half: number) => `${Math.floor(half / 2)}${half % 2 === 1 ? ':30' : ''}`;
    const windows = edges.flatMap((edge, n) => (n % 2 === 0 ? [`${clock(edge)}-${clock(edges[n + 1] ?? 48)}`] : []));
    return { name, hours: windows.join(' ') };
  });
  const runs: { first: string; last: string; hours: string }[] = [];
  for (const { name, hours } of days) {
    const run = runs.at(-1);
    if (run?.hours === hours) run.last = name;
    else runs.push({ first: name, last: name, hours });
  }
  return runs
    .filter(({ hours }) => hours !== '')
    .map(({ first, last, hours }) => `${first === last ? first : `${first}-${last}`} ${hours}`)
    .join(', ');
}

/** Days of 2026 without a call between ten and three, on weekdays that have some in the plain week. */
function closedDays(place: Whereabouts): string {
  const zone = place[0]?.zones[0] ?? '';
  const isOpen = (midnight: number): boolean => {
    const ten = midnight + 10 * HOUR - offsetOf(zone, midnight + 12 * HOUR);
    return [0, 1, 2, 3, 4, 5].some((hour) => times.isAllowedAt(ten + hour * HOUR, place, BY_THE_LAW));
  };
  const openWeekdays = DAYS.map((_, weekday) => isOpen(PLAIN_MONDAY + weekday * DAY));
  const closed: string[] = [];
  for (let date = Date.UTC(2026, 0, 1); date < Date.UTC(2027, 0, 1); date += DAY) {
    const weekday = (new Date(date).getUTCDay() + 6) % 7;
    if (openWeekdays[weekday] && !isOpen(date)) closed.push(new Date(date).toISOString().slice(5, 10));
  }
  return closed.join(' ');
}

describe('the rows', () => {
  it.each(EXPECTED)('%s: by law %s', (id, hours) => {
    const place = placeOf(id);
    expect(hoursFound(place, BY_THE_LAW)).toBe(hours);
    const next = times.nextCallableInstant(PLAIN_MONDAY, place, BY_THE_LAW);
    expect(next.rules).toContain(id);
  });

  it.each(EXPECTED.filter(([, , closed]) => closed !== ''))('%s closes on its holidays (%s)', (id, _hours, closed) => {
    expect(closedDays(placeOf(id))).toBe(closed);
  });

  it('close on no holiday where the law names none', () => {
    for (const id of ['DE', 'IN', 'US-NY', 'US-TX', 'CA-ON']) expect(closedDays(placeOf(id)), id).toBe('');
  });

  it('are all in the table, and the table knows no others', () => {
    const inTable = [...EXPECTED.map(([id]) => id), 'US', 'CA'];
    expect(inTable.toSorted()).toEqual([...CALLING_RULES.rows.keys()].sort());
  });

  it('say by themselves where nothing was found', () => {
    const silent = [...CALLING_RULES.rows.values()].filter(({ found }) => !found).map(({ id }) => id);
    const expected = [
      ...NOT_FOUND,
      'IL',
      ...ONLY_FEDERAL.map((id) => `US-${id}`),
      ...PROVINCES.map((id) => `CA-${id}`),
    ];
    expect(silent.sort()).toEqual(expected.sort());
  });

  it.each(EXPECTED)('%s: by default nothing outside of Monday to Friday 10 to 18 and Saturday 10 to 16', (id) => {
    const place = placeOf(id);
    const offset = offsetOf(place[0]?.zones[0] ?? '', PLAIN_MONDAY);
    for (let half = 0; half < 7 * 48; half += 1) {
      const at = PLAIN_MONDAY + half * 30 * MINUTE - offset;
      if (!times.isAllowedAt(at, place, BY_THE_RULES)) continue;
      const [weekday, hour] = [Math.floor(half / 48), (half % 48) / 2];
      expect(weekday < 6 && hour >= 10 && hour < (weekday < 5 ? 18 : 16), `${id} ${DAYS[weekday]} ${hour}`).toBe(true);
      expect(times.isAllowedAt(at, place, BY_THE_LAW)).toBe(true);
    }
  });

  it.each([
    ['US-FL', [[3, 24]], null],
    ['US-OK', [[3, 24]], null],
    ['US-MD', [[3, 24]], null],
    ['FR', [[4, 30 * 24]], 60 * 24],
    [
      'AE',
      [
        [1, 24],
        [2, 7 * 24],
      ],
      'forever',
    ],
    ['BR', [[2, 24]], null],
    ['CO', [[1, 24]], null],
  ] as const)('%s caps calls', (id, calls, afterRefusal) => {
    expect(CALLING_RULES.rows.get(id)?.caps).toEqual({
      calls: calls.map(([most, hours]) => ({ most, inMs: hours * HOUR })),
      afterRefusal: typeof afterRefusal === 'number' ? afterRefusal * HOUR : afterRefusal,
    });
  });

  it.each([
    ['US', 'written'],
    ['CA', 'express'],
    ['GB', 'prior'],
    ['FR', 'express'],
    ['DE', 'express'],
    ['ES', 'express'],
    ['PL', 'prior'],
    ['AU', 'register'],
    ['IN', 'register'],
    ['JP', 'unknown'],
  ])('%s wants consent: %s', (id, consent) => {
    expect(CALLING_RULES.rows.get(id)?.consent).toBe(consent);
  });
});
