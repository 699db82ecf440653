/**
 * From a call event's body to our CallEvent. The envelope must be there; names, statuses and fields are an open set: what is of
 * an unexpected kind is left out, and never a reason to refuse the rest. Source: the vendor's webhook pages, November 2026.
 */
import { z } from 'zod';
import {
  actionName,
  type CallAction,
  type CallAnalysis,
  type CallCredits,
  type CallEvent,
  type CallFacts,
  type CallReport,
  type JsonObject,
} from '../domain/call-event.ts';
import { DOCUMENTED_EVENT_TYPES } from '../domain/call-event-types.ts';
import { codeWord } from '../domain/code-word.ts';
import { inShort, isDeeperThan } from './outcome-bounds.ts';
import {
  readCount,
  readFigure,
  readFlag,
  readInstant,
  readLooseText,
  readObject,
  readText,
  readUrl,
} from './wire-values.ts';

/** Names, statuses and ids. Characters. */
const MOST_NAME = 200;
/** Stands for a type, or an action, that is a sentence. */
const NO_WORD = 'other';

const envelopeSchema = z.object({
  metadata: z.looseObject({ recoveryId: z.unknown() }).nullish().catch(null),
  event: z.object({ type: z.string().min(1).max(MOST_NAME), data: z.looseObject({}).nullish() }),
});

/** Events whose whole `data` is worth keeping: the analysis, the final report, what the agent did. Of others, what nobody documented is. */
const TELLING = new Set(['end-of-call', 'call.lifecycle-ended', 'action']);
const KNOWN_OF_DATA = new Set(['analysis', 'credits', 'report', 'action', 'reason', 'payload']);
const KNOWN_OF_CALL = new Set(['id', 'status', 'startedAt', 'endedAt', 'durationSeconds', 'recordingUrl', 'detailUrl']);

/** What is kept of an event is written and walked: far above anything the vendor documents. */
const MOST_LEVELS = 100;

export type ParsedCallEvent =
  | { readonly ok: true; readonly event: CallEvent; readonly recoveryId: string | null }
  /** `field`: dotted path of what is missing in the envelope, or `(body)`. */
  | { readonly ok: false; readonly field: string };

/** @param body - as `parseJson` of a signed body returns it: integers beyond 2^53 are texts. */
export function parseCallEvent(body: unknown): ParsedCallEvent {
  const parsed = envelopeSchema.safeParse(body);
  if (!parsed.success) return { ok: false, field: parsed.error.issues[0]?.path.join('.') || '(body)' };
  const { metadata, event } = parsed.data;
  const type = codeWord(event.type) ?? NO_WORD;
  const data = event.data ?? {};
  const unheardOf = undocumented(data);
  const telling = TELLING.has(type) || !DOCUMENTED_EVENT_TYPES.has(type) || unheardOf;
  // Whoever writes or walks such a value runs out of stack.
  if (TELLING.has(type) && isDeeperThan(MOST_LEVELS, data)) return { ok: false, field: 'event.data' };
  const recoveryId = metadata?.recoveryId;
  const call = readObject(data.call);
  const named = type === 'action' ? readText(data.action, MOST_NAME) : null;
  const action = named && (codeWord(named) ?? NO_WORD);
  const final = type === 'call.lifecycle-ended';
  const key = action === null ? type : `action:${action}`;
  return {
    ok: true,
    recoveryId: typeof recoveryId === 'string' ? recoveryId : null,
    event: {
      type,
      isKnownType: DOCUMENTED_EVENT_TYPES.has(type),
      callId: readLooseText(call?.id, MOST_NAME) ?? readLooseText(data.callId, MOST_NAME),
      status: codeWord(readText(call?.status, MOST_NAME)) ?? impliedStatus(type),
      call: factsOf(call),
      analysis: TELLING.has(type) ? analysisOf(readObject(data.analysis)) : null,
      credits: creditsOf(readObject(data.credits)),
      report: reportOf(readObject(data.report)),
      action: action === null ? null : actionOf(action, data),
      outcome: telling && !isDeeperThan(MOST_LEVELS, data) ? { key, data: inShort(kept(data)) } : null,
      final,
      finalStatus: final ? codeWord(readText(readObject(data.report)?.finalStatus, MOST_NAME)) : null,
    },
  };
}

/** What is documented of the call stands on the record by itself. */
function kept(data: JsonObject): JsonObject {
  const { call, ...rest } = data;
  const unheardOf = Object.entries(readObject(call) ?? {}).filter(([name]) => !KNOWN_OF_CALL.has(name));
  return unheardOf.length === 0 ? rest : { ...rest, call: Object.fromEntries(unheardOf) };
}

/** Whether there is more in it than the call and its documented fields. */
function undocumented({ call, callId: _callId, ...rest }: JsonObject): boolean {
  const fields = Object.keys(readObject(call) ?? {});
  return Object.keys(rest).some((name) => !KNOWN_OF_DATA.has(name)) || fields.some((name) => !KNOWN_OF_CALL.has(name));
}

/** `call.busy` tells of status `busy`; the end of the lifecycle and the analysis tell of none. */
function impliedStatus(type: string): string | null {
  const word = /^call\.([a-z-]{1,40})$/.exec(type)?.[1];
  return word === undefined || word === 'lifecycle-ended' ? null : word;
}

function factsOf(call: JsonObject | null): CallFacts | null {
  const seconds = readFigure(call?.durationSeconds);
  return unlessEmpty({
    startedAt: readInstant(call?.startedAt),
    endedAt: readInstant(call?.endedAt),
    durationSeconds: seconds !== null && seconds >= 0 ? seconds : null,
    recordingUrl: readUrl(call?.recordingUrl),
    detailUrl: readUrl(call?.detailUrl),
  });
}

function analysisOf(analysis: JsonObject | null): CallAnalysis | null {
  if (analysis === null) return null;
  const { requiredActions } = analysis;
  const actions = Array.isArray(requiredActions) ? requiredActions : [requiredActions];
  return {
    success: readFlag(analysis.success),
    summary: readText(analysis.summary),
    requiredActions: actions.map((action) => readText(action)).filter((action) => action !== null),
    insights: readObject(analysis.insights),
    outcome: readObject(analysis.outcome),
  };
}

function creditsOf(credits: JsonObject | null): CallCredits | null {
  return unlessEmpty({ used: readFigure(credits?.used), available: readFigure(credits?.available) });
}

function reportOf(report: JsonObject | null): CallReport | null {
  return unlessEmpty({
    reAttempts: readCount(report?.reAttemptCount),
    reschedules: readCount(report?.rescheduledCount),
  });
}

function actionOf(spelled: string, { reason, payload }: JsonObject): CallAction {
  return { name: actionName(spelled), reason: readText(reason), payload: payload ?? null };
}

function unlessEmpty<T extends object>(values: T): T | null {
  return Object.values(values).every((value) => value === null) ? null : values;
}
