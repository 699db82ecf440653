/** The door for Shopify: whose webhooks it takes, what it answers, and that nothing unsigned or unreadable does any harm. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { PARKED_CAP, parkedStore } from '../../src/store/parked-store.ts';
import { signWebhook } from '../../stand-ins/shop/deliver.ts';
import { unforeseenBody } from '../../stand-ins/shop/unforeseen-body.ts';
import { aShopper, longAgo, minutesAgo, SHOP } from '../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { settled, until } from '../support/settled.ts';

const SECOND_SECRET = 'shpss_after-the-rotation';

let ground: Ground;
let service: Running;
let log: LogLines;

beforeAll(async () => {
  log = logLines();
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start({
    env: { SHOPIFY_WEBHOOK_SECRETS: `${SECOND_SECRET},shpss_of-the-notification-settings` },
    logger: log.logger,
  });
});
afterAll(() => ground.close());

interface Post {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly to?: Running;
}

/** Signed, of our shop, `checkouts/update`, unless the headers say otherwise; null leaves one away. */
async function post({ body, headers = {}, to = service }: Post): Promise<{ status: number; json: unknown }> {
  const usual = {
    'content-type': 'application/json',
    'x-shopify-topic': 'checkouts/update',
    'x-shopify-shop-domain': SHOP,
    'x-shopify-api-version': '2026-10',
    'x-shopify-hmac-sha256': signWebhook(body, CLIENT_SECRET),
  };
  const all = Object.entries({ ...usual, ...headers }).filter(
    (header): header is [string, string] => header[1] !== null,
  );
  const bytes = new Uint8Array(Buffer.from(body as string));
  const response = await fetch(`${to.url}/webhooks/shopify`, { method: 'POST', headers: all, body: bytes });
  const text = await response.text();
  return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text };
}

async function counted(labels: Record<string, string>): Promise<number> {
  const { values } = await service.service.metrics.webhooks.get();
  const found = values.find((one) =>
    Object.entries(labels).every(([name, value]) => one.labels[name as 'topic'] === value),
  );
  return found?.value ?? 0;
}

describe('a signature', () => {
  const right = (body: string) => signWebhook(body, CLIENT_SECRET);
  const hmac = (body: string, encoding: 'hex' | 'base64url') =>
    createHmac('sha256', CLIENT_SECRET).update(body).digest(encoding);

  it.each<[string, (body: string) => string | null]>([
    ['that is missing', () => null],
    ['that is empty', () => ''],
    ['of another secret', (body) => signWebhook(body, 'shpss_of-somebody-else')],
    ['of a secret and of nothing', (body) => signWebhook(body, '')],
    ['of other bytes', (body) => right(`${body} `)],
    ['with one bit flipped', (body) => flipOneBit(right(body))],
    ['in hexadecimal', (body) => hmac(body, 'hex')],
    ['in base64url without padding', (body) => hmac(body, 'base64url')],
    ['without its padding', (body) => right(body).slice(0, -1)],
    ['with more padding', (body) => `${right(body)}=`],
    ['with unused bits set', (body) => spelledOtherwise(right(body))],
    ['with something behind it', (body) => `${right(body)}AAAA`],
    ['cut short', (body) => right(body).slice(0, 20)],
    ['twice', (body) => `${right(body)}, ${right(body)}`],
    ['that is no base64 at all', () => '!'.repeat(44)],
  ])('%s is refused with 401, and nothing is remembered', async (_what, signature) => {
    const shopper = aShopper();
    const { body } = shopper.fillsIn(longAgo());
    const answer = await post({ body, headers: { 'x-shopify-hmac-sha256': signature(body) } });
    expect(answer.status).toBe(401);
    expect(await ground.store.load(shopper.recoveryId)).toBeNull();
  });

  it('is over the bytes: the same JSON written otherwise is refused', async () => {
    const { body } = aShopper().fillsIn(longAgo());
    const rewritten = JSON.stringify(JSON.parse(body), null, 1);
    const answer = await post({ body: rewritten, headers: { 'x-shopify-hmac-sha256': right(body) } });
    expect(answer).toEqual({ status: 401, json: { error: 'wrong_signature' } });
  });

  it('is looked at before the body: bad JSON with a bad signature is 401, not 400', async () => {
    const answer = await post({ body: '{"token":', headers: { 'x-shopify-hmac-sha256': right('{}') } });
    expect(answer.status).toBe(401);
  });

  it('of the second secret is taken; once that secret is removed, it is not', async () => {
    const shopper = aShopper();
    const { body } = shopper.fillsIn(minutesAgo(1));
    const headers = { 'x-shopify-hmac-sha256': signWebhook(body, SECOND_SECRET) };
    expect((await post({ body, headers })).status).toBe(200);
    const rotated = await ground.start({ env: { ROLE: 'web' } });
    expect((await post({ body, headers, to: rotated })).status).toBe(401);
    expect((await post({ body, to: rotated })).status).toBe(200);
  });
});

