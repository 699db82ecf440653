/**
 * What an exchange with `POST /v2/call/initiate` tells about the call. Only the status and the documented fields count.
 * Source: the vendor's API pages as read in November 2026; both documented shapes of a success are accepted.
 */
import { z } from 'zod';
import type { DialResult } from '../domain/ports.ts';
import type { Exchange } from './exchange.ts';

/** `{status, callId}` at the top level, or the same below `data`. Everything else in it is ignored. */
const callSchema = z.object({ callId: z.string().min(1).max(200), status: z.string().max(60).optional() });
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
  const answer = answerSchema.safeParse(parsed(body));
  if (!answer.success) return { kind: 'unknown', cause: 'answer_without_call_id' };
  return { kind: 'placed', callId: answer.data.callId, vendorStatus: answer.data.status ?? null };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** The vendor's words, without what it may have quoted of the shopper: numbers of more than four digits, and addresses. */
function messageOf(body: string): string {
  const refusal = refusalSchema.safeParse(parsed(body));
  if (!refusal.success) return '';
  return refusal.data.message
    .slice(0, 500)
    .replace(/\S+@\S+/g, '…')
    .replace(/https?:\/\/\S+/g, '…')
    .replace(/\+?\d[\d\s().-]{3,}\d/g, '…');
}

/** Seconds or an HTTP date, RFC 9110 §10.2.3. @returns milliseconds from `now`; null when absent or neither. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = /[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
