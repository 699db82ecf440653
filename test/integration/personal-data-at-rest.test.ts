/**
 * With a DATA_KEY nothing of a shopper can be read at rest, or seen by an observer: the real service goes through everything that
 * takes her data in, and then Redis, its file on disk, logs, metrics, the board and the answers are searched for her.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialQueue, jobIdOf } from '../../src/queue/dial-queue.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { parkedStore } from '../../src/store/parked-store.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { type Merchant, startMerchant } from '../../stand-ins/merchant/receiver.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';
import { type ShopAdminStandIn, startShopAdmin } from '../../stand-ins/shop-admin/server.ts';
import { aDataKey } from '../support/a-data-key.ts';
import { aShopper, longAgo, minutesAgo, SHOP, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { type CallEventToSend, sendCallEvent } from '../support/call-event.ts';
import { contentOf } from '../support/everything-in-redis.ts';
import { CLIENT_SECRET, type Ground, openGround } from '../support/ground.ts';
import { type OpsClient, opsClient } from '../support/ops-client.ts';
import { dataRequest, marketingConsent } from '../support/privacy-bodies.ts';
import { sealsWith } from '../support/seals-with.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

const DATA_KEY = aDataKey();
const { address } = ODILE_US;
const PERSON = `${ODILE_US.firstName} ${ODILE_US.lastName}, ${ODILE_US.email}, ${ODILE_US.e164}, ${address.address1}, ${address.city}`;
/** What the test itself puts there, to see that it is found. */
const CONTROL = `control ${PERSON} control`;

let redis: PrivateRedis;
let ground: Ground;
let shop: ShopAdminStandIn;
let merchant: Merchant;
let service: ServiceProcess;
let ops: OpsClient;
/** With the key: what the service knows. */
let knows: ReturnType<typeof recoveryStore>;
/** Each under her own token, and all of them Odile Marrable. */
const shoppers: ShopperInTest[] = [];
/** What the service answered where it had to refuse, and what the board shows. The operator's pages are another matter. */
const answers: string[] = [];

beforeAll(async () => {
  redis = await startPrivateRedis({ appendonly: 'everysec' });
  const admin = new Redis(redis.url);
  // What a rewritten file or a DUMP says is then to be read as it is.
  await admin.config('SET', 'rdbcompression', 'no');
  admin.disconnect();
  [ground, shop, merchant] = await Promise.all([
    openGround({ redisUrl: redis.url, vendor: { scenario: 'silent' } }),
    startShopAdmin(),
    startMerchant(),
  ]);
  const keys = keysBelow(ground.prefix);
  knows = recoveryStore(ground.redis, keys, 1, sealsWith(ground.redis, keys, { current: DATA_KEY, old: [] }));
  service = await startServiceProcess(
    ground.environment(await freePort(), {
      ...{ DATA_KEY, LOG_LEVEL: 'trace', CALL_CONCURRENCY: '1', VOICE_TIMEOUT: '1s' },
      ...{ SHOPIFY_ADMIN_URL: shop.url, SHOPIFY_ADMIN_TOKEN: shop.tokens.permanent, BACKFILL_EVERY: 'off' },
      ...{ LAST_LOOK: 'off', AGENT_ORDER: 'draft', FORWARD_URL: merchant.url, FORWARD_SECRET: merchant.secret },
      ...{ DISCOUNT: 'mint', DISCOUNT_VALUE: '10%' },
    }),
  );
  ops = opsClient(service.url);
  await everythingHappens();
}, 40_000);

afterAll(async () => {
  service?.kill('SIGKILL');
  await Promise.all([ground?.close(), shop?.close(), merchant?.close()]);
  await redis?.stop();
});

function odile(): ShopperInTest {
  const shopper = aShopper({ shopper: ODILE_US });
  shoppers.push(shopper);
  return shopper;
}

function send(webhook: Webhook): Promise<{ status: number }> {
  return signAndSend({ ...webhook, to: service.url, secret: CLIENT_SECRET, shop: SHOP });
}

async function tell({ recoveryId }: ShopperInTest, event: CallEventToSend): Promise<void> {
  const metadata = { recoveryId };
  expect(await sendCallEvent(service.url, ground.vendor.keys, { metadata, ...event })).toBe(200);
}

