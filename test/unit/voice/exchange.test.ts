/** One request to real servers on this machine, told apart by what is known when it fails: before or after bytes were sent. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Exchange, exchange, type OutgoingRequest } from '../../../src/voice/exchange.ts';

const TOO_LARGE = 'x'.repeat(256 * 1024 + 1);

const running: NetServer[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(running.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen<T extends NetServer>(server: T): Promise<T> {
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(server);
  return server;
}

const portOf = (server: NetServer): number => (server.address() as AddressInfo).port;
const answering = (listener: RequestListener): Promise<Server> => listen(createHttpServer(listener));
/** A server that knows nothing of HTTP: what it does with a connection is up to the test. */
const accepting = (onConnection: (socket: Socket) => void): Promise<NetServer> => listen(createTcpServer(onConnection));

function send(server: NetServer | number, changes: Partial<OutgoingRequest> = {}): Promise<Exchange> {
  const port = typeof server === 'number' ? server : portOf(server);
  return exchange({
    url: new URL(`http://127.0.0.1:${port}/v2/call/initiate`),
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-private-key': 'sk_made_up' },
    body: '{"phoneNumber":"+919090909090"}',
    timeoutMs: 5_000,
    ...changes,
  });
}

describe('an exchange that is answered', () => {
  it('brings status, body and the wish to come later', async () => {
    const server = await answering((_request, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end('{"message":"später"}');
    });
    expect(await send(server)).toEqual({
      kind: 'answered',
      status: 429,
      retryAfter: '7',
      body: '{"message":"später"}',
    });
  });

  it('has sent just what was asked, on a connection of its own', async () => {
    const seen: unknown[] = [];
    const server = await answering(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString(), port: request.socket.remotePort });
      response.end('{}');
    });
    await send(server, { body: '{"name":"Zoë"}' });
    await send(server, { body: '{"name":"Zoë"}' });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/v2/call/initiate',
      headers: {
        'content-type': 'application/json',
        'x-private-key': 'sk_made_up',
        'content-length': '15',
        'accept-encoding': 'identity',
        connection: 'close',
      },
      body: '{"name":"Zoë"}',
    });
    expect(new Set(seen.map((each) => (each as { port: number }).port)).size).toBe(2);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %d', async (status) => {
    let asked = 0;
    const server = await answering((_request, response) => {
      asked++;
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(await send(server)).toMatchObject({ kind: 'answered', status });
    expect(asked).toBe(1);
  });

  it('does not unpack what was packed against its wish: a small answer may hide a huge one', async () => {
    const packed = gzipSync(`{"callId":"ca11","rest":"${'x'.repeat(1_000_000)}"}`);
    const server = await answering((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    const result = await send(server);
    expect(result).toMatchObject({ kind: 'answered', status: 200, body: packed.toString('utf8') });
  });

  it('is not answered by an interim answer alone', async () => {
    const server = await answering((_request, response) => {
      response.writeProcessing();
      response.writeHead(200).end('{}');
    });
    expect(await send(server)).toMatchObject({ kind: 'answered', status: 200, body: '{}' });
  });

  it('takes an answer up to the bound', async () => {
    const server = await answering((_request, response) => {
      response.end('x'.repeat(256 * 1024));
    });
    expect(await send(server)).toMatchObject({ kind: 'answered', status: 200 });
  });
});

describe('an exchange of which the status says enough', () => {
  const ENOUGH: Partial<OutgoingRequest> = { statusSuffices: true, timeoutMs: 300 };

  it('brings the body all the same when it comes', async () => {
    const server = await answering((_request, response) => response.end('thank you'));
    expect(await send(server, ENOUGH)).toEqual({ kind: 'answered', status: 200, retryAfter: null, body: 'thank you' });
  });

  it.each<[string, RequestListener]>([
    ['that is late', (_request, response) => response.writeHead(503, { 'retry-after': '7' }).write('wait')],
    ['that is too large', (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end(TOO_LARGE)],
    [
      'that is cut off',
      (_request, response) => {
        response.writeHead(503, { 'retry-after': '7' });
        response.write('wait', () => response.socket?.destroy());
      },
    ],
  ])('lets a body go %s', async (_what, listener) => {
    const server = await answering(listener);
    expect(await send(server, ENOUGH)).toEqual({ kind: 'answered', status: 503, retryAfter: '7', body: '' });
  });

  it('still needs the status', async () => {
    const server = await answering(() => {});
    expect(await send(server, ENOUGH)).toEqual({ kind: 'no_answer', cause: 'timeout' });
  });
});

describe('an exchange of which nothing was sent', () => {
  it('met nobody at the door', async () => {
    const server = await accepting(() => {});
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await send(port)).toEqual({ kind: 'not_sent', cause: 'econnrefused' });
  });

  it('found no such host', async () => {
    const result = await send(0, { url: new URL('http://voice.invalid/v2/call/initiate'), timeoutMs: 2_000 });
    // A resolver that nobody answers is another way of not finding it.
    expect(result).toEqual({ kind: 'not_sent', cause: expect.stringMatching(/^(enotfound|eai_again|timeout)$/) });
  });

  it('waited for a TLS handshake that never came', async () => {
    let received = 0;
    const server = await accepting((socket) => socket.on('data', () => received++));
    const url = new URL(`https://127.0.0.1:${portOf(server)}/`);
    expect(await send(server, { url, timeoutMs: 300 })).toEqual({ kind: 'not_sent', cause: 'timeout' });
    expect(received).toBeGreaterThan(0);
  });

  it('lost the connection during the TLS handshake', async () => {
    const server = await accepting((socket) => socket.once('data', () => socket.destroy()));
    const url = new URL(`https://127.0.0.1:${portOf(server)}/`);
    expect(await send(server, { url })).toEqual({ kind: 'not_sent', cause: 'econnreset' });
  });

  it.each(['sk_live_π', 'sk_live_1\r\nx-more: 1'])(
    'was asked to carry the header %j, which HTTP cannot',
    async (key) => {
      let connections = 0;
      const server = await accepting(() => connections++);
      const result = await send(server, { headers: { 'x-private-key': key } });
      expect(result).toEqual({ kind: 'not_sent', cause: 'err_invalid_char' });
      expect(connections).toBe(0);
    },
  );

  it('met a server that speaks no TLS', async () => {
    const server = await answering((_request, response) => response.end('{}'));
    const url = new URL(`https://127.0.0.1:${portOf(server)}/`);
    expect(await send(server, { url })).toMatchObject({ kind: 'not_sent' });
  });
});

