/**
 * A worker that stands still and then goes on, as if nothing had happened: stopped by the system, or held up by work of its own. Its lock
 * is lost, another worker has looked, and whatever it does next must not be a second call.
 *
 * The stop is three times as long as the lock, as forty seconds are to the service's thirty or more. Where it matters that the stop
 * outlasts an honest dial, the frozen worker's clock is forty seconds on when it wakes, which is all it could see of a longer one.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../stand-ins/free-port.ts';
import { aShopper, longAgo, type ShopperInTest } from '../../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../../support/ground.ts';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts';
import { settled, until } from '../../support/settled.ts';
import type { Blow, KillPoint } from '../../support/worker-to-kill.ts';

const LOCK_MS = 400;
const STILL_FOR_MS = 3 * LOCK_MS;
/** Longer than an honest dial with the service's own time limits. */
const LONG_MS = 40_000;

interface Scene {
  readonly ground: Ground;
  readonly shopper: ShopperInTest;
  /** The one that stands still. */
  readonly worker: ServiceProcess;
  /** The other one, which goes on. */
  readonly other: Running;
  /** A service of the time when an honest dial would long be over. */
  readonly later: Running;
}

async function whenStruck(blow: Blow, at: KillPoint, use: (scene: Scene) => Promise<void>, aheadMs = 0): Promise<void> {
  const ground = await openGround({ vendor: { scenario: 'silent' } });
  let worker: ServiceProcess | null = null;
  try {
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    expect(await web.send(shopper.fillsIn(longAgo()))).toBe(200);
    const environment = ground.environment(await freePort(), {
      ...{ ROLE: 'worker', PUBLIC_URL: web.url, KILL_AT: at, BLOW: blow, LOCK_MS: `${LOCK_MS}` },
      ...{ STALL_MS: `${STILL_FOR_MS}`, AHEAD_AFTERWARDS_MS: `${aheadMs}`, VOICE_TIMEOUT: '10s' },
    });
    worker = await startServiceProcess(environment, { entry: 'test/support/worker-to-kill.ts', untilReady: false });
    const frozen = worker;
    await until('it has the job', async () => (await ground.redis.llen(`${ground.prefix}:dial:active`)) === 1, 20_000);
    const other = await ground.start({
      env: { ROLE: 'worker', PUBLIC_URL: web.url },
      overrides: { lockMs: LOCK_MS },
    });
    const later = await ground.start({
      env: { ROLE: 'web' },
      overrides: { clock: { now: () => Date.now() + 60_000 } },
    });
    await use({ ground, shopper, worker: frozen, other, later });
  } finally {
    worker?.kill('SIGKILL');
    await worker?.ended;
    await ground.close();
  }
}

/** BullMQ has given the frozen one's job up: its lock is gone. */
async function untilGivenUp({ ground }: Scene): Promise<void> {
  await until('the lock is lost', async () => (await ground.redis.zcard(`${ground.prefix}:dial:failed`)) === 1);
}

async function recordOf({ ground, shopper }: Scene) {
  return (await ground.store.load(shopper.recoveryId))?.record;
}

/** It does what it has left to do, and whoever might dial again has the occasion. */
async function goesOn({ worker, ground, later }: Scene): Promise<void> {
  worker.kill('SIGCONT');
  await pause(300);
  await later.service.sweep();
  await pause(300);
  await until('no alarm is left', async () => (await ground.redis.llen(`${ground.prefix}:dial:active`)) === 0);
}

describe.concurrent('a worker that is stopped beyond its lock and goes on', { timeout: 40_000 }, () => {
  it('before it claimed the recovery: the other one dials meanwhile, and it finds itself too late', () =>
    whenStruck('SIGSTOP', 'claim', async (scene) => {
      const { ground, shopper, later } = scene;
      await untilGivenUp(scene);
      await later.service.sweep();
      await settled(ground.store, shopper.recoveryId, 'called');
      await goesOn(scene);
      expect(ground.vendor.requests).toBe(1);
      expect(await recordOf(scene)).toMatchObject({ state: 'called', attempts: 1 });
    }));

  it('between claim and request, shortly: it makes its one call, and nobody else does', () =>
    whenStruck('SIGSTOP', 'request', async (scene) => {
      await untilGivenUp(scene);
      expect(scene.ground.vendor.requests).toBe(0);
      scene.worker.kill('SIGCONT');
      await settled(scene.ground.store, scene.shopper.recoveryId, 'called');
      await goesOn(scene);
      expect(scene.ground.vendor.requests).toBe(1);
    }));

  it('between claim and request, for longer than a dial may take: it sends nothing any more', () =>
    whenStruck(
      'SIGSTOP',
      'request',
      async (scene) => {
        await untilGivenUp(scene);
        expect((await scene.later.service.sweep()).interrupted).toBe(1);
        expect(await recordOf(scene)).toMatchObject({ state: 'unknown', reason: 'dial_interrupted' });
        await goesOn(scene);
        expect(scene.ground.vendor.requests).toBe(0);
        // Nobody was called, it knows so and says so: the recovery is not lost over it, and rings again later.
        expect((await recordOf(scene))?.state).not.toBe('dialing');
      },
      LONG_MS,
    ));

  it.each([0, LONG_MS])(
    'with the vendor’s answer in its hands (%i ms later by its clock): what it knows is saved',
    (aheadMs) =>
      whenStruck(
        'SIGSTOP',
        'saving',
        async (scene) => {
          await untilGivenUp(scene);
          if (aheadMs > 0) expect((await scene.later.service.sweep()).interrupted).toBe(1);
          scene.worker.kill('SIGCONT');
          const { record } = await settled(scene.ground.store, scene.shopper.recoveryId, 'called');
          expect(record.callId).toBe(scene.ground.vendor.calls[0]?.callId);
          await goesOn(scene);
          expect(scene.ground.vendor.requests).toBe(1);
        },
        aheadMs,
      ),
  );
});

describe.concurrent('a worker whose event loop stands still beyond its lock', { timeout: 40_000 }, () => {
  it.each<[string, KillPoint, number, number]>([
    ['for a moment before the claim', 'claim', 0, 1],
    ['for a moment before the request', 'request', 0, 1],
    ['for forty seconds before the request, and it sends nothing', 'request', LONG_MS, 0],
    ['for a moment before the answer is saved', 'saving', 0, 1],
    ['for forty seconds before the answer is saved', 'saving', LONG_MS, 1],
  ])('calls at most once: %s', (_when, at, aheadMs, calls) =>
    whenStruck(
      'stall',
      at,
      async (scene) => {
        const { ground, shopper, later } = scene;
        await settled(
          ground.store,
          shopper.recoveryId,
          ({ record }) => record.attempts > 0 && record.state !== 'dialing',
        );
        await pause(STILL_FOR_MS);
        await later.service.sweep();
        expect(ground.vendor.requests).toBe(calls);
      },
      aheadMs,
    ),
  );
});
