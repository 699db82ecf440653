/** The report of what the calls earned: over days, from the records themselves. Nothing is counted anywhere else, so nothing can drift. */
import { type AskedDays, completeDays, type DayRange, type DaysFault, dayOf } from '../domain/days.ts';
import { DAY } from '../domain/duration.ts';
import { type Earnings, earningsTally } from '../domain/earnings.ts';
import type { EarningsReader } from '../domain/earnings-reader.ts';
import type { Clock } from '../domain/ports.ts';
import { toEarningsFacts } from '../domain/to-earnings-facts.ts';

/** JSON-ready. */
export interface EarningsReport extends DayRange, Earnings {
  readonly shop: string;
  /** The first day of which every record is still there: of earlier ones those that nothing happened to are forgotten. */
  readonly completeSince: string;
  /** Records that could not be read and are in no figure. */
  readonly unreadable: number;
}

/** Recoveries count for the UTC day on which they were first seen. @throws {StoreUnavailableError} */
export type ReportEarnings = (
  asked: AskedDays,
) => Promise<{ readonly ok: true; readonly report: EarningsReport } | DaysFault>;

export function reportEarnings(deps: {
  readonly reader: EarningsReader;
  readonly shop: string;
  readonly clock: Clock;
  /** A record is forgotten this long after its last change, milliseconds. */
  readonly recordTtlMs: number;
}): ReportEarnings {
  const { reader, shop, clock, recordTtlMs } = deps;
  return async (asked) => {
    const now = clock.now();
    const range = completeDays(asked, now);
    if (!range.ok) return range;
    const { from, to } = range.days;
    const tally = earningsTally();
    let unreadable = 0;
    // A day alone is read as its beginning in UTC.
    for await (const page of reader.pages(shop, Date.parse(from), Date.parse(to) + DAY)) {
      for (const record of page.records) tally.add(toEarningsFacts(record));
      unreadable += page.unreadable;
    }
    const completeSince = dayOf(now - recordTtlMs + DAY);
    return { ok: true, report: { shop, from, to, completeSince, unreadable, ...tally.earnings() } };
  };
}
