/** Senders that drip: a connection may not be held for longer than any honest webhook takes. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aShopper, minutesAgo } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';

/** 8 s for the headers, 10 s for the whole request, and the check that runs every 2 s. */
const CLOSED_WITHIN_MS = 13_000;

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround();
  service = await ground.start({ env: { ROLE: 'web' } });
});
afterAll(() => ground.close());

/** Sends the beginning at once and then a byte every quarter of a second. @returns how long the server bore it. */
async function drip(beginning: string): Promise<{ ms: number; answer: string }> {
  const { port } = new URL(service.url);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString();
  });
  socket.on('error', () => {});
  // Not `once`: to be reset while writing is a way of being closed.
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await once(socket, 'connect');
  const startedAt = performance.now();
  socket.write(beginning);
  const dripping = setInterval(() => socket.write('x'), 250);
  const giveUp = setTimeout(() => socket.destroy(), CLOSED_WITHIN_MS + 2_000);
  await closed;
  clearInterval(dripping);
  clearTimeout(giveUp);
  return { ms: performance.now() - startedAt, answer };
}

const HEADERS = 'POST /webhooks/shopify HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

describe('a slow sender', () => {
  it('of a body or of headers is cut off, and disturbs nobody meanwhile', { timeout: 30_000 }, async () => {
    const slow = [
      ...Array.from({ length: 50 }, () => drip(`${HEADERS}content-length: 1000\r\n\r\n{`)),
      ...Array.from({ length: 50 }, () => drip(`${HEADERS}x-shopify-topic: checkouts`)),
    ];
    for (let n = 0; n < 20; n++) expect(await service.send(aShopper().fillsIn(minutesAgo(1)))).toBe(200);
    for (const { ms, answer } of await Promise.all(slow)) {
      expect(ms).toBeLessThan(CLOSED_WITHIN_MS);
      // A reset may overtake the answer.
      expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
    }
  });
});
