/**
 * A Redis that says no, dies, or is somebody else afterwards, at the moments when it hurts: webhooks are refused in time, nobody is
 * dialled without a marker, and nobody twice. `redis-away.test.ts` has the quieter cases.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../../stand-ins/private-redis.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../../support/a-shopper.ts';
import { type Acknowledgement, flood } from '../../support/flood.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../../support/ground.ts';
import { settled, until } from '../../support/settled.ts';

let dir: string;
let servers: PrivateRedis[];
let ground: Ground | null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ringback-trouble-'));
  servers = [];
  ground = null;
});
afterEach(async () => {
  await ground?.close();
  for (const server of servers) await server.stop();
  await rm(dir, { recursive: true, force: true });
});

async function aRedis(options: Parameters<typeof startPrivateRedis>[0] = {}): Promise<PrivateRedis> {
  const server = await startPrivateRedis(options);
  servers.push(server);
  return server;
}

async function groundOn(server: PrivateRedis): Promise<Ground> {
  ground = await openGround({ redisUrl: server.url, vendor: { scenario: 'silent' } });
  return ground;
}

async function refusedInTime(service: Running): Promise<void> {
  const answers = await flood([aShopper().fillsIn(longAgo())], {
    to: service.url,
    secret: CLIENT_SECRET,
    concurrency: 1,
  });
  expect(answers[0]?.status).toBe(503);
  expect(answers[0]?.tookMs).toBeLessThan(1_000);
}

const isReady = async ({ url }: Running): Promise<boolean> => (await fetch(`${url}/readyz`)).ok;

/** Ways in which a server that is there takes no writes, and how each is done and undone. */
const REFUSALS: readonly [string, (redis: Redis) => Promise<unknown>, (redis: Redis) => Promise<unknown>][] = [
  ['full', (redis) => redis.config('SET', 'maxmemory', '1'), (redis) => redis.config('SET', 'maxmemory', '0')],
  ['read-only', (redis) => redis.replicaof('127.0.0.1', '1'), (redis) => redis.replicaof('NO', 'ONE')],
];

describe.each(REFUSALS)('a Redis that becomes %s', (_how, spoil, mend) => {
  it('takes no marker: webhooks get their 503, nobody is dialled, and all goes on when it is mended', async () => {
    const { redis, vendor, store, start } = await groundOn(await aRedis());
    const service = await start();
    await service.ops.put('/ops/api/dialing', { paused: true });
    const waiting = [aShopper(), aShopper(), aShopper()];
    for (const shopper of waiting) expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
    await spoil(redis);
    await refusedInTime(service);
    // The alarms cannot even be taken out of the queue; whoever tries is told no.
    await service.ops.put('/ops/api/dialing', { paused: false });
    await pause(500);
    expect(vendor.requests).toBe(0);

    await mend(redis);
    await until(
      'dialling goes on',
      async () => (await service.ops.put('/ops/api/dialing', { paused: false })).status === 200,
    );
    await vendor.waitForCalls(waiting.length, { timeoutMs: 10_000 });
    for (const { recoveryId } of waiting) await settled(store, recoveryId, 'called');
    expect(vendor.requests).toBe(waiting.length);
  });

  it('right after the vendor accepted: the call is saved when it is mended, and made once', async () => {
    const { redis, vendor, store, start } = await groundOn(await aRedis());
    const service = await start();
    vendor.onInitiate(async () => void (await spoil(redis)));
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const [call] = await vendor.waitForCalls(1);
    await pause(500);
    expect((await store.load(shopper.recoveryId))?.record).toMatchObject({ state: 'dialing', callId: null });
    vendor.onInitiate(() => {});
    await mend(redis);
    const { record } = await settled(store, shopper.recoveryId, 'called');
    expect(record).toMatchObject({ callId: call?.callId, attempts: 1 });
    await service.service.sweep();
    expect(vendor.requests).toBe(1);
  });
});

/** Three deaths, and at each as many alarms on their way as are dialled at once. */
const MOST_HANDED_OVER = 30;

