/**
 * Seeing to the errands of one recovery: the one due longest first, each begun and ended by a compare-and-set on the record, so
 * that two who are woken for the same recovery do nothing twice.
 */
import {
  afterTry,
  begun,
  dueErrand,
  ERRAND_TIME_LIMIT_MS,
  type Errand,
  type ErrandKind,
  type ErrandResult,
  errandsDueAt,
} from '../domain/errand.ts';
import type { Journal } from '../domain/journal.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { StoreUnavailableError } from '../errors.ts';
import { changeRecord } from './change-record.ts';

/** What one try of an errand came to, and what it changes on the record beside the errand itself. */
export interface Tried {
  readonly result: ErrandResult;
  /** Decided on the record as it stands after the try. */
  readonly patch?: (record: RecoveryRecord) => Partial<RecoveryRecord>;
}

/** Tries an errand once. Never throws for what the world answers: that is a result. */
export type RunErrand = (record: RecoveryRecord, key: string, errand: Errand) => Promise<Tried>;

/** @returns when somebody must see to this recovery again, epoch milliseconds; null when nothing is left. */
export type SeeToErrands = (recoveryId: string) => Promise<number | null>;

/** More than a recovery can have due at once; the rest is seen to at the next wake. */
const MOST_PER_WAKE = 20;

interface Begun {
  readonly record: RecoveryRecord;
  readonly key: string;
  readonly errand: Errand;
}

export function seeToErrands(deps: {
  readonly store: RecoveryStore;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly run: Readonly<Record<ErrandKind, RunErrand>>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onFault: (error: Error) => void;
}): SeeToErrands {
  const { store, clock, journal, run, random, onFault } = deps;

  return async (id) => {
    for (let seen = 0; seen < MOST_PER_WAKE; seen++) {
      const begunNow = await beginNext(id);
      if (begunNow === null) break;
      const { key, errand } = begunNow;
      await finish(id, key, errand, await attempt(begunNow));
    }
    const record = (await store.load(id))?.record;
    return record ? errandsDueAt(record.errands) : null;
  };

  /** A fault in the code that does it is no reason to try for ever: it counts as a try, and what it did is in doubt. */
  async function attempt({ record, key, errand }: Begun): Promise<Tried> {
    // Frozen since it was claimed: somebody else may be about to take it over. Nothing was asked yet.
    if (clock.now() - (errand.doingAt ?? 0) > ERRAND_TIME_LIMIT_MS / 2) {
      return { result: { kind: 'wait', note: errand.note ?? 'stalled', forMs: 0 } };
    }
    try {
      return await run[errand.kind](record, key, errand);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      onFault(error as Error);
      return { result: { kind: 'again', note: 'fault', afterMs: null, doubtful: true } };
    }
  }

  async function beginNext(id: string): Promise<Begun | null> {
    const now = clock.now();
    return changeRecord(store, id, now, (record) => {
      const due = record && dueErrand(record.errands, now);
      if (!record || !due) return { answer: null };
      const errand = begun(due.errand, now);
      const errands = { ...record.errands, [due.key]: errand };
      return { answer: { record: { ...record, errands }, key: due.key, errand }, change: { patch: { errands } } };
    });
  }

  async function finish(id: string, key: string, errand: Errand, { result, patch }: Tried): Promise<void> {
    const now = clock.now();
    const luck = random();
    const ended = await changeRecord<Errand | null>(store, id, now, (record) => {
      const known = record?.errands[key];
      if (!record) return { answer: null };
      const more = patch?.(record) ?? {};
      // Asked for anew while it was being done: that one is still to be done, or was dropped, whatever came of this one.
      const ours = known?.state === 'doing' && known.doingAt === errand.doingAt;
      const after = ours ? afterTry(errand, result, now, luck) : (known ?? null);
      const errands = { ...record.errands, ...more.errands, ...(after && { [key]: after }) };
      const state = after?.state === 'failed' ? { reason: 'failed' } : {};
      const entry = { at: now, event: `errand_${errand.kind}`, detail: result.note, ...state };
      return { answer: after, change: { patch: { ...more, errands }, entry } };
    });
    journal.errand({ recoveryId: id, kind: errand.kind, result: result.kind, note: result.note });
    if (ended?.state === 'failed')
      journal.alarm('errand_failed', { recoveryId: id, kind: errand.kind, note: result.note });
  }
}
