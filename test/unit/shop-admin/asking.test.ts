/** One question to the stand-in's shop on its bad days: time limits, throttling, redirects, nonsense. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { passThrough } from '../../../src/shop-admin/passage.ts';
import type { Trouble } from '../../../stand-ins/shop-admin/scripted-trouble.ts';
import { API_VERSION, startShopAdmin } from '../../../stand-ins/shop-admin/server.ts';
import { SHOP } from '../../support/a-shopper.ts';
import { faultOf, openShopAdmin, type ShopAdminAtStandIn } from '../../support/shop-admin-at-stand-in.ts';

const PHONE = '+14155550142';
const EMAIL = 'odile.marrable@example.com';
const ORDER = {
  ...{ key: 'key-1', checkoutToken: 'c0ffee', email: EMAIL, phone: PHONE, note: null, discountCodes: [] },
  lines: [{ variantId: '49302817465112', title: 'Storm lantern', quantity: 1 }],
  shippingAddress: null,
};

let world: ShopAdminAtStandIn;

beforeEach(async () => {
  world = await openShopAdmin();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const look = (admin = world.admin, timeoutMs = 10_000) =>
  admin.lastLook({ checkoutId: '981820079255', checkoutToken: 'c0ffee' }, timeoutMs);

describe('a question to the shop', () => {
  it('goes to the Admin API of the documented version, with the token in its header', async () => {
    await look();
    expect(world.shop.asked).toHaveLength(1);
    expect(world.shop.asked[0]).toMatchObject({
      operation: 'LastLook',
      variables: { id: 'gid://shopify/AbandonedCheckout/981820079255', orders: 'checkout_token:c0ffee' },
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    });
    expect(world.shop.tokens.isValid(world.shop.asked[0]?.token ?? '')).toBe(true);
  });

  it('takes nothing of the configured address but its origin', async () => {
    const adminUrl = new URL(`${world.shop.url}/elsewhere?and=nowhere#at-all`);
    expect(await look(world.another({ adminUrl }))).toMatchObject({ ok: true });
  });

  it('reaches the shop it is for, also when several are asked at once', async () => {
    const other = await openShopAdmin();
    try {
      other.shop.shelves.putAbandonment('c0ffee', { inventoryAvailable: false });
      await Promise.all(Array.from({ length: 10 }, () => [look(world.admin), look(other.admin)]).flat());
      expect([world.shop.asked.length, other.shop.asked.length]).toEqual([10, 10]);
      expect(other.shop.asked.every(({ token }) => other.shop.tokens.isValid(token))).toBe(true);
    } finally {
      await other.close();
    }
  });

  it.each<[string, Trouble, object]>([
    [
      'throttled in a good answer',
      { throttled: { cost: 502, available: 2, restoreRate: 100 } },
      { kind: 'unavailable', cause: 'throttled', retryAfterMs: 5_000 },
    ],
    [
      'throttled by its status, in seconds with a fraction',
      { status: 429, headers: { 'retry-after': '2.5' } },
      { kind: 'unavailable', cause: 'throttled', retryAfterMs: 2_500 },
    ],
    ['throttled without a word', { status: 429 }, { kind: 'unavailable', cause: 'throttled', retryAfterMs: null }],
    ['failing', { status: 500 }, { kind: 'unavailable', cause: 'http_500', retryAfterMs: null }],
    [
      'failing in HTML',
      { status: 503, body: '<html>later</html>', headers: { 'retry-after': '3' } },
      { kind: 'unavailable', cause: 'http_503', retryAfterMs: 3_000 },
    ],
    ['forbidding it', { status: 403 }, { kind: 'denied', cause: 'http_403' }],
    ['not there', { status: 404, body: '<html>no shop</html>' }, { kind: 'denied', cause: 'http_404' }],
    ['frozen', { status: 402 }, { kind: 'denied', cause: 'http_402' }],
    ['not taking it', { status: 400, body: { errors: { query: EMAIL } } }, { kind: 'refused', message: 'HTTP 400' }],
    [
      'without a right to a field',
      { errors: [{ message: 'Access denied', path: ['orders'], extensions: { code: 'ACCESS_DENIED' } }] },
      { kind: 'denied', cause: 'access_denied.orders' },
    ],
    [
      'failing inside',
      { errors: [{ message: `Oops ${EMAIL}`, extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
      { kind: 'unavailable', cause: 'internal_server_error', retryAfterMs: null },
    ],
    [
      'not understanding it',
      { errors: [{ message: `c0ffee of ${EMAIL} is unknown`, extensions: { code: 'undefinedField' } }] },
      { kind: 'refused', message: 'undefinedField: c0ffee of … is unknown' },
    ],
    ['talking HTML', { status: 200, body: '<html></html>' }, { kind: 'unavailable', cause: 'answer_unreadable' }],
    ['answering null', { status: 200, body: null }, { kind: 'unavailable', cause: 'answer_unreadable' }],
    ['answering a list', { status: 200, body: [] }, { kind: 'unavailable', cause: 'answer_unreadable' }],
    ['answering {}', { status: 200, body: {} }, { kind: 'unavailable', cause: 'answer_unreadable' }],
    ['without data', { status: 200, body: { data: null } }, { kind: 'unavailable', cause: 'answer_unreadable' }],
    [
      'with data of another kind',
      { status: 200, body: { data: { orders: { nodes: EMAIL } } } },
      { kind: 'unavailable', cause: 'answer_unreadable' },
    ],
    [
      'talking half of JSON',
      { raw: 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"data":{' },
      { kind: 'unavailable', cause: 'answer_unreadable' },
    ],
    ['talking something else than HTTP', { raw: '220 mail\r\n' }, { kind: 'unavailable' }],
    ['saying nothing', { raw: '' }, { kind: 'unavailable', cause: 'und_err_socket' }],
    ['resetting the connection', { reset: true }, { cause: expect.stringMatching(/^(econnreset|und_err_socket)$/) }],
    ['talking without end', { hugeBody: 5_000_000 }, { kind: 'unavailable', cause: 'answer_too_large' }],
  ])('of a shop that is %s', async (_how, trouble, expected) => {
    world.shop.nextAnswers.push(trouble);
    expect(faultOf(await look())).toMatchObject(expected);
    expect(world.shop.asked).toHaveLength(1);
  });

  it('is answered by good data also beside an empty list of errors', async () => {
    world.shop.nextAnswers.push({ status: 200, body: { data: { orders: { nodes: [] } }, errors: [] } });
    expect(await look()).toMatchObject({ ok: true });
  });

  it.each<[string, Trouble]>([
    ['says nothing', { hang: true }],
    ['stops in the middle', { stall: true }],
    ['is slow', { delayMs: 2_000 }],
  ])('is given up in time when the shop %s', async (_how, trouble) => {
    world.shop.nextAnswers.push(trouble);
    const startedAt = performance.now();
    const answer = await look(world.admin, 150);
    expect(faultOf(answer)).toEqual({ kind: 'unavailable', cause: 'timeout', retryAfterMs: null });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  it('is given up in the time of the adapter when it names none', async () => {
    world.shop.nextAnswers.push({ hang: true });
    const answer = await world.another({ timeoutMs: 150 }).findDiscount('RB-TEN');
    expect(faultOf(answer)).toMatchObject({ cause: 'timeout' });
  });

  it('finds nobody at the door', async () => {
    const { admin } = world;
    await world.shop.close();
    expect(faultOf(await look(admin))).toEqual({ kind: 'unavailable', cause: 'econnrefused', retryAfterMs: null });
  });
});

describe('a redirect', () => {
  const elsewhere = (url: string) => `${url}/admin/api/${API_VERSION}/graphql.json`;

  it.each([301, 302, 307, 308] as const)('%i is not followed: the token reaches no other host', async (status) => {
    const other = await startShopAdmin();
    try {
      world.shop.nextAnswers.push({ redirectTo: elsewhere(other.url), status });
      expect(faultOf(await look())).toEqual({ kind: 'denied', cause: `http_${status}` });
      expect(other.asked).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('of the token endpoint is not followed either: the secret reaches no other host', async () => {
    const other = await startShopAdmin();
    try {
      world.shop.nextTokenAnswers.push({ redirectTo: `${other.url}/admin/oauth/access_token` });
      expect(faultOf(await look())).toEqual({ kind: 'denied', cause: 'http_307' });
      expect(other.tokenFetches).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('the way out of the library', () => {
  it('leads to nobody but the shop it was opened for', async () => {
    const { abstractFetch } = await import('@shopify/shopify-api/runtime');
    const route = { shop: SHOP, adminUrl: new URL(world.shop.url) };
    const to = (host: string) => abstractFetch(`https://${host}/admin/api/${API_VERSION}/graphql.json`);
    await expect(to(SHOP)).rejects.toThrow('no passage there');
    const strayed = await passThrough(route, 1_000, () => to('other.myshopify.com'));
    expect(strayed).toEqual({ passed: { kind: 'no_answer', cause: 'not_sent' }, value: null });
    expect(world.shop.asked).toEqual([]);
  });
});

describe('what is nobody’s business', () => {
  const TROUBLES: readonly Trouble[] = [
    { status: 401 },
    { status: 403, body: { errors: `${EMAIL} ${PHONE}` } },
    { status: 422, body: { errors: { phone: PHONE } } },
    { status: 500, body: `<html>${EMAIL}</html>` },
    { errors: [{ message: `Value "${PHONE}" of ${EMAIL}`, extensions: { code: 'x', value: EMAIL } }] },
    { errors: [{ message: 'no', path: [EMAIL, 'input'], extensions: { code: 'ACCESS_DENIED' } }] },
    { errors: EMAIL },
    { reset: true },
    { raw: `${EMAIL}\r\n` },
  ];

  it('is neither printed nor told in any fault', async () => {
    const spoken: unknown[] = [];
    for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...words) => spoken.push(words));
    }
    const { credentials, tokens } = world.shop;
    const admin = world.another({ token: { kind: 'static', value: tokens.permanent } });
    const told: unknown[] = [];
    for (const trouble of TROUBLES) {
      world.shop.nextAnswers.push(trouble);
      const answer = await admin.createAgentOrder(ORDER);
      expect(answer.ok).toBe(false);
      told.push(answer);
      world.shop.nextTokenAnswers.push(trouble);
      told.push(await look(world.another()));
    }
    expect(spoken).toEqual([]);
    const text = JSON.stringify(told);
    for (const secret of [EMAIL, PHONE, credentials.clientSecret, credentials.clientId, tokens.permanent]) {
      expect(text).not.toContain(secret);
    }
    for (const { token } of world.shop.asked) expect(text).not.toContain(token);
  });

  it('stays untold also when it cannot even be sent', async () => {
    const value = 'shpat_with a\nline end';
    const answer = await look(world.another({ token: { kind: 'static', value } }));
    expect(answer).toEqual({
      ok: false,
      fault: { kind: 'unavailable', cause: 'connection_failed', retryAfterMs: null },
    });
  });
});
