/**
 * From a call event's body to our CallEvent. The envelope must be there; names, statuses and fields are an open set and
 * kept as they come. Source: the vendor's webhook pages, November 2026.
 */
import { z } from 'zod';
import type { CallEvent } from '../domain/call-event.ts';

const text = z.string().max(200).nullish();

const callSchema = z.looseObject({ id: text, status: text }).nullish();

const envelopeSchema = z.object({
  metadata: z.looseObject({ recoveryId: z.unknown() }).nullish().catch(null),
  event: z.object({
    type: z.string().min(1).max(200),
    data: z
      .looseObject({
        call: callSchema,
        callId: text,
        action: text,
        report: z.looseObject({ finalStatus: text }).nullish(),
      })
      .nullish(),
  }),
});

/** Events whose whole `data` is worth keeping: the analysis, the final report, what the agent did. */
const TELLING = new Set(['end-of-call', 'call.lifecycle-ended', 'action']);

/** What is kept of an event stays on the record, so it is bounded: far above anything the vendor documents. */
const MOST_LEVELS = 100;
const MOST_OUTCOME_BYTES = 64 * 1024;
const MOST_SUMMARY_CHARACTERS = 2_000;

export type ParsedCallEvent =
  | { readonly ok: true; readonly event: CallEvent; readonly recoveryId: string | null }
  | { readonly ok: false; readonly field: string };

export function parseCallEvent(body: unknown): ParsedCallEvent {
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) return { ok: false, field: parsed.error.issues[0]?.path.join('.') || '(body)' };
  const { metadata, event } = parsed.data;
  const { type } = event;
  const data = event.data ?? {};
  const telling = TELLING.has(type);
  // Whoever writes or walks such a value runs out of stack.
  if (telling && isDeeperThan(MOST_LEVELS, data)) return { ok: false, field: 'event.data' };
  const recoveryId = metadata?.recoveryId;
  const final = type === 'call.lifecycle-ended';
  const key = type === 'action' && data.action ? `action:${data.action}` : type;
  return {
    ok: true,
    recoveryId: typeof recoveryId === 'string' ? recoveryId : null,
    event: {
      type,
      callId: data.call?.id ?? data.callId ?? null,
      status: data.call?.status ?? impliedStatus(type),
      outcome: telling ? { key, data: bounded(withoutCall(data)) } : null,
      final,
      finalStatus: final ? (data.report?.finalStatus ?? null) : null,
    },
  };
}

/** `call.busy` tells of status `busy`; the end of the lifecycle and the analysis tell of none. */
function impliedStatus(type: string): string | null {
  const word = /^call\.([a-z-]{1,40})$/.exec(type)?.[1];
  return word === undefined || word === 'lifecycle-ended' ? null : word;
}

function withoutCall(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { call: _call, ...rest } = data;
  return rest;
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

/** The data; or, when it is longer than anybody talks, what can be told of it in short: the action, or the analysis's verdict. */
function bounded(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (Buffer.byteLength(JSON.stringify(data)) <= MOST_OUTCOME_BYTES) return data;
  return { truncated: true, ...inShort.parse(data) };
}

const short = z
  .union([z.string().max(MOST_SUMMARY_CHARACTERS), z.boolean(), z.number()])
  .optional()
  .catch(undefined);
const verdict = { action: short, reason: short, success: short, summary: short };
const inShort = z.object({ ...verdict, analysis: z.object(verdict).optional().catch(undefined) });
