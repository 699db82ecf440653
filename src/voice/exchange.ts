/**
 * One HTTP request on one connection of its own, told apart by what is known when it fails: before or after the first byte
 * was sent. A pooled connection would blur just that line, because the server may close it while idle; and at a few calls
 * per second it would save nothing. Redirects are not followed, bodies are neither decompressed nor unbounded.
 */
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** More than any documented answer by two orders of magnitude. Bytes. */
const MOST_ANSWER_BYTES = 256 * 1024;

interface Answer {
  readonly kind: 'answered';
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

export type Exchange =
  | Answer
  /** No byte of the request left this machine: it is safe to try again. */
  | { readonly kind: 'not_sent'; readonly cause: string }
  /** Bytes were sent, and no whole answer came back. */
  | { readonly kind: 'no_answer'; readonly cause: string };

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: the request has none. */
  readonly body: string;
  /** For the whole exchange, connecting included. Milliseconds. */
  readonly timeoutMs: number;
  /** True: the status is answer enough. A body that is cut off, too large or late is then let go as ''. Default false. */
  readonly statusSuffices?: boolean;
}

/** Never rejects. Causes are short codes such as `econnrefused` or `timeout`; they hold no address and no header. */
export function exchange(outgoing: OutgoingRequest): Promise<Exchange> {
  const { url, method, headers, body, timeoutMs, statusSuffices = false } = outgoing;
  const secure = url.protocol === 'https:';
  return new Promise((resolve) => {
    let sent = false;
    const bytes = Buffer.from(body);
    let request: ClientRequest;
    try {
      request = (secure ? httpsRequest : httpRequest)(url, {
        method,
        agent: false,
        headers: { ...headers, ...lengthOf(bytes), 'accept-encoding': 'identity', connection: 'close' },
      });
    } catch (error) {
      // Node takes no header that HTTP cannot carry, and says so before it connects.
      return resolve({ kind: 'not_sent', cause: causeOf(error) });
    }
    const end = (result: Exchange) => {
      clearTimeout(deadline);
      request.destroy();
      resolve(result);
    };
    let head: Omit<Answer, 'body'> | null = null;
    const fail = (cause: string) => {
      if (head && statusSuffices) end({ ...head, body: '' });
      else end({ kind: sent ? 'no_answer' : 'not_sent', cause });
    };
    const deadline = setTimeout(() => fail('timeout'), timeoutMs);

    // Node writes the request once the socket is connected (and, with TLS, the certificate accepted), not before.
    request.once('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        sent = true;
      });
    });
    request.on('error', (error) => fail(causeOf(error)));
    request.once('response', (response) => {
      const status = response.statusCode ?? 0;
      const retryAfter = response.headers['retry-after'] ?? null;
      head = { kind: 'answered', status, retryAfter };
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_ANSWER_BYTES) fail('answer_too_large');
        else chunks.push(chunk);
      });
      response.once('error', () => fail('answer_cut_off'));
      response.once('aborted', () => fail('answer_cut_off'));
      response.once('end', () => {
        if (!response.complete) return fail('answer_cut_off');
        end({ kind: 'answered', status, retryAfter, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    request.end(bytes);
  });
}

/** A GET that announces a body of no bytes is odd enough for some to refuse it. RFC 9110 §8.6. */
function lengthOf(bytes: Buffer): Record<string, number> {
  return bytes.length > 0 ? { 'content-length': bytes.length } : {};
}

/** The code alone: a message may quote the header or the address it is about. */
function causeOf(error: unknown): string {
  return ((error as NodeJS.ErrnoException).code ?? 'error').toLowerCase();
}
