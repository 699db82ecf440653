/** No request leaves before the mark of its dial is on the disk of Redis, where Redis can say so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { aShopper, longAgo } from '../support/a-shopper.ts';
import { type DiskSayingRedis, startDiskSayingRedis } from '../support/disk-saying-redis.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { logLines } from '../support/log-lines.ts';
import { settled } from '../support/settled.ts';

let redis: PrivateRedis;
let saying: DiskSayingRedis;
let ground: Ground;

beforeEach(async () => {
  redis = await startPrivateRedis();
  saying = await startDiskSayingRedis(redis.port);
  ground = await openGround({ redisUrl: saying.url, vendor: { scenario: 'silent' } });
});
afterEach(async () => {
  await ground.close();
  await saying.close();
  await redis.stop();
});

describe('a Redis that says when its disk has a write', () => {
  it('is waited for on the connection of the mark, and the request leaves afterwards', async () => {
    saying.answer = { onDisk: 1, afterMs: 400 };
    const service = await ground.start();
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const [call] = await ground.vendor.waitForCalls(1);
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(saying.waits).toMatchObject([{ behindMark: true }]);
    expect(call?.receivedAt).toBeGreaterThanOrEqual(saying.waits[0]?.at ?? Infinity);
  });

  it('is waited for once by dials that begin while another one waits', async () => {
    saying.answer = { onDisk: 1, afterMs: 500 };
    const service = await ground.start();
    const shoppers = Array.from({ length: 9 }, () => aShopper());
    await Promise.all(shoppers.map((shopper) => service.send(shopper.fillsIn(longAgo()))));
    await ground.vendor.waitForCalls(shoppers.length);
    for (const { recoveryId } of shoppers) await settled(ground.store, recoveryId, 'called');
    expect(saying.waits.length).toBeLessThan(shoppers.length);
    expect(ground.vendor.requests).toBe(shoppers.length);
  });

  it('and does not within the time costs nobody a call: the dial is given back', async () => {
    saying.answer = { onDisk: 0, afterMs: 0 };
    const log = logLines();
    const service = await ground.start({ logger: log.logger, overrides: { random: () => 0 } });
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.notPlaced === 1);
    expect(record).toMatchObject({ state: 'scheduled', reason: 'mark_not_durable' });
    expect(ground.vendor.requests).toBe(0);
    expect(log.of('alarm')).toMatchObject([{ alarm: 'mark_not_durable' }]);
    saying.answer = { onDisk: 1, afterMs: 0 };
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(ground.vendor.requests).toBe(1);
  });
});

describe('a Redis that cannot say', () => {
  it('is worked with all the same, and the operator is told once', async () => {
    saying.answer = null;
    const log = logLines();
    const service = await ground.start({ logger: log.logger });
    const shoppers = [aShopper(), aShopper(), aShopper()];
    for (const shopper of shoppers) {
      await service.send(shopper.fillsIn(longAgo()));
      await settled(ground.store, shopper.recoveryId, 'called');
    }
    expect(log.of('mark_unconfirmed')).toHaveLength(1);
    expect(saying.waits).toHaveLength(1);
  });
});
