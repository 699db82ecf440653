/**
 * Holidays as a law names them: a day of the year, a weekday at or after one, a distance from Easter, or a single date.
 */
import { DAY } from '../duration.ts';
import { dateOf, readDate, weekdayOf, yearOf } from './local-date.ts';
import { WEEKDAYS } from './weekly-hours.ts';

export interface HolidayRule {
  readonly name: string;
  readonly on: HolidayDay;
  readonly observed: Observance | null;
}

export type HolidayDay =
  /** Every year; month and day from 1. */
  | { readonly kind: 'day'; readonly month: number; readonly day: number }
  /** The first such weekday on the day or after it: the third Monday of January is the Monday on or after the 15th. Sunday is 0. */
  | { readonly kind: 'weekday'; readonly weekday: number; readonly month: number; readonly day: number }
  /** Days after Easter Sunday of the western churches; before it when negative. */
  | { readonly kind: 'easter'; readonly days: number }
  /** Once: for feasts that no rule of the common calendar reaches. */
  | { readonly kind: 'date'; readonly date: number };

/**
 * Which other day is closed, too, when the holiday falls on a weekend. The holiday itself stays closed.
 *
 * - `sunday_to_monday`: the Monday after a Sunday.
 * - `nearest_weekday`: the Friday before a Saturday, the Monday after a Sunday.
 * - `next_weekday`: the next weekday that is not a holiday itself, so that Christmas on a Saturday and Boxing Day close Monday and Tuesday.
 */
export type Observance = 'sunday_to_monday' | 'nearest_weekday' | 'next_weekday';
export const OBSERVANCES = ['sunday_to_monday', 'nearest_weekday', 'next_weekday'] as const satisfies Observance[];

/**
 * A holiday's day as it is written in the rules: `12-25`, `mon>=01-15` (the first Monday on or after 15 January), `easter-2` (Good Friday),
 * `2026-07-10`. Null for anything else.
 */
export function readHolidayDay(text: string): HolidayDay | null {
  const easter = /^easter([+-]\d{1,3})$/.exec(text);
  if (easter) return { kind: 'easter', days: Number(easter[1]) };
  const date = readDate(text);
  if (date !== null) return { kind: 'date', date };
  const [, weekday, month, day] = /^(?:(sun|mon|tue|wed|thu|fri|sat)>=)?(\d{2})-(\d{2})$/.exec(text) ?? [];
  // 2024 has a 29 February: whoever writes one means it in the years that have it.
  if (month === undefined || dateOf(2024, Number(month), Number(day)) === null) return null;
  const of = { month: Number(month), day: Number(day) };
  return weekday === undefined
    ? { kind: 'day', ...of }
    : { kind: 'weekday', weekday: WEEKDAY_NAMES.indexOf(weekday), ...of };
}

const WEEKDAY_NAMES: readonly string[] = WEEKDAYS;

/** The dates that the rules close in a year, and those that a year's first or last day moves into its neighbours. */
export function holidaysOf(rules: readonly HolidayRule[], year: number): ReadonlySet<number> {
  const closed = new Set<number>();
  const dated = rules.flatMap((rule) => {
    const date = dateIn(rule.on, year);
    return date === null ? [] : [{ date, observed: rule.observed }];
  });
  for (const { date } of dated) closed.add(date);
  for (const { date, observed } of dated.sort((a, b) => a.date - b.date)) {
    const instead = observedOn(date, observed, closed);
    if (instead !== null) closed.add(instead);
  }
  return closed;
}

function dateIn(on: HolidayDay, year: number): number | null {
  switch (on.kind) {
    case 'day':
      return dateOf(year, on.month, on.day);
    case 'weekday': {
      const from = dateOf(year, on.month, on.day);
      return from === null ? null : from + ((on.weekday - weekdayOf(from) + 7) % 7);
    }
    case 'easter':
      return easterSunday(year) + on.days;
    case 'date':
      return yearOf(on.date) === year ? on.date : null;
  }
}

function observedOn(date: number, observed: Observance | null, closed: ReadonlySet<number>): number | null {
  const day = weekdayOf(date);
  if (observed === null || (day !== 0 && day !== 6)) return null;
  if (observed === 'sunday_to_monday') return day === 0 ? date + 1 : null;
  if (observed === 'nearest_weekday') return day === 0 ? date + 1 : date - 1;
  let next = date + 1;
  while (weekdayOf(next) === 0 || weekdayOf(next) === 6 || closed.has(next)) next += 1;
  return next;
}

/** Easter Sunday of the Gregorian calendar. Source: "anonymous Gregorian algorithm", Nature 13 (1876) p. 487, as in Meeus, Astronomical Algorithms ch. 8. */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return Date.UTC(year, month - 1, day) / DAY;
}
