/** A vendor on the wire at its worst: half-closed connections, answers without end, bombs. What is not answered is unknown, and memory stays small. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exchange } from '../../../src/voice/exchange.ts';
import { aShopper, longAgo } from '../../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../../support/ground.ts';
import { settled } from '../../support/settled.ts';

const VOICE_TIMEOUT_MS = 1_000;

/** What the vendor does once it has a request, or already when somebody connects. */
interface Behaviour {
  readonly onConnection?: (socket: Socket) => void;
  readonly onRequest?: (socket: Socket) => void;
}

let ground: Ground;
let service: Running;
let vendor: Server;
let behaviour: Behaviour = {};
let requests = 0;
const sockets = new Set<Socket>();

beforeAll(async () => {
  vendor = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => {}));
    behaviour.onConnection?.(socket);
    let isWhole = false;
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (isWhole || !(text.length >= text.indexOf('\r\n\r\n') + 4 + length)) return;
      isWhole = true;
      requests++;
      behaviour.onRequest?.(socket);
    });
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
});
// Many failures in a row are a story of their own: each vendor here meets a service that knows nothing of the others.
beforeEach(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start({ env: { VOICE_API_URL: urlOfVendor(), VOICE_TIMEOUT: `${VOICE_TIMEOUT_MS}ms` } });
});
afterEach(() => ground.close());
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  vendor.close();
});

const urlOfVendor = (): string => `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;

const head = (lines: string): string => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${lines}\r\n\r\n`;

/** Repeats until nobody listens any more. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

const BOMB = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '));

const TROUBLE: readonly [string, Behaviour, RegExp][] = [
  ['says no more, and listens on', { onConnection: (socket) => socket.end() }, /econnreset|epipe|timeout/],
  ['listens no more, and says nothing', { onRequest: (socket) => socket.pause() }, /timeout/],
  ['closes its half with the request in hand', { onRequest: (socket) => socket.end() }, /econnreset/],
  [
    'closes its half in the middle of the headers',
    { onRequest: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty') },
    /econnreset|hpe_/,
  ],
  [
    'closes its half in the middle of the body',
    { onRequest: (socket) => socket.end(`${head('content-length: 100')}{"callId":"68f0c0ffee`) },
    /answer_cut_off|econnreset/,
  ],
  [
    'resets in the middle of the body',
    { onRequest: (socket) => socket.write(`${head('content-length: 100')}{`, () => socket.resetAndDestroy()) },
    /answer_cut_off|econnreset/,
  ],
  [
    'answers without end',
    {
      onRequest: (socket) => {
        socket.write(head('transfer-encoding: chunked'));
        pour(socket, Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 'x'), Buffer.from('\r\n')]));
      },
    },
    /answer_too_large/,
  ],
  [
    'sends headers without end',
    {
      onRequest: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        pour(socket, Buffer.from(`x-more: ${'x'.repeat(1_000)}\r\n`));
      },
    },
    /hpe_header_overflow/,
  ],
  [
    'sends interim answers without end',
    { onRequest: (socket) => pour(socket, Buffer.from('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000))) },
    /timeout|hpe_/,
  ],
  [
    'sends a bomb that nobody asked to unpack',
    {
      onRequest: (socket) =>
        socket.end(
          Buffer.concat([Buffer.from(head(`content-encoding: gzip\r\ncontent-length: ${BOMB.length}`)), BOMB]),
        ),
    },
    /answer_without_call_id|answer_too_large/,
  ],
  [
    'nests its answer beyond all depth',
    {
      onRequest: (socket) => {
        const body = `${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
        socket.end(`${head(`content-length: ${body.length}`)}${body}`);
      },
    },
    /answer_without_call_id/,
  ],
];

describe('a vendor that', () => {
  it.each(TROUBLE)('%s leaves a dial of unknown fate, and no request is made again', async (_what, does, reason) => {
    behaviour = does;
    const before = requests;
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const { record } = await settled(ground.store, shopper.recoveryId, 'unknown');
    expect(record).toMatchObject({ attempts: 1, callId: null });
    expect(record.reason).toMatch(reason);
    await service.service.sweep();
    expect(requests - before).toBeLessThanOrEqual(1);
  });

  it('pours and bombs forty requests at once costs little memory', async () => {
    const [, endless] = TROUBLE.find(([what]) => what === 'answers without end') ?? [];
    const [, bomb] = TROUBLE.find(([what]) => what.startsWith('sends a bomb')) ?? [];
    let turn = 0;
    behaviour = { onRequest: (socket) => (turn++ % 2 === 0 ? endless : bomb)?.onRequest?.(socket) };
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    const url = new URL(urlOfVendor());
    const one = () => exchange({ url, method: 'POST', headers: {}, body: '{}', timeoutMs: 5_000 });
    const ends = await Promise.all(Array.from({ length: 40 }, one));
    clearInterval(watch);
    expect(ends.filter(({ kind }) => kind === 'no_answer').length).toBeGreaterThanOrEqual(20);
    // Forty unpacked bombs would be eight gigabytes; the pouring side's own buffers are in this figure, too.
    expect(most - before).toBeLessThan(128 * 1024 * 1024);
  });
});

describe('a vendor that is slow', () => {
  const answerAfter = (ms: number): Behaviour => ({
    onRequest: (socket) => {
      const body = '{"callId":"68f0c0ffee0000000000ca11","status":"initiate"}';
      setTimeout(() => socket.end(`${head(`content-length: ${body.length}`)}${body}`), ms);
    },
  });

  it.each([
    ['within the time limit: called', VOICE_TIMEOUT_MS / 2, { state: 'called', attempts: 1 }],
    ['beyond it: unknown', VOICE_TIMEOUT_MS * 1.5, { state: 'unknown', reason: /timeout/, attempts: 1 }],
  ])('%s', async (_what, ms, { state, attempts }) => {
    behaviour = answerAfter(ms);
    const before = requests;
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const { record } = await settled(
      ground.store,
      shopper.recoveryId,
      ({ record }) => !['scheduled', 'dialing'].includes(record.state),
    );
    expect(record).toMatchObject({ state, attempts });
    expect(requests - before).toBe(1);
  });
});
