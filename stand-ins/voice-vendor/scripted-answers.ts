/** Answers a vendor should never give, for the next requests to a route: what a test scripts, and how it is carried out. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * One scripted answer. By itself nothing comes of the request; with `placesCall` (of an initiate request) or `takesEffect` (of
 * an abort or a replacement) it is carried out first, and its events follow, only the answer is bad: the case in which a
 * caller cannot know. A request that the vendor would refuse is refused all the same.
 */
export type ScriptedAnswer = {
  readonly delayMs?: number;
  readonly placesCall?: boolean;
  readonly takesEffect?: boolean;
} & (
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** `before`: the socket is reset when the headers are read, so nothing comes of it; `after`: when the body is. */
  | { readonly reset: 'before' | 'after' }
  /** No answer until the client gives up or the vendor closes. */
  | { readonly hang: true }
  /** Exactly these bytes on the socket instead of an HTTP response, then the end of the stream. */
  | { readonly raw: string }
  /** A 200 with a callId and so many bytes around it, sent in chunks without a length. */
  | { readonly hugeBody: number }
  /** 307, which asks the client to send the same body elsewhere. */
  | { readonly redirectTo: string }
  /** Only the delay: otherwise answered as ever. */
  | { readonly delayMs: number }
);

const CHUNK = 'x'.repeat(64 * 1024);
const KINDS = ['status', 'reset', 'hang', 'raw', 'hugeBody', 'redirectTo'];

const scripted = new WeakMap<FastifyRequest, ScriptedAnswer>();

/** For a route's `onRequest`: this request gets the next of the answers, if there is one. */
export function takeScripted(answers: ScriptedAnswer[], request: FastifyRequest, reply: FastifyReply): void {
  const answer = answers.shift();
  if (!answer) return;
  scripted.set(request, answer);
  if ('reset' in answer && answer.reset === 'before') resetConnection(request, reply);
}

/** The answer that this request has taken. */
export function scriptedFor(request: FastifyRequest): ScriptedAnswer | undefined {
  return scripted.get(request);
}

/** True when the vendor is to do what was asked: nothing but a delay was scripted, or a bad answer to something done. */
export function isCarriedOut(answer: ScriptedAnswer | undefined): boolean {
  if (!answer || answer.placesCall === true || answer.takesEffect === true) return true;
  return !KINDS.some((kind) => kind in answer);
}

/** Resets the connection so that the client reads ECONNRESET. No answer follows. */
function resetConnection(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.socket.resetAndDestroy();
}

/**
 * Carries out a scripted answer.
 *
 * @param callId - of the call that was placed or asked about, otherwise an invented one.
 * @returns false when nothing but the delay was scripted: the usual answer is due.
 */
export async function answerAsScripted(
  answer: ScriptedAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
  callId: string,
): Promise<boolean> {
  if (answer.delayMs) await pause(answer.delayMs);
  if ('reset' in answer) {
    resetConnection(request, reply);
  } else if ('hang' in answer) {
    reply.hijack();
  } else if ('raw' in answer) {
    reply.hijack();
    request.raw.socket.end(answer.raw);
  } else if ('hugeBody' in answer) {
    reply.hijack();
    await writeHugeBody(reply, callId, answer.hugeBody);
  } else if ('redirectTo' in answer) {
    await reply.redirect(answer.redirectTo, 307);
  } else if ('status' in answer) {
    const isText = typeof answer.body === 'string';
    const body = isText ? answer.body : JSON.stringify(answer.body ?? { code: answer.status, message: 'scripted' });
    await reply
      .code(answer.status)
      .type(isText ? 'text/plain' : 'application/json')
      .headers({ ...answer.headers })
      .send(body);
  } else {
    return false;
  }
  return true;
}

async function writeHugeBody(reply: FastifyReply, callId: string, bytes: number): Promise<void> {
  function* chunks() {
    yield `{"status":"initiate","callId":"${callId}","padding":"`;
    for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.slice(0, left);
    yield '"}';
  }
  reply.raw.writeHead(200, { 'content-type': 'application/json' });
  // The client that hangs up before the end is the one this answer is for.
  await pipeline(Readable.from(chunks()), reply.raw).catch(() => {});
}
