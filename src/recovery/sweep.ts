/**
 * The sweep: finds what a crash, a lost event or time itself left lying, and mends it. It never dials. Bounded per run; what
 * is left is taken next time. How long each state may last is the state machine's to judge.
 */
import { SECOND } from '../domain/duration.ts';
import type { Journal } from '../domain/journal.ts';
import type { ParkedStore } from '../domain/parked.ts';
import type { Alarms, Clock, ErrandAlarms, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord, RecoveryState } from '../domain/recovery.ts';
import type { Deadlines } from '../domain/transition/event.ts';
import { StoreUnavailableError } from '../errors.ts';
import { arm } from './arm.ts';
import { eraseOverdue } from './erase.ts';
import type { Move } from './move.ts';

export interface SweepReport {
  /** Dials whose process died. */
  readonly interrupted: number;
  /** Scheduled recoveries that had no alarm any more. */
  readonly rearmed: number;
  /** Checkouts that nobody mended in time. */
  readonly expired: number;
  /** Unknown dials that no event ever told of. */
  readonly presumed: number;
  /** Calls whose final event never came. */
  readonly closed: number;
  /** Recoveries whose errands had nobody to see to them. */
  readonly reminded: number;
  /** Recoveries whose personal data had been kept long enough. */
  readonly erased: number;
  /** Alarms that would have rung for a record that is closed or gone. */
  readonly unneeded: number;
  readonly pruned: number;
}

export type Sweep = () => Promise<SweepReport>;

/** An alarm may ring late by queueing; only one that is later than this is looked at. */
const OVERDUE_AFTER_MS = 10 * SECOND;
/** Records looked at per task and run. */
const BATCH = 500;
/** Alarms looked at per run; the next run goes on behind them. */
const ALARMS_PER_RUN = 200;
/** Nothing leads from there back to a dial by this alarm. */
const NEEDS_NO_ALARM: ReadonlySet<RecoveryState> = new Set(['called', 'unknown', 'ended', 'cancelled', 'rejected']);

export function sweep(deps: {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly errandAlarms: ErrandAlarms;
  readonly parked: ParkedStore;
  readonly shop: string;
  readonly limits: Deadlines;
  /** How long personal data is kept, milliseconds. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly move: Move;
}): Sweep {
  const { store, alarms, errandAlarms, parked, shop, limits, retentionMs, clock, journal, move } = deps;
  const eraseIfOverdue = eraseOverdue(deps);

  let nextAlarm = 0;

  return async () => {
    const now = clock.now();
    const interrupted = await endOverlong('dialing', limits.dialingMs, now);
    const rearmed = await rearmOverdue(now);
    const expired = await endOverlong('waiting', limits.waitingMs, now);
    const presumed = await endOverlong('unknown', limits.unknownMs, now);
    const closed = await endOverlong('called', limits.calledMs, now);
    const reminded = await remindOfErrands(now);
    const erased = await eraseOld(now);
    const unneeded = await removeUnneededAlarms();
    const pruned = (await store.pruneIndexes(shop, now)) + (await parked.expire(shop, now));
    return { interrupted, rearmed, expired, presumed, closed, reminded, erased, unneeded, pruned };
  };

  /** The index tells when a record entered its state or last changed in it; the record itself tells whether its time is up. */
  async function endOverlong(state: RecoveryState, limitMs: number, now: number): Promise<number> {
    return countEach(await store.idsBefore(shop, state, now - limitMs, BATCH), async (id) => {
      const moved = await move(id, { kind: 'deadline', limits }, now);
      if (!moved?.changed) return false;
      const { after } = moved;
      journal.decided({ recoveryId: id, shop, trigger: 'sweep', state: after.state, reason: after.reason });
      if (after.state === 'scheduled') await rearm(after, now);
      return true;
    });
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
      await rearm(record, now);
      await store.note(id, { at: now, event: 'alarm_missing', state: 'scheduled', reason: 'rearmed' });
      journal.alarm('alarm_missing', { recoveryId: id });
      return true;
    });
  }

  async function rearm(record: RecoveryRecord, now: number): Promise<void> {
    const { id } = record;
    const label = `${record.shop} ${record.cartValue ?? ''}`.trim();
    await arm(store, alarms, {
      id,
      dueAt: record.dueAt ?? now,
      alarm: { ...(await store.alarmOf(id)), number: null },
      label,
    });
  }

  async function remindOfErrands(now: number): Promise<number> {
    const late = await store.idsWithErrands(shop, now - OVERDUE_AFTER_MS, BATCH);
    return countEach(late, (id) => errandAlarms.remind(id, now));
  }

  async function eraseOld(now: number): Promise<number> {
    return countEach(await store.idsErasable(shop, now - retentionMs, BATCH), (id) => eraseIfOverdue(id, now));
  }

  /** The other direction: the alarm is there and its record has no use for it. It would ring for nothing; until then it is in the way. */
  async function removeUnneededAlarms(): Promise<number> {
    const pending = await alarms.asleep(nextAlarm, ALARMS_PER_RUN);
    const removed = await countEach(pending, async ({ recoveryId, number }) => {
      const record = (await store.load(recoveryId))?.record;
      if (record && !NEEDS_NO_ALARM.has(record.state)) return false;
      await alarms.remove(recoveryId, number);
      return true;
    });
    nextAlarm = pending.length < ALARMS_PER_RUN ? 0 : nextAlarm + pending.length - removed;
    return removed;
  }

  /** One record that cannot be read must not keep the sweep from all others; a store that is away ends it, till next time. */
  async function countEach<T extends string | { readonly recoveryId: string }>(
    all: readonly T[],
    mend: (one: T) => Promise<boolean>,
  ): Promise<number> {
    let mended = 0;
    for (const one of all) {
      try {
        if (await mend(one)) mended++;
      } catch (error) {
        if (error instanceof StoreUnavailableError) throw error;
        journal.alarm('record_unreadable', { recoveryId: typeof one === 'string' ? one : one.recoveryId });
      }
    }
    return mended;
  }
}
