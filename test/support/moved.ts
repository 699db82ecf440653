/** Moving records by the state machine alone, as a merchant has it who configured nothing. */
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import type { Deadlines, FollowUpRules, RecoveryEvent, Transition } from '../../src/domain/transition/event.ts';
import { transition } from '../../src/domain/transition.ts';
import { CALL_ID } from './a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from './a-record.ts';

export const FOLLOW_UP: FollowUpRules = {
  attributionMs: 7 * DAY,
  agentOrder: 'off',
  forward: { actions: false, outcomes: false },
  redialPresumed: false,
  vendorRetryMs: 5 * MINUTE,
  isDecentHour: () => true,
};

export const LIMITS: Deadlines = {
  dialingMs: 30 * SECOND,
  waitingMs: 24 * HOUR,
  unknownMs: 24 * HOUR,
  calledMs: 72 * HOUR,
};

/** Asha's recovery at eleven, when this happens to it. */
export function moved(
  record: RecoveryRecord,
  event: RecoveryEvent,
  rules: Partial<FollowUpRules> = {},
  at: number = ELEVEN_IN_BENGALURU,
): Transition {
  return transition(record, event, at, { ...FOLLOW_UP, ...rules });
}

/** The first dial of Asha's recovery, begun a second before eleven. */
export function aDialledRecord(overrides: Partial<RecoveryRecord> = {}): RecoveryRecord {
  const record = aRecord();
  const dialingAt = ELEVEN_IN_BENGALURU - SECOND;
  const dialled = { attempts: 1, attemptId: `${record.id}.1`, dialingAt, arm: 'call', armAt: dialingAt } as const;
  return { ...record, state: 'dialing', ...dialled, ...overrides };
}

/** The same with the vendor's answer, half a second before eleven. */
export function aCalledRecord(overrides: Partial<RecoveryRecord> = {}): RecoveryRecord {
  const called = { state: 'called', callId: CALL_ID, calledAt: ELEVEN_IN_BENGALURU - SECOND / 2 } as const;
  return aDialledRecord({ ...called, vendorStatus: 'initiate', ...overrides });
}
