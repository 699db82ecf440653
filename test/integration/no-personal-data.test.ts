/**
 * What an observer may see of a shopper: nothing. The real entry logs at its loudest through a run in which everything
 * goes wrong that can quote a person, and then the log, the metrics, the board and the queue are searched for her.
 */

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialQueue, jobIdOf } from '../../src/queue/dial-queue.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { type Merchant, startMerchant } from '../../stand-ins/merchant/receiver.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { aShopper, longAgo, minutesAgo, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { everythingIn } from '../support/everything-in-redis.ts';
import { CLIENT_SECRET, type Ground, openGround } from '../support/ground.ts';
import { OPS_PASSWORD, type OpsClient, opsClient } from '../support/ops-client.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

const REDIS_PASSWORD = 'a-redis-password-to-look-for';

let redis: PrivateRedis;
let ground: Ground;
let merchant: Merchant;
let service: ServiceProcess;
let ops: OpsClient;
/** Each under her own token, and all of them Odile Marrable. */
let shoppers: ShopperInTest[];
let foundByBackfill: ShopperInTest[];

beforeAll(async () => {
  redis = await startPrivateRedis({ appendonly: 'no' });
  const opening = new Redis(redis.url);
  await opening.config('SET', 'requirepass', REDIS_PASSWORD);
  opening.disconnect();
  const redisUrl = redis.url.replace('://', `://:${REDIS_PASSWORD}@`);
  ground = await openGround({ redisUrl, vendor: { scenario: 'silent' } });
  merchant = await startMerchant();
  foundByBackfill = isInTheShop();
  service = await startServiceProcess(
    ground.environment(await freePort(), {
      // She leaves more checkouts than anybody does.
      ...{ LOG_LEVEL: 'trace', CALL_CONCURRENCY: '1', VOICE_TIMEOUT: '1s', BOT_CHECK: 'off' },
      ...ground.admin,
      ...{ BACKFILL_EVERY: '24h', AGENT_ORDER: 'cod', DISCOUNT: 'mint', DISCOUNT_VALUE: '10%' },
      ...{ FORWARD_URL: merchant.url, FORWARD_SECRET: merchant.secret },
    }),
  );
  ops = opsClient(service.url);
  shoppers = await everythingGoesWrong();
}, 60_000);

afterAll(async () => {
  service?.kill('SIGKILL');
  await merchant?.close();
  await ground?.close();
  await redis?.stop();
});

const PERSON = `${ODILE_US.firstName} ${ODILE_US.lastName}, ${ODILE_US.email}, ${ODILE_US.e164}, ${ODILE_US.address.address1}`;

function send(webhook: Webhook, more: { signature?: 'wrong'; shop?: string } = {}): Promise<{ status: number }> {
  return signAndSend({ ...webhook, to: service.url, secret: CLIENT_SECRET, shop: SHOP, ...more });
}

/** What the first backfill finds in the shop: a checkout, one that nobody can read, and an order of hers. */
function isInTheShop(): ShopperInTest[] {
  const [found, unreadable, bought] = [1, 2, 3].map(() => aShopper({ shopper: ODILE_US })) as [
    ShopperInTest,
    ShopperInTest,
    ShopperInTest,
  ];
  ground.shop.shelves.putCheckout(found.facts(minutesAgo(5)));
  ground.shop.shelves.putCheckout(unreadable.facts(minutesAgo(5)), {
    fields: { totalPriceSet: { shopMoney: { amount: PERSON, currencyCode: 'EUR' } } },
  });
  ground.shop.shelves.putOrder(bought.facts(minutesAgo(60)));
  return [found, unreadable, bought];
}

async function everythingGoesWrong(): Promise<ShopperInTest[]> {
  const all: ShopperInTest[] = [...foundByBackfill];
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

  await dialledInto({ status: 422, body: { code: 422, message: `Not reachable: ${PERSON}` } }, 'rejected');
  await dialledInto({ status: 500, body: `Fault while calling ${PERSON}` }, 'unknown');
  await dialledInto({ raw: `${PERSON}\r\n\r\n` }, 'unknown');
  await dialledInto({ status: 200, body: { callId: null, message: PERSON } }, 'unknown');

  await afterTheCall(odile, keys);

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

/** Everything that is done after a dial, and quoted by whoever is asked to do it. */
async function afterTheCall(odile: () => ShopperInTest, keys: Ground['vendor']['keys']): Promise<void> {
  const { vendor, shop, store } = ground;
  const quoting = { code: 422, message: `Not for ${PERSON}` };
  const errandIs = ({ recoveryId }: ShopperInTest, kind: string, states: readonly string[]) =>
    settled(store, recoveryId, ({ record: { errands } }) =>
      Object.values(errands).some(
        (errand) => errand.kind === kind && states.includes(errand.state) && errand.note !== null,
      ),
    );
  const calledOne = async () => {
    const shopper = odile();
    await send(shopper.fillsIn(longAgo()));
    const { record } = await settled(store, shopper.recoveryId, 'called');
    return { shopper, callId: record.callId ?? '' };
  };

  // The shop at the last look: a fault of its own, one in GraphQL, and one about the discount.
  shop.nextAnswers.push({ status: 500, body: `<html>${PERSON}</html>` });
  await calledOne();
  shop.nextAnswers.push({ errors: [{ message: PERSON, extensions: { code: PERSON } }] });
  await calledOne();

  // A cart that the vendor does not take, and an abort that it does not obey.
  const { shopper: changing } = await calledOne();
  vendor.nextReplaceAnswers.push({ status: 422, body: quoting });
  await send(changing.withCart(GREAT_CART).fillsIn(minutesAgo(10)));
  await errandIs(changing, 'replace_payload', ['failed']);
  vendor.nextAbortAnswers.push({ status: 402, body: quoting });
  expect((await ops.post(`/ops/api/recoveries/${changing.recoveryId}/cancel`)).status).toBe(200);
  await errandIs(changing, 'abort', ['open']);

  // What the agent did, in her words; a shop and a merchant that quote them.
  const { shopper: ordering, callId } = await calledOne();
  const { contactPhone: _none, ...address } = { ...ODILE_US, ...ODILE_US.address };
  const payload = {
    email: ODILE_US.email,
    phone: ODILE_US.e164,
    note: PERSON,
    shippingAddress: address,
    paymentMode: 'cod',
  };
  const userErrors = [{ field: ['phone'], message: `${PERSON} is no phone number` }];
  shop.nextAnswers.push({ status: 200, body: { data: { draftOrderCreate: { draftOrder: null, userErrors } } } });
  await until('the merchant has heard of the first call', () => merchant.messages.length === 1);
  merchant.nextAnswers.push({ status: 400, body: PERSON });
  const metadata = { recoveryId: ordering.recoveryId };
  const actions = [
    { action: 'create_order', payload, reason: PERSON },
    { action: PERSON, payload: PERSON },
  ];
  for (const data of actions) {
    await sendCallEvent(service.url, keys, { type: 'action', metadata, data: { ...data, call: { id: callId } } });
  }
  await errandIs(ordering, 'agent_order', ['failed']);
  const told = () => merchant.messages.filter(({ type }) => type === 'call.action');
  await until('the merchant has refused one and taken one', () => told().length === 2);
  expect(told().some(({ data }) => JSON.stringify(data).includes(ODILE_US.lastName))).toBe(true);
  const { shopper: agreed } = await calledOne();
  await sendCallEvent(service.url, keys, {
    type: 'action',
    metadata: { recoveryId: agreed.recoveryId },
    data: { action: 'create-order', payload },
  });
  await errandIs(agreed, 'agent_order', ['done']);

  // And she buys, in an order that has no name: all that is still queued is aborted, one of it not at once.
  vendor.nextAbortAnswers.push({ status: 500, body: quoting });
  const order = agreed.elsewhere().orders(new Date());
  await send({ ...order, body: order.body.replace(/"name":"#\d+"/, '"name":null') });
  await settled(store, agreed.recoveryId, ({ record }) => record.orderedAt !== null);
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
    'the shop’s token': literally(ground.shop.tokens.permanent),
    'the secret of the merchant’s address': literally(merchant.secret),
    'an authorization header': /basic [a-z0-9+/=]{8,}/i,
  };
}

function secretsIn(text: string): string[] {
  return Object.entries(secrets()).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
}

describe('nothing of the shopper, and no secret,', () => {
  it('can be missed by this test: it finds her where she belongs', async () => {
    const records = await everythingIn(ground.redis, ground.prefix, (key) =>
      key.startsWith(`${ground.prefix}:recovery:`),
    );
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
      'errand',
      'backfill',
    ]) {
      expect(events).toContain(event);
    }
    const alarms = new Set(service.lines.flatMap((line) => /"alarm":"(\w+)"/.exec(line)?.[1] ?? []));
    for (const alarm of ['shop_silent', 'errand_failed', 'backfill_unreadable']) {
      expect(alarms).toContain(alarm);
    }
    const faults = service.lines.flatMap((line) => secretsIn(line).map((secret) => `${secret}: ${line}`));
    expect(faults).toEqual([]);
  });

  it('is in the metrics', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('ringback_dials_total{result="refused"} 1');
    expect(text).toContain('ringback_errands_total{kind="agent_order",result="failed"} 1');
    expect(secretsIn(text)).toEqual([]);
  });

  it('is on Bull Board', async () => {
    const jobs = shoppers.flatMap(({ recoveryId }) =>
      [1, 9].map((alarm) => `/ops/queues/api/queues/dial/${jobIdOf(recoveryId, alarm)}`),
    );
    const lists = ['dial', 'errands', 'upkeep'].flatMap((name) =>
      ['completed', 'failed', 'delayed', 'waiting', 'active'].map(
        (status) => `/ops/queues/api/queues?activeQueue=${name}&status=${status}&page=1&jobsPerPage=50`,
      ),
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
    const queue = await everythingIn(ground.redis, ground.prefix, (key) => /^(dial|errands|upkeep):/.test(place(key)));
    const ids = shoppers.map(({ recoveryId }) => recoveryId);
    expect(ids.some((id) => queue.includes(`rec-${id}-1`))).toBe(true);
    expect(ids.some((id) => queue.includes(`err-${id}-`))).toBe(true);
    expect(secretsIn(queue)).toEqual([]);
    const people = await everythingIn(ground.redis, ground.prefix, (key) => /^shop:[^:]+:person:/.test(place(key)));
    expect(people).toMatch(/:person:order:[\s\S]*:person:discount:|:person:discount:[\s\S]*:person:order:/);
    expect(secretsIn(people)).toEqual([]);
    // Records and parked bodies hold her; everything else, and all names, must not. Carts and checkouts are found by their own ids.
    const elsewhere = await everythingIn(
      ground.redis,
      ground.prefix,
      (key) => !/^(recovery:|shop:[^:]+:parked:|shop:[^:]+:find:cart:)/.test(place(key)),
    );
    expect(secretsIn(elsewhere)).toEqual([]);
  });
});
