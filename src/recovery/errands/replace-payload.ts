/** The errand `replace_payload`: the cart changed before the vendor rang, so the agent gets the new one. */
import { MINUTE } from '../../domain/duration.ts';
import type { VoiceCalls } from '../../domain/voice-calls.ts';
import type { RunErrand } from '../see-to-errands.ts';

const WAIT_FOR_CALL_ID_MS = 5 * MINUTE;
const BARRED_AGAIN_MS = 5 * MINUTE;

export function replacePayload(voice: VoiceCalls): RunErrand {
  return async ({ state, callId, payload, stopReason }) => {
    if (state !== 'called' || payload === null || stopReason !== null) {
      return { result: { kind: 'done', note: 'not_needed' } };
    }
    // Settled by an operator who had no id: the call's own events bring it.
    if (callId === null) return { result: { kind: 'wait', note: 'no_call_id_yet', forMs: WAIT_FOR_CALL_ID_MS } };
    const result = await voice.replacePayload(callId, payload);
    switch (result.kind) {
      case 'replaced':
      case 'too_late':
      case 'unknown_call':
        return { result: { kind: 'done', note: result.kind } };
      case 'refused':
        return { result: { kind: 'failed', note: `vendor_${result.status}` } };
      case 'barred':
        return {
          result: { kind: 'again', note: `vendor_${result.status}`, afterMs: BARRED_AGAIN_MS, doubtful: false },
        };
      case 'away':
        return { result: { kind: 'again', note: result.cause, afterMs: result.retryAfterMs, doubtful: false } };
    }
  };
}
