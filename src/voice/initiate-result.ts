/**
 * What an exchange with `POST /v2/call/initiate` tells about the call. Only the status and the documented fields count.
 * Source: the vendor's API pages as read in November 2026; both documented shapes of a success are accepted.
 */
import { z } from 'zod';
import { codeWord } from '../domain/code-word.ts';
import type { DialResult } from '../domain/voice-calls.ts';
import type { Exchange } from './exchange.ts';
import { parsed, type Reviver } from './parsed.ts';
import { messageOf } from './refusal-message.ts';
import { retryAfterMs } from './retry-after.ts';

/**
 * `{status, callId}` at the top level, or the same below `data`. Everything else in it is ignored. The id proves the call;
 * the status is for the eye, and one that is no short word is none.
 */
const callSchema = z.object({
  callId: z.string().min(1).max(200),
  status: z
    .union([z.string().max(60), z.number().transform(String)])
    .nullish()
    .catch(null),
});
const answerSchema = z.union([callSchema, z.object({ data: callSchema }).transform(({ data }) => data)]);

/** @param now - epoch milliseconds, UTC: a Retry-After date is counted from it. */
export function initiateResult(exchange: Exchange, now: number): DialResult {
  if (exchange.kind === 'not_sent') return { kind: 'not_placed', cause: exchange.cause, retryAfterMs: null };
  if (exchange.kind === 'no_answer') return { kind: 'unknown', cause: exchange.cause };
  const { status, body } = exchange;
  if (status >= 200 && status < 300) return accepted(body);
  if (status === 429) {
    return { kind: 'not_placed', cause: 'throttled', retryAfterMs: retryAfterMs(exchange.retryAfter, now) };
  }
  if (status === 401 || status === 402 || status === 403) return { kind: 'barred', status };
  if (status === 400 || status === 404 || status === 409 || status === 422) {
    return { kind: 'refused', status, message: messageOf(body) };
  }
  return { kind: 'unknown', cause: `vendor_${status}` };
}

function accepted(body: string): DialResult {
  const answer = answerSchema.safeParse(parsed(body, numericIdAsText as Reviver));
  if (!answer.success) return { kind: 'unknown', cause: 'answer_without_call_id' };
  return { kind: 'placed', callId: answer.data.callId, vendorStatus: codeWord(answer.data.status ?? null) };
}

/** As it was written: beyond 2^53 the number would be somebody else's. */
function numericIdAsText(key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return key === 'callId' && typeof value === 'number' ? source : value;
}