async function ask(path: string): Promise<number> {
  const { status, text } = await ops.get(path);
  if (status >= 400 || path.startsWith('/ops/queues')) answers.push(text);
  return status;
}

async function everythingHappens(): Promise<void> {
  // A call from the first word to the last; the agent sells, and the vendor puts her into every word of its own.
  const called = odile();
  await send(called.opens(minutesAgo(21)));
  await send(called.fillsIn(longAgo()));
  const { record } = await settled(knows, called.recoveryId, 'called');
  const call = { id: record.callId, recordingUrl: `https://rec.example/${encodeURIComponent(PERSON)}` };
  await tell(called, { type: 'call.in-progress', data: { call: { ...call, status: PERSON } } });
  await tell(called, { type: `call.${PERSON}` });
  const bought = { shippingAddress: address, email: ODILE_US.email };
  await tell(called, { type: 'action', data: { action: 'create_order', reason: PERSON, payload: bought, call } });
  await tell(called, { type: 'action', data: { action: PERSON, payload: PERSON } });
  const analysis = { success: true, summary: PERSON, insights: { who: PERSON }, outcome: { who: PERSON } };
  await tell(called, { type: 'end-of-call', data: { call, analysis: { ...analysis, requiredActions: [PERSON] } } });
  await tell(called, { type: 'call.lifecycle-ended', data: { call, report: { finalStatus: PERSON } } });
  await merchant.waitForTaken(3);
  await until('her order is made', () => shop.asked.some(({ operation }) => operation === 'CreateAgentOrder'));

  // Another cart while the request is on the wire, and one while the call is with the vendor.
  ground.vendor.nextAnswers.push({ hang: true });
  const slow = odile();
  await send(slow.fillsIn(longAgo()));
  await settled(knows, slow.recoveryId, 'dialing');
  await send(aShopper({ shopper: ODILE_US, token: slow.token, cart: GREAT_CART }).fillsIn(minutesAgo(19)));
  await settled(knows, slow.recoveryId, ({ record: { state, held } }) => state === 'unknown' && held !== null);
  const changing = odile();
  await send(changing.fillsIn(longAgo()));
  await settled(knows, changing.recoveryId, 'called');
  await send(aShopper({ shopper: ODILE_US, token: changing.token, cart: GREAT_CART }).fillsIn(minutesAgo(19)));
  await settled(knows, changing.recoveryId, ({ timeline }) => timeline.some(({ event }) => event === 'cart_changed'));

  // A refusal in her own words, one that waits, one who said no, one who is scheduled.
  ground.vendor.nextAnswers.push({ status: 422, body: { code: 422, message: `No such person: ${PERSON}` } });
  const refused = odile();
  await send(refused.fillsIn(longAgo()));
  await settled(knows, refused.recoveryId, 'rejected');
  await send(odile().fillsIn(minutesAgo(1), { email: true, address: true }));
  await send(odile().fillsIn(minutesAgo(1), { email: true, address: true, phone: true }));
  const last = odile();
  await send(last.fillsIn(minutesAgo(1)));

  // Bodies that nobody can read.
  const { body, ...rest } = odile().fillsIn(longAgo());
  const strange = { ...JSON.parse(body), shipping_address: PERSON, line_items: { [PERSON]: 1 } };
  expect((await send({ body: JSON.stringify(strange), ...rest })).status).toBe(200);
  expect(
    (await send({ body: JSON.stringify({ id: 1, email: [PERSON] }), ...rest, topic: 'orders/create' })).status,
  ).toBe(200);
  const keys = ground.vendor.keys;
  expect(await sendCallEvent(service.url, keys, { type: 'x', body: JSON.stringify({ event: PERSON }) })).toBe(200);
  expect(await sendCallEvent(service.url, keys, { type: 'call.ended', metadata: { recoveryId: PERSON } })).toBe(200);

  // She buys by another way, and an operator looks for her.
  await send(odile().orders(new Date()));
  await settled(knows, last.recoveryId, 'cancelled');
  for (const query of [ODILE_US.e164, ODILE_US.email, called.token]) {
    expect(await ask(`/ops/api/recoveries?query=${encodeURIComponent(String(query))}`)).toBe(200);
  }

  // She asks what is held of her, takes her consent back, and asks not to be called: by hand and on a list. Told by Shopify, by an
  // operator, and by a file.
  const asking = odile();
  await send(asking.fillsIn(minutesAgo(1)));
  const named = { email: true, phone: true };
  expect((await send(dataRequest(asking, 70001, named))).status).toBe(200);
  // What the operator downloads is hers to read, and no answer that must not tell of her.
  const { status: downloaded, text: held } = await ops.get('/ops/api/data-requests/data-70001');
  expect([downloaded, held.includes(ODILE_US.lastName)]).toEqual([200, true]);
  expect((await send(marketingConsent(asking, 'unsubscribed', named))).status).toBe(200);
  const listed = { phone: ODILE_US.e164, reason: 'asked_by_mail' };
  expect((await ops.post('/ops/api/suppressions', listed)).status).toBe(201);
  expect((await ops.post('/ops/api/suppressions', { email: ODILE_US.email })).status).toBeLessThan(300);
  await ask('/ops/api/suppressions');
  await ask('/ops/suppressions');
  await ask('/ops/access-log');

  // A sealed text that somebody cut, met by whoever reads it; and a Redis that quotes what it refuses.
  const record5 = `${ground.prefix}:recovery:${last.recoveryId}`;
  const facts = await ground.redis.hget(record5, 'facts');
  await ground.redis.hset(record5, { facts: facts?.slice(0, -3) ?? '' });
  expect(await ask(`/ops/api/recoveries/${last.recoveryId}`)).toBe(500);
  expect(await ask(`/${encodeURIComponent(PERSON)}`)).toBe(404);
  const alarms = dialQueue(ground.redis, ground.prefix);
  await alarms.add('rung by hand', { v: 1, recoveryId: last.recoveryId }, { jobId: jobIdOf(last.recoveryId, 9) });
  await until('its alarm has failed', async () => (await alarms.getFailedCount()) === 1);
  await alarms.close();
  await ground.redis.config('SET', 'maxmemory', '1mb');
  expect((await send(odile().fillsIn(minutesAgo(1)))).status).toBe(503);
  await ground.redis.config('SET', 'maxmemory', '0');
}

