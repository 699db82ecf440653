/**
 * Recovery: our aggregate, one per checkout. Its record is the truth; the BullMQ job is only an alarm clock.
 * The states are drawn in docs/state-machine.md.
 */
import type { AbandonedCartPayload } from './abandoned-cart-payload.ts';
import type { CallKnowledge } from './call-knowledge.ts';
import type { Candidate } from './candidate.ts';
import type { ConsentEvidence } from './consent.ts';
import type { Errands } from './errand.ts';

/**
 * - `waiting`: seen, and not callable yet for a reason that a later webhook can mend (no phone, no recovery URL, no line
 *   item). The next webhook moves it on; past CALL_MAX_AGE the sweep ends it as `skipped: too_old`.
 * - `scheduled`: will be called at `dueAt` unless something stops it. The ring moves it on, or any stop.
 * - `dialing`: the intent to dial is durable and a request may be on the wire. Only the dial's result, a call event or the
 *   sweep moves it on; nobody dials a recovery that is `dialing`.
 * - `called`: the vendor accepted, `callId` is saved, `callStatus` follows the vendor's events.
 * - `unknown`: the request's fate is not known. A call event with our ids settles it, else an operator, else the deadline:
 *   without any event by then it is presumed not to have been placed. It is never redialled blindly.
 * - `ended`: the vendor's lifecycle is over, or nothing was heard of it for so long that it must be. Final.
 * - `cancelled`: stopped on purpose; `reason` says by what. Final.
 * - `skipped`: decided not to call; `reason` says why. A later webhook may re-open those that can change.
 * - `rejected`: the vendor refused this request (400, 404, 409, 422). Final.
 */
export const RECOVERY_STATES = [
  'waiting',
  'scheduled',
  'dialing',
  'called',
  'unknown',
  'ended',
  'cancelled',
  'skipped',
  'rejected',
] as const;

export type RecoveryState = (typeof RECOVERY_STATES)[number];

/** States in which a webhook may still decide anew whether and when to call. In all others the dial is behind us, or ruled out. */
export const OPEN_STATES: ReadonlySet<RecoveryState> = new Set(['waiting', 'scheduled', 'skipped']);

/** Skips that stand for the one call: what the shopper does afterwards opens nothing again. */
export const FINAL_SKIPS: ReadonlySet<string> = new Set(['dry_run', 'holdout']);

/** By what a recovery was stopped. `superseded`: the shop's own webhook of the same checkout came after it was found by a backfill. */
export type CancelReason =
  | 'ordered'
  | 'checkout_deleted'
  | 'operator'
  | 'opted_out'
  | 'redacted'
  | 'uninstalled'
  | 'superseded';

/** Why personal data was erased: its time was up, its owner asked for it, or the shop is gone. */
export type EraseReason = 'retention' | 'redacted' | 'shop_redacted';

/** What happened at the instant of the call, by lot: called, or held out to compare with. */
export type Arm = 'call' | 'holdout';

/** A discount that the agent may offer in the call. `fixed` ones belong to the merchant and are never deleted. */
export interface RecoveryDiscount {
  readonly code: string;
  /** `minting`: asked for and not confirmed yet. `minted`: exists. `deleted`: taken back. */
  readonly state: 'fixed' | 'minting' | 'minted' | 'deleted';
  /** The shop's id of it (gid); null while minting and for fixed ones. */
  readonly shopId: string | null;
  /** When it stops being valid, epoch milliseconds; null for fixed ones. */
  readonly endsAt: number | null;
}

