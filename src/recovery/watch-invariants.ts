/**
 * What a healthy installation never shows for long, looked at after every sweep: recoveries that are overdue while dialling goes on,
 * and ever more dials of unknown fate. It tells and mends nothing.
 */
import { MINUTE } from '../domain/duration.ts';
import type { Journal } from '../domain/journal.ts';
import type { Clock, DialSwitch, RecoveryStore } from '../domain/ports.ts';
import { StoreUnavailableError } from '../errors.ts';

/** An alarm rings within seconds; a queue of due ones may take minutes. */
export const OVERDUE_MS = 5 * MINUTE;
/** After a standstill everything is overdue, and on its way: only one that is still there after this is stuck. Milliseconds. */
export const STUCK_AFTER_MS = 2 * MINUTE;
/** So many more within the time are no coincidence. */
export const UNKNOWN_GROWTH = 5;
const UNKNOWN_WITHIN_MS = 15 * MINUTE;
/** An operator who knows need not be told every minute. */
const SILENT_MS = 15 * MINUTE;

export function watchInvariants(deps: {
  readonly store: RecoveryStore;
  readonly dialSwitch: DialSwitch;
  readonly shop: string;
  readonly clock: Clock;
  readonly journal: Journal;
}): () => Promise<void> {
  const { store, dialSwitch, shop, clock, journal } = deps;
  const toldAt = new Map<string, number>();
  let noticed: { readonly id: string; readonly at: number } | null = null;
  let unknowns: { readonly at: number; readonly count: number }[] = [];

  return async () => {
    const now = clock.now();
    await lookForOverdue(now);
    await lookForUnknowns(now);
  };

  async function lookForOverdue(now: number): Promise<void> {
    const [id = null] = await store.idsBefore(shop, 'scheduled', now - OVERDUE_MS, 1);
    const isPaused = id !== null && (await dialSwitch.state()).paused;
    noticed = id === null || isPaused ? null : noticed?.id === id ? noticed : { id, at: now };
    if (id === null || noticed === null || now < noticed.at + STUCK_AFTER_MS) return;
    const dueAt = await dueAtOf(id, now);
    tell('recoveries_overdue', now, () =>
      journal.alarm('recoveries_overdue', { recoveryId: id, overdueMs: now - dueAt }),
    );
  }

  /** One that cannot be read is overdue all the same, and must not keep the rest from being watched. */
  async function dueAtOf(id: string, now: number): Promise<number> {
    try {
      return (await store.load(id))?.record.dueAt ?? now;
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      return now - OVERDUE_MS;
    }
  }

  async function lookForUnknowns(now: number): Promise<void> {
    const { unknown: count } = await store.countByState(shop);
    unknowns = [...unknowns.filter(({ at }) => at > now - UNKNOWN_WITHIN_MS), { at: now, count }];
    const more = count - Math.min(...unknowns.map((look) => look.count));
    if (more >= UNKNOWN_GROWTH) tell('unknown_grows', now, () => journal.alarm('unknown_grows', { count, more }));
  }

  function tell(name: string, now: number, raise: () => void): void {
    if (now < (toldAt.get(name) ?? 0) + SILENT_MS) return;
    toldAt.set(name, now);
    raise();
  }
}
