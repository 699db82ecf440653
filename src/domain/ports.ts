/**
 * Ports: what the use cases need from the world, in their own words. Types only. Adapters implement them, the composition
 * root joins both.
 */
import type { AbandonedCartPayload } from './abandoned-cart-payload.ts';
import type { PERSON_FACTS } from './person.ts';
import type { HoldReason } from './reasons.ts';
import type {
  CancelReason,
  CheckoutFacts,
  Recovery,
  RecoveryRecord,
  RecoveryState,
  TimelineEntry,
} from './recovery.ts';
import type { SuppressionSource } from './suppression.ts';

export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
}

/**
 * By what a recovery can be found beside its own id. An order is found by its name and by its id. Contacts and customers (ids as
 * decimal digits) are matched by a fingerprint, never stored as key names.
 */
export type LookupKind = 'token' | 'cart' | 'checkout' | 'call' | 'order' | 'contact' | 'customer';

export interface Lookup {
  readonly kind: LookupKind;
  readonly value: string;
}

/** What a webhook says of a checkout, ready to be stored in one round trip. */
export interface CheckoutIntake {
  readonly id: string;
  readonly now: number;
  /** The body's own instant; decides which of two deliveries is the newer one. */
  readonly checkoutUpdatedAt: number;
  /** Never in the future. */
  readonly lastActivityAt: number;
  readonly state: 'waiting' | 'scheduled' | 'skipped';
  readonly reason: string | null;
  readonly dueAt: number | null;
  readonly facts: CheckoutFacts;
  readonly lookups: readonly Lookup[];
  readonly entry: TimelineEntry;
}

/**
 * - `created`, `updated`: the record now says what the webhook says.
 * - `duplicate`: it said so already. - `stale`: it knows something newer. - `closed`: the dial is behind it, or ruled out.
 * - `shut`: the shop is gone; nothing was written. The reason is the record's own, or why the shop is shut.
 */
export type IntakeOutcome = 'created' | 'updated' | 'duplicate' | 'stale' | 'closed' | 'shut';

export interface IntakeResult {
  readonly outcome: IntakeOutcome;
  readonly state: RecoveryState;
  readonly reason: string | null;
  readonly dueAt: number | null;
  readonly alarm: AlarmState;
  /** A number as of `alarmNumber`, given out at once where no alarm is in force that rings in time; else null. */
  readonly nextAlarm: number | null;
}

/** Which alarm the record believes to be set. */
export interface AlarmState {
  /** Number of the alarm in force; null when none is. */
  readonly number: number | null;
  /** When it rings, epoch milliseconds. */
  readonly at: number | null;
}

/** One change of one record, valid only for the revision it was decided on. */
export interface RecoveryChange {
  /** The record as read; for a checkout never seen, a fresh one with revision 0. */
  readonly record: RecoveryRecord;
  readonly patch: Partial<RecoveryRecord>;
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  readonly entry?: TimelineEntry;
  readonly lookups?: readonly Lookup[];
  /** Not while dialling is paused or the shop is shut: asked in the same step. Default: whatever the switch says. */
  readonly unlessPaused?: boolean;
}

export interface RecoveryPage {
  readonly recoveries: readonly RecoveryRecord[];
  /** Give it back to read on; null on the last page. */
  readonly nextCursor: string | null;
}

/**
 * The records. Every method fails with StoreUnavailableError when Redis does not answer in time, and those that read or replace a
 * record with SealedTextError when it is sealed with a key that is not known here.
 */