describe('a signed webhook', () => {
  it('of another shop is refused with 403, and its name is not told', async () => {
    const { body } = aShopper().fillsIn(longAgo());
    const answer = await post({ body, headers: { 'x-shopify-shop-domain': 'other.myshopify.com' } });
    expect(answer).toEqual({ status: 403, json: { error: 'wrong_shop' } });
    expect((await post({ body, headers: { 'x-shopify-shop-domain': null } })).status).toBe(403);
  });

  it('is taken whatever the case of the shop’s name', async () => {
    const { body } = aShopper().fillsIn(minutesAgo(1));
    expect((await post({ body, headers: { 'x-shopify-shop-domain': SHOP.toUpperCase() } })).status).toBe(200);
  });

  it('without a topic is refused with 400', async () => {
    expect((await post({ body: '{}', headers: { 'x-shopify-topic': null } })).status).toBe(400);
  });

  it.each(['{"token":', 'token=1', '"', '\u0000', '{"a":1}{"b":2}'])(
    'that is no JSON (%j) is refused with 400',
    async (body) => {
      expect(await post({ body })).toEqual({ status: 400, json: { error: 'not_json' } });
    },
  );

  it('without a body is refused', async () => {
    const { status } = await post({ body: '' });
    expect([400, 401]).toContain(status);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', 'multipart/form-data'])(
    'that calls itself %s is refused with 415',
    async (type) => {
      const { body } = aShopper().fillsIn(longAgo());
      expect((await post({ body, headers: { 'content-type': type } })).status).toBe(415);
    },
  );

  it('may name its character set', async () => {
    const { body } = aShopper().fillsIn(minutesAgo(1));
    expect((await post({ body, headers: { 'content-type': 'application/json; charset=utf-8' } })).status).toBe(200);
  });

  it('of more than a mebibyte is refused with 413; just below it is read', async () => {
    const padded = (bytes: number) => {
      const { body } = aShopper().fillsIn(minutesAgo(1));
      return body.replace('{', `{"padding":"${'x'.repeat(bytes - body.length - 13)}",`);
    };
    expect((await post({ body: padded(1024 * 1024 + 1) })).status).toBe(413);
    expect((await post({ body: padded(1024 * 1024) })).status).toBe(200);
  });

  it.each(['products/update', 'orders/cancelled', 'customers_email_marketing_consent/update', 'toString', '__proto__'])(
    'of topic %s is none of our business: 200, and counted',
    async (topic) => {
      const labels = { answer: 'ignored', topic: topic.includes('/') && topic !== 'products/update' ? topic : 'other' };
      const before = await counted(labels);
      expect(await post({ body: '{}', headers: { 'x-shopify-topic': topic } })).toEqual({
        status: 200,
        json: { status: 'ignored' },
      });
      expect(await counted(labels)).toBe(before + 1);
    },
  );

  it('that was handled, once more with fresh ids, changes nothing and calls nobody', async () => {
    const shopper = aShopper();
    const webhook = shopper.fillsIn(longAgo());
    expect(await service.send(webhook)).toBe(200);
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    const requests = ground.vendor.requests;
    for (let n = 0; n < 3; n++) expect(await service.send(webhook)).toBe(200);
    expect((await ground.store.load(shopper.recoveryId))?.record).toEqual(record);
    expect(ground.vendor.requests).toBe(requests);
  });

  it('cannot reach for prototypes', async () => {
    const shopper = aShopper();
    const { body } = shopper.fillsIn(minutesAgo(1));
    const evil = body
      .replace('{', '{"__proto__":{"completed_at":"2026-01-01T00:00:00Z","polluted":"yes"},')
      .replace('{', '{"constructor":{"prototype":{"polluted":"yes"}},');
    expect((await post({ body: evil })).status).toBe(200);
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({
      state: 'scheduled',
      orderedAt: null,
    });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each<[string, string]>([
    ['lists a hundred thousand deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects a hundred thousand deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['eighty thousand keys', `{${Array.from({ length: 80_000 }, (_, n) => `"k${n}":1`).join()}}`],
    ['an endless number', `{"token":${'9'.repeat(500_000)}}`],
  ])('of %s does not hold the service up', async (_what, body) => {
    const startedAt = performance.now();
    const { status } = await post({ body });
    expect([200, 400]).toContain(status);
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect((await fetch(`${service.url}/healthz`)).ok).toBe(true);
  });
});

describe('a webhook of a shape nobody foresaw', () => {
  it('is answered with 200 and kept whole; the log names the field and no value', async () => {
    const body = unforeseenBody('secret-token-of-a-stranger', new Date());
    expect(await post({ body })).toEqual({ status: 200, json: { status: 'parked' } });
    const { parked } = (await service.ops.get('/ops/api/parked')).json;
    const mine = parked.at(-1);
    expect(mine).toMatchObject({ source: 'shopify', topic: 'checkouts/update', apiVersion: '2026-10', field: 'token' });
    expect(mine.body).toBeUndefined();
    const kept = await parkedStore(ground.redis, keysBelow(ground.prefix)).read(SHOP, mine.id);
    expect(kept?.body).toBe(body);
    const line = await until('it is logged', () => log.of('alarm').find(({ parkedId }) => parkedId === mine.id));
    expect(line).toMatchObject({ alarm: 'delivery_parked', topic: 'checkouts/update', field: 'token' });
    expect(log.lines.join('')).not.toMatch(/secret-token-of-a-stranger|somewhere|12\.00/);
  });

  it.each([
    ['a week', '30d', 7 * DAY],
    ['no longer than other personal data', '1d', DAY],
  ])('is kept for %s with DATA_RETENTION=%s', async (_long, DATA_RETENTION, forMs) => {
    const brief = await ground.start({ env: { ROLE: 'web', DATA_RETENTION } });
    const body = unforeseenBody(`kept for ${forMs}`, new Date());
    expect(await post({ body, to: brief })).toEqual({ status: 200, json: { status: 'parked' } });
    const [newest] = (await service.ops.get('/ops/api/parked')).json.parked.slice(-1);
    const left = await ground.redis.pttl(keysBelow(ground.prefix).parkedBody(SHOP, newest.id));
    expect(left).toBeGreaterThan(forMs - MINUTE);
    expect(left).toBeLessThanOrEqual(forMs);
  });

  it('goes with its body when it is to be kept for less long than when it came', async () => {
    const keys = keysBelow(`${ground.prefix}:shortened`);
    const [store, shortened] = [PARKED_CAP.forMs, DAY].map((forMs) =>
      parkedStore(ground.redis, keys, { ...PARKED_CAP, forMs }),
    );
    const now = Date.now();
    const parked = { source: 'shopify', topic: 't', apiVersion: null, field: 'f', body: 'a body' } as const;
    const { id } = (await store?.park(SHOP, { ...parked, receivedAt: now - 2 * DAY })) ?? { id: '' };
    expect(await shortened?.expire(SHOP, now)).toBe(1);
    expect(await ground.redis.exists(keys.parkedBody(SHOP, id))).toBe(0);
    expect(await shortened?.count(SHOP)).toBe(0);
  });

  it('is kept once, however often it is sent', async () => {
    const body = unforeseenBody('again', new Date());
    const count = async () => (await service.ops.get('/ops/api/parked')).json.parked.length;
    await post({ body });
    const once = await count();
    await post({ body });
    expect(await count()).toBe(once);
  });

  it('is read again when the parser can: what it understands leaves, the rest stays', async () => {
    const store = parkedStore(ground.redis, keysBelow(ground.prefix));
    const shopper = aShopper();
    // As if a mended version had been started: this body is readable now.
    await store.park(SHOP, {
      ...{ source: 'shopify', topic: 'checkouts/update', apiVersion: '2026-10', receivedAt: Date.now() - 60_000 },
      ...{ field: 'line_items.0.quantity', body: shopper.fillsIn(minutesAgo(2)).body },
    });
    const before = (await service.ops.get('/ops/api/parked')).json.parked.length;
    const { understood, stillUnreadable } = (await service.ops.post('/ops/api/parked/replay')).json;
    expect(understood).toBe(1);
    const fields = stillUnreadable as Record<string, number>;
    expect(Object.values(fields).reduce((sum, count) => sum + count, 0)).toBe(before - 1);
    expect((await ground.store.load(shopper.recoveryId))?.record.state).toBe('scheduled');
    expect((await service.ops.get('/ops/api/parked')).json.parked).toHaveLength(before - 1);
  });

  it('never fills Redis: beyond a number, or beyond a weight, the oldest goes', async () => {
    const keys = keysBelow(`${ground.prefix}:capped`);
    const store = parkedStore(ground.redis, keys, { bodies: 3, bytes: 1_000, forMs: HOUR });
    const park = (n: number, body: string) =>
      store.park(SHOP, { source: 'shopify', topic: 't', apiVersion: null, receivedAt: n, field: 'f', body });
    for (const n of [1, 2, 3]) expect((await park(n, `body ${n}`)).dropped).toBe(0);
    expect((await park(4, 'body 4')).dropped).toBe(1);
    expect((await store.list(SHOP, 10)).map(({ receivedAt }) => receivedAt)).toEqual([2, 3, 4]);
    expect((await park(5, 'x'.repeat(990))).dropped).toBe(2);
    expect((await store.list(SHOP, 10)).map(({ receivedAt }) => receivedAt)).toEqual([4, 5]);
  });
});

function flipOneBit(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  bytes[7] = (bytes[7] ?? 0) ^ 1;
  return bytes.toString('base64');
}

/** The last letter before the padding carries two unused bits: other letters decode to the same bytes. */
function spelledOtherwise(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = alphabet.indexOf(signature.at(-2) ?? '');
  const twin = `${signature.slice(0, -2)}${alphabet[last ^ 1]}=`;
  expect(Buffer.from(twin, 'base64')).toEqual(Buffer.from(signature, 'base64'));
  return twin;
}
