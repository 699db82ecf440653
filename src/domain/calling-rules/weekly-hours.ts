/**
 * WeeklyHours: the hours of a week as a clock on the wall shows them, and what they leave open on one local date.
 * No zones and no instants here.
 */
import { weekdayOf } from './local-date.ts';

/** Minutes of one day. */
export const DAY_MINUTES = 1_440;

/** A stretch of wall time in minutes since local midnight, `from` included, `to` not. */
export interface DayWindow {
  /** 0 to 1439. */
  readonly from: number;
  /** More than `from`. Above 1440 it reaches into the next day: 1560 is 02:00 there. At most `from` + 1440. */
  readonly to: number;
}

/** Sunday first, as calendars of the runtime count. Windows of a day are in order and apart; none: closed that day. */
export type WeeklyHours = readonly [
  sun: readonly DayWindow[],
  mon: readonly DayWindow[],
  tue: readonly DayWindow[],
  wed: readonly DayWindow[],
  thu: readonly DayWindow[],
  fri: readonly DayWindow[],
  sat: readonly DayWindow[],
];

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The order in which people read a week. */
const WORKING_WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const IN_WORDS: readonly string[] = WORKING_WEEK;

export interface HoursFault {
  /** Where in the written hours: the day or days, then the number of the window there, from 0. */
  readonly path: readonly (string | number)[];
  /** The window as it was written, where the fault is in one. */
  readonly text?: string;
  readonly reason: string;
}

export type ReadHours =
  | { readonly ok: true; readonly hours: WeeklyHours }
  | { readonly ok: false; readonly faults: readonly HoursFault[] };

/**
 * Hours as they are written in the rules: `{"mon-fri": ["10:00-13:00", "14:00-18:00"], "sat": [], "sun": []}`.
 *
 * Every weekday is named once, alone or in a span such as `mon-fri`; `[]` is a day without calls, and a day left out is a fault,
 * because it would be a guess. A window that ends no later than it begins ends on the next day (`22:00-02:00`); only the last
 * window of a day may.
 */
export function readWeeklyHours(written: Readonly<Record<string, readonly string[]>>): ReadHours {
  const faults: HoursFault[] = [];
  const days = new Map<Weekday, readonly DayWindow[]>();
  for (const [span, texts] of Object.entries(written)) {
    const named = daysOf(span);
    if (named === null)
      faults.push({ path: [span], reason: 'is neither a weekday nor a span of them, such as mon-fri' });
    const windows = readWindows(span, texts, faults);
    for (const day of named ?? []) {
      if (days.has(day)) faults.push({ path: [span], reason: `names ${day} a second time` });
      days.set(day, windows);
    }
  }
  const left = WORKING_WEEK.filter((day) => !days.has(day));
  if (left.length > 0) faults.push({ path: [], reason: `say nothing of ${left.join(', ')}` });
  if (faults.length > 0) return { ok: false, faults };
  const of = (day: Weekday) => days.get(day) ?? [];
  return { ok: true, hours: [of('sun'), of('mon'), of('tue'), of('wed'), of('thu'), of('fri'), of('sat')] };
}

/**
 * The same on one line, for settings: `mon-fri 10:00-13:00 14:00-18:00, sat 10:00-14:00`. Days that are not named are closed: a
 * merchant who writes down his hours means that these are all.
 */
export function readHoursLine(line: string): ReadHours {
  const written: Record<string, readonly string[]> = {};
  const named = new Set<Weekday>();
  for (const part of line.split(',')) {
    const [span = '', ...windows] = part.trim().toLowerCase().split(/\s+/);
    if (span in written) return { ok: false, faults: [{ path: [span], reason: 'is written twice' }] };
    if (windows.length === 0) return { ok: false, faults: [{ path: [span], reason: 'has no hours' }] };
    written[span] = windows;
    for (const day of daysOf(span) ?? []) named.add(day);
  }
  for (const day of WEEKDAYS) if (!named.has(day)) written[day] = [];
  return readWeeklyHours(written);
}

/** `mon`, or `mon-fri` in the order of a working week; null for anything else. */
function daysOf(span: string): readonly Weekday[] | null {
  const [first, last = first, ...more] = span.split('-').map((name) => IN_WORDS.indexOf(name));
  if (first === undefined || last === undefined || more.length > 0 || first < 0 || last < first) return null;
  return WORKING_WEEK.slice(first, last + 1);
}