export interface RecoveryStore {
  load(id: string): Promise<Recovery | null>;
  /** Takes a webhook in, unless the record knows better. One round trip. */
  receive(intake: CheckoutIntake): Promise<IntakeResult>;
  /** Compare and set. @returns false when the record has changed since it was read: read and decide again. */
  commit(change: RecoveryChange): Promise<boolean>;
  /** Adds a line to the timeline and nothing else; the revision stays. */
  note(id: string, entry: TimelineEntry): Promise<void>;
  /** A number for a new alarm, never given out before for this recovery. */
  alarmNumber(id: string): Promise<number>;
  alarmSet(id: string, number: number, at: number): Promise<void>;
  /** The alarm rang for nothing and is forgotten. @returns false when a webhook has just scheduled the recovery and counts on it. */
  alarmSpent(id: string, number: number): Promise<boolean>;
  alarmOf(id: string): Promise<AlarmState>;
  /** Leaves word for checkouts that are yet to come with this value: they are stopped from the start, for as long as a record is kept. */
  stopAhead(shop: string, lookup: Lookup, reason: CancelReason): Promise<void>;
  /** Ids of the recoveries of this shop that carry the value. */
  find(shop: string, lookup: Lookup): Promise<readonly string[]>;
  list(
    shop: string,
    query: { state: RecoveryState | null; limit: number; cursor: string | null },
  ): Promise<RecoveryPage>;
  /** The same without reading the records: also of those that cannot be read. */
  ids(
    shop: string,
    query: { state: RecoveryState | null; limit: number; cursor: string | null },
  ): Promise<{ readonly ids: readonly string[]; readonly nextCursor: string | null }>;
  /** These recoveries are not found by these values any more, nor do they tell by what they were. */
  unlink(shop: string, ids: readonly string[], lookups: readonly Lookup[]): Promise<void>;
  /** Takes a record away, whatever it holds: for one that cannot be read and must not stay. */
  drop(shop: string, id: string): Promise<void>;
  /** Forgets by what the shop's recoveries were found, and which of them claimed what. The recoveries themselves stay. */
  unlinkAll(shop: string): Promise<void>;
  /** Ids of a state whose place in its index (see `indexedAt`) is at most `until`, oldest first. */
  idsBefore(shop: string, state: RecoveryState, until: number, limit: number): Promise<readonly string[]>;
  /** Ids of recoveries with an errand that was due by then, longest first. */
  idsWithErrands(shop: string, until: number, limit: number): Promise<readonly string[]>;
  /** Ids of recoveries with a failed errand, newest failure first. */
  idsWithFailedErrands(shop: string, limit: number): Promise<readonly string[]>;
  /** Ids of recoveries that may have kept personal data since that instant or longer, longest first. */
  idsErasable(shop: string, until: number, limit: number): Promise<readonly string[]>;
  /** Says since when a recovery keeps personal data, so that it is looked at again in time; null: it keeps none. */
  erasableSince(shop: string, id: string, since: number | null): Promise<void>;
  /** Makes something (a checkout known by two names) this recovery's own, once and for all. @returns false when it is another's. */
  claim(shop: string, name: string, id: string): Promise<boolean>;
  countByState(shop: string): Promise<Readonly<Record<RecoveryState, number>>>;
  /** Drops index entries whose record has expired. @returns how many. */
  pruneIndexes(shop: string, now: number): Promise<number>;
}

/** Writes the mark that a dial begins, and waits until a crash of the store's host could not take it back. */
export interface DialMarker {
  /** As the store's own. */
  commit(change: RecoveryChange): Promise<boolean>;
  /**
   * Of everything committed before. Never fails.
   *
   * @returns `late`: not within the time, or the connection was lost; `unsupported`: this store cannot say.
   */
  confirm(): Promise<'confirmed' | 'unsupported' | 'late'>;
}

/** The alarm clock: delayed jobs that hold nothing but the recovery's id. */
export interface Alarms {
  /** Sets alarm `number` of a recovery; setting it again is harmless. @param label - shown on the queue board; nothing personal. */
  set(recoveryId: string, number: number, at: number, label: string): Promise<void>;
  /** Takes an alarm away when it can still be; a ring for nothing is harmless, so failing here is too. */
  remove(recoveryId: string, number: number): Promise<void>;
  /** Whether that alarm will still ring, or is ringing. */
  isLive(recoveryId: string, number: number): Promise<boolean>;
  /** Alarms that wait for their time, soonest first, from a place in that order. */
  asleep(from: number, limit: number): Promise<readonly { readonly recoveryId: string; readonly number: number }[]>;
}

/** Wakes whoever sees to errands. A wake too many finds nothing to do. */
export interface ErrandAlarms {
  /** @param revision - the record's; one wake for each. */
  wake(recoveryId: string, revision: number, at: number): Promise<void>;
  /** Wakes somebody now unless somebody is about to. @returns whether nobody was. */
  remind(recoveryId: string, now: number): Promise<boolean>;
}

/** What is remembered of a person beside the recoveries. */
export type PersonFact = (typeof PERSON_FACTS)[number];

/**
 * What is known of people over all their checkouts. A person is their contacts: E.164 number and lower-case e-mail address.
 * Contacts are kept as digests, and forgotten after the longest time anybody asks for.
 */
