/** A call event for tests that care about one thing in it: name that thing in the overrides. */
import type { CallEvent } from '../../src/domain/call-event.ts';

export const CALL_ID = '68f0c0ffee0000000000ca11';

/** One that tells of nothing but its type. */
export function aCallEvent(overrides: Partial<CallEvent> = {}): CallEvent {
  return {
    type: 'call.transferred',
    isKnownType: true,
    callId: CALL_ID,
    status: null,
    call: null,
    analysis: null,
    credits: null,
    report: null,
    action: null,
    outcome: null,
    final: false,
    finalStatus: null,
    ...overrides,
  };
}

/** `call.busy` and its like: a mere status. */
export function told(status: string, overrides: Partial<CallEvent> = {}): CallEvent {
  return aCallEvent({ type: `call.${status}`, status, ...overrides });
}