/** What must not be seen, by what it is. No short words: among the letters of sealed texts they turn up by chance. */
function secrets(): Record<string, RegExp> {
  const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  return {
    'her first name': /\bodile\b/i,
    'her last name': literally(ODILE_US.lastName),
    'her e-mail address': literally(ODILE_US.email),
    'her number': /415\D{0,3}555\D{0,2}0142/,
    'her address': /ferry\W{0,3}road/i,
    'the second line of it': /\bapt\W{1,3}4\b/i,
    'her town': /san\W{1,3}francisco/i,
    'her recovery link': new RegExp(['recover\\?key', ...shoppers.map(({ ids }) => ids.recoveryKey)].join('|'), 'i'),
  };
}

function secretsIn(text: string): string[] {
  return Object.entries(secrets()).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
}

/** Every name and every content in the database, whoever put it there, as an observer reads it. */
async function everythingInRedis(): Promise<{ readonly key: string; readonly text: string }[]> {
  const found: { key: string; text: string }[] = [];
  for await (const keys of ground.redis.scanStream({ count: 1_000 })) {
    for (const key of keys as string[]) {
      const dumped = (await ground.redis.dumpBuffer(key))?.toString('latin1') ?? '';
      found.push({ key, text: [key, JSON.stringify(await contentOf(ground.redis, key)), dumped].join('\n') });
    }
  }
  return found;
}

function plainDigestsOf(contact: string): string[] {
  return (['hex', 'base64url'] as const).map((form) => createHash('sha256').update(contact).digest(form));
}

