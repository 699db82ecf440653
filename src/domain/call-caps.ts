/** Caps: how often one person may be called, by the merchant's word and by that of the rows which may hold where the person is. */
import type { Caps } from './calling-rules/calling-row.ts';
import { DAY } from './duration.ts';
import type { CallCaps } from './person-history.ts';
import { WEEK_MS } from './person-history.ts';

/** A row's window of another length counts as the next longer one of ours: that is stricter. */
export function strictestOf(merchant: CallCaps, rows: readonly Caps[]): CallCaps {
  let { perDay, perWeek, perMonth, refusalSilenceMs } = merchant;
  for (const { calls, afterRefusal } of rows) {
    for (const { most, inMs } of calls) {
      if (inMs <= DAY) perDay = Math.min(perDay, most);
      else if (inMs <= WEEK_MS) perWeek = Math.min(perWeek, most);
      else perMonth = Math.min(perMonth, most);
    }
    if (typeof afterRefusal === 'number') refusalSilenceMs = Math.max(refusalSilenceMs, afterRefusal);
  }
  return { perDay, perWeek, perMonth, refusalSilenceMs };
}

/** Whether somebody who refused may never be called again: they go on the do-not-call list. */
export function isRefusedForGood(rows: readonly Caps[]): boolean {
  return rows.some(({ afterRefusal }) => afterRefusal === 'forever');
}

/** The longest silence that a set of rules asks for: refusals are remembered at least so long. Milliseconds. */
export function longestSilenceMs(rows: Iterable<{ readonly caps: Caps | null }>): number {
  const silences = [...rows].map(({ caps }) => (typeof caps?.afterRefusal === 'number' ? caps.afterRefusal : 0));
  return Math.max(0, ...silences);
}
