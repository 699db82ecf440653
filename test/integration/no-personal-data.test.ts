/**
 * What an observer may see of a shopper: nothing. The real entry logs at its loudest through a run in which everything
 * goes wrong that can quote a person, and then the log, the metrics, the board and the queue are searched for her.
 */

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialQueue, jobIdOf } from '../../src/queue/dial-queue.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { aShopper, longAgo, minutesAgo, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { CLIENT_SECRET, type Ground, openGround } from '../support/ground.ts';
import { OPS_PASSWORD, type OpsClient, opsClient } from '../support/ops-client.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

const REDIS_PASSWORD = 'a-redis-password-to-look-for';

let redis: PrivateRedis;
let ground: Ground;
let service: ServiceProcess;
let ops: OpsClient;
/** Each under her own token, and all of them Odile Marrable. */
let shoppers: ShopperInTest[];

beforeAll(async () => {
  redis = await startPrivateRedis({ appendonly: 'no' });
  const opening = new Redis(redis.url);
  await opening.config('SET', 'requirepass', REDIS_PASSWORD);
  opening.disconnect();
  const redisUrl = redis.url.replace('://', `://:${REDIS_PASSWORD}@`);
  ground = await openGround({ redisUrl, vendor: { scenario: 'silent' } });
  service = await startServiceProcess(
    ground.environment(await freePort(), { LOG_LEVEL: 'trace', CALL_CONCURRENCY: '1', VOICE_TIMEOUT: '1s' }),
  );
  ops = opsClient(service.url);
  shoppers = await everythingGoesWrong();
}, 30_000);

afterAll(async () => {
  service?.kill('SIGKILL');
  await ground?.close();
  await redis?.stop();
});

const PERSON = `${ODILE_US.firstName} ${ODILE_US.lastName}, ${ODILE_US.email}, ${ODILE_US.e164}, ${ODILE_US.address.address1}`;

function send(webhook: Webhook, more: { signature?: 'wrong'; shop?: string } = {}): Promise<{ status: number }> {
  return signAndSend({ ...webhook, to: service.url, secret: CLIENT_SECRET, shop: SHOP, ...more });
}