function onDisk(): string {
  const files = readdirSync(redis.dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
}

/** Resolves when the append-only file was written anew from what is in memory; Redis numbers its parts. */
async function rewriteFile(): Promise<void> {
  const parts = () =>
    readdirSync(redis.dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.base.'));
  const before = parts();
  await ground.redis.bgrewriteaof();
  await until('the file is rewritten', () => parts().length === 1 && parts()[0] !== before[0]);
}

describe('the service', () => {
  it('knows all of her: it was told, and can be asked', async () => {
    const [called, slow] = await Promise.all([0, 1].map(async (n) => knows.load(shoppers[n]?.recoveryId ?? '')));
    const told = JSON.stringify([called, slow]);
    expect(secretsIn(told)).toEqual(Object.keys(secrets()));
    expect(called?.record.call).toMatchObject({ success: true, summary: PERSON });
    expect(slow?.record.held?.facts.payload?.customer.firstName).toBe(ODILE_US.firstName);
    expect(merchant.messages.some(({ data }) => JSON.stringify(data).includes(ODILE_US.lastName))).toBe(true);
    expect(
      shop.asked.some(
        ({ operation, variables }) => operation === 'CreateAgentOrder' && JSON.stringify(variables).includes('Ferry'),
      ),
    ).toBe(true);
    const keys = keysBelow(ground.prefix);
    const parked = parkedStore(
      ground.redis,
      keys,
      undefined,
      sealsWith(ground.redis, keys, { current: DATA_KEY, old: [] }).vault,
    );
    const [first] = await parked.list(SHOP, 1);
    expect((await parked.read(SHOP, first?.id ?? ''))?.body).toContain(ODILE_US.lastName);
  });
});

describe('nothing of the shopper', () => {
  it('can be missed by this test: what is in Redis in clear is found there, and on disk', async () => {
    await ground.redis.set('control', CONTROL);
    const mine = (await everythingInRedis()).find(({ key }) => key === 'control');
    await until('it is on disk', () => onDisk().includes(ODILE_US.lastName));
    expect(secretsIn(mine?.text ?? '')).toEqual(expect.arrayContaining(['her first name', 'her number', 'her town']));
    await ground.redis.del('control');
  });

  it('is in Redis: in no key, and under no key', async () => {
    const all = await everythingInRedis();
    const kinds = new Set(
      all.map(
        ({ key }) =>
          key
            .replace(`${ground.prefix}:`, '')
            .replace(/^shop:[^:]+:/, '')
            .split(':')[0],
      ),
    );
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining([
        'contact-key',
        'dial',
        'errands',
        'find',
        'parked',
        'person',
        'recoveries',
        'recovery',
        'state',
        'upkeep',
      ]),
    );
    expect(all.flatMap(({ key, text }) => secretsIn(text).map((secret) => `${secret}: ${key}`))).toEqual([]);
    // Nor her number or address as everybody can hash them.
    const names = all.map(({ key }) => key).join('\n');
    const digests = [ODILE_US.e164, ODILE_US.email].flatMap((contact) => plainDigestsOf(String(contact)));
    expect(digests.filter((digest) => names.includes(digest))).toEqual([]);
  });

  it('is in the file on disk: not as it grew, and not as it is rewritten', async () => {
    const grown = onDisk().replaceAll(CONTROL, '');
    expect(grown).toContain(shoppers[0]?.recoveryId);
    expect(secretsIn(grown)).toEqual([]);
    await rewriteFile();
    const rewritten = onDisk();
    expect(rewritten).toContain(shoppers[0]?.recoveryId);
    expect(secretsIn(rewritten)).toEqual([]);
  });

  it('is in the log', () => {
    const events = new Set(service.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).event));
    const expected = ['decision', 'dial', 'call_event', 'errand', 'alarm', 'fault', 'job_failed', 'store_unavailable'];
    for (const event of expected) expect(events).toContain(event);
    expect(service.lines.flatMap((line) => secretsIn(line).map((secret) => `${secret}: ${line}`))).toEqual([]);
    expect(service.lines.filter((line) => line.includes(DATA_KEY))).toEqual([]);
  });

  it('is in the metrics', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('ringback_dials_total{result="refused"} 1');
    expect(secretsIn(text)).toEqual([]);
  });

  it('is on Bull Board, or in the answer to what failed', async () => {
    const jobs = shoppers.flatMap(({ recoveryId }) => [1, 9].map((alarm) => `dial/${jobIdOf(recoveryId, alarm)}`));
    const lists = ['dial', 'errands', 'upkeep'].flatMap((queue) =>
      ['completed', 'failed', 'delayed', 'waiting', 'active'].map(
        (status) => `/ops/queues/api/queues?activeQueue=${queue}&status=${status}&page=1&jobsPerPage=50`,
      ),
    );
    for (const path of ['/ops/queues/', ...lists, ...jobs.map((job) => `/ops/queues/api/queues/${job}`)])
      await ask(path);
    expect(answers.filter((text) => text.includes(shoppers[0]?.recoveryId ?? '')).length).toBeGreaterThan(2);
    expect(answers.flatMap(secretsIn)).toEqual([]);
  });
});