export interface People {
  note(shop: string, person: readonly string[], fact: PersonFact, name: string, at: number): Promise<void>;
  /** The latest fact at or after the instant, of any of the person's contacts. */
  latest(
    shop: string,
    person: readonly string[],
    fact: PersonFact,
    since: number,
  ): Promise<{ readonly name: string; readonly at: number } | null>;
  /** All that is remembered of any of the person's contacts. */
  all(
    shop: string,
    person: readonly string[],
  ): Promise<readonly { readonly fact: PersonFact; readonly name: string; readonly at: number }[]>;
  /** The same where the contacts themselves are gone. @param digests - of the contacts, as records keep them. */
  allOfDigests(
    shop: string,
    digests: readonly string[],
  ): Promise<readonly { readonly fact: PersonFact; readonly name: string; readonly at: number }[]>;
  /** Of this shop. Calls, refusals and consent taken back stay, as digests: they keep the person from being called. */
  forget(shop: string, person: readonly string[]): Promise<void>;
  /** Everything of everybody of the shop. */
  forgetAll(shop: string): Promise<void>;
}

/** Why a shop is let go: it uninstalled the app, or Shopify asks to forget it. */
export type ShutReason = 'uninstalled' | 'shop_redacted';

/** The kill switch: no new dial begins while it is set. It survives restarts. */
export interface DialSwitch {
  pause(reason: string): Promise<void>;
  /** A pause that takes no checkout in either. It outlives other pauses; only `resume` ends it. */
  shut(reason: ShutReason): Promise<void>;
  resume(): Promise<void>;
  state(): Promise<{ readonly paused: boolean; readonly reason: string | null; readonly since: number | null }>;
}

