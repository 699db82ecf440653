/** Brings the gauges up to date when somebody looks: a scrape costs a few reads, and nothing runs in between. */
import { SECOND } from '../domain/duration.ts';
import type { Clock, DialSwitch, ParkedStore, RecoveryStore } from '../domain/ports.ts';
import type { Metrics } from './metrics.ts';

export function gaugesOf(deps: {
  readonly metrics: Metrics;
  readonly store: RecoveryStore;
  readonly parked: ParkedStore;
  readonly dialSwitch: DialSwitch;
  readonly shop: string;
  readonly clock: Clock;
}): () => Promise<void> {
  const { metrics, store, parked, dialSwitch, shop, clock } = deps;
  return async () => {
    const now = clock.now();
    const [counts, parkedCount, dialling, oldest] = await Promise.all([
      store.countByState(shop),
      parked.count(shop),
      dialSwitch.state(),
      store.idsBefore(shop, 'scheduled', now, 1),
    ]);
    for (const [state, count] of Object.entries(counts)) metrics.recoveries.set({ state }, count);
    metrics.parked.set(parkedCount);
    metrics.dialingPaused.set(dialling.paused ? 1 : 0);
    const due = oldest[0] ? (await store.load(oldest[0]))?.record.dueAt : null;
    metrics.oldestOverdueSeconds.set(due ? Math.max(0, now - due) / SECOND : 0);
  };
}
