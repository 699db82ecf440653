/** The stand-in of the shop as a sender: headers, signature over the exact bytes, timing, and the send-sample command. */
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signAndSend } from '../../../stand-ins/shop/deliver.ts';
import { createSession } from '../../../stand-ins/shop/sessions.ts';
import { playSession } from '../../../stand-ins/shop/shopper.ts';

const SECRET = 'shpss_of-the-tests';
const SHOP = 'fenwick-lantern.myshopify.com';

interface Webhook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: Buffer;
}

let received: Webhook[];
let answer: number;
/** Of `/readyz`. */
let reason: string;
let url: string;
let stop: () => Promise<void>;

beforeEach(async () => {
  received = [];
  answer = 200;
  reason = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, raw: Buffer.concat(chunks) });
      response
        .writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {})
        .end(request.url === '/readyz' ? JSON.stringify({ status: 'not_ready', reason }) : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(() => stop());

function hmac(raw: Uint8Array): string {
  return createHmac('sha256', SECRET).update(raw).digest('base64');
}

describe('signAndSend', () => {
  const webhook = { secret: SECRET, shop: SHOP, topic: 'checkouts/create', apiVersion: '2026-10', body: '{"a":"ö"}' };

  it('sends Shopify’s headers and signs the exact bytes', async () => {
    expect(await signAndSend({ ...webhook, to: url, eventId: 'event-1' })).toEqual({ status: 200 });
    const { path, headers, raw } = received[0] as Webhook;
    expect(path).toBe('/webhooks/shopify');
    expect(raw.toString()).toBe('{"a":"ö"}');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-shopify-topic': 'checkouts/create',
      'x-shopify-shop-domain': SHOP,
      'x-shopify-api-version': '2026-10',
      'x-shopify-hmac-sha256': hmac(raw),
      'x-shopify-webhook-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-shopify-event-id': 'event-1',
      'x-shopify-triggered-at': expect.stringMatching(/\.\d{9}Z$/),
    });
  });

  it('signs wrongly or not at all when asked to', async () => {
    await signAndSend({ ...webhook, to: url, signature: 'wrong' });
    await signAndSend({ ...webhook, to: url, signature: 'absent' });
    const [wrong, absent] = received as [Webhook, Webhook];
    expect(wrong.headers['x-shopify-hmac-sha256']).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(wrong.headers['x-shopify-hmac-sha256']).not.toBe(hmac(wrong.raw));
    expect(absent.headers).not.toHaveProperty('x-shopify-hmac-sha256');
  });

  it('takes a full address as it stands, and bytes that are not text', async () => {
    const body = new Uint8Array([0x7b, 0xff, 0x7d]);
    await signAndSend({ ...webhook, to: `${url}/other`, body });
    expect(received[0]?.path).toBe('/other');
    expect(received[0]?.headers['x-shopify-hmac-sha256']).toBe(hmac(body));
  });

  it.each([401, 302, 503])('answers with the receiver’s %i and neither follows nor repeats', async (status) => {
    answer = status;
    expect(await signAndSend({ ...webhook, to: url })).toEqual({ status });
    expect(received).toHaveLength(1);
  });
});

describe('playSession', () => {
  it('sends what is due, in order, and reports every answer', async () => {
    const startedAt = Date.now() - 10_000;
    const session = createSession('completed', { shop: SHOP, startedAt: new Date(startedAt), minuteMs: 1_000 });
    const statuses: unknown[] = [];
    await playSession(session, {
      to: url,
      secret: SECRET,
      startedAt,
      sent: (_delivery, result) => statuses.push(result),
    });
    expect(statuses).toEqual(session.deliveries.map(() => ({ status: 200 })));
    expect(received.map(({ raw }) => raw.toString()).toSorted()).toEqual(
      session.deliveries.map(({ body }) => body).toSorted(),
    );
  });

  it('waits for the call with what the shopper does only then, and with nothing before', async () => {
    const session = createSession('other-way', { shop: SHOP, startedAt: new Date(0), minuteMs: 1_000 });
    const call = Promise.withResolvers<void>();
    let asked = 0;
    const called = () => {
      asked++;
      // All others are sent by now; this one is not.
      expect(received.length).toBeLessThanOrEqual(3);
      setImmediate(call.resolve);
      return call.promise;
    };
    await playSession(session, { to: url, secret: SECRET, startedAt: 0, called });
    expect(asked).toBe(1);
    expect(received.map(({ headers }) => headers['x-shopify-topic'])).toContain('orders/create');
    expect(received).toHaveLength(4);
  });

  it('reports a failure as a value', async () => {
    await stop();
    const session = createSession('us', { shop: SHOP, startedAt: new Date(0), minuteMs: 1_000 });
    const results: object[] = [];
    await playSession(session, {
      to: url,
      secret: SECRET,
      startedAt: 0,
      sent: (_delivery, result) => results.push(result),
    });
    expect(results).toHaveLength(3);
    for (const result of results) expect(result).toHaveProperty('error');
    stop = async () => {};
  });
});

