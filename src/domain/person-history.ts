/**
 * PersonHistory: what is known of a person when it is to be decided whether to call them (again), and the caps on how often
 * that may be. A person is their contacts, see person.ts. The port of what remembers it stands here, too.
 */
import { DAY } from './duration.ts';
import type { SuppressionSource } from './suppression.ts';

/** Instants are epoch milliseconds, UTC. */
export interface PersonHistory {
  /** When calls to them began in the last 30 days, newest first, whichever shop called. A recovery counts once. */
  readonly calls: readonly number[];
  /** Whichever shop they said it to; null: not within the silence that follows a refusal. */
  readonly lastRefusalAt: number | null;
  /** Of this shop. */
  readonly consentWithdrawnAt: number | null;
  /** They stand on the do-not-call list. */
  readonly suppressed: { readonly source: SuppressionSource; readonly at: number } | null;
  /** Of this shop; null: none within the time orders are remembered. */
  readonly lastOrderAt: number | null;
  /** Of this shop: when any of their contacts last had a burst of checkouts, see {@link burstIn}; null: not in 30 days. */
  readonly burstAt: number | null;
}

/** More checkouts of one contact within {@link BURST_MS} than anybody leaves: somebody is testing cards. */
export const MANY_CHECKOUTS = 6;

/** Milliseconds. */
export const BURST_MS = 600_000;

/** Whatever a contact leaves so long after a burst is taken for more of the same. Milliseconds. */
export const BURST_COUNTS_MS = DAY;

/**
 * When there were last so many checkouts of one contact within so short a time. Told apart from the webhook that first sees one of
 * them, because the call is decided on when it rings, and by then the burst is over.
 *
 * @param begun - when each of the contact's checkouts was first heard of, by the shopper's activity. Epoch milliseconds, in any order.
 * @returns the last activity of the newest burst; null: there was none.
 */
export function burstIn(begun: readonly number[]): number | null {
  const inOrder = begun.toSorted((one, other) => one - other);
  return inOrder.findLast((at, i) => at - (inOrder[i - MANY_CHECKOUTS + 1] ?? -Infinity) < BURST_MS) ?? null;
}

/** Of a stranger. */
export const NOTHING_KNOWN: PersonHistory = Object.freeze({
  calls: [],
  lastRefusalAt: null,
  consentWithdrawnAt: null,
  suppressed: null,
  lastOrderAt: null,
  burstAt: null,
});

/**
 * How often one person may be called, all shops and checkouts together. The windows slide. What is counted are our calls; one
 * of them may ring more than once, because the vendor tries again by itself when nobody answers.
 */
export interface CallCaps {
  /** Within 24 hours; at least 1, like the next two. */
  readonly perDay: number;
  /** Within 7 times 24 hours. */
  readonly perWeek: number;
  /** Within 30 times 24 hours. */
  readonly perMonth: number;
  /** After a refusal nobody calls for so long. Milliseconds. */
  readonly refusalSilenceMs: number;
}

/**
 * The strictest that any country asks for as far as is known, for all of them: one a day and two a week (UAE), four in 30 days and 60
 * days of silence after a refusal (France, decree 2022-1313). As read in November 2026.
 */
export const DEFAULT_CAPS: CallCaps = Object.freeze({
  perDay: 1,
  perWeek: 2,
  perMonth: 4,
  refusalSilenceMs: 60 * DAY,
});

export const WEEK_MS = 7 * DAY;
export const MONTH_MS = 30 * DAY;

export type CallCap = 'day' | 'week' | 'month' | 'refusal';

export interface CapHit {
  readonly cap: CallCap;
  /** The first instant at which no cap forbids the call any more, if nothing else happens. Epoch milliseconds, UTC. */
  readonly until: number;
}

/** The cap that forbids a call at `now` for the longest; null when none does. The claim in the store judges by the same rule. */
export function capFor(
  { calls, lastRefusalAt }: Pick<PersonHistory, 'calls' | 'lastRefusalAt'>,
  caps: CallCaps,
  now: number,
): CapHit | null {
  const limits: readonly [CallCap, number | null | undefined, number][] = [
    ['refusal', lastRefusalAt, caps.refusalSilenceMs],
    // With as many calls as are allowed, the oldest of them must leave the window.
    ['month', calls[caps.perMonth - 1], MONTH_MS],
    ['week', calls[caps.perWeek - 1], WEEK_MS],
    ['day', calls[caps.perDay - 1], DAY],
  ];
  let hit: CapHit | null = null;
  for (const [cap, from, windowMs] of limits) {
    if (from === null || from === undefined) continue;
    const until = from + windowMs;
    if (until > (hit?.until ?? now)) hit = { cap, until };
  }
  return hit;
}

export type CallClaim = { readonly ok: true } | ({ readonly ok: false } & CapHit);

/** What remembers people. Contacts are kept as digests. Every method fails with StoreUnavailableError when the store does not answer. */
export interface PersonHistories {
  /**
   * One round trip.
   *
   * @param recoveryId - whose own call is left out: what it has claimed must not forbid it to go on. Default: none is.
   */
  historyOf(shop: string, person: readonly string[], now: number, recoveryId?: string | null): Promise<PersonHistory>;
  /** The same where the contacts themselves are gone. @param digests - of the contacts, as records keep them. */
  historyOfDigests(
    shop: string,
    digests: readonly string[],
    now: number,
    recoveryId?: string | null,
  ): Promise<PersonHistory>;
  /** @param occasion - of which attempt; the same again is no news and moves nothing. @returns whether it was news. */
  noteRefusal(person: readonly string[], occasion: string, at: number): Promise<boolean>;
  noteConsentWithdrawn(shop: string, person: readonly string[], at: number): Promise<void>;
  /**
   * Makes a call to this person the recovery's, unless a cap forbids it, in one step for all contacts: of two that ask in the
   * same moment one gets it. Asking again is answered by the same rule with the recovery's own call left out, and counts once.
   */
  claimCall(person: readonly string[], recoveryId: string, at: number, caps: CallCaps): Promise<CallClaim>;
  /** The recovery's call was not placed, provably: it does not count. */
  releaseCall(person: readonly string[], recoveryId: string): Promise<void>;
}
