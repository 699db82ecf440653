/** A worker process that dies in the middle of a dial, wherever that is: nobody is phoned twice, and nobody is forgotten. */
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../../stand-ins/free-port.ts';
import { aShopper, longAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';
import type { KillPoint } from '../support/worker-to-kill.ts';

/** So soon is a silent worker taken for dead here. */
const LOCK_MS = 400;

interface Aftermath {
  readonly ground: Ground;
  readonly web: Running;
  readonly shopper: ShopperInTest;
  /** A service of the time when an honest dial would long be over. */
  readonly later: Running;
}

/** Lets a worker die at the point, starts the next one, and waits until the queue has given the dead one's job up. */
async function afterKill(killAt: KillPoint, use: (aftermath: Aftermath) => Promise<void>): Promise<void> {
  const ground = await openGround({ vendor: { scenario: 'silent' } });
  try {
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    expect(await web.send(shopper.fillsIn(longAgo()))).toBe(200);

    const environment = ground.environment(await freePort(), {
      ...{ ROLE: 'worker', KILL_AT: killAt, LOCK_MS: `${LOCK_MS}`, PUBLIC_URL: web.url },
    });
    let worker: ServiceProcess | null = null;
    // The vendor has the call and has not answered.
    if (killAt === 'never') {
      ground.vendor.onInitiate(async () => {
        const victim = await until('the worker is known', () => worker);
        victim.kill('SIGKILL');
        await victim.ended;
      });
    }
    worker = await startServiceProcess(environment, { entry: 'test/support/worker-to-kill.ts', untilReady: false });
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });

    await ground.start({ env: { ROLE: 'worker', PUBLIC_URL: web.url }, overrides: { lockMs: LOCK_MS } });
    await until('the job of the dead worker is given up', async () => (await jobsOf(web)).failed === 1);
    const later = await ground.start({
      env: { ROLE: 'web' },
      overrides: { clock: { now: () => Date.now() + 60_000 } },
    });
    await use({ ground, web, shopper, later });
  } finally {
    await ground.close();
  }
}

async function jobsOf(web: Running): Promise<Record<string, number>> {
  const { json } = await web.ops.get('/ops/queues/api/queues');
  return json.queues.find(({ name }: { name: string }) => name === 'dial').counts;
}

async function recordOf(ground: Ground, { recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

describe.concurrent('a worker that is killed', { timeout: 40_000 }, () => {
  it('before it claimed the recovery: the next one dials, once', () =>
    afterKill('claim', async ({ ground, web, shopper, later }) => {
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'scheduled', attempts: 0 });
      // Overdue by more than queueing explains, and no alarm that will ring; the worker's own sweep may have seen it, too.
      await later.service.sweep();
      await settled(ground.store, shopper.recoveryId, 'called');
      expect((await web.service.sweep()).rearmed).toBe(0);
      expect(ground.vendor.requests).toBe(1);
    }));

  it('after the claim and before the request: its fate counts as unknown, and nobody dials', () =>
    afterKill('request', async ({ ground, web, shopper, later }) => {
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'dialing', attempts: 1 });
      // The dial might still be under way somewhere: not before its time is over does the sweep judge it.
      expect((await web.service.sweep()).interrupted).toBe(0);
      expect((await later.service.sweep()).interrupted).toBe(1);
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'unknown', reason: 'dial_interrupted' });
      expect(ground.vendor.requests).toBe(0);
    }));

  it.each<[string, KillPoint]>([
    ['while the vendor has the call and has not answered', 'never'],
    ['after the answer and before it was saved', 'saving'],
  ])('%s: unknown, until the call’s own events settle it', (_when, killAt) =>
    afterKill(killAt, async ({ ground, shopper, later }) => {
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'dialing', callId: null });
      expect((await later.service.sweep()).interrupted).toBe(1);
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'unknown', reason: 'dial_interrupted' });
      expect((await later.service.sweep()).interrupted).toBe(0);
      expect(ground.vendor.requests).toBe(1);

      const [call] = ground.vendor.calls;
      const callId = call?.callId ?? '';
      expect(await ground.vendor.sendEvent(callId, 'call.completed')).toEqual({ status: 200 });
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'called', callId, callStatus: 'completed' });
    }),
  );

  it('after saving and before its job was over: nothing is left to do', () =>
    afterKill('finishing', async ({ ground, shopper, later }) => {
      expect(await later.service.sweep()).toMatchObject({ interrupted: 0, rearmed: 0 });
      expect(await recordOf(ground, shopper)).toMatchObject({
        state: 'called',
        callId: ground.vendor.calls[0]?.callId,
      });
      expect(ground.vendor.requests).toBe(1);
    }));
});