describe('send-sample', () => {
  const script = fileURLToPath(new URL('../../../stand-ins/shop/send-sample.ts', import.meta.url));
  const run = promisify(execFile);

  /** Runs the command in an environment of its own; `code` is its exit code. */
  async function sendSample(args: string[], env: Record<string, string> = {}) {
    const options = { env: { SHOPIFY_SHOP: SHOP, SHOPIFY_CLIENT_SECRET: SECRET, ...env }, timeout: 10_000 };
    try {
      const { stdout } = await run(process.execPath, [script, ...args], options);
      return { code: 0, stdout };
    } catch (fault) {
      return fault as { code: number; stdout: string; stderr: string };
    }
  }

  it('sends a whole session with a valid signature and says where to look', async () => {
    const { code, stdout } = await sendSample(['--kind', 'de', '--to', url]);
    expect(code).toBe(0);
    expect(received.map(({ headers }) => headers['x-shopify-topic'])).toEqual([
      'checkouts/create',
      'checkouts/update',
      'checkouts/update',
    ]);
    for (const { headers, raw } of received) expect(headers['x-shopify-hmac-sha256']).toBe(hmac(raw));
    const { token, updated_at } = JSON.parse(String(received.at(-1)?.raw));
    expect(stdout).toContain(`${url}/ops?query=${token}`);
    expect(Math.abs(Date.now() - Date.parse(updated_at))).toBeLessThan(10_000);
  });

  it('sends only the order for a token that is known already', async () => {
    const { code } = await sendSample(['--kind', 'order', '--token', 'abc123', '--to', url]);
    expect(code).toBe(0);
    expect(received.map(({ headers }) => headers['x-shopify-topic'])).toEqual(['orders/create']);
    expect(JSON.parse(String(received[0]?.raw)).checkout_token).toBe('abc123');
  });

  it('takes port, shop and the first extra secret from the environment', async () => {
    const env = { PORT: new URL(url).port, SHOPIFY_SHOP: 'fenwick-lantern', SHOPIFY_CLIENT_SECRET: '' };
    const { code } = await sendSample(['--kind', 'unforeseen'], {
      ...env,
      SHOPIFY_WEBHOOK_SECRETS: `${SECRET}, other`,
    });
    expect(code).toBe(0);
    expect(received[0]?.headers).toMatchObject({
      'x-shopify-shop-domain': SHOP,
      'x-shopify-hmac-sha256': hmac(received[0]?.raw ?? new Uint8Array()),
    });
  });

  it('exits 1 when a webhook is refused, with the likely reason', async () => {
    answer = 401;
    const { code, stdout } = await sendSample(['--to', url]);
    expect(code).toBe(1);
    expect(stdout).toContain('401 (the signature');
  });

  it.each([
    ['store_unavailable', 'the service has no Redis'],
    ['data_key_unknown', 'its DATA_KEY does not fit'],
    ['something new', 'cannot take it now'],
  ])('says of a 503 what the service is not ready for: %s', async (code, text) => {
    answer = 503;
    reason = code;
    const { stdout } = await sendSample(['--kind', 'unforeseen', '--to', url]);
    expect(stdout).toContain(`503 (${text.startsWith('cannot') ? 'the service ' : ''}${text}`);
  });

  it('exits 1 when nobody answers, and never prints the secret', async () => {
    await stop();
    const { code, stdout } = await sendSample(['--to', url]);
    stop = async () => {};
    expect(code).toBe(1);
    expect(stdout).toContain('ECONNREFUSED');
    expect(stdout).not.toContain(SECRET);
  });

  it.each([
    [['--kind', 'nobody'], 'no kind "nobody"'],
    [['--to', 'not a url'], '--to must be a URL'],
    [['--unheard-of'], 'Unknown option'],
  ])('exits 2 on %j', async (args, text) => {
    const fault = await sendSample(args);
    expect(fault).toMatchObject({ code: 2, stderr: expect.stringContaining(text) });
  });

  it('is content when whoever reads has read enough', async () => {
    const env = { SHOPIFY_SHOP: SHOP, SHOPIFY_CLIENT_SECRET: SECRET };
    const child = spawn(process.execPath, [script, '--to', url], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.destroy();
    const [code] = await once(child, 'close');
    expect([code, errors]).toEqual([0, '']);
  });

  it('explains itself', async () => {
    const { code, stdout } = await sendSample(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--kind');
  });
});