export interface InitiateCall {
  readonly phoneNumber: string;
  readonly payload: AbandonedCartPayload;
  readonly priority: boolean;
  /** Echoed in every call event; nothing personal. `discount`, when given, is what the agent may offer. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attemptId: string;
}

/**
 * What is known of a dial afterwards, which alone decides what may follow.
 * - `placed`: the vendor accepted it.
 * - `not_placed`: nothing was sent, or the vendor said "not now": it may be tried again.
 * - `barred`: the vendor serves none of our calls (keys, credits, rights): dialling pauses for all.
 * - `refused`: the vendor will never take this request.
 * - `unknown`: bytes were sent and no usable answer came: the shopper's phone may be ringing.
 */
export type DialResult =
  | { readonly kind: 'placed'; readonly callId: string; readonly vendorStatus: string | null }
  | { readonly kind: 'not_placed'; readonly cause: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'barred'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | { readonly kind: 'unknown'; readonly cause: string };

/**
 * The vendor took no position: nothing was sent, no whole answer came, or one that decides nothing (3xx, 408, 429, 5xx, any
 * status without a documented meaning). What was asked may have happened all the same; aborting and replacing twice does no
 * more than once, so it may be tried again. `retryAfterMs`: its wish, counted from the answer.
 */
export interface VoiceAway {
  readonly kind: 'away';
  readonly cause: string;
  readonly retryAfterMs: number | null;
}

/**
 * - `aborted`: the vendor said yes; the call and its retries are over, and call events will say so.
 * - `not_abortable`: in progress, over, or aborted before. After a try that ended `away` it may have been that one.
 * - `unknown_call`: the vendor has no call of that id.
 * - `barred`: as with a dial, it serves none of our requests.
 */
export type AbortResult =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'not_abortable'; readonly message: string }
  | { readonly kind: 'unknown_call' }
  | { readonly kind: 'barred'; readonly status: number }
  | VoiceAway;

/**
 * - `replaced`: the agent will talk about the new payload.
 * - `too_late`: the call has been attempted, and keeps the payload it has. The vendor answers a payload that it cannot read
 *   with the same status: `message` is the only trace of the difference.
 * - `refused`: it will never take this payload. - `unknown_call`, `barred`: as with an abort.
 */
export type ReplaceResult =
  | { readonly kind: 'replaced' }
  | { readonly kind: 'too_late'; readonly message: string }
  | { readonly kind: 'unknown_call' }
  | { readonly kind: 'barred'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | VoiceAway;

/** `up`: it answers. `maintenance`: it says that it is being worked on. `away`: no answer, or none of success. */
export type VoiceHealth = 'up' | 'maintenance' | 'away';

/**
 * Each method is one request, never repeated by itself. None throws: every end is a result. Messages are the vendor's words
 * without the numbers, e-mail addresses and links in them.
 */
export interface VoiceCalls {
  initiate(call: InitiateCall): Promise<DialResult>;
  /** Takes back a call that is not being held yet, and the vendor's retries of it. */
  abort(callId: string): Promise<AbortResult>;
  /** The whole payload of a call that has not been attempted yet; nothing is merged. */
  replacePayload(callId: string, payload: AbandonedCartPayload): Promise<ReplaceResult>;
  /** Asked without our keys: it tells nothing of them. */
  health(): Promise<VoiceHealth>;
}

/** A signed body that could not be understood: kept whole until the parser can. */
export interface ParkedDelivery {
  readonly id: string;
  readonly source: 'shopify' | 'call-events';
  readonly topic: string;
  readonly apiVersion: string | null;
  readonly receivedAt: number;
  /** Where it stopped making sense: a path, never a value. */
  readonly field: string;
  /** The bytes as text. Personal data. */
  readonly body: string;
}

export interface ParkedStore {
  /** Keeps it; the same body of the same topic is kept once. @returns how many older ones the cap pushed out. */
  park(shop: string, delivery: Omit<ParkedDelivery, 'id'>): Promise<{ readonly id: string; readonly dropped: number }>;
  list(shop: string, limit: number): Promise<readonly Omit<ParkedDelivery, 'body'>[]>;
  /** @throws {SealedTextError} when it is sealed with a key that is not known here. */
  read(shop: string, id: string): Promise<ParkedDelivery | null>;
  /** Of all that are parked, oldest first. */
  ids(shop: string): Promise<readonly string[]>;
  remove(shop: string, id: string): Promise<void>;
  removeAll(shop: string): Promise<void>;
  count(shop: string): Promise<number>;
  /** Forgets what is older than its keeping time. */
  expire(shop: string, now: number): Promise<number>;
}

/** Business events, one method each: a log line and a counter. Nothing personal goes in. */
export interface Journal {
  decided(line: {
    readonly recoveryId: string;
    readonly shop: string;
    readonly trigger: string;
    readonly state: RecoveryState;
    readonly reason: string | null;
    readonly outcome?: string;
    readonly dueAt?: number | null;
    readonly callId?: string | null;
  }): void;
  dialled(line: {
    readonly recoveryId: string;
    readonly attemptId: string;
    readonly result: DialResult['kind'];
    readonly cause: string | null;
    readonly tookMs: number;
    readonly lateMs: number;
  }): void;
  /** A dial that was due did not begin, for a reason that has nothing to do with the shopper. */
  held(line: { readonly recoveryId: string; readonly reason: HoldReason }): void;
  /** The sweep mended something: how much of each kind. */
  swept(mended: Readonly<Record<string, number>>): void;
  callEvent(line: {
    readonly recoveryId: string | null;
    readonly type: string;
    readonly outcome: 'applied' | 'duplicate' | 'unmatched';
    readonly callStatus: string | null;
  }): void;
  errand(line: {
    readonly recoveryId: string;
    readonly kind: string;
    readonly result: 'done' | 'wait' | 'again' | 'failed';
    readonly note: string;
  }): void;
  /** A pass over the shop's own list ended. `missed`: checkouts, or orders, whose webhook had not come. */
  backfilled(line: {
    readonly what: 'checkouts' | 'orders';
    readonly seen: number;
    readonly missed: number;
    readonly unreadable: number;
    readonly tookMs: number;
  }): void;
  /** Contacts went on the do-not-call list, or came off it. `stopped`: recoveries that this ended, or whose call it aborts. */
  suppression(line: {
    readonly change: 'added' | 'removed';
    readonly source: SuppressionSource;
    readonly reason: string | null;
    readonly contacts: number;
    readonly stopped: number;
  }): void;
  /** A call event said, for the first time, what the shopper thinks of being called. */
  signal(line: {
    readonly recoveryId: string;
    readonly shop: string;
    readonly signal: 'do_not_call' | 'refusal';
  }): void;
  /** A request of Shopify's was carried out. */
  request(line: {
    readonly requestId: string;
    readonly kind: string;
    readonly recoveries: number;
    readonly parked: number;
    readonly tookMs: number;
  }): void;
  /** Something an operator must look at. `name` is the one in docs/runbook.md. */
  alarm(name: string, facts: Readonly<Record<string, string | number | boolean | null>>): void;
}