describe('an exchange of which bytes were sent', () => {
  it('may get no answer in time', async () => {
    const server = await answering(() => {});
    expect(await send(server, { timeoutMs: 200 })).toEqual({ kind: 'no_answer', cause: 'timeout' });
  });

  it('may get half an answer in time', async () => {
    const server = await answering((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"callId":');
    });
    expect(await send(server, { timeoutMs: 200 })).toEqual({ kind: 'no_answer', cause: 'timeout' });
  });

  it('may be fed drop by drop: the deadline is for all of it', async () => {
    const server = await answering((_request, response) => {
      const drops = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drops));
    });
    expect(await send(server, { timeoutMs: 200 })).toEqual({ kind: 'no_answer', cause: 'timeout' });
  });

  it('may be hung up on before a word', async () => {
    const server = await accepting((socket) => socket.once('data', () => socket.destroy()));
    expect(await send(server)).toEqual({ kind: 'no_answer', cause: 'econnreset' });
  });

  it('may be reset before a word', async () => {
    const server = await accepting((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await send(server)).toEqual({ kind: 'no_answer', cause: 'econnreset' });
  });

  it.each([
    ['with a length', { 'content-length': '100' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('may be cut off in the middle of the answer, %s', async (_what, headers) => {
    const server = await answering((_request, response) => {
      response.writeHead(200, headers);
      response.write('{"callId":', () => response.socket?.destroy());
    });
    expect(await send(server)).toEqual({ kind: 'no_answer', cause: 'answer_cut_off' });
  });

  it('may get more than anybody should have to read', async () => {
    const server = await answering((_request, response) => {
      response.end(TOO_LARGE);
    });
    expect(await send(server)).toEqual({ kind: 'no_answer', cause: 'answer_too_large' });
  });

  it('may get an answer without end', async () => {
    let closed = false;
    const server = await answering((_request, response) => {
      const pour = () => {
        while (!closed && response.write('x'.repeat(16 * 1024)));
      };
      response.on('drain', pour).on('close', () => {
        closed = true;
      });
      pour();
    });
    expect(await send(server)).toEqual({ kind: 'no_answer', cause: 'answer_too_large' });
  });

  it('may get something that is no HTTP', async () => {
    const server = await accepting((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n')));
    const result = await send(server);
    expect(result).toEqual({ kind: 'no_answer', cause: expect.stringMatching(/^hpe_/) });
  });
});

/** Null where there is no openssl: a certificate cannot be made with Node alone. */
function selfSigned(): { key: string; cert: string } | null {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-certificate-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const options = ['req', '-x509', ...curve, '-nodes', '-days', '1', ...name, '-keyout', key, '-out', cert];
    execFileSync('openssl', options, { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const certificate = selfSigned();

describe.skipIf(certificate === null)('an exchange with a server nobody vouches for (skipped without openssl)', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('sends nothing: not a byte arrives, over %s', async (version) => {
    const requests: unknown[] = [];
    const plain: Buffer[] = [];
    const server = createHttpsServer(
      { ...certificate, minVersion: version, maxVersion: version },
      (request, response) => {
        requests.push(request.url);
        response.end('{}');
      },
    );
    server.on('secureConnection', (socket: Socket) => socket.on('data', (chunk: Buffer) => plain.push(chunk)));
    server.on('tlsClientError', () => {});
    await listen(server);
    const closed = new Promise((resolve) =>
      server.once('connection', (socket: Socket) => socket.once('close', resolve)),
    );
    const url = new URL(`https://127.0.0.1:${portOf(server)}/v2/call/initiate`);
    expect(await send(server, { url })).toEqual({ kind: 'not_sent', cause: 'depth_zero_self_signed_cert' });
    await closed;
    expect({ requests, bytes: Buffer.concat(plain).length }).toEqual({ requests: [], bytes: 0 });
  });
});
