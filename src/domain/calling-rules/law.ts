/**
 * Law: what the rows, the narrow default and the merchant leave open on a day in one zone, and which of them forbids a call. It knows
 * windows and dates; where the shopper is, and when the next opening comes, is `calling-times.ts`.
 */
import { RecentlyUsed } from '../recently-used.ts';
import type { CallingRow, CallingRules } from './calling-row.ts';
import { holidaysOf } from './holidays.ts';
import type { HoursPolicy } from './hours-policy.ts';
import { yearOf } from './local-date.ts';
import { type DayWindow, inBoth, type WeeklyHours, windowsOn } from './weekly-hours.ts';
import { wallClock } from './zone-day.ts';

/** A zone the shopper may be in, and the rows that may hold there. */
export interface ZonePlan {
  readonly zone: string;
  readonly rows: readonly CallingRow[];
}

export interface Law {
  /** What default, merchant and rows leave open on a local date. */
  windowsIn(rows: readonly CallingRow[], policy: HoursPolicy, date: number): readonly DayWindow[];
  /** The first that forbids a call at an instant in one of the zones; rows come before the default and the merchant. */
  forbiddenBy(zones: readonly ZonePlan[], policy: HoursPolicy, at: number): string | null;
}

export function createLaw(rules: CallingRules): Law {
  /** 150 rows, a fortnight each. */
  const windows = new RecentlyUsed<string, readonly DayWindow[]>(5_000);
  const holidays = new RecentlyUsed<string, ReadonlySet<number>>(1_000);

  const isHoliday = (row: CallingRow, date: number): boolean => {
    const year = yearOf(date);
    const closed = holidays.getOrCompute(
      `${row.id}#${year}`,
      () =>
        // A holiday on the first or last of a year may close a day of the year beside it.
        new Set([year - 1, year, year + 1].flatMap((each) => [...holidaysOf(row.holidays, each)])),
    );
    return closed.has(date);
  };

  /** What one row leaves open; null when it limits nothing. */
  const windowsOfRow = (row: CallingRow, date: number): readonly DayWindow[] | null => {
    // Where nothing was found for a country, the default stands for the law; a region without a finding adds nothing to its country.
    const hours = row.hours ?? (row.region === null ? rules.default : null);
    if (hours === null) return null;
    if (row.holidays.length === 0) return windows.getOrCompute(`${row.id}#${date}`, () => windowsOn(hours, date));
    return windows.getOrCompute(`${row.id}#${date}`, () => windowsOn(hours, date, (day) => isHoliday(row, day)));
  };

  const base = ({ override }: HoursPolicy): WeeklyHours => override?.hours ?? rules.default;
  const limits = (row: CallingRow, { override }: HoursPolicy): boolean =>
    override?.kind !== 'past_the_law' || !override.rows.includes(row.id);

  return {
    windowsIn(rows, policy, date) {
      let open = windowsOn(base(policy), date);
      if (policy.narrower !== null) open = inBoth(open, windowsOn(policy.narrower, date));
      for (const row of rows) {
        const ofRow = limits(row, policy) ? windowsOfRow(row, date) : null;
        if (ofRow !== null) open = inBoth(open, ofRow);
      }
      return open;
    },
    forbiddenBy(zones, policy, at) {
      const clocks = zones.map(({ zone, rows }) => ({ rows, ...wallClock(zone, at) }));
      for (const { rows, date, minute } of clocks) {
        for (const row of rows) {
          // A row without hours of its own only repeats the default.
          if (row.hours === null || !limits(row, policy)) continue;
          if (!contain(windowsOfRow(row, date) ?? [], minute)) return row.id;
        }
      }
      const open = (hours: WeeklyHours) => clocks.every(({ date, minute }) => contain(windowsOn(hours, date), minute));
      if (!open(base(policy))) return policy.override === null ? 'default' : 'override';
      if (policy.narrower !== null && !open(policy.narrower)) return 'merchant';
      // Under an override a country without a finding is held to the default all the same.
      return 'default';
    },
  };
}

const contain = (windows: readonly DayWindow[], minute: number): boolean =>
  windows.some(({ from, to }) => from <= minute && minute < to);
