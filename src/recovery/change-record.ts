/** Read, decide, commit, and start over when somebody else was first: the one way in which use cases change a record. */
import type { Lookup, RecoveryStore } from '../domain/ports.ts';
import { EMPTY_RECORD, type RecoveryRecord, type TimelineEntry } from '../domain/recovery.ts';
import { RecordContendedError } from '../errors.ts';

/** What to do with a record as it stands: change it, or leave it with an answer. */
export type Verdict<T> = {
  readonly answer: T;
  readonly change?: {
    readonly patch: Partial<RecoveryRecord>;
    readonly entry?: TimelineEntry;
    readonly lookups?: readonly Lookup[];
  };
};

/** Writers of one record come in single digits; more lost races than this mean a fault. */
const MOST_TRIES = 25;

/**
 * @param decide - pure; called again on a fresh record after every lost race. Gets null when there is no record.
 * @param birth - when given, a missing record is decided on as an empty one with these facts, and created by a change.
 * @returns the answer of the decision that was committed.
 * @throws {RecordContendedError} after many lost races. @throws {StoreUnavailableError}
 */
export async function changeRecord<T>(
  store: RecoveryStore,
  id: string,
  at: number,
  decide: (record: RecoveryRecord | null) => Verdict<T>,
  birth: Partial<RecoveryRecord> | null = null,
): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const known = (await store.load(id))?.record ?? null;
    const record = known ?? (birth && { ...EMPTY_RECORD, ...birth, id, createdAt: at, changedAt: at });
    const verdict = decide(record);
    if (!verdict.change || !record) return verdict.answer;
    if (await store.commit({ record, at, ...verdict.change })) return verdict.answer;
  }
  throw new RecordContendedError();
}
