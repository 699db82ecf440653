/** A call event moves its recovery on: found by our ids, which the vendor echoes, else by its own call id. */
import { type CallEvent, foldCallEvent } from '../domain/call-event.ts';
import type { Clock, Journal, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord, TimelineEntry } from '../domain/recovery.ts';
import { isRecoveryId, recoveryIdOfAttempt } from '../domain/recovery-id.ts';
import { changeRecord, type Verdict } from './change-record.ts';

/** Where an event says it belongs. Signed, so it can be trusted to be the vendor's, not to be well formed. */
export interface CallEventAddress {
  /** `metadata.recoveryId`, as we sent it. */
  readonly recoveryId: string | null;
  /** The attempt id at the end of the callback path. */
  readonly pathAttemptId: string | null;
}

export type RecordCallEvent = (
  event: CallEvent,
  address: CallEventAddress,
) => Promise<'applied' | 'duplicate' | 'unmatched'>;

export function recordCallEvent(deps: {
  readonly store: RecoveryStore;
  readonly shop: string;
  readonly clock: Clock;
  readonly journal: Journal;
}): RecordCallEvent {
  const { store, shop, clock, journal } = deps;

  return async (event, address) => {
    const at = clock.now();
    for (const id of await candidates(event, address)) {
      const result = await changeRecord(store, id, at, (found) => verdictOn(found, event, at));
      if (result === null) continue;
      const { record, outcome, conflict, placedAfterAll } = result;
      if (placedAfterAll) journal.alarm('call_after_all', { recoveryId: id, state: record.state });
      if (conflict) journal.alarm('duplicate_call_id', { recoveryId: id, attemptId: record.attemptId });
      journal.callEvent({ recoveryId: id, type: event.type, outcome, callStatus: record.callStatus });
      return outcome;
    }
    journal.callEvent({ recoveryId: null, type: event.type, outcome: 'unmatched', callStatus: event.status });
    return 'unmatched';
  };

  async function candidates(event: CallEvent, { recoveryId, pathAttemptId }: CallEventAddress): Promise<string[]> {
    const ids = new Set<string>();
    if (recoveryId !== null && isRecoveryId(recoveryId)) ids.add(recoveryId);
    const byPath = pathAttemptId === null ? null : recoveryIdOfAttempt(pathAttemptId);
    if (byPath !== null) ids.add(byPath);
    if (ids.size === 0 && event.callId !== null) {
      for (const id of await store.find(shop, { kind: 'call', value: event.callId })) ids.add(id);
    }
    return [...ids];
  }
}

interface Recorded {
  readonly record: RecoveryRecord;
  readonly outcome: 'applied' | 'duplicate';
  readonly conflict: boolean;
  /** A call turned up for a recovery that was closed as not called. */
  readonly placedAfterAll: boolean;
}

function verdictOn(found: RecoveryRecord | null, event: CallEvent, at: number): Verdict<Recorded | null> {
  // A record that was never dialled cannot have a call: ids that were copied, or an installation that lost its data.
  if (!found || found.attempts === 0) return { answer: null };
  const { patch, conflict } = foldCallEvent(found, event);
  const moved = patch.state !== found.state ? { reason: null, calledAt: found.calledAt ?? at } : {};
  const next = { ...found, ...patch, ...moved };
  const outcome = sameFacts(found, next) ? 'duplicate' : 'applied';
  const closed = found.state === 'cancelled' || found.state === 'rejected';
  const placedAfterAll = closed && found.callId === null && next.callId !== null;
  const entry: TimelineEntry = {
    at,
    event: event.type.slice(0, 60),
    ...(patch.state !== found.state ? { state: patch.state } : {}),
    ...(conflict ? { reason: 'duplicate_call_id' } : {}),
    ...(event.status && event.type !== `call.${event.status}` ? { detail: event.status.slice(0, 60) } : {}),
  };
  const lookups = next.callId === null ? [] : [{ kind: 'call', value: next.callId } as const];
  return {
    answer: { record: next, outcome, conflict, placedAfterAll },
    change: { patch: { ...patch, ...moved }, entry, lookups },
  };
}

function sameFacts(before: RecoveryRecord, after: RecoveryRecord): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
