/** Moving a recovery on: one event, decided by the state machine on the record as it stands, committed, and told to the operator. */
import type { Journal } from '../domain/journal.ts';
import type { RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import type { FollowUpRules, RecoveryEvent, Transition } from '../domain/transition/event.ts';
import { transition } from '../domain/transition.ts';
import { changeRecord, type Verdict } from './change-record.ts';

export interface Moved {
  readonly before: RecoveryRecord;
  readonly after: RecoveryRecord;
  /** False when the event was no news. */
  readonly changed: boolean;
  readonly transition: Transition;
}

/**
 * @param birth - when given, a missing record is decided on as an empty one with these facts, and created by a change.
 * @returns null when there is no record. @throws {RecordContendedError} {StoreUnavailableError}
 */
export type Move = (
  id: string,
  event: RecoveryEvent,
  at: number,
  birth?: Partial<RecoveryRecord> | null,
) => Promise<Moved | null>;

export function move(deps: {
  readonly store: RecoveryStore;
  readonly journal: Journal;
  readonly rules: FollowUpRules;
}): Move {
  const { store, journal, rules } = deps;
  return async (id, event, at, birth = null) => {
    const moved = await changeRecord<Moved | null>(store, id, at, (found) => verdictOn(found, event, at, rules), birth);
    for (const sign of moved?.transition.signs ?? []) {
      journal.alarm(sign, {
        recoveryId: id,
        attemptId: moved?.after.attemptId ?? null,
        state: moved?.after.state ?? null,
      });
    }
    return moved;
  };
}

function verdictOn(
  found: RecoveryRecord | null,
  event: RecoveryEvent,
  at: number,
  rules: FollowUpRules,
): Verdict<Moved | null> {
  if (!found) return { answer: null };
  const outcome = transition(found, event, at, rules);
  const { next: after, patch, entry, lookups } = outcome;
  const changed = patch !== null && Object.keys(patch).length > 0;
  const answer = { before: found, after, changed, transition: outcome };
  if (patch === null) return { answer };
  return { answer, change: { patch, ...(entry ? { entry } : {}), lookups } };
}
