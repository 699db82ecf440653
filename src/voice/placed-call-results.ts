/**
 * What an exchange about a call that the vendor has tells: `POST /v2/call/abort` and `PUT /v2/call/{callId}`. The status alone
 * decides, since the bodies of a success are documented in several shapes, or in none. Source: the vendor's API pages as read
 * in November 2026.
 */
import type { AbortResult, ReplaceResult, VoiceAway } from '../domain/voice-calls.ts';
import type { Exchange } from './exchange.ts';
import { messageOf } from './refusal-message.ts';
import { retryAfterMs } from './retry-after.ts';

/** @param now - epoch milliseconds, UTC: a Retry-After date is counted from it. */
export function abortResult(exchange: Exchange, now: number): AbortResult {
  if (exchange.kind !== 'answered') return { kind: 'away', cause: exchange.cause, retryAfterMs: null };
  const { status, body } = exchange;
  if (isSuccess(status)) return { kind: 'aborted' };
  if (status === 400) return { kind: 'not_abortable', message: messageOf(body) };
  if (status === 404) return { kind: 'unknown_call' };
  if (isBarred(status)) return { kind: 'barred', status };
  return undecided(exchange, now);
}

/** @param now - as above. */
export function replaceResult(exchange: Exchange, now: number): ReplaceResult {
  if (exchange.kind !== 'answered') return { kind: 'away', cause: exchange.cause, retryAfterMs: null };
  const { status, body } = exchange;
  if (isSuccess(status)) return { kind: 'replaced' };
  if (status === 400) return { kind: 'too_late', message: messageOf(body) };
  if (status === 404) return { kind: 'unknown_call' };
  if (isBarred(status)) return { kind: 'barred', status };
  if (status === 409 || status === 422) return { kind: 'refused', status, message: messageOf(body) };
  return undecided(exchange, now);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Keys, credits, rights: true of every request of this account. */
function isBarred(status: number): boolean {
  return status === 401 || status === 402 || status === 403;
}

function undecided({ status, retryAfter }: Extract<Exchange, { kind: 'answered' }>, now: number): VoiceAway {
  const cause = status === 429 ? 'throttled' : `vendor_${status}`;
  return { kind: 'away', cause, retryAfterMs: retryAfterMs(retryAfter, now) };
}
