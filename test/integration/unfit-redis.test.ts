/** A Redis that must not be worked with ends the process with one clear line; one that is away is waited for (redis-away.test.ts). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { aShopper, longAgo } from '../support/a-shopper.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

let redis: PrivateRedis;
let ground: Ground;

beforeEach(async () => {
  redis = await startPrivateRedis();
  ground = await openGround({ redisUrl: redis.url, vendor: { scenario: 'silent' } });
});
afterEach(async () => {
  await ground.close();
  await redis.stop();
});

/** A process on this ground until its end. */
async function runToEnd(env: Record<string, string>) {
  const environment = ground.environment(await freePort(), env);
  const startedAt = performance.now();
  const process = await startServiceProcess(environment, { untilReady: false });
  const { code } = await process.ended;
  const lines = process.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return { code, lines, tookMs: performance.now() - startedAt };
}

const withUser = (user: string): string => redis.url.replace('redis://', `redis://${user}@`);

async function expectRefused(env: Record<string, string>, faults: readonly string[]): Promise<void> {
  const { code, lines, tookMs } = await runToEnd(env);
  expect(code).toBe(1);
  const refused = lines.filter(({ event }) => event === 'redis_refused');
  expect(refused).toMatchObject([
    { level: 'fatal', faults, msg: expect.stringContaining('Redis cannot be worked with') },
  ]);
  // By their times: a fatal line overtakes those that are still on their way out.
  const started = lines.filter(({ event, time }) => event === 'started' && time > refused[0].time);
  expect(started).toEqual([]);
  // No storm: the start, the refusal, at most a word on each connection, the end.
  expect(lines.length).toBeLessThan(10);
  expect(tookMs).toBeLessThan(15_000);
}

describe('a Redis that does not let the service in', () => {
  beforeEach(async () => {
    await ground.redis.call('ACL', 'SETUSER', 'ringback', 'on', '>the-right-one', '~*', '&*', '+@all');
    await ground.redis.call(
      'ACL',
      'SETUSER',
      'reader',
      'on',
      '>the-right-one',
      '~*',
      '&*',
      '+@read',
      '+@connection',
      '+info',
    );
    await ground.redis.call('ACL', 'SETUSER', 'elsewhere', 'on', '>the-right-one', '~other:*', '&*', '+@all');
    await ground.redis.call('ACL', 'SETUSER', 'blind', 'on', '>the-right-one', '~*', '&*', '+@all', '-info');
  });

  it('ends it: a wrong password', () =>
    expectRefused({ REDIS_URL: withUser('ringback:a-wrong-one') }, ['wrong_password']));

  it('ends it: no password where one is needed', async () => {
    await ground.redis.call('ACL', 'SETUSER', 'default', 'off');
    await expectRefused({}, ['wrong_password']);
  });

  it.each(['reader', 'elsewhere', 'blind'])('ends it: the rights of %s are too few', (user) =>
    expectRefused({ REDIS_URL: withUser(`${user}:the-right-one`) }, ['missing_rights']),
  );

  it('is worked with by a user who has what it takes', async () => {
    const environment = ground.environment(await freePort(), { REDIS_URL: withUser('ringback:the-right-one') });
    const process = await startServiceProcess(environment);
    process.kill('SIGTERM');
    expect(await process.ended).toMatchObject({ code: 0 });
  });
});

describe('a Redis that would forget who was called', () => {
  it.each<[string, string, string, string]>([
    ['no_append_only_file', 'appendonly', 'no', 'yes'],
    ['evicts_keys', 'maxmemory-policy', 'allkeys-lru', 'noeviction'],
  ])('in production ends the process before it has dialled anybody: %s', async (fault, setting, wrong, right) => {
    await ground.redis.config('SET', setting, wrong);
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    await web.send(shopper.fillsIn(longAgo()));
    await expectRefused({ NODE_ENV: 'production' }, [fault]);
    expect(ground.vendor.requests).toBe(0);
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({ state: 'scheduled', attempts: 0 });

    await ground.redis.config('SET', setting, right);
    await startServiceProcess(ground.environment(await freePort(), { NODE_ENV: 'production', ROLE: 'worker' })).then(
      async (process) => {
        await settled(ground.store, shopper.recoveryId, 'called');
        process.kill('SIGTERM');
        await process.ended;
      },
    );
  });

  it.each([{ NODE_ENV: 'production', REDIS_UNSAFE: 'allow' }, { NODE_ENV: '' }])(
    'is worked with, and told of, with %o',
    async (env) => {
      await ground.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      const process = await startServiceProcess(ground.environment(await freePort(), env));
      await until('it is told', () => process.lines.some((line) => line.includes('"alarm":"redis_unsafe"')));
      process.kill('SIGTERM');
      expect(await process.ended).toMatchObject({ code: 0 });
    },
  );

  it('is refused where that was asked for, in production or not', async () => {
    await ground.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expectRefused({ REDIS_UNSAFE: 'refuse' }, ['evicts_keys']);
  });
});
