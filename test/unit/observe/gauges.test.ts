/** Gauges: what an operator's alert looks at, read when somebody looks. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { gaugesOf } from '../../../src/observe/gauges.ts';
import { createMetrics } from '../../../src/observe/metrics.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { type FakeStore, fakeStore } from '../../support/fake-store.ts';

const NOW = ELEVEN_IN_BENGALURU;
const { shop: SHOP } = aRecord();

let store: FakeStore;

beforeEach(() => {
  store = fakeStore();
});

async function scraped(): Promise<(name: string) => number> {
  const metrics = createMetrics();
  const collect = gaugesOf({
    ...{ metrics, store, shop: SHOP, clock: { now: () => NOW } },
    parked: { count: async () => 3 },
    dialSwitch: { state: async () => ({ paused: true, reason: 'operator', since: NOW }) },
    openRequests: async () => 2,
    skew: async () => -4 * SECOND,
  });
  await collect();
  const text = await metrics.registry.metrics();
  return (name) => Number(new RegExp(`^ringback_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

describe('the gauges', () => {
  it('say how late the most overdue recovery is, and not one that is still to come', async () => {
    expect((await scraped())('oldest_overdue_seconds')).toBe(0);
    store.put(aRecord({ id: 'to-come', state: 'scheduled', dueAt: NOW + MINUTE }));
    expect((await scraped())('oldest_overdue_seconds')).toBe(0);
    store.put(aRecord({ id: 'late', state: 'scheduled', dueAt: NOW - MINUTE }));
    store.put(aRecord({ id: 'later', state: 'scheduled', dueAt: NOW - 5 * MINUTE }));
    expect((await scraped())('oldest_overdue_seconds')).toBe(300);
  });

  it('say how long the oldest dial is under way, and nothing of dials that are over', async () => {
    store.put(aRecord({ id: 'over', state: 'called', dialingAt: NOW - 10 * MINUTE, changedAt: NOW - 10 * MINUTE }));
    expect((await scraped())('oldest_dialing_seconds')).toBe(0);
    for (const [id, dialingAt] of Object.entries({ young: NOW - SECOND, old: NOW - 90 * SECOND }))
      store.put(aRecord({ id, state: 'dialing', dialingAt, changedAt: dialingAt }));
    expect((await scraped())('oldest_dialing_seconds')).toBe(90);
  });

  it('say what is parked, asked for and paused, and how far the clocks are apart', async () => {
    const gauge = await scraped();
    const told = ['parked', 'requests_open', 'dialing_paused', 'clock_skew_seconds'].map(gauge);
    expect(told).toEqual([3, 2, 1, -4]);
  });

  it('say how long the process was kept from its work', async () => {
    const { registry } = createMetrics();
    const lag = async () => Number(/^ringback_event_loop_lag_seconds (\S+)$/m.exec(await registry.metrics())?.[1]);
    expect(await lag()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const until = performance.now() + 300;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await lag()).toBeGreaterThan(0.2);
  });
});
