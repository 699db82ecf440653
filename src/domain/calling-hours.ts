/**
 * CallingHours: the first instant at which a call is decent in every zone the shopper may be in. One conservative window
 * for all countries: 10:00 to 18:00 local time. It lies inside every statutory window known to us except those with
 * closed days or a lunch break (France, Spain, Australia on Sundays …), which a merchant there must add himself.
 *
 * Nobody's zone is guessed: the window must be open in ALL zones of ALL countries that the addresses and the number name.
 */
import { type CountryCode, getTimezonesForCountry } from 'countries-and-timezones';
import { DateTime } from 'luxon';
import { DAY } from './duration.ts';

const OPEN_HOUR = 10;
const CLOSE_HOUR = 18;
/** How far ahead a common window is looked for. Windows repeat daily, so two days show whether there is one; DST may move it once. */
const HORIZON_DAYS = 3;

export type NextInstant =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly reason: 'unknown_country' | 'no_common_hours' };

interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * The first instant at or after `at` when calling is allowed in every zone of every country.
 *
 * @param at - epoch milliseconds, UTC. @param countries - ISO 3166-1 alpha-2; none known means no call.
 * @returns `at` itself when it is already inside the window.
 */
export function nextCallingInstant(at: number, countries: readonly string[]): NextInstant {
  if (countries.length === 0) return { ok: false, reason: 'unknown_country' };
  const open = openIntervals(countries, Math.floor(at / DAY));
  if (open === null) return { ok: false, reason: 'unknown_country' };
  for (const interval of open) {
    if (at < interval.to) return { ok: true, at: Math.max(at, interval.from) };
  }
  return { ok: false, reason: 'no_common_hours' };
}

const remembered = new Map<string, readonly Interval[] | null>();
const REMEMBERED_AT_MOST = 2_000;

/** Common windows from one UTC day on. A pure function of its arguments, remembered because zone arithmetic is slow. */
function openIntervals(countries: readonly string[], utcDay: number): readonly Interval[] | null {
  const key = `${[...countries].sort().join()}@${utcDay}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const zones = zonesOf(countries);
  const computed = zones === null ? null : commonWindows(zones, utcDay);
  if (remembered.size >= REMEMBERED_AT_MOST) remembered.clear();
  remembered.set(key, computed);
  return computed;
}

/** Every zone of every country; null when one country has none in the table (then its clock is unknown). */
function zonesOf(countries: readonly string[]): ReadonlySet<string> | null {
  const zones = new Set<string>();
  for (const country of countries) {
    const ofCountry = getTimezonesForCountry(country as CountryCode);
    if (!ofCountry || ofCountry.length === 0) return null;
    for (const zone of ofCountry) zones.add(zone.name);
  }
  return zones;
}

function commonWindows(zones: ReadonlySet<string>, utcDay: number): Interval[] {
  let common: Interval[] | null = null;
  for (const zone of zones) {
    const windows = windowsOf(zone, utcDay);
    common = common === null ? windows : intersect(common, windows);
  }
  return common ?? [];
}

/** A local day may begin a day before or after the UTC day, hence the margin. Luxon moves an edge inside a DST gap forward. */
function windowsOf(zone: string, utcDay: number): Interval[] {
  const windows: Interval[] = [];
  const noon = DateTime.fromMillis(utcDay * DAY, { zone }).set({ hour: 12, minute: 0, second: 0, millisecond: 0 });
  for (let day = -1; day <= HORIZON_DAYS; day++) {
    const date = noon.plus({ days: day });
    windows.push({ from: date.set({ hour: OPEN_HOUR }).toMillis(), to: date.set({ hour: CLOSE_HOUR }).toMillis() });
  }
  return windows;
}

function intersect(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  for (const a of left) {
    for (const b of right) {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from < to) both.push({ from, to });
    }
  }
  return both.sort((a, b) => a.from - b.from);
}
