/** Messages to a real receiver on this machine that checks signatures with the public library. */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/duration.ts';
import type { ForwardMessage } from '../../../src/domain/forward.ts';
import { isForwardSecret } from '../../../src/domain/forward.ts';
import { type ForwardTarget, forwarder } from '../../../src/forward/forwarder.ts';
import {
  generateSecret,
  type Merchant,
  type MerchantAnswer,
  startMerchant,
} from '../../../stand-ins/merchant/receiver.ts';
import { fakeClock } from '../../support/fakes.ts';

const MESSAGE: ForwardMessage = {
  id: 'hill-coffee.wmzyfvvam61vwyz1ppn30gw7a0:call.outcome',
  type: 'call.outcome',
  at: Date.UTC(2026, 10, 3, 5, 30),
  data: { recoveryId: 'hill-coffee.wmzyfvvam61vwyz1ppn30gw7a0', summary: 'Zoë comes back tomorrow ☕' },
};

let merchant: Merchant;

beforeEach(async () => {
  merchant = await startMerchant();
});

afterEach(() => merchant.close());

const deliver = (message: Partial<ForwardMessage> = {}, target: Partial<ForwardTarget> = {}) =>
  forwarder({
    url: new URL(merchant.url),
    secret: merchant.secret,
    timeoutMs: 2_000,
    clock: { now: Date.now },
    ...target,
  }).deliver({ ...MESSAGE, ...message });

async function answeredWith(answer: MerchantAnswer, target: Partial<ForwardTarget> = {}) {
  merchant.nextAnswers.push(answer);
  return deliver({}, target);
}

describe('a message to the merchant', () => {
  it('arrives signed, under its own id and with its own instant', async () => {
    expect(await deliver()).toEqual({ kind: 'taken' });
    expect(merchant.refusals).toEqual([]);
    expect(merchant.messages).toEqual([
      expect.objectContaining({
        id: MESSAGE.id,
        type: 'call.outcome',
        timestamp: '2026-11-03T05:30:00.000Z',
        data: MESSAGE.data,
        path: '/ringback',
      }),
    ]);
    expect(merchant.messages[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'ringback',
      'accept-encoding': 'identity',
    });
  });

  it('keeps its id when it is sent again, and says anew when it was tried: old signatures are not taken', async () => {
    const clock = fakeClock(Date.now() - 6 * MINUTE);
    expect(await deliver({}, { clock })).toEqual({ kind: 'refused', cause: 'status_401' });
    expect(merchant.refusals).toEqual(['Message timestamp too old']);

    clock.at += 6 * MINUTE;
    expect(await deliver({}, { clock })).toEqual({ kind: 'taken' });
    expect(await deliver({}, { clock })).toEqual({ kind: 'taken' });
    expect(merchant.messages.map(({ id, triedAt }) => ({ id, triedAt }))).toEqual(
      Array(2).fill({ id: MESSAGE.id, triedAt: Math.floor(clock.at / 1_000) }),
    );
  });

  it('is turned away when it was signed with another secret', async () => {
    expect(await deliver({}, { secret: generateSecret() })).toEqual({ kind: 'refused', cause: 'status_401' });
    expect(merchant.refusals).toEqual(['No matching signature found']);
  });

  it.each([
    ['plain.id:1', 'plain.id:1'],
    ['action:create order', 'action:create%20order'],
    ['action:naïve\r\nx-more: 1', 'action:na%C3%AFve%0D%0Ax-more:%201'],
    ['a.1.{"type":"x"}', 'a.1.%7B%22type%22:%22x%22%7D'],
    ['50%20', '50%2520'],
  ])('with the id %j arrives under %j', async (id, headerId) => {
    expect(await deliver({ id })).toEqual({ kind: 'taken' });
    expect(merchant.messages[0]?.id).toBe(headerId);
  });

  it.each<[string, Partial<ForwardMessage>]>([
    ['data that contains itself', { data: circle() }],
    ['an instant that is none', { at: Number.NaN }],
    ['an id that is half a character', { id: '\ud800' }],
  ])('is not sent, and never will be, with %s', async (_what, message) => {
    expect(await deliver(message)).toEqual({ kind: 'refused', cause: 'unwritable_message' });
    expect([merchant.messages, merchant.refusals]).toEqual([[], []]);
  });
});

function circle(): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  data.self = data;
  return data;
}