async function everythingGoesWrong(): Promise<ShopperInTest[]> {
  const all: ShopperInTest[] = [];
  const odile = () => {
    const shopper = aShopper({ shopper: ODILE_US });
    all.push(shopper);
    return shopper;
  };
  /** A dial that the vendor answers with her own words. */
  const dialledInto = async (answer: { status: number; body: unknown } | { raw: string }, state: string) => {
    ground.vendor.nextAnswers.push(answer);
    const shopper = odile();
    await send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, ({ record }) => record.state === state && record.attempts === 1);
  };

  // A call from the first word to the last, its analysis full of her.
  const called = odile();
  await send(called.opens(minutesAgo(21)));
  await send(called.fillsIn(longAgo()));
  const { record } = await settled(ground.store, called.recoveryId, 'called');
  const data = { analysis: { summary: `Spoke with ${PERSON}` }, call: { id: record.callId } };
  const keys = ground.vendor.keys;
  await sendCallEvent(service.url, keys, { type: 'end-of-call', metadata: { recoveryId: called.recoveryId }, data });
  await sendCallEvent(service.url, keys, { type: `call.${PERSON}`, metadata: { recoveryId: called.recoveryId } });
  await send(called.orders(new Date()));

  await dialledInto({ status: 422, body: { code: 422, message: `Not reachable: ${PERSON}` } }, 'rejected');
  await dialledInto({ status: 500, body: `Fault while calling ${PERSON}` }, 'unknown');
  await dialledInto({ raw: `${PERSON}\r\n\r\n` }, 'unknown');
  await dialledInto({ status: 200, body: { callId: null, message: PERSON } }, 'unknown');

  // Refusals, and bodies that nobody can read.
  const { body, ...rest } = odile().fillsIn(longAgo());
  expect((await send({ body, ...rest }, { signature: 'wrong' })).status).toBe(401);
  expect((await send({ body, ...rest }, { shop: 'other.myshopify.com' })).status).toBe(403);
  expect((await send({ body: body.slice(0, -20), ...rest })).status).toBe(400);
  const strange = { ...JSON.parse(body), shipping_address: PERSON, line_items: { [PERSON]: 1 } };
  expect((await send({ body: JSON.stringify(strange), ...rest })).status).toBe(200);
  expect(await sendCallEvent(service.url, keys, { type: 'x', body: JSON.stringify({ event: PERSON }) })).toBe(200);
  expect(await sendCallEvent(service.url, keys, { type: 'x', body: PERSON })).toBe(400);
  await sendCallEvent(service.url, keys, { type: 'x', signature: 'wrong', body: PERSON });
  await fetch(`${service.url}/${encodeURIComponent(PERSON)}`);
  for (const query of [ODILE_US.e164, ODILE_US.email, odile().token]) {
    await ops.get(`/ops/api/recoveries?query=${encodeURIComponent(query ?? '')}&limit=nonsense`);
    await ops.get(`/ops/api/recoveries?query=${encodeURIComponent(query ?? '')}`);
  }

  // A record that somebody has spoilt: the fault of whoever reads it quotes what it found.
  const spoilt = odile();
  await send(spoilt.fillsIn(minutesAgo(1)));
  await ground.redis.hset(`${ground.prefix}:recovery:${spoilt.recoveryId}`, { facts: PERSON });
  expect((await ops.get(`/ops/api/recoveries/${spoilt.recoveryId}`)).status).toBe(500);
  const alarms = dialQueue(ground.redis, ground.prefix);
  await alarms.add('rung by hand', { v: 1, recoveryId: spoilt.recoveryId }, { jobId: jobIdOf(spoilt.recoveryId, 9) });
  await until('its alarm has failed', async () => (await alarms.getFailedCount()) === 1);
  await alarms.close();

  // A Redis that refuses writes quotes the whole command in its errors.
  await ground.redis.config('SET', 'maxmemory', '1mb');
  expect((await send(odile().fillsIn(minutesAgo(1)))).status).toBe(503);
  expect(await sendCallEvent(service.url, keys, { type: 'call.ended', attemptId: `${called.recoveryId}.1` })).toBe(503);
  await ground.redis.config('SET', 'maxmemory', '0');
  // And one that hangs.
  process.kill(redis.pid, 'SIGSTOP');
  try {
    expect((await send(odile().fillsIn(minutesAgo(1)))).status).toBe(503);
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
  await until('it is ready again', async () => (await fetch(`${service.url}/readyz`)).ok);
  const last = odile();
  expect((await send(last.fillsIn(minutesAgo(1)))).status).toBe(200);
  return all;
}

/** What must not be seen, by what it is. Digits are looked for in every spelling of the number. */
function secrets(): Record<string, RegExp> {
  const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  const anyOf = (texts: readonly string[]) => new RegExp(texts.map((text) => literally(text).source).join('|'), 'i');
  return {
    'her first name': /\bodile\b/i,
    'her last name': literally(ODILE_US.lastName),
    'her e-mail address': literally(ODILE_US.email),
    'her number': /415\D{0,3}555\D{0,2}0142/,
    'her address': /ferry\W{0,3}road/i,
    'her recovery link': anyOf(['recover?key', ...shoppers.map(({ ids }) => ids.recoveryKey)]),
    'her checkout’s token': anyOf(shoppers.map(({ token }) => token)),
    'her cart’s token': anyOf(shoppers.map(({ ids }) => ids.cartToken)),
    'Shopify’s secret': literally(CLIENT_SECRET),
    'the vendor’s private key': literally(ground.vendor.keys.privateKey),
    'the operator’s password': literally(OPS_PASSWORD),
    'the password of Redis': literally(REDIS_PASSWORD),
    'an authorization header': /basic [a-z0-9+/=]{8,}/i,
  };
}