function readWindows(span: string, texts: readonly string[], faults: HoursFault[]): readonly DayWindow[] {
  const windows: DayWindow[] = [];
  for (const [index, text] of texts.entries()) {
    const window = readWindow(text);
    const before = windows.at(-1);
    if (window === null) faults.push({ path: [span, index], text, reason: 'is not a window such as 10:00-18:00' });
    else if (before !== undefined && window.from < before.to) {
      faults.push({ path: [span, index], text, reason: 'begins before the one before it has ended' });
    } else windows.push(window);
  }
  return windows;
}

function readWindow(text: string): DayWindow | null {
  const [, h1, m1, h2, m2] = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const from = Number(h1) * 60 + Number(m1);
  const to = Number(h2) * 60 + Number(m2);
  if (Number.isNaN(from + to) || to > DAY_MINUTES || from === to) return null;
  return { from, to: to > from ? to : to + DAY_MINUTES };
}

/** Whether there is any hour of the week that both leave open. */
export function meet(left: WeeklyHours, right: WeeklyHours): boolean {
  // Local dates are days since 1970: the second week has a day before each of its own.
  const week = [7, 8, 9, 10, 11, 12, 13];
  return week.some((date) => inBoth(windowsOn(left, date), windowsOn(right, date)).length > 0);
}

/** `Mon–Fri 10:00–18:00, Sat 10:00–16:00, Sun none`: neighbouring days of like hours are drawn together. */
export function hoursInWords(hours: WeeklyHours): string {
  const parts: { first: Weekday; last: Weekday; what: string }[] = [];
  for (const day of WORKING_WEEK) {
    const windows = hours[WEEKDAYS.indexOf(day)] ?? [];
    const what = windows.length === 0 ? 'none' : windows.map(windowInWords).join(' and ');
    const before = parts.at(-1);
    if (before?.what === what) before.last = day;
    else parts.push({ first: day, last: day, what });
  }
  return parts
    .map(({ first, last, what }) => `${first === last ? capital(first) : `${capital(first)}–${capital(last)}`} ${what}`)
    .join(', ');
}

const capital = (day: Weekday): string => day.charAt(0).toUpperCase() + day.slice(1);
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function windowInWords({ from, to }: DayWindow): string {
  return `${clock(from)}–${clock(to > DAY_MINUTES ? to - DAY_MINUTES : to)}`;
}

/**
 * What the hours leave open on a local date, within 0 to 1440: its own windows up to midnight, and what the day before runs over.
 *
 * @param date - a local date (`local-date.ts`). @param isClosed - whether a date is a holiday. A closed date begins no window, and none runs into it.
 */
export function windowsOn(
  hours: WeeklyHours,
  date: number,
  isClosed: (date: number) => boolean = () => false,
): readonly DayWindow[] {
  if (isClosed(date)) return [];
  const windows: DayWindow[] = [];
  const last = hours[weekdayOf(date - 1)]?.at(-1);
  if (last !== undefined && last.to > DAY_MINUTES && !isClosed(date - 1)) {
    windows.push({ from: 0, to: last.to - DAY_MINUTES });
  }
  for (const { from, to } of hours[weekdayOf(date)] ?? []) windows.push({ from, to: Math.min(to, DAY_MINUTES) });
  return windows;
}

/** Any Sunday: Monday 5 January 1970 is the day after it. */
const A_SUNDAY = 3;

/** The hours of a week that both leave open; none of them runs over midnight, those after it stand on the day they are on. */
export function overlapOf(left: WeeklyHours, right: WeeklyHours): WeeklyHours {
  const on = (weekday: number) => {
    const date = A_SUNDAY + weekday;
    return inBoth(windowsOn(left, date), windowsOn(right, date));
  };
  return [on(0), on(1), on(2), on(3), on(4), on(5), on(6)];
}

/** What both leave open. Both lists are in order of `from`; windows of one list may overlap, as those after midnight can. */
export function inBoth(left: readonly DayWindow[], right: readonly DayWindow[]): readonly DayWindow[] {
  const both: DayWindow[] = [];
  for (const a of left) {
    for (const b of right) {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from < to) both.push({ from, to });
    }
  }
  return both.length < 2 ? both : both.sort((a, b) => a.from - b.from);
}
