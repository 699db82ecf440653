/**
 * What an exchange with `POST /v2/call/initiate` tells about the call. Only the status and the documented fields count.
 * Source: the vendor's API pages as read in November 2026; both documented shapes of a success are accepted.
 */
import { z } from 'zod';
import type { DialResult } from '../domain/ports.ts';
import type { Exchange } from './exchange.ts';

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
const refusalSchema = z.object({ message: z.string() });

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
  return { kind: 'placed', callId: answer.data.callId, vendorStatus: answer.data.status ?? null };
}

/** The third argument holds the source text of a primitive. ECMAScript proposal "JSON.parse source text access", in Node since 21. */
type Reviver = (key: string, value: unknown) => unknown;

/** As it was written: beyond 2^53 the number would be somebody else's. */
function numericIdAsText(key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return key === 'callId' && typeof value === 'number' ? source : value;
}

function parsed(body: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(body, reviver);
  } catch {
    return null;
  }
}

/** The vendor's words, without what it may have quoted of the shopper: numbers of more than four digits, and addresses. */
function messageOf(body: string): string {
  const refusal = refusalSchema.safeParse(parsed(body));
  if (!refusal.success) return '';
  return whole(refusal.data.message, 500)
    .replace(/\S+@\S+/g, '…')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/\+?\d[\d\s().-]{3,}\d/g, '…');
}

/** At most so many characters, without a word that the cut went through: half an address would pass for a plain word. */
function whole(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/\S*$/, '…');
}

/** All three forms begin with the day of the week; the oldest names no zone and means GMT. RFC 9110 §5.6.7. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*(?:\d| GMT)$/;

/** Seconds or an HTTP date, RFC 9110 §10.2.3. @returns milliseconds from `now`; null when absent or neither. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = HTTP_DATE.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
