/** The statuses of a call and how far along each is. Whatever order they are told in, the same one stays. */

/**
 * How far along a call is when the vendor names a status, so that a late event never turns a record back. Within one call the
 * vendor may retry (busy, then answered), hence the not-connected ones rank below a conversation. The ranks are distinct: of
 * any two documented statuses one is further.
 * Source: the vendor's status vocabulary, as documented in November 2026.
 */
const STATUS_RANK: Readonly<Record<string, number>> = {
  initiate: 10,
  rescheduled: 20,
  'no-answer': 21,
  busy: 22,
  failed: 23,
  'validation-failed': 24,
  skip: 25,
  'in-progress': 30,
  ended: 40,
  timeout: 41,
  completed: 50,
  aborted: 60,
};

/** Statuses this table does not know rank above `initiate` and below all others: shown, and overtaken by any known one. */
const UNKNOWN_STATUS_RANK = 15;

export function isDocumented(status: string): boolean {
  return Object.hasOwn(STATUS_RANK, status);
}

/** Of an event that tells of no status: 0, below all. */
export function rankOf(status: string | null): number {
  if (status === null) return 0;
  return (isDocumented(status) ? STATUS_RANK[status] : null) ?? UNKNOWN_STATUS_RANK;
}

/** The status that is further along; of two that the table does not know, the later in the alphabet. */
export function furtherOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  const difference = rankOf(other) - rankOf(one);
  return difference > 0 || (difference === 0 && other > one) ? other : one;
}
