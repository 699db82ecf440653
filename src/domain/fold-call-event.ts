/**
 * How a call event changes a record. Folding is total and forgiving: events come twice, late, out of order, before the
 * initiate's response, and with names nobody documented. Whatever the order, the same events leave the same record.
 */
import type { CallEvent } from './call-event.ts';
import { learn } from './call-knowledge.ts';
import { withOutcome } from './call-outcomes.ts';
import { furtherOf } from './call-status.ts';
import { OPEN_STATES, type RecoveryRecord, type RecoveryState } from './recovery.ts';

export interface FoldedCallEvent {
  readonly patch: Pick<RecoveryRecord, 'state' | 'callId' | 'callStatus' | 'finalStatus' | 'outcomes' | 'call'>;
  /** A second callId for one attempt: one shopper may have been phoned twice. An alarm, never a change of the record. */
  readonly conflict: boolean;
}

/**
 * The record after the event. The same event again changes nothing; a final state stays final.
 *
 * @param at - when the event was received, epoch milliseconds, UTC.
 */
export function foldCallEvent(record: RecoveryRecord, event: CallEvent, at: number): FoldedCallEvent {
  const { state, callId, callStatus, finalStatus, outcomes, call } = record;
  if (callId !== null && event.callId !== null && callId !== event.callId) {
    return { patch: { state, callId, callStatus, finalStatus, outcomes, call }, conflict: true };
  }
  // Two final reports contradict each other, or one is older: the one that goes further stands, whichever came last.
  const reported = furtherOf(finalStatus, event.finalStatus);
  return {
    patch: {
      state: stateAfter(record, event.final),
      callId: callId ?? event.callId,
      callStatus: reported ?? furtherOf(callStatus, event.status),
      finalStatus: reported,
      outcomes: withOutcome(outcomes, event.outcome),
      call: learn(call, event, at),
    },
    conflict: false,
  };
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
