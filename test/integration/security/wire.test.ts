/** The wire itself: requests that two readers would read differently are refused, and nothing is held open or told that need not be. */
import { connect } from 'node:net';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFaults } from '../../../src/http/answer-faults.ts';
import { signWebhook } from '../../../stand-ins/shop/deliver.ts';
import { aShopper, minutesAgo, SHOP } from '../../support/a-shopper.ts';
import { CLIENT_SECRET, type Ground, openGround, type Running } from '../../support/ground.ts';
import { sendRaw } from '../../support/raw-http.ts';

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround();
  service = await ground.start({ env: { ROLE: 'web' } });
});
afterAll(() => ground.close());

const START = 'POST /webhooks/shopify HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
/** Would be a request of its own to whoever sees the end of the first one too early. */
const HIDDEN = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';

const AMBIGUOUS: readonly [string, string][] = [
  ['a length and chunks', `${START}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['chunks and a length', `${START}transfer-encoding: chunked\r\ncontent-length: 6\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['two lengths', `${START}content-length: 2\r\ncontent-length: ${2 + HIDDEN.length}\r\n\r\n{}${HIDDEN}`],
  ['two lengths in one header', `${START}content-length: 2, 2\r\n\r\n{}${HIDDEN}`],
  ['a length with a sign', `${START}content-length: +2\r\n\r\n{}${HIDDEN}`],
  ['a length in hexadecimal', `${START}content-length: 0x2\r\n\r\n{}${HIDDEN}`],
  ['a negative length', `${START}content-length: -1\r\n\r\n${HIDDEN}`],
  ['an encoding nobody knows', `${START}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
  ['chunked, and not last', `${START}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${HIDDEN}`],
  [
    'a header that goes on in the next line',
    `${START}x-shopify-topic: a\r\n b\r\ntransfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  ],
  ['a blank before the colon', `${START}content-length : 2\r\n\r\n{}${HIDDEN}`],
  ['lines that end in a bare LF', `${START.replaceAll('\r\n', '\n')}content-length: 2\n\n{}${HIDDEN}`],
  ['a bare CR in a header', `${START}x-shopify-topic: a\rcontent-length: 2\r\n\r\n{}${HIDDEN}`],
  ['a zero byte in a header', `${START}x-shopify-topic: a\0b\r\ncontent-length: 2\r\n\r\n{}`],
  ['a chunk of no number', `${START}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ['a chunk beyond all numbers', `${START}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n`],
  ['a chunk longer than it says', `${START}transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n${HIDDEN}`],
  ['a chunk that ends in a bare LF', `${START}transfer-encoding: chunked\r\n\r\n2\n{}\n0\n\n${HIDDEN}`],
  ['no host', 'POST /webhooks/shopify HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}'],
  ['headers without end', `${START}x-more: ${'x'.repeat(20_000)}\r\n\r\n`],
];

describe('a request with', () => {
  it.concurrent.each(AMBIGUOUS)('%s is refused, and its connection closed', async (_what, bytes) => {
    const { statuses, isClosed } = await sendRaw(service.url, bytes, 4_000);
    expect(statuses.length).toBeLessThanOrEqual(1);
    // Refused as what it is; what hides behind it is never answered.
    expect([400, 413, 431, 501]).toContain(statuses[0]);
    expect(isClosed).toBe(true);
  });

  it('nothing of the kind is answered, one after the other on one connection', async () => {
    const { statuses } = await sendRaw(service.url, `${HIDDEN}${HIDDEN}`, 700);
    expect(statuses).toEqual([200, 200]);
  });
});

describe('the server', () => {
  it('has the time limits it needs', () => {
    const { server } = service.service.app;
    expect(server.requestTimeout).toBeLessThanOrEqual(10_000);
    expect(server.headersTimeout).toBeLessThanOrEqual(8_000);
    expect(server.headersTimeout).toBeGreaterThan(0);
    // Longer than proxies keep theirs (60 s is common): the one who closes first must be the proxy.
    expect(server.keepAliveTimeout).toBeGreaterThan(60_000);
  });

  it('tells neither its name nor its version, nor where something failed', async () => {
    for (const path of ['/healthz', '/nowhere', '/webhooks/shopify', '/ops']) {
      const response = await fetch(`${service.url}${path}`);
      const text = await response.text();
      expect(response.headers.get('server')).toBeNull();
      expect(response.headers.get('x-powered-by')).toBeNull();
      expect(text).not.toMatch(/node_modules|\.ts:|fastify|at [A-Z]\w+\./i);
    }
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS'])('takes no webhook by %s', async (method) => {
    const { statuses } = await sendRaw(
      service.url,
      `${method} /webhooks/shopify HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
    expect([404, 405]).toContain(statuses[0]);
  });

  it('gives a fault of its own a number and no words', async () => {
    const secret = 'postgres://somebody:secret@somewhere';
    const app = Fastify();
    answerFaults(app);
    app.get('/', async () => {
      throw new Error(secret);
    });
    const fault = await app.inject({ method: 'GET', url: '/' });
    expect(fault.statusCode).toBe(500);
    expect(Object.keys(fault.json()).sort()).toEqual(['error', 'requestId']);
    expect(fault.body).not.toContain(secret);
  });
});

