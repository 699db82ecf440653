import { describe, expect, it } from 'vitest';
import {
  easterSunday,
  type HolidayRule,
  holidaysOf,
  type Observance,
  readHolidayDay,
} from '../../../../src/domain/calling-rules/holidays.ts';
import { DAY } from '../../../../src/domain/duration.ts';

const written = (date: number): string => new Date(date * DAY).toISOString().slice(0, 10);

function closedIn(year: number, ...rules: readonly [on: string, observed?: Observance][]): string[] {
  const read = rules.map(([on, observed = null]): HolidayRule => {
    const day = readHolidayDay(on);
    if (day === null) throw new Error(on);
    return { name: on, on: day, observed };
  });
  return [...holidaysOf(read, year)].map(written).sort();
}

describe('Easter', () => {
  // Sundays as printed in calendars, with the earliest and the latest there can be.
  it.each([
    '1818-03-22',
    '1943-04-25',
    '2000-04-23',
    '2019-04-21',
    '2024-03-31',
    '2025-04-20',
    '2026-04-05',
    '2027-03-28',
    '2028-04-16',
    '2030-04-21',
    '2038-04-25',
    '2285-03-22',
  ])('is on %s', (date) => {
    expect(written(easterSunday(Number(date.slice(0, 4))))).toBe(date);
  });
});

describe('a holiday', () => {
  it.each([
    ['of a day of the year', '12-25', 2026, ['2026-12-25']],
    ['of a leap day', '02-29', 2028, ['2028-02-29']],
    ['of a leap day in a year without one', '02-29', 2027, []],
    ['of the third Monday of January', 'mon>=01-15', 2026, ['2026-01-19']],
    ['of the last Monday of May', 'mon>=05-25', 2026, ['2026-05-25']],
    ['of the fourth Thursday of November', 'thu>=11-22', 2028, ['2028-11-23']],
    ['moved to the Monday on or after its day', 'mon>=06-29', 2026, ['2026-06-29']],
    ['of Good Friday', 'easter-2', 2026, ['2026-04-03']],
    ['of Corpus Christi on a Monday', 'easter+64', 2026, ['2026-06-08']],
    ['of a single date', '2026-07-10', 2026, ['2026-07-10']],
    ['of a single date of another year', '2026-07-10', 2027, []],
  ])('%s', (_what, on, year, dates) => {
    expect(closedIn(year, [on])).toEqual(dates);
  });

  it.each([
    '',
    '13-01',
    '02-30',
    '1-1',
    'easter',
    'easter2',
    'easter+1000',
    'third mon 01',
    'mon>01-15',
    '2026-02-29',
    'xmas',
  ])('is not written %j', (on) => {
    expect(readHolidayDay(on)).toBeNull();
  });
});

describe('a holiday on a weekend', () => {
  // 25 December 2027 is a Saturday, 1 January 2028 too; 4 July 2027 is a Sunday.
  it.each([
    ['closes the Monday after a Sunday', '07-04', 'sunday_to_monday', 2027, ['2027-07-04', '2027-07-05']],
    ['leaves Friday and Monday alone when it is on a Saturday', '12-25', 'sunday_to_monday', 2027, ['2027-12-25']],
    ['closes the Friday before a Saturday', '12-25', 'nearest_weekday', 2027, ['2027-12-24', '2027-12-25']],
    ['closes the nearest weekday of a Sunday', '07-04', 'nearest_weekday', 2027, ['2027-07-04', '2027-07-05']],
    ['closes the last day of the year before', '01-01', 'nearest_weekday', 2028, ['2027-12-31', '2028-01-01']],
    ['closes the next weekday after a Saturday', '12-25', 'next_weekday', 2027, ['2027-12-25', '2027-12-27']],
    ['closes nothing more on a weekday', '12-25', 'next_weekday', 2026, ['2026-12-25']],
  ] as const)('%s', (_what, on, observed, year, dates) => {
    expect(closedIn(year, [on, observed])).toEqual(dates);
  });

  it('and its neighbour close two weekdays, not one twice', () => {
    expect(closedIn(2027, ['12-25', 'next_weekday'], ['12-26', 'next_weekday'])).toEqual([
      '2027-12-25',
      '2027-12-26',
      '2027-12-27',
      '2027-12-28',
    ]);
  });
});
