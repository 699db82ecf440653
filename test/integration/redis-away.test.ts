/** Redis goes and comes back: webhooks are refused in time while it is away, and nothing that was acknowledged is lost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { signWebhook } from '../../stand-ins/shop/deliver.ts';
import { aShopper, longAgo, minutesAgo, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { settled, until } from '../support/settled.ts';

let dir: string;
let redis: PrivateRedis | null;
let ground: Ground;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ringback-away-'));
  redis = null;
});
afterEach(async () => {
  await ground.close();
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** By BullMQ's own key. */
async function sweepIsScheduled(): Promise<boolean> {
  return (await ground.redis.exists(`${ground.prefix}:upkeep:repeat:sweep`)) === 1;
}

/** The same server on the same port, with what its append-only file holds. */
async function bringRedis(port: number): Promise<PrivateRedis> {
  redis = await startPrivateRedis({ port, dir });
  return redis;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly tookMs: number;
}

async function sendTimed(service: Running, { topic, body, apiVersion }: Webhook): Promise<Answer> {
  const startedAt = performance.now();
  const response = await fetch(`${service.url}/webhooks/shopify`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': SHOP,
      'x-shopify-api-version': apiVersion,
      'x-shopify-hmac-sha256': signWebhook(body, CLIENT_SECRET),
    },
    body,
  });
  await response.arrayBuffer();
  const tookMs = performance.now() - startedAt;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), tookMs };
}

function expectRefusedInTime(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, retryAfter: '10' });
  expect(answer.tookMs).toBeLessThan(1_000);
}

async function isReady(service: Running): Promise<boolean> {
  return (await fetch(`${service.url}/readyz`)).ok;
}

describe('a service that starts before its Redis', () => {
  it('is alive and not ready, refuses webhooks, and does everything once Redis is there', async () => {
    const port = await freePort();
    ground = await openGround({ redisUrl: `redis://127.0.0.1:${port}`, vendor: { scenario: 'silent' } });
    const service = await ground.start({ untilReady: false });
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    const shopper = aShopper();
    expectRefusedInTime(await sendTimed(service, shopper.fillsIn(longAgo())));

    await bringRedis(port);
    await until('it is ready', () => isReady(service));
    expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
    await settled(ground.store, shopper.recoveryId, 'called');
    // Upkeep is scheduled at the start of a worker, which was too early.
    await until('the sweep is scheduled', sweepIsScheduled);
  });

  it('ends at once when it is asked to: there is no dial to wait for', async () => {
    ground = await openGround({ redisUrl: `redis://127.0.0.1:${await freePort()}`, vendor: { scenario: 'silent' } });
    const service = await ground.start({ untilReady: false });
    const askedAt = performance.now();
    await service.close();
    // The grace time for dials is 25 s.
    expect(performance.now() - askedAt).toBeLessThan(8_000);
  });
});

describe('a Redis that is full when the service starts', () => {
  it('is asked again until it takes the schedule of the sweep', async () => {
    const { url } = await bringRedis(await freePort());
    ground = await openGround({ redisUrl: url, vendor: { scenario: 'silent' } });
    await ground.redis.config('SET', 'maxmemory', '1');
    const service = await ground.start();
    const shopper = aShopper();
    expectRefusedInTime(await sendTimed(service, shopper.fillsIn(longAgo())));
    expect(await sweepIsScheduled()).toBe(false);

    await ground.redis.config('SET', 'maxmemory', '0');
    await until('the sweep is scheduled', sweepIsScheduled);
    expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
    await settled(ground.store, shopper.recoveryId, 'called');
  });
});

describe('a Redis that comes back empty', () => {
  it('gets the schedule of the sweep anew', async () => {
    const port = await freePort();
    const first = await bringRedis(port);
    ground = await openGround({ redisUrl: first.url, vendor: { scenario: 'silent' } });
    const service = await ground.start();
    await until('the sweep is scheduled', sweepIsScheduled);
    await ground.redis.flushall();
    await first.stop();
    await until('it is not ready', async () => !(await isReady(service)));
    await bringRedis(port);
    await until('the sweep is scheduled again', sweepIsScheduled);
  });
});