describe.concurrent('a worker that is asked to end while the vendor has its request', { timeout: 40_000 }, () => {
  const workers: ServiceProcess[] = [];
  afterAll(() => {
    for (const worker of workers) worker.kill('SIGKILL');
  });

  /** Starts the real entry with one due checkout, and sends SIGTERM when the vendor has read the request. */
  async function askedToEnd(
    env: Record<string, string>,
    answer: { delayMs: number } | { hang: true; placesCall: true },
  ) {
    const ground = await openGround({ vendor: { scenario: 'silent' } });
    ground.vendor.nextAnswers.push(answer);
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    const worker = await startServiceProcess(
      ground.environment(await freePort(), { ROLE: 'worker', CALL_CONCURRENCY: '1', PUBLIC_URL: web.url, ...env }),
    );
    workers.push(worker);
    await web.send(shopper.fillsIn(longAgo()));
    await ground.vendor.waitForCalls(1);
    const askedAt = Date.now();
    worker.kill('SIGTERM');
    return { ground, web, shopper, worker, askedAt };
  }

  it('lets the request end, saves the call, takes nothing new and exits with 0', async () => {
    const { ground, web, shopper, worker } = await askedToEnd({}, { delayMs: 1_000 });
    try {
      await until('it says that it is going away', async () => (await fetch(`${worker.url}/readyz`)).status === 503);
      const tooLate = aShopper();
      expect(await web.send(tooLate.fillsIn(longAgo()))).toBe(200);
      expect(await worker.ended).toEqual({ code: 0, signal: null });
      expect(await recordOf(ground, shopper)).toMatchObject({
        state: 'called',
        callId: ground.vendor.calls[0]?.callId,
      });
      expect(await recordOf(ground, tooLate)).toMatchObject({ state: 'scheduled' });
      expect(ground.vendor.requests).toBe(1);
      // The next worker finds the alarm where it was.
      await ground.start({ env: { ROLE: 'worker', PUBLIC_URL: web.url } });
      await settled(ground.store, tooLate.recoveryId, 'called');
      expect(ground.vendor.requests).toBe(2);
    } finally {
      await ground.close();
    }
  });

  it('is gone when its grace is over, and the sweep finds the dial', async () => {
    const env = { SHUTDOWN_GRACE: '1s', VOICE_TIMEOUT: '30s' };
    const { ground, shopper, worker, askedAt } = await askedToEnd(env, { hang: true, placesCall: true });
    try {
      expect(await worker.ended).toEqual({ code: 1, signal: null });
      expect(Date.now() - askedAt).toBeGreaterThanOrEqual(950);
      expect(Date.now() - askedAt).toBeLessThan(3_000);
      expect(worker.lines.some((line) => line.includes('shutdown_deadline'))).toBe(true);
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'dialing' });
      const later = await ground.start({
        env: { ROLE: 'web' },
        overrides: { clock: { now: () => Date.now() + 60_000 } },
      });
      expect((await later.service.sweep()).interrupted).toBe(1);
      expect(await recordOf(ground, shopper)).toMatchObject({ state: 'unknown' });
      expect(ground.vendor.requests).toBe(1);
    } finally {
      await ground.close();
    }
  });
});
