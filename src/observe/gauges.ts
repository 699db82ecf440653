/** Brings the gauges up to date when somebody looks: a scrape costs a few reads, and nothing runs in between. */
import { SECOND } from '../domain/duration.ts';
import type { ParkedStore } from '../domain/parked.ts';
import type { Clock, DialSwitch, RecoveryStore } from '../domain/ports.ts';
import type { Metrics } from './metrics.ts';

/** More than this is shown as this. */
const MOST_COUNTED = 1_000;

export function gaugesOf(deps: {
  readonly metrics: Metrics;
  readonly store: RecoveryStore;
  readonly parked: Pick<ParkedStore, 'count'>;
  readonly dialSwitch: Pick<DialSwitch, 'state'>;
  readonly shop: string;
  readonly clock: Clock;
  readonly openRequests: () => Promise<number>;
  /** How far the store's clock is ahead of ours, milliseconds. */
  readonly skew: () => Promise<number>;
}): () => Promise<void> {
  const { metrics, store, parked, dialSwitch, shop, clock, openRequests, skew } = deps;
  return async () => {
    const now = clock.now();
    const [counts, parkedCount, dialling, oldest, dialing, due, failed, requests, skewMs] = await Promise.all([
      store.countByState(shop),
      parked.count(shop),
      dialSwitch.state(),
      store.idsBefore(shop, 'scheduled', now, 1),
      store.idsBefore(shop, 'dialing', now, 1),
      store.idsWithErrands(shop, now, MOST_COUNTED),
      store.idsWithFailedErrands(shop, MOST_COUNTED),
      openRequests(),
      skew(),
    ]);
    for (const [state, count] of Object.entries(counts)) metrics.recoveries.set({ state }, count);
    metrics.parked.set(parkedCount);
    metrics.dialingPaused.set(dialling.paused ? 1 : 0);
    metrics.errandsDue.set(due.length);
    metrics.errandsFailed.set(failed.length);
    metrics.requestsOpen.set(requests);
    metrics.clockSkewSeconds.set(skewMs / SECOND);
    const dialingAt = dialing[0] ? (await store.load(dialing[0]))?.record.dialingAt : null;
    metrics.oldestDialingSeconds.set(dialingAt ? Math.max(0, now - dialingAt) / SECOND : 0);
    const dueAt = oldest[0] ? (await store.load(oldest[0]))?.record.dueAt : null;
    metrics.oldestOverdueSeconds.set(dueAt ? Math.max(0, now - dueAt) / SECOND : 0);
  };
}
