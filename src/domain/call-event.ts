/**
 * Call events: what the vendor tells us about a call, in our words, and how one changes a record. Folding is total and
 * forgiving: events come twice, late, out of order, before the initiate's response, and with names nobody documented.
 */
import { OPEN_STATES, type RecoveryRecord, type RecoveryState } from './recovery.ts';

export interface CallEvent {
  /** The vendor's `event.type`, e.g. `call.completed`; an open set. */
  readonly type: string;
  readonly callId: string | null;
  /** The status this event tells of: `data.call.status` when given, else what the type implies; null when neither does. */
  readonly status: string | null;
  /** What the event says of the conversation, as sent; null for mere status changes. May hold personal data. */
  readonly outcome: { readonly key: string; readonly data: unknown } | null;
  /** `call.lifecycle-ended`: nothing follows. */
  readonly final: boolean;
  /** `data.report.finalStatus` of the final event. */
  readonly finalStatus: string | null;
}

export interface FoldedCallEvent {
  readonly patch: Pick<RecoveryRecord, 'state' | 'callId' | 'callStatus' | 'finalStatus' | 'outcomes'>;
  /** A second callId for one attempt: one shopper may have been phoned twice. An alarm, never a change of the record. */
  readonly conflict: boolean;
}

/**
 * How far along a call is when the vendor names a status, so that a late event never turns the record back. Within one
 * call the vendor may retry (busy, then answered), hence the not-connected ones rank below a conversation. The ranks
 * are distinct: whatever order the same events come in, the same status stays.
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

/** Several times what is documented; names are an open set, and a record must not grow with whatever is sent. */
const MOST_OUTCOMES = 40;

/** The record after the event. The same event again changes nothing; a final state stays final. */
export function foldCallEvent(record: RecoveryRecord, event: CallEvent): FoldedCallEvent {
  const { state, callId, callStatus, finalStatus, outcomes } = record;
  if (callId !== null && event.callId !== null && callId !== event.callId) {
    return { patch: { state, callId, callStatus, finalStatus, outcomes }, conflict: true };
  }
  const reported = finalStatus ?? event.finalStatus;
  return {
    patch: {
      state: stateAfter(record, event.final),
      callId: callId ?? event.callId,
      callStatus: reported ?? furtherOf(callStatus, event.status),
      finalStatus: reported,
      outcomes: withOutcome(outcomes, event.outcome),
    },
    conflict: false,
  };
}

/** The latest of each kind; kinds beyond the bound are not kept. */
function withOutcome(known: RecoveryRecord['outcomes'], told: CallEvent['outcome']): RecoveryRecord['outcomes'] {
  if (told === null) return known;
  const isNew = !Object.hasOwn(known, told.key);
  if (isNew && Object.keys(known).length >= MOST_OUTCOMES) return known;
  return { ...known, [told.key]: told.data };
}

/**
 * An event with our ids proves that the call was placed: while its request is still open, when its fate was unknown, and
 * also when the vendor had said "not now" and placed it all the same. Then nobody may dial again.
 */
function stateAfter({ state, attempts }: RecoveryRecord, final: boolean): RecoveryState {
  const dialled = state === 'dialing' || state === 'unknown' || state === 'called';
  const backFromDial = OPEN_STATES.has(state) && attempts > 0;
  return dialled || backFromDial ? (final ? 'ended' : 'called') : state;
}

/** The status that is further along; of two statuses this table does not know, the later in the alphabet. */
function furtherOf(known: string | null, told: string | null): string | null {
  if (known === null || told === null) return known ?? told;
  const difference = rank(told) - rank(known);
  return difference > 0 || (difference === 0 && told > known) ? told : known;
}

function rank(status: string): number {
  return (Object.hasOwn(STATUS_RANK, status) ? STATUS_RANK[status] : null) ?? UNKNOWN_STATUS_RANK;
}
