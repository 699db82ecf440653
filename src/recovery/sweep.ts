/**
 * The sweep: finds what a crash left lying and mends it. It never dials. Bounded per run; what is left is taken next time.
 * - `dialing` for longer than a dial can take: its process died, the fate of the request is `unknown`.
 * - `scheduled`, overdue, and no alarm that will ring: a process died between two writes; it gets a new alarm.
 * - `waiting` for longer than a checkout is fresh: nobody will mend it, it is `skipped: too_old`.
 */
import { SECOND } from '../domain/duration.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Alarms, Clock, Journal, ParkedStore, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { StoreUnavailableError } from '../errors.ts';
import { arm } from './arm.ts';
import { changeRecord, type Verdict } from './change-record.ts';

export interface SweepReport {
  readonly interrupted: number;
  readonly rearmed: number;
  readonly expired: number;
  readonly pruned: number;
}

export type Sweep = () => Promise<SweepReport>;

/** An alarm may ring late by queueing; only one that is later than this is looked at. */
const OVERDUE_AFTER_MS = 10 * SECOND;
/** Records looked at per task and run. */
const BATCH = 500;

export function sweep(deps: {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly parked: ParkedStore;
  readonly shop: string;
  readonly policy: CallPolicy;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly dialTimeLimitMs: number;
}): Sweep {
  const { store, alarms, parked, shop, policy, clock, journal, dialTimeLimitMs } = deps;

  return async () => {
    const now = clock.now();
    const interrupted = await endInterruptedDials(now);
    const rearmed = await rearmOverdue(now);
    const expired = await expireWaiting(now);
    const pruned = (await store.pruneIndexes(shop, now)) + (await parked.expire(shop, now));
    return { interrupted, rearmed, expired, pruned };
  };

  async function endInterruptedDials(now: number): Promise<number> {
    const until = now - dialTimeLimitMs;
    return moveEach(await store.idsBefore(shop, 'dialing', until, BATCH), now, (record) =>
      record.state === 'dialing' && (record.dialingAt ?? 0) <= until
        ? { state: 'unknown', reason: 'dial_interrupted' }
        : null,
    );
  }

  async function expireWaiting(now: number): Promise<number> {
    const until = now - policy.maxAgeMs;
    return moveEach(await store.idsBefore(shop, 'waiting', until, BATCH), now, (record) =>
      record.state === 'waiting' && (record.lastActivityAt ?? record.changedAt) <= until
        ? { state: 'skipped', reason: 'too_old' }
        : null,
    );
  }

  async function rearmOverdue(now: number): Promise<number> {
    const overdue = await store.idsBefore(shop, 'scheduled', now - OVERDUE_AFTER_MS, BATCH);
    return countEach(overdue, async (id) => {
      const record = (await store.load(id))?.record;
      if (record?.state !== 'scheduled' || record.dueAt === null) return false;
      // Whoever has just scheduled it, for a time gone by, is about to set its alarm.
      if (record.changedAt > now - OVERDUE_AFTER_MS) return false;
      const alarm = await store.alarmOf(id);
      if (alarm.number !== null && (await alarms.isLive(id, alarm.number))) return false;
      const label = `${record.shop} ${record.cartValue ?? ''}`.trim();
      await arm(store, alarms, { id, dueAt: record.dueAt, alarm: { ...alarm, number: null }, label });
      await store.note(id, { at: now, event: 'alarm_missing', state: 'scheduled', reason: 'rearmed' });
      journal.alarm('alarm_missing', { recoveryId: id });
      return true;
    });
  }

  async function moveEach(
    ids: readonly string[],
    now: number,
    move: (record: RecoveryRecord) => Pick<RecoveryRecord, 'state' | 'reason'> | null,
  ): Promise<number> {
    return countEach(ids, async (id) => {
      const patch = await changeRecord(store, id, now, (record): Verdict<ReturnType<typeof move>> => {
        const change = record && move(record);
        if (!change) return { answer: null };
        const reason = change.reason ? { reason: change.reason } : {};
        const entry = { at: now, event: 'sweep', state: change.state, ...reason };
        return { answer: change, change: { patch: change, entry } };
      });
      if (patch !== null) journal.decided({ recoveryId: id, shop, trigger: 'sweep', ...patch });
      return patch !== null;
    });
  }

  /** One record that cannot be read must not keep the sweep from all others; a store that is away ends it, till next time. */
  async function countEach(ids: readonly string[], mend: (id: string) => Promise<boolean>): Promise<number> {
    let mended = 0;
    for (const id of ids) {
      try {
        if (await mend(id)) mended++;
      } catch (error) {
        if (error instanceof StoreUnavailableError) throw error;
        journal.alarm('record_unreadable', { recoveryId: id });
      }
    }
    return mended;
  }
}
