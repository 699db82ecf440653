/** A call event moves its recovery on: found by our ids, which the vendor echoes, else by its own call id. */
import type { CallEvent } from '../domain/call-event.ts';
import type { Journal } from '../domain/journal.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import { isRecoveryId, recoveryIdOfAttempt } from '../domain/recovery-id.ts';
import { knowsCalls } from '../domain/transition/call-event.ts';
import type { HeedSignals } from './heed-signals.ts';
import type { Move } from './move.ts';

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
  readonly move: Move;
  readonly heed: HeedSignals;
}): RecordCallEvent {
  const { store, shop, clock, journal, move, heed } = deps;

  return async (event, address) => {
    for (const id of await candidates(event, address)) {
      const moved = await move(id, { kind: 'call_event', event }, clock.now());
      if (!moved || !knowsCalls(moved.before)) continue;
      // Also of an event that is no news: the first time may have ended before it was heeded. The last word of somebody who asked to
      // be forgotten takes the digests with it.
      await heed({ ...moved.after, contacts: moved.before.contacts }, event);
      const outcome = moved.changed ? 'applied' : 'duplicate';
      journal.callEvent({ recoveryId: id, type: event.type, outcome, callStatus: moved.after.callStatus });
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
