/** What can happen to a recovery that is on record, and what a transition answers. Types only; docs/state-machine.md draws it. */
import type { CallEvent } from '../call-event.ts';
import type { Whereabouts } from '../calling-rules/whereabouts.ts';
import type { Lookup } from '../ports.ts';
import type { HoldReason, SkipReason } from '../reasons.ts';
import type {
  CancelReason,
  EraseReason,
  HeldCheckout,
  RecoveryDiscount,
  RecoveryRecord,
  TimelineEntry,
} from '../recovery.ts';
import type { SuppressionSource } from '../suppression.ts';
import type { DialResult } from '../voice-calls.ts';

/** What is known of an order, to be kept on the record. */
export interface OrderFacts {
  /** Decimal digits; absent or null: not known. */
  readonly id?: string | null;
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  readonly name: string | null;
  /** Decimal string in `currency`; null when it is not known, as when a checkout only says that it was completed. */
  readonly total: string | null;
  readonly currency: string | null;
  readonly match: 'checkout' | 'person';
}

/** What a ring leads to, once everything was asked. `rule`: which one decided, with its version. */
export type RingConsequence =
  | { readonly kind: 'give_up_dial' }
  | {
      readonly kind: 'snooze';
      readonly until: number;
      readonly reason: 'not_due' | 'outside_hours';
      readonly rule?: string;
      readonly seen?: string | null;
    }
  /** `rule` with its version; `seen` is what the decision was taken on, nothing personal. */
  | { readonly kind: 'skip'; readonly reason: SkipReason; readonly rule: string; readonly seen?: string | null }
  | { readonly kind: 'hold_out' }
  | { readonly kind: 'wait_for_shop'; readonly until: number }
  | { readonly kind: 'prepare_discount'; readonly discount: RecoveryDiscount }
  /** `until`: null when no clock can be trusted to say. */
  | { readonly kind: 'hold'; readonly reason: HoldReason; readonly until: number | null }
  /** An attempt that this record knows nothing of, and when it began: the record was lost, or is an old copy. */
  | { readonly kind: 'dialled_before'; readonly attempt: number; readonly at: number }
  | { readonly kind: 'dial' };

export type OperatorAction =
  | { readonly kind: 'call_now' }
  | { readonly kind: 'settle'; readonly placed: true; readonly callId: string | null }
  | { readonly kind: 'settle'; readonly placed: false }
  | { readonly kind: 'retry_errand'; readonly key: string };

export type RecoveryEvent =
  /** A purchase, a deletion, an opt-out or an operator: it must not be called, or not any more. */
  | {
      readonly kind: 'stop';
      readonly reason: CancelReason;
      readonly order: OrderFacts | null;
      /** Who said that they are not to be called, where it is told. */
      readonly by?: SuppressionSource;
      /** Which rule found it, with its version, and what was seen; where a decision did. */
      readonly rule?: string;
      readonly seen?: string | null;
    }
  | { readonly kind: 'ring'; readonly consequence: RingConsequence }
  /** @param backoffMs - how long to wait when nothing was sent. */
  | {
      readonly kind: 'dial_result';
      readonly attemptId: string;
      readonly result: DialResult;
      readonly backoffMs: number;
    }
  | { readonly kind: 'call_event'; readonly event: CallEvent }
  /** A webhook of a checkout whose call is with the vendor already. */
  | { readonly kind: 'cart_changed'; readonly checkout: HeldCheckout }
  /** Time went by: whatever must not last for ever is looked at. */
  | { readonly kind: 'deadline'; readonly limits: Deadlines }
  | { readonly kind: 'operator'; readonly action: OperatorAction }
  /** The personal data must go: its time is up, or somebody asked for it. */
  | { readonly kind: 'erase'; readonly reason: EraseReason };

/** How long each state may last, in milliseconds. */
export interface Deadlines {
  /** `dialing`: longer than an honest dial can take, saving included. */
  readonly dialingMs: number;
  /** `waiting`: as long as a checkout is fresh. */
  readonly waitingMs: number;
  /** `unknown`, without any event of the call. */
  readonly unknownMs: number;
  /** `called`, since the vendor last told anything. */
  readonly calledMs: number;
}

/** What the merchant configured of what follows a call. */
export interface FollowUpRules {
  /** An order so long after the call, at most, counts as brought by it. Milliseconds. */
  readonly attributionMs: number;
  /** Whether an order that the agent agreed is made, and how. */
  readonly agentOrder: 'off' | 'draft' | 'cod';
  /** What the merchant's own address is told. */
  readonly forward: { readonly actions: boolean; readonly outcomes: boolean };
  /** After an unknown dial that was presumed not placed: dial once more, or leave it. */
  readonly redialPresumed: boolean;
  /** After a try that reached nobody the vendor tries again by itself, this much later. Milliseconds. */
  readonly vendorRetryMs: number;
  /** Whether somebody in these places may be phoned at this instant, epoch milliseconds, UTC. */
  readonly isDecentHour: (whereabouts: Whereabouts, at: number) => boolean;
}

/** Something an operator must hear of; named as in docs/runbook.md. */
export type Sign =
  | 'duplicate_call_id'
  | 'call_after_all'
  | 'presumed_not_placed'
  | 'no_final_event'
  | 'rang_outside_hours'
  | 'dial_interrupted'
  | 'intent_without_record';

export interface Transition {
  /** The record after the event. */
  readonly next: RecoveryRecord;
  /** What to write; null when the event changes nothing and says nothing new. */
  readonly patch: Partial<RecoveryRecord> | null;
  readonly entry: TimelineEntry | null;
  readonly lookups: readonly Lookup[];
  readonly signs: readonly Sign[];
}

/** The event changes nothing. */
export function unchanged(record: RecoveryRecord): Transition {
  return { next: record, patch: null, entry: null, lookups: [], signs: [] };
}

export function changed(
  record: RecoveryRecord,
  patch: Partial<RecoveryRecord>,
  entry: TimelineEntry | null,
  more: { readonly lookups?: readonly Lookup[]; readonly signs?: readonly Sign[] } = {},
): Transition {
  const { lookups = [], signs = [] } = more;
  return { next: { ...record, ...patch }, patch, entry, lookups, signs };
}
