/**
 * Rules of a merchant's own beside those that come with the service: the narrow default never becomes wider by a file, and wherever
 * a row allows more than the built-in one it is told. What a file may say at all is in `parse-rules.ts`.
 */
import { isRefusedForGood, strictestOf } from '../call-caps.ts';
import type { CallingRow, CallingRules, Caps } from './calling-row.ts';
import { holidaysOf } from './holidays.ts';
import { dateOf } from './local-date.ts';
import { type DayWindow, overlapOf, type WeeklyHours, windowsOn } from './weekly-hours.ts';

/** What of a row can allow more: its hours, holidays included; its caps; the zones and codes of the places it holds in. */
export type Widened = 'hours' | 'caps' | 'zones' | 'codes';

export interface Widening {
  /** The default of the file is wider on some day. It has no effect, see {@link heldTo}. */
  readonly ofDefault: boolean;
  /** Rows of the built-in rules that the file has not: what they say no longer holds. */
  readonly missing: readonly string[];
  readonly wider: readonly { readonly row: string; readonly what: readonly Widened[] }[];
}

/** The rules with a default that is open only where the built-in one is, too. Wider hours are an override's to give, with a reason. */
export function heldTo(builtIn: CallingRules, rules: CallingRules): CallingRules {
  return { ...rules, default: overlapOf(rules.default, builtIn.default) };
}

/** Where rules allow more than the built-in ones, as far as hours, caps and places go. @param rules - as they were written. */
export function wideningOf(builtIn: CallingRules, rules: CallingRules): Widening {
  const sure = heldTo(builtIn, rules);
  const pairs = [builtIn.elsewhere, ...builtIn.rows.values()].map((row) => {
    return { row, given: row === builtIn.elsewhere ? sure.elsewhere : sure.rows.get(row.id) };
  });
  return {
    ofDefault: isWider(datesOf(builtIn), opening(builtIn.default), opening(rules.default)),
    missing: pairs.filter(({ given }) => given === undefined).map(({ row }) => row.id),
    wider: pairs
      .map(({ row, given }) => ({ row: row.id, what: given ? widenedIn(row, given, builtIn, sure) : [] }))
      .filter(({ what }) => what.length > 0),
  };
}

function widenedIn(row: CallingRow, given: CallingRow, builtIn: CallingRules, rules: CallingRules): readonly Widened[] {
  const dates = datesOf(builtIn);
  const what: Widened[] = [];
  if (isWider(dates, openingOfRow(row, builtIn, dates), openingOfRow(given, rules, dates))) what.push('hours');
  if (hasLooserCaps(row.caps, given.caps)) what.push('caps');
  if (row.zones.some((zone) => !given.zones.includes(zone))) what.push('zones');
  if (row.also.some((code) => !given.also.includes(code))) what.push('codes');
  return what;
}

/** Long enough for a holiday of every kind to have fallen on every weekday that matters. */
const YEARS = 6;

interface Dates {
  readonly firstYear: number;
  /** Local dates, the last not included. */
  readonly from: number;
  readonly to: number;
}

/** Counted from the built-in version and not from today: the same file gives the same warnings. */
function datesOf({ version }: CallingRules): Dates {
  const firstYear = Number(version.slice(0, 4));
  return { firstYear, from: dateOf(firstYear, 1, 1) ?? 0, to: dateOf(firstYear + YEARS, 1, 1) ?? 0 };
}

/** What is open on a date; null: no limit. */
type Opening = (date: number) => readonly DayWindow[] | null;

const opening =
  (hours: WeeklyHours): Opening =>
  (date) =>
    windowsOn(hours, date);

function openingOfRow(row: CallingRow, rules: CallingRules, { firstYear }: Dates): Opening {
  // As `law.ts` reads a row without hours.
  const hours = row.hours ?? (row.region === null ? rules.default : null);
  if (hours === null) return () => null;
  const years = Array.from({ length: YEARS + 2 }, (_, n) => firstYear - 1 + n);
  const closed = new Set(years.flatMap((year) => [...holidaysOf(row.holidays, year)]));
  return (date) => windowsOn(hours, date, (day) => closed.has(day));
}

function isWider({ from, to }: Dates, builtIn: Opening, given: Opening): boolean {
  for (let date = from; date < to; date += 1) {
    const allowed = builtIn(date);
    if (allowed === null) return false;
    const open = given(date);
    if (open === null || open.some((window) => !isWithin(window, allowed))) return true;
  }
  return false;
}

/** @param allowed - in order of their beginning; they may overlap. */
function isWithin({ from, to }: DayWindow, allowed: readonly DayWindow[]): boolean {
  let reached = from;
  for (const window of allowed) if (window.from <= reached) reached = Math.max(reached, window.to);
  return reached >= to;
}

const NO_CAPS = { perDay: Infinity, perWeek: Infinity, perMonth: Infinity, refusalSilenceMs: 0 };

function hasLooserCaps(builtIn: Caps | null, given: Caps | null): boolean {
  const [had, has] = [builtIn, given].map((caps) => (caps === null ? [] : [caps])) as [Caps[], Caps[]];
  const before = strictestOf(NO_CAPS, had);
  const now = strictestOf(NO_CAPS, has);
  const silence = (each: readonly Caps[], ms: number) => (isRefusedForGood(each) ? Infinity : ms);
  return (
    now.perDay > before.perDay ||
    now.perWeek > before.perWeek ||
    now.perMonth > before.perMonth ||
    silence(has, now.refusalSilenceMs) < silence(had, before.refusalSilenceMs)
  );
}
