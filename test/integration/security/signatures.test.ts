/** Who is believed: the shop and the vendor, by a signature over the bytes, and nobody else, whatever they send and however they spell it. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signWebhook } from '../../../stand-ins/shop/deliver.ts';
import { aShopper, longAgo, minutesAgo, SHOP, type ShopperInTest } from '../../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../../support/ground.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { settled } from '../../support/settled.ts';

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start();
});
afterAll(() => ground.close());

type Header = readonly [name: string, value: string];

const SHOP_HEADERS: readonly Header[] = [
  ['content-type', 'application/json'],
  ['x-shopify-topic', 'checkouts/update'],
  ['x-shopify-shop-domain', SHOP],
  ['x-shopify-api-version', '2026-10'],
];

function post(
  path: string,
  headers: readonly Header[],
  body: string,
): Promise<{ statuses: readonly number[]; text: string }> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return sendRaw(service.url, `${head}${lines}\r\n${body}`, 5_000);
}

describe('a webhook with two signatures', () => {
  const right = (body: string): string => signWebhook(body, CLIENT_SECRET);
  const wrong = signWebhook('other', 'shpss_of-somebody-else');

  it.each<[string, (body: string) => readonly string[]]>([
    ['the right one first', (body) => [right(body), wrong]],
    ['the right one last', (body) => [wrong, right(body)]],
    ['the right one twice', (body) => [right(body), right(body)]],
  ])('is refused: %s', async (_what, signatures) => {
    const shopper = aShopper();
    const { body } = shopper.fillsIn(longAgo());
    const headers = signatures(body).map((value) => ['x-shopify-hmac-sha256', value] as const);
    expect((await post('/webhooks/shopify', [...SHOP_HEADERS, ...headers], body)).statuses).toEqual([401]);
    expect(await ground.store.load(shopper.recoveryId)).toBeNull();
  });
});

describe('a call event', () => {
  const { publicKey, privateKey } = {
    publicKey: () => ground.vendor.keys.publicKey,
    privateKey: () => ground.vendor.keys.privateKey,
  };
  const digest = (body: string, key: string, encoding: 'hex' | 'base64' = 'hex') =>
    createHmac('sha256', key).update(body).digest(encoding);

  async function called(): Promise<ShopperInTest> {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'called');
    return shopper;
  }

  const eventOf = ({ recoveryId }: ShopperInTest): string =>
    JSON.stringify({ metadata: { recoveryId }, event: { type: 'call.busy', data: {} } });

  const REFUSED: readonly [string, (body: string) => readonly Header[]][] = [
    ['without a signature', () => [['x-public-key', publicKey()]]],
    [
      'with an empty one',
      () => [
        ['x-signature', ''],
        ['x-public-key', publicKey()],
      ],
    ],
    ['with that of other bytes', (body) => [['x-signature', digest(`${body} `, privateKey())]]],
    [
      'with that of another key',
      (body) => [
        ['x-signature', digest(body, 'sk_other')],
        ['x-public-key', publicKey()],
      ],
    ],
    [
      'signed with the public key',
      (body) => [
        ['x-signature', digest(body, publicKey())],
        ['x-public-key', publicKey()],
      ],
    ],
    ['signed with nothing', (body) => [['x-signature', digest(body, '')]]],
    ['with one bit flipped', (body) => [['x-signature', flipped(digest(body, privateKey()))]]],
    ['in capitals', (body) => [['x-signature', digest(body, privateKey()).toUpperCase()]]],
    ['in base64', (body) => [['x-signature', digest(body, privateKey(), 'base64')]]],
    ['cut short', (body) => [['x-signature', digest(body, privateKey()).slice(0, 62)]]],
    ['with something behind it', (body) => [['x-signature', `${digest(body, privateKey())}00`]]],
    ['with a prefix', (body) => [['x-signature', `sha256=${digest(body, privateKey())}`]]],
    [
      'with two of them',
      (body) => [
        ['x-signature', digest(body, privateKey())],
        ['x-signature', digest(body, privateKey())],
      ],
    ],
    [
      'with a wrong public key',
      (body) => [
        ['x-signature', digest(body, privateKey())],
        ['x-public-key', 'pk_other'],
      ],
    ],
    [
      'with a wrong public key and a wrong signature',
      (body) => [
        ['x-signature', digest(body, 'sk_other')],
        ['x-public-key', 'pk_other'],
      ],
    ],
  ];

  it('is refused in every other way of signing, always with the same words, and moves nothing', async () => {
    const shopper = await called();
    const before = await ground.store.load(shopper.recoveryId);
    const body = eventOf(shopper);
    const answers = new Set<string>();
    for (const [what, headersOf] of REFUSED) {
      const headers: Header[] = [['content-type', 'application/json'], ...headersOf(body)];
      const { statuses, text } = await post('/webhooks/call-events', headers, body);
      expect([what, ...statuses]).toEqual([what, 401]);
      answers.add(text.slice(text.indexOf('\r\n\r\n')));
    }
    expect(await ground.store.load(shopper.recoveryId)).toEqual(before);
    // Whether a public key exists is not to be learned from the answer.
    expect([...answers]).toEqual(['\r\n\r\n{"error":"wrong_signature"}']);
  });

  it('is over the bytes: the same event written otherwise is refused', async () => {
    const shopper = await called();
    const body = eventOf(shopper);
    const headers: Header[] = [
      ['content-type', 'application/json'],
      ['x-signature', digest(body, privateKey())],
    ];
    const rewritten = JSON.stringify(JSON.parse(body), null, 1);
    expect((await post('/webhooks/call-events', headers, rewritten)).statuses).toEqual([401]);
    expect((await post('/webhooks/call-events', headers, body)).statuses).toEqual([200]);
  });
});

describe('an unsigned body', () => {
  // Its length alone is looked at, and the bytes for the signature; nothing reads what it says.
  it.each([
    ['/webhooks/shopify', 1_000_000, 401],
    ['/webhooks/shopify', 10_000_000, 413],
    ['/webhooks/call-events', 500_000, 401],
    ['/webhooks/call-events', 10_000_000, 413],
  ])('at %s of %i bytes is refused with %i and never parsed', async (path, size, status) => {
    const body = `{"a":${'['.repeat(size)}`;
    const parse = vi.spyOn(JSON, 'parse');
    try {
      const headers: Header[] = [...SHOP_HEADERS, ['x-shopify-hmac-sha256', signWebhook('{}', CLIENT_SECRET)]];
      const { statuses } = await post(path, headers, body);
      // A reset of what is still being sent may overtake the answer.
      expect(statuses.length === 0 ? status : statuses[0]).toBe(status);
      expect(parse.mock.calls.filter(([text]) => text.includes('[[[['))).toEqual([]);
    } finally {
      parse.mockRestore();
    }
  });
});

describe('what stands in the headers alone', () => {
  const signed = (body: string, more: readonly Header[]): readonly Header[] => [
    ...SHOP_HEADERS,
    ['x-shopify-hmac-sha256', signWebhook(body, CLIENT_SECRET)],
    ...more,
  ];

  it.each<[string, readonly Header[]]>([
    ['years ago', [['x-shopify-triggered-at', '2019-01-01T00:00:00Z']]],
    ['in the future', [['x-shopify-triggered-at', '2999-01-01T00:00:00Z']]],
    ['no time at all', [['x-shopify-triggered-at', 'yesterday']]],
    ['nothing', []],
  ])('decides nothing: a fresh body said to be triggered %s is as fresh as its own time', async (_what, more) => {
    const shopper = aShopper();
    const { body } = shopper.fillsIn(minutesAgo(1));
    expect((await post('/webhooks/shopify', signed(body, more), body)).statuses).toEqual([200]);
    expect((await ground.store.load(shopper.recoveryId))?.record.state).toBe('scheduled');
  });

  it('makes no old body young: replayed under a fresh time and fresh ids it is on record and nobody is called', async () => {
    const shopper = aShopper();
    const { body } = shopper.fillsIn(minutesAgo(3 * 24 * 60));
    const { requests } = ground.vendor;
    const more: Header[] = [
      ['x-shopify-triggered-at', new Date().toISOString()],
      ['x-shopify-webhook-id', 'b54557e4-0000-4000-8000-000000000001'],
    ];
    expect((await post('/webhooks/shopify', signed(body, more), body)).statuses).toEqual([200]);
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({
      state: 'skipped',
      reason: 'too_old',
    });
    expect(ground.vendor.requests).toBe(requests);
  });
});

describe('the records of two shops on one Redis', () => {
  it('are each other’s secret: what one was told the other neither finds nor touches', async () => {
    const other = await ground.start({ env: { SHOPIFY_SHOP: 'other-lantern', ROLE: 'web' } });
    const shopper = aShopper();
    expect(await service.send(shopper.fillsIn(minutesAgo(1)))).toBe(200);
    // The body is the first shop's; the second takes nothing under the first one's name, and finds nothing of it.
    expect(await other.send(shopper.completes(new Date()))).toBe(403);
    const list = await other.ops.get('/ops/api/recoveries?limit=200');
    expect(list.json.recoveries).toEqual([]);
    const query = encodeURIComponent(shopper.shopper.email);
    expect((await other.ops.get(`/ops/api/recoveries?query=${query}`)).json.recoveries).toEqual([]);
    expect((await ground.store.load(shopper.recoveryId))?.record.state).toBe('scheduled');
  });
});

function flipped(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  bytes[31] = (bytes[31] ?? 0) ^ 1;
  return bytes.toString('hex');
}