describe('health', () => {
  it.each([
    ['/healthz', '{"status":"ok"}'],
    ['/readyz', '{"status":"ready"}'],
  ])('at %s says one word and no more', async (path, expected) => {
    expect(await (await fetch(`${service.url}${path}`)).text()).toBe(expected);
  });
});

describe('who a request says it comes from', () => {
  it('is not believed: other addresses in its headers open no new account of attempts', {
    timeout: 30_000,
  }, async () => {
    const own = await ground.start({ env: { ROLE: 'web' } });
    const statuses: number[] = [];
    const attempt = async (n: number): Promise<void> => {
      const from = `203.0.113.${n % 250}`;
      const headers = {
        ...{ 'x-forwarded-for': from, 'x-real-ip': from, forwarded: `for=${from}`, 'x-forwarded-host': 'ops.example' },
        authorization: `Basic ${Buffer.from(`ops:guess-${n}`).toString('base64')}`,
      };
      const response = await fetch(`${own.url}/ops/api/dialing`, { headers });
      await response.arrayBuffer();
      statuses.push(response.status);
      if (response.status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    };
    for (let n = 0; n < 640; n += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => attempt(n + k)));
    expect(statuses.filter((status) => status === 401)).toHaveLength(600);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
    // What is signed is never counted.
    for (let n = 0; n < 20; n++) expect(await own.send(aShopper().fillsIn(minutesAgo(1)))).toBe(200);
  });

  it('with five hundred bad signatures before, a good one is taken', async () => {
    const { body } = aShopper().fillsIn(minutesAgo(1));
    const bad = Array.from({ length: 500 }, (_, n) => n);
    const headers = {
      'content-type': 'application/json',
      'x-shopify-shop-domain': SHOP,
      'x-shopify-topic': 'checkouts/update',
    };
    for (let n = 0; n < bad.length; n += 50) {
      await Promise.all(
        bad.slice(n, n + 50).map(async () => {
          const wrong = { ...headers, 'x-shopify-hmac-sha256': signWebhook('other', CLIENT_SECRET) };
          const answer = await fetch(`${service.url}/webhooks/shopify`, { method: 'POST', headers: wrong, body });
          await answer.arrayBuffer();
          expect(answer.status).toBe(401);
        }),
      );
    }
    expect(await service.send(aShopper().fillsIn(minutesAgo(1)))).toBe(200);
  });
});

describe('a connection that is only half there', () => {
  it('is closed by the server when its client has said its last', async () => {
    const { port } = new URL(service.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    const closed = new Promise<void>((resolve) => socket.on('end', resolve));
    socket.on('error', () => {}).resume();
    socket.end(`${START}content-length: 100\r\n\r\n{`);
    await closed;
    socket.destroy();
  });
});
