/** What leaves the machine: method, path, headers and body of every request, and what is not sent at all. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AbandonedCartPayload } from '../../../src/domain/abandoned-cart-payload.ts';
import type { VoiceCalls } from '../../../src/domain/voice-calls.ts';
import { voiceCalls } from '../../../src/voice/voice-calls.ts';
import { aRecord } from '../../support/a-record.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const payload = aRecord().payload as AbandonedCartPayload;

let server: Server;
let seen: Seen[];
let voice: VoiceCalls;

const at = (basePath: string): VoiceCalls =>
  voiceCalls(
    {
      baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`),
      publicKey: 'pk_of-the-test',
      privateKey: 'sk_of-the-test',
      workspace: 'ws-of-the-test',
      assistant: 'as-of-the-test',
      timeoutMs: 2_000,
    },
    new URL('https://ringback.example'),
    { now: () => Date.UTC(2026, 10, 3, 5, 30) },
  );

beforeEach(async () => {
  seen = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  voice = at('');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const WITH_KEYS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'identity',
  'x-public-key': 'pk_of-the-test',
  'x-private-key': 'sk_of-the-test',
  workspace: 'ws-of-the-test',
};

describe('on the wire', () => {
  it('an abort names the call in its body', async () => {
    await voice.abort('ca11/1');
    expect(seen).toMatchObject([{ method: 'POST', url: '/v2/call/abort', headers: WITH_KEYS }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ callId: 'ca11/1' });
  });

  it('another payload is whole, and alone in its body', async () => {
    await voice.replacePayload('ca11', payload);
    expect(seen).toMatchObject([{ method: 'PUT', url: '/v2/call/ca11', headers: WITH_KEYS }]);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ payload });
  });

  it('a question after its health carries no keys, and no body', async () => {
    await voice.health();
    expect(seen).toMatchObject([{ method: 'GET', url: '/health', body: '', headers: { accept: 'application/json' } }]);
    const names = Object.keys(seen[0]?.headers ?? {});
    for (const name of ['x-public-key', 'x-private-key', 'workspace', 'content-length', 'content-type']) {
      expect(names).not.toContain(name);
    }
    expect(JSON.stringify(seen)).not.toMatch(/of-the-test/);
  });

  it.each(['/base', '/base/'])('all go below the configured address: %s', async (basePath) => {
    const below = at(basePath);
    await below.abort('ca11');
    await below.replacePayload('ca11', payload);
    await below.health();
    expect(seen.map(({ url }) => url)).toEqual(['/base/v2/call/abort', '/base/v2/call/ca11', '/base/health']);
  });
});

describe('an id in a path', () => {
  it.each([
    ['68f0c0ffee0000000000ca11', '/v2/call/68f0c0ffee0000000000ca11'],
    ['a/../../b', '/v2/call/a%2F..%2F..%2Fb'],
    ['../initiate', '/v2/call/..%2Finitiate'],
    ['a?b=c#d', '/v2/call/a%3Fb%3Dc%23d'],
    ['a b%20c', '/v2/call/a%20b%2520c'],
    ['%2e%2e', '/v2/call/%252e%252e'],
    ['a\\b', '/v2/call/a%5Cb'],
    ['a\r\nx-more: 1', '/v2/call/a%0D%0Ax-more%3A%201'],
    ['späť', '/v2/call/sp%C3%A4%C5%A5'],
    ['...', '/v2/call/...'],
  ])('stays one step of it: %j', async (callId, url) => {
    expect(await voice.replacePayload(callId, payload)).toEqual({ kind: 'replaced' });
    expect(seen.map((each) => each.url)).toEqual([url]);
  });

  it.each(['', '.', '..', 'half \ud83d'])('is no call of the vendor when it cannot stand there: %j', async (callId) => {
    expect(await voice.replacePayload(callId, payload)).toEqual({ kind: 'unknown_call' });
    expect(seen).toEqual([]);
  });

  it('may be anything in a body', async () => {
    expect(await voice.abort('half \ud83d')).toEqual({ kind: 'aborted' });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ callId: 'half \ud83d' });
  });
});