describe("the receiver's answer", () => {
  it.each([200, 201, 202, 204, 299])('takes the message with a %i', async (status) => {
    expect(await answeredWith({ status })).toEqual({ kind: 'taken' });
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 599])('puts the message off with a %i', async (status) => {
    expect(await answeredWith({ status })).toEqual({ kind: 'away', cause: `status_${status}`, retryAfterMs: null });
  });

  it.each([300, 304, 400, 401, 403, 404, 409, 410, 413, 422, 451])('refuses it with a %i', async (status) => {
    expect(await answeredWith({ status, headers: { 'retry-after': '7' } })).toEqual({
      kind: 'refused',
      cause: `status_${status}`,
    });
  });

  it.each([301, 302, 303, 307, 308])('is not followed elsewhere when it is a %i', async (status) => {
    const elsewhere = await startMerchant({ secret: merchant.secret });
    try {
      const result = await answeredWith({ status, headers: { location: elsewhere.url } });
      expect(result).toEqual({ kind: 'refused', cause: `status_${status}` });
      expect([elsewhere.messages, elsewhere.refusals]).toEqual([[], []]);
    } finally {
      await elsewhere.close();
    }
  });

  const NOW = Date.parse('Tue, 03 Nov 2026 05:30:00 GMT');

  it.each([
    ['seconds', '7', 7_000],
    ['a date', 'Tue, 03 Nov 2026 05:30:20 GMT', 20_000],
    ['a date that has passed', 'Tue, 03 Nov 2026 05:00:00 GMT', 0],
    ['an hour and more', '3601', 3_600_000],
    ['a date next year', 'Wed, 03 Nov 2027 05:30:00 GMT', 3_600_000],
    ['words', 'soon', null],
  ])('may say when to come again: %s', async (_what, header, ms) => {
    for (const status of [429, 503]) {
      const result = await answeredWith({ status, headers: { 'retry-after': header } }, { clock: fakeClock(NOW) });
      expect(result).toEqual({ kind: 'away', cause: `status_${status}`, retryAfterMs: ms });
    }
  });

  it('is not read to its end when it has none', async () => {
    const body = Buffer.alloc(1024 * 1024, 'x');
    expect(await answeredWith({ status: 200, body })).toEqual({ kind: 'taken' });
    expect(await answeredWith({ status: 500, body })).toMatchObject({ kind: 'away', cause: 'status_500' });
  });

  it('is not unpacked', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect(await answeredWith({ status: 200, headers, body: gzipSync('x'.repeat(1_000_000)) })).toEqual({
      kind: 'taken',
    });
    expect(await answeredWith({ status: 200, headers, body: 'not gzip at all' })).toEqual({ kind: 'taken' });
  });

  it('counts by its status also when the rest of it never comes', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-length': '100' }).write('a'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await deliver({}, { url, timeoutMs: 200 })).toEqual({ kind: 'taken' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('no answer', () => {
  it('comes from a receiver that hangs, within the time limit', async () => {
    const result = await answeredWith({ hang: true }, { timeoutMs: 200 });
    expect(result).toEqual({ kind: 'away', cause: 'timeout', retryAfterMs: null });
  });

  it('comes from a receiver that resets the connection', async () => {
    expect(await answeredWith({ reset: true })).toEqual({ kind: 'away', cause: 'econnreset', retryAfterMs: null });
  });

  it('comes from a receiver that is not there, and the cause does not say where', async () => {
    await merchant.close();
    expect(await deliver()).toEqual({ kind: 'away', cause: 'econnrefused', retryAfterMs: null });
    merchant = await startMerchant();
  });

  it('comes from something that speaks no HTTP', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.end('220 smtp.example ESMTP\r\n')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await deliver({}, { url })).toMatchObject({ kind: 'away', cause: expect.stringMatching(/^hpe_/) });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a forward secret', () => {
  const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;

  it.each([
    ['of 24 bytes', secretOf(24)],
    ['of 32 bytes', secretOf(32)],
    ['of 64 bytes', secretOf(64)],
    ['fresh', generateSecret()],
  ])('%s is one', (_what, text) => {
    expect(isForwardSecret(text)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['a prefix alone', 'whsec_'],
    ['without its prefix', secretOf(32).slice('whsec_'.length)],
    ['of a public key', secretOf(32).replace('whsec_', 'whpk_')],
    ['of 23 bytes', secretOf(23)],
    ['of 65 bytes', secretOf(65)],
    ['in the URL alphabet', secretOf(32).replaceAll('/', '_').replaceAll('+', '-')],
    ['without its padding', secretOf(32).replace(/=+$/, '')],
    ['with bits left over', secretOf(32).replace(/.=$/, '9=')],
    ['with a line end', `${secretOf(32)}\n`],
    ['with a blank before it', ` ${secretOf(32)}`],
    ['of words', 'whsec_correct horse battery staple'],
  ])('%s is none', (_what, text) => {
    expect(isForwardSecret(text)).toBe(false);
  });

  it('that passes can always sign', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), (key) => {
        const secret = `whsec_${Buffer.from(key).toString('base64')}`;
        expect(isForwardSecret(secret)).toBe(true);
        expect(() =>
          forwarder({ url: new URL('http://127.0.0.1/'), secret, timeoutMs: 1, clock: fakeClock(0) }),
        ).not.toThrow();
      }),
    );
  });
});
