/**
 * Forwarder by signed webhooks to the merchant's own address. Source: Standard Webhooks 1.0.0 (standard-webhooks.md), as
 * read in November 2026. The secret goes into the signature and nowhere else.
 */
import { Webhook } from 'standardwebhooks';
import { HOUR } from '../domain/duration.ts';
import type { Forwarder, ForwardMessage, ForwardResult } from '../domain/forward.ts';
import type { Clock } from '../domain/ports.ts';
import { type Exchange, exchange, type OutgoingRequest } from '../voice/exchange.ts';
import { retryAfterMs } from '../voice/retry-after.ts';

/** A receiver that asks for more patience than this is asked again all the same. */
const LONGEST_RETRY_AFTER_MS = HOUR;

export interface ForwardTarget {
  readonly url: URL;
  /** As `isForwardSecret` takes it. */
  readonly secret: string;
  /** For a whole request, connecting included. Milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** @throws {Error} when the secret is none; the configuration has checked it. */
export function forwarder({ url, secret, timeoutMs, clock }: ForwardTarget): Forwarder {
  const signer = new Webhook(secret);
  return {
    async deliver(message) {
      let signed: Pick<OutgoingRequest, 'headers' | 'body'>;
      try {
        signed = signedRequest(signer, message, clock.now());
      } catch {
        // Its data or its instant cannot be written down (a circle, no date): that will not change.
        return { kind: 'refused', cause: 'unwritable_message' };
      }
      const answer = await exchange({ url, method: 'POST', ...signed, timeoutMs, statusSuffices: true });
      return forwardResult(answer, clock.now());
    },
  };
}

/** @param now - the instant of this try, epoch milliseconds: receivers take no signature that is older than some minutes. */
function signedRequest(signer: Webhook, { id, type, at, data }: ForwardMessage, now: number) {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  const headerId = inHeader(id);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'ringback',
      'webhook-id': headerId,
      'webhook-timestamp': String(Math.floor(now / 1_000)),
      'webhook-signature': signer.sign(headerId, new Date(now), body),
    },
  };
}

/**
 * An id may hold the vendor's words. What HTTP cannot carry is percent-encoded, and no brace is left: the signed text is
 * `id.timestamp.body`, every body begins with one, so no id can pass a part of itself off as the body.
 */
function inHeader(id: string): string {
  return encodeURI(id);
}

function forwardResult(answer: Exchange, now: number): ForwardResult {
  if (answer.kind !== 'answered') return { kind: 'away', cause: answer.cause, retryAfterMs: null };
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const cause = `status_${status}`;
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) return { kind: 'refused', cause };
  const waitMs = retryAfterMs(retryAfter, now);
  return { kind: 'away', cause, retryAfterMs: waitMs === null ? null : Math.min(waitMs, LONGEST_RETRY_AFTER_MS) };
}