describe('a Redis that is killed and started again, three times under load', () => {
  it('has everything that was acknowledged, refuses within a second meanwhile, and rings within seconds of its return', {
    timeout: 60_000,
  }, async () => {
    const port = await freePort();
    let server = await aRedis({ port, dir });
    const { vendor, store, start, redis } = await groundOn(server);
    // Only what is on disk is acknowledged: with `everysec` a kill costs nothing either, a power cut up to a second.
    await redis.config('SET', 'appendfsync', 'always');
    // A lock of three seconds instead of thirty: see below.
    const service = await start({
      env: { CALL_DELAY: '2s', CALLS_PER_SECOND: '200' },
      overrides: { lockMs: 3_000 },
    });
    const shoppers: ShopperInTest[] = [];
    const answers: Acknowledgement[] = [];
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        const some = Array.from({ length: 10 }, () => aShopper());
        shoppers.push(...some);
        const webhooks = some.map((shopper) => shopper.fillsIn(new Date()));
        answers.push(...(await flood(webhooks, { to: service.url, secret: CLIENT_SECRET, concurrency: 10 })));
        await pause(100);
      }
    })();
    let backAt = 0;
    for (let n = 0; n < 3; n++) {
      await pause(700);
      process.kill(server.pid, 'SIGKILL');
      await until('it is not ready', async () => !(await isReady(service)));
      await pause(700);
      server = await aRedis({ port, dir });
      backAt = Date.now();
      await until('it is ready', () => isReady(service));
    }
    await pause(300);
    isOver = true;
    await load;

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(Math.max(...answers.filter(({ status }) => status === 503).map(({ tookMs }) => tookMs))).toBeLessThan(1_000);
    const acknowledged = shoppers.filter((_shopper, n) => answers[n]?.status === 200);
    expect(acknowledged.length).toBeGreaterThan(15);
    // An alarm that was just being handed to the worker when Redis died rang for nobody: when its lock is lost, the sweep sets it anew.
    const later = await start({
      env: { ROLE: 'web' },
      overrides: { clock: { now: () => Date.now() + 60_000 } },
    });
    const waiting = new Set(acknowledged.map(({ recoveryId }) => recoveryId));
    await until(
      () => `everybody was dialled; ${waiting.size} of ${acknowledged.length} were not`,
      async () => {
        for (const id of waiting) if ((await store.load(id))?.record.state !== 'scheduled') waiting.delete(id);
        if (waiting.size > 0 && waiting.size <= MOST_HANDED_OVER) await later.service.sweep();
        return waiting.size === 0;
      },
      15_000,
    );
    // What was refused may be in, too; its sender comes again. Nobody is called twice.
    const called = vendor.calls.map(({ body }) => body.metadata?.recoveryId);
    expect(new Set(called).size).toBe(called.length);
    const overdue = vendor.calls.filter(({ receivedAt }) => receivedAt >= backAt).map(({ receivedAt }) => receivedAt);
    expect(Math.min(...overdue) - backAt).toBeLessThan(4_000);
  });
});

