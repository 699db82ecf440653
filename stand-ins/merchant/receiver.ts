/**
 * The merchant's own end of forwarding: a receiver of Standard Webhooks that checks every signature with the public library
 * and misbehaves when told to.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** A request whose signature was right. */
export interface MerchantMessage {
  /** The `webhook-id`: a receiver that has seen it before has this message twice. */
  readonly id: string;
  /** Of the try, `webhook-timestamp`: seconds since 1970, UTC. */
  readonly triedAt: number;
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it was answered with a 2xx, which ends the tries of it. */
  readonly taken: boolean;
}

/** How one of the next requests is answered, whatever its signature. */
export type MerchantAnswer = { readonly delayMs?: number } & (
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }
  /** No answer until the sender gives up or the receiver closes. */
  | { readonly hang: true }
  /** The connection is reset when the request has been read. */
  | { readonly reset: true }
);

export interface MerchantOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** `whsec_` and base64; default: a fresh one. */
  readonly secret?: string;
  /** One line per request, without its data. Default: none. */
  readonly log?: (line: string) => void;
}

export interface Merchant {
  /** `http://127.0.0.1:<port>/ringback`: where messages are to be sent. */
  readonly url: string;
  readonly port: number;
  readonly secret: string;
  /** Every rightly signed request, oldest first, also those that were answered badly. Live: it grows. */
  readonly messages: readonly MerchantMessage[];
  /** Why requests were turned away with 401 (signature) or 400 (no such message), oldest first. */
  readonly refusals: readonly string[];
  /** The next requests are answered with these, first come first served. Push to it. Default: 204, or 401. */
  readonly nextAnswers: MerchantAnswer[];
  /** Resolves when so many different ids were taken; rejects after `timeoutMs` (default 5,000). */
  waitForTaken(count: number, options?: { timeoutMs?: number }): Promise<readonly MerchantMessage[]>;
  /** Closes every connection, also hanging ones. */
  close(): Promise<void>;
}

/** A secret of 32 random bytes, in the library's form. */
export function generateSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

const MOST_BODY_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 10;

/** Starts the receiver; resolves when it listens. */
export async function startMerchant(options: MerchantOptions = {}): Promise<Merchant> {
  const { host = '127.0.0.1', port = 0, secret = generateSecret(), log = () => {} } = options;
  const verifier = new Webhook(secret);
  const messages: MerchantMessage[] = [];
  const refusals: string[] = [];
  const nextAnswers: MerchantAnswer[] = [];

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const scripted = nextAnswers.shift();
    const raw = await readBody(request);
    const read = verified(verifier, raw, request);
    const answer: MerchantAnswer = scripted ?? { status: 'fault' in read ? read.status : 204 };
    if ('fault' in read) {
      refusals.push(read.fault);
    } else {
      const taken = 'status' in answer && answer.status >= 200 && answer.status < 300;
      messages.push({ ...read.message, taken });
    }
    const what = 'fault' in read ? read.fault : `${read.message.type} ${read.message.id}`;
    log(`${what}: ${'status' in answer ? answer.status : Object.keys(answer).join()}`);
    await carryOut(answer, response);
  }

  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const takenIds = (): number => new Set(messages.filter(({ taken }) => taken).map(({ id }) => id)).size;

  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}/ringback`,
    port: address.port,
    secret,
    messages,
    refusals,
    nextAnswers,
    async waitForTaken(count, { timeoutMs = 5_000 } = {}) {
      const deadline = Date.now() + timeoutMs;
      while (takenIds() < count) {
        if (Date.now() > deadline) {
          throw new Error(`waited ${timeoutMs} ms for ${count} messages, the merchant has taken ${takenIds()}`);
        }
        await pause(LOOK_EVERY_MS);
      }
      return messages;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MOST_BODY_BYTES) throw new Error('the body is too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

type Read =
  | { readonly message: Omit<MerchantMessage, 'taken'> }
  | { readonly fault: string; readonly status: 400 | 401 };

function verified(verifier: Webhook, raw: string, request: IncomingMessage): Read {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  try {
    verifier.verify(raw, headers, { jsonParse: false });
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault), status: 401 };
  }
  const body = parsed(raw);
  if (!isMessageBody(body)) return { fault: 'the body is no {type, timestamp, data}', status: 400 };
  const { type, timestamp, data } = body;
  return {
    message: {
      id: headers['webhook-id'] ?? '',
      triedAt: Number(headers['webhook-timestamp']),
      type,
      timestamp,
      data,
      path: request.url ?? '',
      headers,
    },
  };
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}

function isMessageBody(body: unknown): body is Pick<MerchantMessage, 'type' | 'timestamp' | 'data'> {
  if (typeof body !== 'object' || body === null) return false;
  const { type, timestamp, data } = body as Record<string, unknown>;
  const isInstant = typeof timestamp === 'string' && !Number.isNaN(Date.parse(timestamp));
  return typeof type === 'string' && isInstant && typeof data === 'object' && data !== null;
}

async function carryOut(answer: MerchantAnswer, response: ServerResponse): Promise<void> {
  if (answer.delayMs) await pause(answer.delayMs);
  if ('hang' in answer) return;
  if ('reset' in answer) response.socket?.resetAndDestroy();
  else response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
}
