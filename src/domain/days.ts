/** Days of the calendar in UTC, written `YYYY-MM-DD`, and ranges of them. */
import { DAY } from './duration.ts';

/** Both days belong to it. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** As somebody asks for them: either may be missing. */
export interface AskedDays {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** `field` names what is wrong with what was asked; `message` says it, without the value. */
export interface DaysFault {
  readonly ok: false;
  readonly field: 'from' | 'to';
  readonly message: string;
}

/** A leap year. */
export const MOST_DAYS = 366;
const USUAL_DAYS = 30;

/** @param instant - epoch milliseconds. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** When the day begins, epoch milliseconds; null when the text is no day of the calendar. */
export function startOf(day: string): number | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Some would read 30 February as a day of March.
  return !Number.isNaN(start) && dayOf(start) === day ? start : null;
}

/** What was asked for, completed: up to today, and thirty days in all. Ranges of more than {@link MOST_DAYS} days are refused. */
export function completeDays(
  asked: AskedDays,
  now: number,
): { readonly ok: true; readonly days: DayRange } | DaysFault {
  const to = asked.to === undefined ? startOf(dayOf(now)) : startOf(asked.to);
  if (to === null) return notADay('to');
  const from = asked.from === undefined ? to - (USUAL_DAYS - 1) * DAY : startOf(asked.from);
  if (from === null) return notADay('from');
  if (from > to) return { ok: false, field: 'from', message: 'from must not be later than to' };
  if ((to - from) / DAY >= MOST_DAYS) {
    return { ok: false, field: 'from', message: `from and to must not span more than ${MOST_DAYS} days` };
  }
  return { ok: true, days: { from: dayOf(from), to: dayOf(to) } };
}

function notADay(field: 'from' | 'to'): DaysFault {
  return { ok: false, field, message: `${field} must be a day such as 2026-11-01` };
}
