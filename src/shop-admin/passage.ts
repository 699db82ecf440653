/**
 * The only way out for `@shopify/shopify-api`, which speaks to `https://<shop>` and nobody else. Its fetch function, one for the
 * whole process, is replaced by one that works solely inside `passThrough`: it goes to the configured address of that one shop,
 * follows no redirect (a token must not travel on), ends in time and reads a bounded answer.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
// The adapter sets a fetch function of its own when it is evaluated, so it has to come before ours.
import '@shopify/shopify-api/adapters/node';
import { setAbstractFetchFunc } from '@shopify/shopify-api/runtime';

/** A page of fifty checkouts with long carts stays well below one MiB. Bytes, unpacked. */
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;

export interface Route {
  /** The shop's permanent domain, to which the library addresses its requests. */
  readonly shop: string;
  /** Where they go instead. Only the origin counts: the path is Shopify's. */
  readonly adminUrl: URL;
}

/** What happened on the wire. Causes are short codes such as `timeout`, `econnreset`; they hold no address and no header. */
export type Passed =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'no_answer'; readonly cause: string };

interface Passage {
  readonly route: Route;
  readonly signal: AbortSignal;
  passed: Passed;
}

const passages = new AsyncLocalStorage<Passage>();

setAbstractFetchFunc(async (input, init) => {
  const passage = passages.getStore();
  const asked = new URL(String(input));
  if (passage === undefined || asked.origin !== `https://${passage.route.shop}`) throw new Error('no passage there');
  const { route, signal } = passage;
  try {
    const url = new URL(asked.pathname, route.adminUrl);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const { status, headers } = response;
    const body = await boundedText(response);
    passage.passed = { kind: 'answered', status, retryAfter: headers.get('retry-after') };
    const contentType = headers.get('content-type') ?? '';
    return new Response(body === '' ? null : body, { status, headers: { 'content-type': contentType } });
  } catch (error) {
    const cause = signal.aborted ? 'timeout' : causeOf(error);
    passage.passed = { kind: 'no_answer', cause };
    throw new Error(cause);
  }
});

/**
 * Lets the library make one request.
 *
 * @param timeoutMs - for the whole request, connecting and reading included.
 * @returns what happened on the wire and what the library made of it; null when it threw, whose message is not kept because it
 * may quote what was sent. Never rejects.
 */
export async function passThrough<T>(
  route: Route,
  timeoutMs: number,
  request: () => Promise<T>,
): Promise<{ readonly passed: Passed; readonly value: T | null }> {
  const passage: Passage = {
    route,
    signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
    passed: { kind: 'no_answer', cause: 'not_sent' },
  };
  const value = await passages.run(passage, async () => request()).catch(() => null);
  return { passed: passage.passed, value };
}

class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_ANSWER_BYTES) throw new AnswerTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The code alone: messages quote headers and addresses. */
function causeOf(error: unknown): string {
  if (error instanceof AnswerTooLarge) return 'answer_too_large';
  const { cause } = error as { cause?: { code?: unknown } };
  const code = cause?.code ?? (error as { code?: unknown }).code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code.toLowerCase() : 'connection_failed';
}