describe('a Redis that is stopped under a running service', () => {
  it('costs no acknowledged recovery; what was due begins to ring within a second of its return', async () => {
    const port = await freePort();
    const first = await bringRedis(port);
    ground = await openGround({ redisUrl: first.url, vendor: { scenario: 'silent' } });
    const service = await ground.start({ env: { CALL_DELAY: '2s' } });
    const acknowledged: ShopperInTest[] = [];
    for (let n = 0; n < 30; n++) {
      const shopper = aShopper();
      expect(await service.send(shopper.fillsIn(new Date()))).toBe(200);
      acknowledged.push(shopper);
    }
    await first.stop();
    expect(await isReady(service)).toBe(false);
    const refused = aShopper();
    expectRefusedInTime(await sendTimed(service, refused.fillsIn(longAgo())));
    expectRefusedInTime(await sendTimed(service, refused.orders(longAgo())));
    expect(await sendCallEvent(service.url, ground.vendor.keys, { type: 'call.completed' })).toBe(503);
    expect((await service.ops.get('/ops/api/recoveries')).status).toBe(503);
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200);

    // Shopify's clock shows whole seconds, so the last of them may be meant: due two seconds after its end.
    const dueBy = Date.now() + 3_000;
    await until('all are due', () => Date.now() > dueBy);
    await bringRedis(port);
    const backAt = Date.now();
    const calls = await ground.vendor.waitForCalls(acknowledged.length, { timeoutMs: 8_000 });
    const rang = calls.map(({ receivedAt }) => receivedAt - backAt);
    expect(Math.min(...rang)).toBeLessThan(1_000);
    for (const shopper of acknowledged) await settled(ground.store, shopper.recoveryId, 'called');
    expect(Math.max(...rang)).toBeLessThan(6_000);
    expect(new Set(calls.map(({ body }) => body.metadata?.recoveryId)).size).toBe(acknowledged.length);
    // What was refused is sent again, as Shopify does.
    expect(await service.send(refused.fillsIn(longAgo()))).toBe(200);
    await settled(ground.store, refused.recoveryId, 'called');
    expect(ground.vendor.requests).toBe(acknowledged.length + 1);
  });

  it('while the vendor has a request: the answer is saved when Redis is back, and the call is not made again', async () => {
    const port = await freePort();
    const first = await bringRedis(port);
    ground = await openGround({ redisUrl: first.url, vendor: { scenario: 'silent' } });
    const service = await ground.start();
    ground.vendor.onInitiate(() => first.stop());
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const [call] = await ground.vendor.waitForCalls(1);
    await until('the answer came to a service without Redis', async () => !(await isReady(service)));
    await bringRedis(port);
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(record).toMatchObject({ callId: call?.callId, attempts: 1 });
    expect(ground.vendor.requests).toBe(1);
  });
});

describe('a Redis that hangs', () => {
  it('makes webhooks fail within a second, and everything goes on when it wakes', async () => {
    const server = await bringRedis(await freePort());
    ground = await openGround({ redisUrl: server.url, vendor: { scenario: 'silent' } });
    const service = await ground.start();
    const [before, during] = [aShopper(), aShopper()];
    const webhook = during.fillsIn(longAgo());
    expect(await service.send(before.fillsIn(minutesAgo(1)))).toBe(200);
    process.kill(server.pid, 'SIGSTOP');
    try {
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => sendTimed(service, webhook)));
      for (const answer of answers) expectRefusedInTime(answer);
      expect(await isReady(service)).toBe(false);
      expect((await fetch(`${service.url}/healthz`)).ok).toBe(true);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await until('it is ready', () => isReady(service));
    // Redis may have carried out what nobody waited for any more: the sender's next try completes it, and no more.
    expect(await service.send(webhook)).toBe(200);
    await settled(ground.store, during.recoveryId, 'called');
    expect((await ground.store.load(before.recoveryId))?.record.state).toBe('scheduled');
    expect(ground.vendor.requests).toBe(1);
  });
});