describe('a Redis that is frozen for longer than a lock lives', () => {
  // Ten and forty seconds are a third and more than all of the 30 s of the service's locks: here a lock lives 400 ms.
  it.each([
    ['for a third of it', 130],
    ['for three times as long', 1_200],
  ])('%s while the vendor has a request: one call, and it is saved', async (_long, frozenMs) => {
    const server = await aRedis();
    const { vendor, store, start } = await groundOn(server);
    const env = { ROLE: 'worker' };
    const web = await start({ env: { ROLE: 'web' } });
    await Promise.all([1, 2].map(() => start({ env: { ...env, PUBLIC_URL: web.url }, overrides: { lockMs: 400 } })));
    vendor.onInitiate(() => void process.kill(server.pid, 'SIGSTOP'));
    const shopper = aShopper();
    try {
      await web.send(shopper.fillsIn(longAgo()));
      await vendor.waitForCalls(1);
      await pause(frozenMs);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    const { record } = await settled(store, shopper.recoveryId, 'called');
    expect(record.attempts).toBe(1);
    // Time for a stalled job to be found and, if anybody thought so, run again.
    await pause(1_000);
    expect(vendor.requests).toBe(1);
  });
});

describe('a replica that is promoted', () => {
  it('goes on where its master died, under the same address: nobody is lost, nobody called twice', async () => {
    const port = await freePort();
    const master = await aRedis({ port, dir });
    const replica = await aRedis();
    const onReplica = new Redis(replica.url);
    const { vendor, store, start, redis } = await groundOn(master);
    // Else a master waits five seconds for further replicas before it sends the first its data.
    await redis.config('SET', 'repl-diskless-sync-delay', '0');
    await onReplica.replicaof('127.0.0.1', `${port}`);
    const service = await start();
    const called = aShopper();
    await service.send(called.fillsIn(longAgo()));
    await settled(store, called.recoveryId, 'called');
    const waiting = [aShopper(), aShopper()];
    await service.ops.put('/ops/api/dialing', { paused: true });
    for (const shopper of waiting) expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
    expect(await redis.call('WAIT', '1', '15000')).toBe(1);

    process.kill(master.pid, 'SIGKILL');
    await until('it is not ready', async () => !(await isReady(service)));
    await onReplica.replicaof('NO', 'ONE');
    // The name that clients know points to the promoted one now; here a port does.
    const promoted = await copied(onReplica, port);
    onReplica.disconnect();
    try {
      await until('it is ready', () => isReady(service));
      await until(
        'dialling goes on',
        async () => (await service.ops.put('/ops/api/dialing', { paused: false })).status === 200,
      );
      for (const { recoveryId } of [called, ...waiting]) await settled(store, recoveryId, 'called');
      expect(vendor.requests).toBe(3);
      await service.send(called.fillsIn(minutesAgo(15)));
      await service.service.sweep();
      expect(vendor.requests).toBe(3);
    } finally {
      promoted();
    }
  });
});

/** Lets the server be reached at another port as well. @returns ends that. */
async function copied(server: Redis, port: number): Promise<() => void> {
  const { connect, createServer } = await import('node:net');
  const target = server.options.port ?? 0;
  const sockets = new Set<{ destroy(): void }>();
  const proxy = createServer((client) => {
    const there = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, there],
      [there, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  return () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  };
}

/** A file system of two megabytes; null where this user may not mount one. */
function mountSmallDisk(at: string): (() => void) | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', at], { stdio: 'ignore' });
    return () => execFileSync('umount', ['-l', at], { stdio: 'ignore' });
  } catch {
    return null;
  }
}

describe('a Redis whose disk is full', () => {
  it('takes nothing that it cannot keep; what it took before is there, and all goes on with more room', async ({
    skip,
  }) => {
    const unmount = mountSmallDisk(dir);
    if (!unmount) return skip('only root may mount a small disk');
    try {
      const server = await aRedis({ port: await freePort(), dir });
      const { vendor, store, start, redis } = await groundOn(server);
      const service = await start();
      const before = aShopper();
      expect(await service.send(before.fillsIn(minutesAgo(1)))).toBe(200);
      // Two megabytes are soon full. Redis finds out with the second that is written.
      for (let n = 0; n < 40; n++) {
        await redis.set(`${ground?.prefix}:ballast:${n}`, 'x'.repeat(100_000)).catch(() => {});
        await pause(10);
      }
      await until(
        'it says so',
        async () => (await redis.set(`${ground?.prefix}:ballast`, 'x').catch(({ message }: Error) => message)) !== 'OK',
      );
      await refusedInTime(service);
      expect((await store.load(before.recoveryId))?.record.state).toBe('scheduled');
      expect(vendor.requests).toBe(0);

      execFileSync('mount', ['-o', 'remount,size=64m', dir], { stdio: 'ignore' });
      const after = aShopper();
      await until(
        'it takes webhooks again',
        async () => (await service.send(after.fillsIn(longAgo())).catch(() => 0)) === 200,
      );
      await settled(store, after.recoveryId, 'called');
      expect(vendor.requests).toBe(1);
      await server.stop();
    } finally {
      unmount();
    }
  });
});
