/** Dials that do not begin although they are due: the clock, the vendor, the disk. Nobody is lost, and all are dialled once afterwards. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/duration.ts';
import { aShopper, longAgo } from '../support/a-shopper.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { logLines } from '../support/log-lines.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;

beforeEach(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
});
afterEach(() => ground.close());

/** A clock that is wrong beside a Redis whose clock is right. */
const wrongBy = (ms: number) => ({ clock: { now: () => Date.now() + ms }, storeTime: async () => Date.now() });

describe('a worker whose clock is wrong', () => {
  it.each([2 * HOUR, -2 * HOUR])(
    'by %i ms dials nobody, says so, and leaves the dial to one whose clock is right',
    async (ms) => {
      const log = logLines();
      const web = await ground.start({ env: { ROLE: 'web' } });
      const wrong = await ground.start({ env: { ROLE: 'worker' }, overrides: wrongBy(ms), logger: log.logger });
      const shopper = aShopper();
      await web.send(shopper.fillsIn(longAgo()));
      const { record } = await settled(
        ground.store,
        shopper.recoveryId,
        ({ record }) => record.reason === 'clock_skew',
      );
      expect(record).toMatchObject({ state: 'scheduled', attempts: 0 });
      expect(log.of('alarm').map(({ alarm }) => alarm)).toEqual(['clock_skew']);
      const metrics = await until('it is counted', async () => {
        const text = await (await fetch(`${wrong.url}/metrics`)).text();
        // It may come round once more before the process stands still.
        return /^ringback_dials_held_total\{reason="clock_skew"\} [1-9]/m.test(text) && text;
      });
      expect(Number(/^ringback_clock_skew_seconds (\S+)$/m.exec(metrics)?.[1])).toBeCloseTo(-ms / 1_000, -1);
      expect(ground.vendor.requests).toBe(0);

      await ground.start({ env: { ROLE: 'worker' } });
      await settled(ground.store, shopper.recoveryId, 'called');
      expect(ground.vendor.requests).toBe(1);
    },
  );

  it('does no upkeep: the young are not held for old', async () => {
    await ground.start({ env: { ROLE: 'worker' }, overrides: wrongBy(48 * HOUR) });
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    await web.send(shopper.opens(longAgo()));
    const sweptAnew = async () => (await ground.redis.zcard(`${ground.prefix}:upkeep:completed`)) > 0;
    await until('the upkeep had its turn', sweptAnew);
    expect((await ground.store.load(shopper.recoveryId))?.record.state).toBe('waiting');
  });
});

describe('a vendor that answers with faults', () => {
  const breaker = { opensAfter: 2, firstOpenMs: 700, longestOpenMs: 2_000 };

  it('is left alone after a few, tried by one, and dialled on when that one had an answer', async () => {
    ground.vendor.nextAnswers.push({ status: 500 }, { status: 502 }, { status: 503 });
    const log = logLines();
    const env = { CALL_CONCURRENCY: '1' };
    const service = await ground.start({ env, overrides: { breaker }, logger: log.logger });
    const shoppers = Array.from({ length: 6 }, () => aShopper());
    for (const shopper of shoppers) await service.send(shopper.fillsIn(longAgo()));
    const calls = await ground.vendor.waitForCalls(3, { timeoutMs: 15_000 });
    const states = () =>
      Promise.all(shoppers.map(async ({ recoveryId }) => (await ground.store.load(recoveryId))?.record.state));
    await until(
      'all are dialled',
      async () => !(await states()).some((state) => state === 'scheduled' || state === 'dialing'),
    );
    // Two opened it, one tried in vain; without it all six could have been lost to a longer trouble.
    expect((await states()).sort()).toEqual(['called', 'called', 'called', 'unknown', 'unknown', 'unknown']);
    expect(new Set(calls.map(({ body }) => body.metadata?.recoveryId)).size).toBe(3);
    expect(ground.vendor.requests).toBe(6);
    expect(log.of('alarm').map(({ alarm }) => alarm)).toEqual(['vendor_in_trouble']);
    expect(log.of('dial_held').map(({ reason }) => reason)).toContain('vendor_in_trouble');
  }, 30_000);

  it('and says that it is in maintenance is not dialled to find out', async () => {
    ground.vendor.nextAnswers.push({ status: 503 }, { status: 503 });
    ground.vendor.underMaintenance = true;
    const log = logLines();
    const env = { CALL_CONCURRENCY: '1' };
    const service = await ground.start({ env, overrides: { breaker }, logger: log.logger });
    const shoppers = Array.from({ length: 4 }, () => aShopper());
    for (const shopper of shoppers) await service.send(shopper.fillsIn(longAgo()));
    await until('the vendor has told of its maintenance', () =>
      log.of('alarm').some(({ alarm }) => alarm === 'vendor_maintenance'),
    );
    const kept = await until('somebody waits for its end', async () => {
      const all = await Promise.all(shoppers.map(({ recoveryId }) => ground.store.load(recoveryId)));
      return all.find((recovery) => recovery?.record.reason === 'vendor_maintenance');
    });
    expect(kept.record).toMatchObject({ state: 'scheduled', attempts: 0 });
    expect(kept.record.dueAt).toBeGreaterThan(Date.now() + MINUTE / 2);
    expect(ground.vendor.requests).toBe(2);
  });
});

describe('a journal of intents that cannot be written', () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'ringback-unwritable-'));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  it('keeps every dial, and the process from being ready, until it can be', async () => {
    const folder = join(place, 'intents');
    await writeFile(folder, 'a file in its place');
    const log = logLines();
    const env = { ROLE: 'worker', INTENT_JOURNAL: folder };
    const web = await ground.start({ env: { ROLE: 'web' } });
    const worker = await ground.start({ env, logger: log.logger, untilReady: false });
    const shopper = aShopper();
    await web.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, ({ record }) => record.reason === 'intents_unwritable');
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(503);
    expect(log.of('alarm').map(({ alarm }) => alarm)).toEqual(['intents_unwritable']);
    expect(ground.vendor.requests).toBe(0);

    await rm(folder);
    await until('it is ready', async () => (await fetch(`${worker.url}/readyz`)).ok);
    // It would look again within a quarter of a minute.
    await web.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/call-now`);
    await settled(ground.store, shopper.recoveryId, 'called', 18_000);
    expect(ground.vendor.requests).toBe(1);
  }, 30_000);
});
