/** Redis forgets, or remembers an older day: whoever was dialled is not dialled again, because the intents on disk know it. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { aShopper, longAgo } from '../support/a-shopper.ts';
import { backfillNow } from '../support/backfill-now.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { settled, until } from '../support/settled.ts';

let place: string;
let port: number;
let redis: PrivateRedis;
let ground: Ground;
let log: LogLines;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'ringback-lost-'));
  port = await freePort();
  await bringRedis('data');
  ground = await openGround({ redisUrl: redis.url, vendor: { scenario: 'silent' } });
  log = logLines();
});
afterEach(async () => {
  await ground.close();
  await redis.stop();
  await rm(place, { recursive: true, force: true });
});

/** The server on the same port, over this folder. */
async function bringRedis(folder: string): Promise<void> {
  const dir = join(place, folder);
  await mkdir(dir, { recursive: true });
  redis = await startPrivateRedis({ port, dir });
}

function start(env: Record<string, string> = {}): Promise<Running> {
  return ground.start({ env: { INTENT_JOURNAL: join(place, 'intents'), ...env }, logger: log.logger });
}

const alarms = (): unknown[] => log.of('alarm').map(({ alarm }) => alarm);

describe('a Redis that was emptied', () => {
  it('and filled again from the shop’s own list dials whoever was not dialled, and nobody else', async () => {
    const service = await start({ ...ground.admin, BACKFILL_EVERY: '24h' });
    const [dialled, missed] = [aShopper(), aShopper()];
    await service.send(dialled.fillsIn(longAgo()));
    await settled(ground.store, dialled.recoveryId, 'called');
    // The first reading is over: it would remember after the loss that everything up to now has been read.
    await backfillNow(ground);
    for (const shopper of [dialled, missed]) ground.shop.shelves.putCheckout(shopper.facts(longAgo()));

    await ground.redis.flushall();
    await backfillNow(ground);
    await settled(ground.store, missed.foundId, 'called');
    const { record } = await settled(ground.store, dialled.foundId, 'skipped');
    expect(record).toMatchObject({ reason: 'duplicate_checkout', attempts: 0 });
    expect(ground.vendor.requests).toBe(2);
    expect(alarms()).toContain('intent_without_record');
  });

  it('and told of the checkout by another webhook knows that the call may be out, and learns what became of it', async () => {
    const service = await start();
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'called');
    await ground.redis.flushall();
    await service.send(shopper.fillsIn(longAgo()));
    const { record } = await settled(ground.store, shopper.recoveryId, 'unknown');
    expect(record).toMatchObject({
      reason: 'intent_without_record',
      attempts: 1,
      attemptId: `${shopper.recoveryId}.1`,
    });
    expect(alarms()).toEqual(['intent_without_record']);

    const [call] = ground.vendor.calls;
    await ground.vendor.sendEvent(call?.callId ?? '', 'call.in-progress');
    const { record: after } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(after.callId).toBe(call?.callId);
    expect(ground.vendor.requests).toBe(1);
  });

  it('does not have the same person called about another checkout on the same day', async () => {
    const caps = { CALLS_PER_DAY: '1', CALLS_PER_WEEK: '1', CALLS_PER_MONTH: '1' };
    const service = await start(caps);
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'called');
    await ground.redis.flushall();
    const elsewhere = shopper.elsewhere();
    await service.send(elsewhere.fillsIn(longAgo()));
    const { record } = await settled(ground.store, elsewhere.recoveryId, 'skipped');
    expect(record.reason).toBe('frequency_cap');
    expect(ground.vendor.requests).toBe(1);
  });

  it.each(['with', 'without'])('%s the intents: what they are for', async (which) => {
    const service = await start(which === 'with' ? {} : { INTENT_JOURNAL: '' });
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'called');
    await ground.redis.flushall();
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, which === 'with' ? 'unknown' : 'called');
    expect(ground.vendor.requests).toBe(which === 'with' ? 1 : 2);
  });
});

describe('a Redis that was restored from an old copy', () => {
  it('dials nobody who was dialled since the copy was made', async () => {
    const web = await start({ ROLE: 'web' });
    const [dialled, waiting] = [aShopper(), aShopper()];
    for (const shopper of [dialled, waiting]) await web.send(shopper.fillsIn(longAgo()));
    await web.close();
    await redis.stop();
    await cp(join(place, 'data'), join(place, 'copy'), { recursive: true });

    await bringRedis('data');
    const worker = await start({ ROLE: 'worker' });
    for (const { recoveryId } of [dialled, waiting]) await settled(ground.store, recoveryId, 'called');
    await worker.close();
    await redis.stop();

    await bringRedis('copy');
    await until('the copy is there', async () => (await ground.redis.ping().catch(() => '')) === 'PONG');
    await start({ ROLE: 'worker' });
    for (const { recoveryId } of [dialled, waiting]) {
      const { record } = await settled(ground.store, recoveryId, 'unknown');
      expect(record).toMatchObject({ reason: 'intent_without_record', attempts: 1 });
    }
    expect(alarms()).toEqual(['intent_without_record', 'intent_without_record']);
    expect(ground.vendor.requests).toBe(2);
  });
});
