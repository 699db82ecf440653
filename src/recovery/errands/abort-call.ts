/** The errand `abort`: takes a call back that is not wanted any more, as soon as there is a call id to name. */
import { MINUTE, SECOND } from '../../domain/duration.ts';
import type { Errand } from '../../domain/errand.ts';
import type { RecoveryRecord } from '../../domain/recovery.ts';
import { LIVE_STATES } from '../../domain/transition/stop.ts';
import type { VoiceCalls } from '../../domain/voice-calls.ts';
import type { RunErrand, Tried } from '../see-to-errands.ts';

/** The call's own events wake it sooner; the longer the silence, the rarer one looks. */
const SHORTEST_WAIT_MS = 15 * SECOND;
const LONGEST_WAIT_MS = 30 * MINUTE;
/** Keys or credits are somebody's to mend; until then the vendor obeys nothing. */
const BARRED_AGAIN_MS = 5 * MINUTE;
/** How long a call counts as just placed, and how soon its abort is tried again. */
const FRESH_MS = MINUTE;
const FRESH_AGAIN_MS = 10 * SECOND;

export function abortCall(voice: VoiceCalls): RunErrand {
  return async (record, _key, errand) => {
    const { state, reason } = record;
    // A second call of the same recovery has an errand of its own, which names it.
    const callId = errand.about ?? record.callId;
    if (state === 'ended' && reason !== 'no_final_event' && errand.about === null) return over(state);
    if (callId === null) return LIVE_STATES.has(state) ? unheardOf(record, errand) : over(state);
    const result = await voice.abort(callId);
    switch (result.kind) {
      case 'aborted':
        return { result: { kind: 'done', note: 'aborted' }, ...(errand.about === null ? { patch: markAborted } : {}) };
      // In progress or over. Should the vendor want to ring again, its next event opens this errand anew.
      case 'not_abortable':
        return { result: { kind: 'done', note: 'in_progress_or_over' } };
      case 'unknown_call':
        // A call that was just placed may not be known everywhere at the vendor yet.
        return isFresh(record, errand)
          ? again('unknown_call', FRESH_AGAIN_MS)
          : { result: { kind: 'done', note: 'unknown_call' } };
      case 'barred':
        return again(`vendor_${result.status}`, BARRED_AGAIN_MS);
      case 'away':
        return again(result.cause, result.retryAfterMs);
    }
  };
}

function isFresh({ calledAt }: RecoveryRecord, { doingAt }: Errand): boolean {
  return calledAt !== null && doingAt !== null && doingAt - calledAt < FRESH_MS;
}

function over(state: string): Tried {
  return { result: { kind: 'done', note: `nothing_to_abort: ${state}` } };
}

function unheardOf({ dialingAt }: RecoveryRecord, { doingAt }: Errand): Tried {
  const silentMs = doingAt === null || dialingAt === null ? 0 : doingAt - dialingAt;
  const forMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, Math.round(silentMs / 4)));
  return { result: { kind: 'wait', note: 'no_call_id_yet', forMs } };
}

/** Aborting twice does no more than once, so nothing is in doubt. */
function again(note: string, afterMs: number | null): Tried {
  return { result: { kind: 'again', note, afterMs, doubtful: false } };
}

/** The vendor's word on it comes as an event; until then this is what is known. */
function markAborted(record: RecoveryRecord): Partial<RecoveryRecord> {
  return record.finalStatus === null ? { callStatus: 'aborted' } : {};
}
