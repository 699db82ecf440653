/**
 * Two versions of the service at once, as every deployment has for a moment: what the newer one writes is read, kept or left alone by this
 * one, and the other way round. The other version is a copy of this source with the number of its jobs changed, so both really run.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialQueue, JOB_VERSION, jobIdOf } from '../../../src/queue/dial-queue.ts';
import { freePort } from '../../../stand-ins/free-port.ts';
import { signAndSend } from '../../../stand-ins/shop/deliver.ts';
import { aShopper, longAgo, minutesAgo, SHOP, type ShopperInTest } from '../../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../../support/ground.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import { settled, until } from '../../support/settled.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start();
});
afterAll(() => ground.close());

const keyOf = ({ recoveryId }: ShopperInTest): string => `${ground.prefix}:recovery:${recoveryId}`;

/** A recovery that rings by hand. */
async function scheduled(): Promise<ShopperInTest> {
  const shopper = aShopper();
  await service.send(shopper.fillsIn(minutesAgo(1)));
  return shopper;
}

async function callNow({ recoveryId }: ShopperInTest): Promise<number> {
  return (await service.ops.post(`/ops/api/recoveries/${recoveryId}/call-now`)).status;
}

describe('a record that a newer version has written to', () => {
  it('is read with all it holds that is not known here, called, and keeps that', async () => {
    const shopper = await scheduled();
    const facts = JSON.parse((await ground.redis.hget(keyOf(shopper), 'facts')) ?? '{}');
    const more = { ...facts, mood: { guess: 'cheerful' }, candidate: { ...facts.candidate, mood: 'cheerful' } };
    await ground.redis.hset(keyOf(shopper), { facts: JSON.stringify(more), mood: 'cheerful', moods: '[1,2]' });
    expect(await callNow(shopper)).toBe(200);
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(await ground.redis.hmget(keyOf(shopper), 'mood', 'moods')).toEqual(['cheerful', '[1,2]']);
  });

  it('into a state that is not known here is left alone by everybody', async () => {
    const shopper = await scheduled();
    await ground.redis.hset(keyOf(shopper), { state: 'postponed', revision: '7' });
    const { requests } = ground.vendor;
    const alarms = dialQueue(ground.redis, ground.prefix);
    const data = { v: JOB_VERSION, recoveryId: shopper.recoveryId } as const;
    const job = await alarms.add('rung by hand', data, { jobId: jobIdOf(shopper.recoveryId, 9) });
    await until('it has rung', async () => ['completed', 'failed'].includes(await job.getState()));
    expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
    expect((await callNow(shopper)) >= 400).toBe(true);
    await service.service.sweep();
    await alarms.close();
    expect(await ground.redis.hget(keyOf(shopper), 'state')).toBe('postponed');
    expect(ground.vendor.requests).toBe(requests);
  });

  it('with an errand that is not known here keeps it, and the errands that are known are seen to', async () => {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'called');
    const strange = { kind: 'send_flowers', state: 'open', dueAt: Date.now(), doingAt: null, tries: 0, note: null };
    await ground.redis.hset(keyOf(shopper), { errands: JSON.stringify({ flowers: strange }) });
    expect(await service.send(shopper.orders(new Date()))).toBe(200);
    await until('the call is taken back', () => ground.vendor.aborts.length > 0);
    await until('the known one is done', async () => {
      const errands = JSON.parse((await ground.redis.hget(keyOf(shopper), 'errands')) ?? '{}');
      return Object.values<{ kind: string; state: string }>(errands).some(
        ({ kind, state }) => kind === 'abort' && state === 'done',
      );
    });
    const errands = JSON.parse((await ground.redis.hget(keyOf(shopper), 'errands')) ?? '{}');
    expect(errands.flowers?.kind).toBe('send_flowers');
    expect((await fetch(`${service.url}/readyz`)).ok).toBe(true);
  });
});

describe('a record of an older version', () => {
  it('without what has come since is read, and waits for the next webhook where too little is known', async () => {
    const shopper = await scheduled();
    const {
      candidate: _,
      cartValue: __,
      priority: ___,
      ...older
    } = JSON.parse((await ground.redis.hget(keyOf(shopper), 'facts')) ?? '{}');
    await ground.redis.hset(keyOf(shopper), 'facts', JSON.stringify(older));
    await ground.redis.hdel(keyOf(shopper), 'lastActivityAt', 'lookups');
    expect(await callNow(shopper)).toBe(200);
    const { record } = await settled(ground.store, shopper.recoveryId, ({ record }) => record.state !== 'scheduled');
    expect(record).toMatchObject({ state: 'skipped', reason: 'incomplete_record', attempts: 0 });
    expect(await service.send(shopper.fillsIn(new Date()))).toBe(200);
    expect((await ground.store.load(shopper.recoveryId))?.record.state).toBe('scheduled');
  });
});

/** A copy of the source in which jobs have the next number. */
async function nextVersion(): Promise<{ root: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'ringback-next-version-'));
  await cp(join(ROOT, 'src'), join(root, 'src'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(root, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const file = join(root, 'src/queue/dial-queue.ts');
  const source = await readFile(file, 'utf8');
  const changed = source.replace(`JOB_VERSION = ${JOB_VERSION};`, `JOB_VERSION = ${JOB_VERSION + 1};`);
  expect(changed).not.toBe(source);
  await writeFile(file, changed);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

describe('two versions with jobs of their own, both dialling', () => {
  it('call nobody twice, and the one that stays calls whoever is left', { timeout: 60_000 }, async () => {
    const shared = await openGround({ vendor: { scenario: 'silent' } });
    const { root, remove } = await nextVersion();
    const processes: Awaited<ReturnType<typeof startServiceProcess>>[] = [];
    try {
      const [port, laterPort] = [await freePort(), await freePort()];
      const old = await shared.start();
      const entry = join(root, 'src/main.ts');
      const newer = await startServiceProcess(shared.environment(port), { entry });
      processes.push(newer);
      const shoppers: ShopperInTest[] = [];
      for (let n = 0; n < 20; n++) {
        const shopper = aShopper();
        shoppers.push(shopper);
        // Both doors are open, as behind a proxy during a deployment.
        const to = n % 2 === 0 ? old.url : newer.url;
        const webhook = shopper.fillsIn(longAgo());
        expect((await signAndSend({ ...webhook, to, secret: CLIENT_SECRET, shop: SHOP })).status).toBe(200);
      }
      await until('every alarm has rung somewhere', async () => {
        const below = `${shared.prefix}:dial`;
        const left = [await shared.redis.llen(`${below}:wait`), await shared.redis.llen(`${below}:active`)];
        return left.every((count) => count === 0);
      });
      await old.close();
      newer.kill('SIGTERM');
      await newer.ended;

      // The new version is alone, a minute later: its sweep sets anew what rang for a version that could not read it.
      const env = { ...shared.environment(laterPort), CLOCK_AHEAD_MS: '60000' };
      const timeMachine = new URL('../../../faults/stage/time-machine.ts', import.meta.url).href;
      const left = await startServiceProcess(env, { entry, node: ['--import', timeMachine] });
      processes.push(left);
      for (const { recoveryId } of shoppers) await settled(shared.store, recoveryId, 'called', 15_000);
      expect(shared.vendor.requests).toBe(shoppers.length);
      const called = shared.vendor.calls.map(({ body }) => body.metadata?.recoveryId);
      expect(new Set(called).size).toBe(shoppers.length);
    } finally {
      for (const process of processes) process.kill('SIGKILL');
      await Promise.all(processes.map(({ ended }) => ended));
      await shared.close();
      await remove();
    }
  });
});
