/** Answers a shop gives on a bad day, for its next requests: what a test scripts, and how it is carried out. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** An error that takes a field away: the field becomes null, as it would be in a real answer. */
export interface LostField {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message?: string;
}

/**
 * One scripted answer. By itself it does nothing of what was asked; with `executes` the request is carried out first, and only the
 * answer is bad: the case in which a caller cannot know.
 */
export type Trouble = { readonly delayMs?: number; readonly executes?: boolean } & (
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** HTTP 200 with `THROTTLED`, and the cost that goes with it; points, and points per second. */
  | { readonly throttled: { readonly cost: number; readonly available: number; readonly restoreRate: number } }
  /** HTTP 200 with errors and no data. */
  | { readonly errors: unknown }
  /** The usual answer without these fields, and an error for each. */
  | { readonly lost: readonly LostField[] }
  /** The connection is reset when the request has been read. */
  | { readonly reset: true }
  /** No answer until the client gives up or the shop closes. */
  | { readonly hang: true }
  /** The beginning of an answer, and then nothing any more. */
  | { readonly stall: true }
  /** Exactly these bytes on the socket instead of an HTTP response, then the end of the stream. */
  | { readonly raw: string }
  /** JSON of so many bytes, in chunks without a length. */
  | { readonly hugeBody: number }
  /** Asks the client to send the same request elsewhere. */
  | { readonly redirectTo: string; readonly status?: 301 | 302 | 307 | 308 }
  /** Only the delay: otherwise answered as ever. */
  | { readonly delayMs: number }
);

const INSTEAD = ['status', 'throttled', 'errors', 'reset', 'hang', 'stall', 'raw', 'hugeBody', 'redirectTo'];

/** True when the request is to be carried out. */
export function executes(trouble: Trouble | undefined): boolean {
  return !trouble || trouble.executes === true || !INSTEAD.some((kind) => kind in trouble);
}

/**
 * Carries out a scripted answer.
 *
 * @returns false when the usual answer is due, perhaps without some fields.
 */
export async function answerWithTrouble(
  trouble: Trouble,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  if (trouble.delayMs) await pause(trouble.delayMs);
  if ('reset' in trouble) {
    reply.hijack();
    request.raw.socket.resetAndDestroy();
  } else if ('hang' in trouble) {
    reply.hijack();
  } else if ('stall' in trouble) {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'application/json' }).write('{"data":{');
  } else if ('raw' in trouble) {
    reply.hijack();
    request.raw.socket.end(trouble.raw);
  } else if ('hugeBody' in trouble) {
    reply.hijack();
    await writeHugeBody(reply, trouble.hugeBody);
  } else if ('redirectTo' in trouble) {
    await reply.redirect(trouble.redirectTo, trouble.status ?? 307);
  } else if ('throttled' in trouble) {
    await reply.send(throttledBody(trouble.throttled));
  } else if ('errors' in trouble) {
    await reply.send({ errors: trouble.errors });
  } else if ('status' in trouble) {
    const { status, body = { errors: 'scripted' }, headers = {} } = trouble;
    const isText = typeof body === 'string';
    await reply
      .code(status)
      .type(isText ? 'text/html' : 'application/json')
      .headers({ ...headers })
      .send(isText ? body : JSON.stringify(body));
  } else {
    return false;
  }
  return true;
}

/** `data` without the lost fields, beside the errors that tell of them. */
export function withoutLost(data: unknown, lost: readonly LostField[]): { data: unknown; errors: unknown[] } {
  const rest = structuredClone(data);
  for (const { path } of lost) {
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((place, step) => (place as Record<string | number, unknown>)[step], rest);
    (parent as Record<string | number, unknown>)[path.at(-1) ?? ''] = null;
  }
  const errors = lost.map(({ path, code, message = 'scripted' }) => ({ message, path, extensions: { code } }));
  return { data: rest, errors };
}

function throttledBody({ cost, available, restoreRate }: { cost: number; available: number; restoreRate: number }) {
  const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: available, restoreRate };
  return {
    errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
    extensions: { cost: { requestedQueryCost: cost, actualQueryCost: null, throttleStatus } },
  };
}

const CHUNK = 'x'.repeat(64 * 1024);

async function writeHugeBody(reply: FastifyReply, bytes: number): Promise<void> {
  function* chunks() {
    yield '{"data":{"padding":"';
    for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.slice(0, left);
    yield '"}}';
  }
  reply.raw.writeHead(200, { 'content-type': 'application/json' });
  // The client that hangs up before the end is the one this answer is for.
  await pipeline(Readable.from(chunks()), reply.raw).catch(() => {});
}