/** The truth about one checkout. Instants are epoch milliseconds, UTC; 0 and '' never stand for "none", null does. */
export interface RecoveryRecord {
  readonly id: string;
  /** Grows with every change; a writer that read an older one starts over. 0: the record does not exist yet. */
  readonly revision: number;
  readonly shop: string;
  readonly checkoutToken: string;
  readonly cartToken: string | null;
  readonly checkoutId: string | null;
  readonly state: RecoveryState;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly changedAt: number;
  /** The body's own `updated_at`: orders deliveries that come late, twice or out of order. */
  readonly checkoutUpdatedAt: number | null;
  readonly lastActivityAt: number | null;
  /** When the call is due; only meaningful while `scheduled`. */
  readonly dueAt: number | null;
  /** What will be sent to the vendor; null while the checkout is not callable. Holds personal data. */
  readonly payload: AbandonedCartPayload | null;
  /** The number to dial, E.164. Personal data. */
  readonly phone: string | null;
  /**
   * Every contact by which the shopper is known, see `personIn`; of what is not going to be dialled, and of records of before
   * there was this, none. Personal data.
   */
  readonly person: readonly string[];
  /** What of the checkout decides on a call; null on records of before there were candidates. */
  readonly candidate: Candidate | null;
  /** Display only: `129.00 EUR`. */
  readonly cartValue: string | null;
  readonly priority: boolean;
  /** Number of the alarm (BullMQ job) that is set for this recovery; null when none is. */
  readonly alarm: number | null;
  /** When that alarm rings. It may be earlier than `dueAt`: then it snoozes; never later. */
  readonly alarmAt: number | null;
  /** Dials begun so far. Every request to the vendor has an attempt id of its own, so no id is ever sent twice. */
  readonly attempts: number;
  readonly attemptId: string | null;
  /** What stood for consent when the attempt began. */
  readonly attemptConsent: ConsentEvidence | null;
  readonly dialingAt: number | null;
  /** A dial of unknown fate was presumed not placed and made once more; that happens once. */
  readonly redialled: boolean;
  /** Consecutive dials that provably sent nothing; drives the back-off. */
  readonly notPlaced: number;
  readonly callId: string | null;
  readonly calledAt: number | null;
  /** What the vendor's initiate response called the call: an open set of words. */
  readonly vendorStatus: string | null;
  /** Follows the vendor's call events. */
  readonly callStatus: string | null;
  /** What the vendor's final report said; once known, `callStatus` follows nothing else. */
  readonly finalStatus: string | null;
  /** The vendor's words on the call as sent, by event type: `end-of-call`, `call.lifecycle-ended`, `action:<name>`. May hold personal data. */
  readonly outcomes: Readonly<Record<string, unknown>>;
  /** What the call's events told, put in order; null before the first. Holds personal data. */
  readonly call: CallKnowledge | null;
  /** The vendor's words on a refusal, scrubbed of numbers and addresses. */
  readonly vendorMessage: string | null;
  /** A stop that came when the dial had begun: obeyed if the dial turns out not to have been placed. */
  readonly stopReason: CancelReason | null;
  /** The newest webhook that came while the dial was under way: decides what follows if it was not placed. */
  readonly held: HeldCheckout | null;
  readonly orderedAt: number | null;
  readonly orderName: string | null;
  /** Decimal string in `orderCurrency` (ISO 4217). */
  readonly orderTotal: string | null;
  readonly orderCurrency: string | null;
  /** `checkout`: it came from this very checkout. `person`: the same phone or e-mail address bought by another way. */
  readonly orderMatch: 'checkout' | 'person' | null;
  /** The order followed the call, or the holdout, within the attribution window. */
  readonly attributed: boolean;
  /** Drawn at the ring, when every other decision was positive; null before. */
  readonly arm: Arm | null;
  readonly armAt: number | null;
  readonly discount: RecoveryDiscount | null;
  /** When the vendor last told anything of the call. */
  readonly lastEventAt: number | null;
  readonly errands: Errands;
  /** Digests of the shopper's telephone number and e-mail address, for matching when they themselves are gone. Made by the store. */
  readonly contacts: readonly string[];
  /** When the personal data was erased; null while it is kept. */
  readonly erasedAt: number | null;
  /** Whether there was a payload when it was erased. */
  readonly hadPayload: boolean;
}

/** The part of a record that every webhook of its checkout says anew. */
export type CheckoutFacts = Pick<
  RecoveryRecord,
  | 'shop'
  | 'checkoutToken'
  | 'cartToken'
  | 'checkoutId'
  | 'payload'
  | 'phone'
  | 'person'
  | 'candidate'
  | 'cartValue'
  | 'priority'
>;

/** A webhook that came while the dial was under way: what it would have led to. */
export interface HeldCheckout {
  readonly state: 'waiting' | 'scheduled' | 'skipped';
  readonly reason: string | null;
  readonly dueAt: number | null;
  readonly checkoutUpdatedAt: number;
  readonly lastActivityAt: number;
  readonly facts: CheckoutFacts;
}

/** What a record holds before anything is known. */
export const EMPTY_RECORD: RecoveryRecord = Object.freeze({
  id: '',
  revision: 0,
  shop: '',
  checkoutToken: '',
  cartToken: null,
  checkoutId: null,
  state: 'waiting',
  reason: null,
  createdAt: 0,
  changedAt: 0,
  checkoutUpdatedAt: null,
  lastActivityAt: null,
  dueAt: null,
  payload: null,
  phone: null,
  person: [],
  candidate: null,
  cartValue: null,
  priority: false,
  alarm: null,
  alarmAt: null,
  attempts: 0,
  attemptId: null,
  attemptConsent: null,
  dialingAt: null,
  redialled: false,
  notPlaced: 0,
  callId: null,
  calledAt: null,
  vendorStatus: null,
  callStatus: null,
  finalStatus: null,
  outcomes: {},
  call: null,
  vendorMessage: null,
  stopReason: null,
  held: null,
  orderedAt: null,
  orderName: null,
  orderTotal: null,
  orderCurrency: null,
  orderMatch: null,
  attributed: false,
  arm: null,
  armAt: null,
  discount: null,
  lastEventAt: null,
  errands: {},
  contacts: [],
  erasedAt: null,
  hadPayload: false,
});

/** One line of "why was this shopper (not) called?". Holds no personal data. */
export interface TimelineEntry {
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  /** What happened: `checkout_updated`, `dial`, `call.completed` … */
  readonly event: string;
  readonly state?: RecoveryState;
  readonly reason?: string;
  /** The rule that decided, with its version. */
  readonly rule?: string;
  /** A further fact, e.g. the new due time or a callId. */
  readonly detail?: string;
  /** How often the same thing was seen in a row, when more than once, and when last. */
  readonly times?: number;
  readonly lastAt?: number;
}

export interface Recovery {
  readonly record: RecoveryRecord;
  readonly timeline: readonly TimelineEntry[];
}