function secretsIn(text: string): string[] {
  return Object.entries(secrets()).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
}

/** Names and contents of all keys that match, as text. */
async function dump(matches: (key: string) => boolean): Promise<string> {
  const parts: string[] = [];
  for await (const keys of ground.redis.scanStream({ match: `${ground.prefix}:*`, count: 1_000 })) {
    for (const key of (keys as string[]).filter(matches)) parts.push(key, JSON.stringify(await contentOf(key)));
  }
  return parts.join('\n');
}

async function contentOf(key: string): Promise<unknown> {
  switch (await ground.redis.type(key)) {
    case 'hash':
      return ground.redis.hgetall(key);
    case 'set':
      return ground.redis.smembers(key);
    case 'zset':
      return ground.redis.zrange(key, '0', '-1');
    case 'list':
      return ground.redis.lrange(key, 0, -1);
    case 'stream':
      return ground.redis.xrange(key, '-', '+');
    default:
      return ground.redis.get(key);
  }
}

describe('nothing of the shopper, and no secret,', () => {
  it('can be missed by this test: it finds her where she belongs', async () => {
    const records = await dump((key) => key.startsWith(`${ground.prefix}:recovery:`));
    expect(secretsIn(records)).toEqual(
      expect.arrayContaining(['her first name', 'her last name', 'her number', 'her address', 'her recovery link']),
    );
    expect(secretsIn(`"authorization":"Basic b3BzOmEtbG9uZw=="`)).toEqual(['an authorization header']);
  });

  it('is in the log', async () => {
    // What Node itself may have to say is no JSON, and searched all the same.
    const events = new Set(service.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).event));
    for (const event of [
      'started',
      'decision',
      'dial',
      'call_event',
      'alarm',
      'webhook_refused',
      'store_unavailable',
      'job_failed',
      'fault',
    ]) {
      expect(events).toContain(event);
    }
    const faults = service.lines.flatMap((line) => secretsIn(line).map((secret) => `${secret}: ${line}`));
    expect(faults).toEqual([]);
  });

  it('is in the metrics', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('ringback_dials_total{result="refused"} 1');
    expect(secretsIn(text)).toEqual([]);
  });

  it('is on Bull Board', async () => {
    const jobs = shoppers.flatMap(({ recoveryId }) =>
      [1, 9].map((alarm) => `/ops/queues/api/queues/dial/${jobIdOf(recoveryId, alarm)}`),
    );
    const lists = ['completed', 'failed', 'delayed', 'waiting', 'active'].map(
      (status) => `/ops/queues/api/queues?activeQueue=dial&status=${status}&page=1&jobsPerPage=50`,
    );
    let found = 0;
    for (const path of ['/ops/queues/', ...lists, ...jobs, ...jobs.map((job) => `${job}/logs`)]) {
      const { text, status } = await ops.get(path);
      if (status === 200 && path.includes('/rec-')) found++;
      expect([path, secretsIn(text)]).toEqual([path, []]);
    }
    expect(found).toBeGreaterThan(5);
  });

  it('is in the queue, in an index, or in the name of a key', async () => {
    const place = (key: string) => key.slice(ground.prefix.length + 1);
    const queue = await dump((key) => /^(dial|upkeep):/.test(place(key)));
    expect(queue).toContain(`rec-${shoppers[0]?.recoveryId}-1`);
    expect(secretsIn(queue)).toEqual([]);
    // Records and parked bodies hold her; everything else, and all names, must not. Carts and checkouts are found by their own ids.
    const elsewhere = await dump((key) => !/^(recovery:|shop:[^:]+:parked:|shop:[^:]+:find:cart:)/.test(place(key)));
    expect(secretsIn(elsewhere)).toEqual([]);
  });
});
