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

export type ParsedCallEvent =
  | { readonly ok: true; readonly event: CallEvent; readonly recoveryId: string | null }
  | { readonly ok: false; readonly field: string };

export function parseCallEvent(body: unknown): ParsedCallEvent {
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) return { ok: false, field: parsed.error.issues[0]?.path.join('.') || '(body)' };
  const { metadata, event } = parsed.data;
  const { type } = event;
  const data = event.data ?? {};
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
      outcome: TELLING.has(type) ? { key, data: withoutCall(data) } : null,
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
