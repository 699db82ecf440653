/**
 * Ports: what the use cases need from the world, in their own words. Types only. Adapters implement them, the composition
 * root joins both.
 */
import type {
  CancelReason,
  CheckoutFacts,
  Recovery,
  RecoveryRecord,
  RecoveryState,
  TimelineEntry,
} from './recovery.ts';

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
  /** Among them the shopper's contacts: with each of those a checkout never seen before is noted as a recent one. */
  readonly lookups: readonly Lookup[];
  readonly entry: TimelineEntry;
  /** True: it was decided on as of somebody of whom nothing is known, and holds for nobody else. */
  readonly ifStranger: boolean;
}

/**
 * - `created`, `updated`: the record now says what the webhook says.
 * - `duplicate`: it said so already. - `stale`: it knows something newer. - `closed`: the dial is behind it, or ruled out.
 * - `shut`: the shop is gone; nothing was written. The reason is the record's own, or why the shop is shut.
 * - `no_stranger`: something is known of one of the contacts, or was until a while ago; nothing was written. Read it and decide anew.
 */
export type IntakeOutcome = 'created' | 'updated' | 'duplicate' | 'stale' | 'closed' | 'shut' | 'no_stranger';

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
  /** Whose the name is; null: nobody's. */
  ownerOf(shop: string, name: string): Promise<string | null>;
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
