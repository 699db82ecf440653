/** What nobody can read, or what ends the process that touches it: it is put aside, and everybody else is called. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialQueue, jobIdOf } from '../../../src/queue/dial-queue.ts';
import { freePort } from '../../../stand-ins/free-port.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../../support/ground.ts';
import { logLines } from '../../support/log-lines.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import { settled, until } from '../../support/settled.ts';

const log = logLines();
let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start({ logger: log.logger });
});
afterAll(() => ground.close());

async function ringByHand(data: unknown, jobId: string): Promise<string> {
  const queue = dialQueue(ground.redis, ground.prefix);
  try {
    const job = await queue.add('rung by hand', data as never, { jobId });
    return await until('it is over', async () => {
      const state = await job.getState();
      return ['completed', 'failed'].includes(state) && state;
    });
  } finally {
    await queue.close();
  }
}

async function somebodyElseIsCalled(): Promise<void> {
  const other = aShopper();
  expect(await service.send(other.fillsIn(longAgo()))).toBe(200);
  await settled(ground.store, other.recoveryId, 'called');
}

describe('a job', () => {
  it.each<[string, unknown]>([
    ['that holds nothing', {}],
    ['of another version', { v: 2, recoveryId: 'a' }],
    ['with an id that is none', { v: 1, recoveryId: { $gt: '' } }],
    ['with an id without end', { v: 1, recoveryId: 'a'.repeat(100_000) }],
    ['that is a list', [1, 2, 3]],
    ['that is null', null],
  ])('%s is put aside after one try, and the queue moves on', async (what, data) => {
    expect(await ringByHand(data, `poison-${what.replaceAll(' ', '-')}`)).toBe('failed');
    await somebodyElseIsCalled();
  });
});

describe('a record', () => {
  it.each<[string, Record<string, string>, string]>([
    ['with half a text in it', { facts: '{"shop":' }, 'failed'],
    ['whose errands are none', { errands: 'null' }, 'failed'],
    ['that holds nothing to dial', { facts: '[]' }, 'completed'],
  ])('%s stops neither its neighbours nor the sweep', async (_what, spoilt, end) => {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(minutesAgo(1)));
    await ground.redis.hset(`${ground.prefix}:recovery:${shopper.recoveryId}`, { dueAt: '1', ...spoilt });
    const jobId = jobIdOf(shopper.recoveryId, 77);
    expect(await ringByHand({ v: 1, recoveryId: shopper.recoveryId }, jobId)).toBe(end);
    expect(log.of('job_failed').some((line) => line.jobId === jobId)).toBe(end === 'failed');
    await service.service.sweep();
    expect((await service.ops.get('/ops/api/recoveries')).status).toBeLessThan(500);
    await somebodyElseIsCalled();
    expect(ground.vendor.calls.some(({ body }) => body.metadata?.recoveryId === shopper.recoveryId)).toBe(false);
    // Nothing of what it holds is in the log.
    expect(log.lines.join('')).not.toContain(shopper.shopper.email);
  });
});

describe('a recovery that ends every process that rings for it', { timeout: 40_000 }, () => {
  it('costs one process, is not run again by the queue, and keeps nobody else', async () => {
    const apart = await openGround({ vendor: { scenario: 'silent' } });
    try {
      const web = await apart.start({ env: { ROLE: 'web' } });
      const poison: ShopperInTest = aShopper();
      await web.send(poison.fillsIn(longAgo()));
      const env = { ROLE: 'worker', KILL_AT: 'claim', LOCK_MS: '400', PUBLIC_URL: web.url };
      const first = await startServiceProcess(apart.environment(await freePort(), env), {
        entry: 'test/support/worker-to-kill.ts',
        untilReady: false,
      });
      expect(await first.ended).toMatchObject({ signal: 'SIGKILL' });
      await apart.start({ env: { ROLE: 'worker', PUBLIC_URL: web.url }, overrides: { lockMs: 400 } });
      await until('its job is given up', async () => (await apart.redis.zcard(`${apart.prefix}:dial:failed`)) === 1);
      const other = aShopper();
      await web.send(other.fillsIn(longAgo()));
      await settled(apart.store, other.recoveryId, 'called');
      expect((await apart.store.load(poison.recoveryId))?.record.state).toBe('scheduled');
      expect(apart.vendor.requests).toBe(1);
    } finally {
      await apart.close();
    }
  });
});
