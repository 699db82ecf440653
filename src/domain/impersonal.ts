/**
 * What of a recovery is about the person, and what is left without it: of the record when it is erased, and of what is still told
 * of it afterwards. Everything that decides, counts or pays stays.
 */
import type { CallEvent } from './call-event.ts';
import type { CallKnowledge } from './call-knowledge.ts';
import { type ErrandKind, withFailed } from './errand.ts';
import type { RecoveryRecord } from './recovery.ts';
import type { FollowUpRules, RecoveryEvent } from './transition/event.ts';

/** Errands that carry the person's data to somebody. An abort, or taking a code back, needs none. */
export const PERSONAL_ERRANDS: ReadonlySet<ErrandKind> = new Set(['agent_order', 'forward']);

/** The personal part of a record, emptied. What decides on a call, amounts, ids and the codes of decisions stay. */
export function withoutPerson(record: RecoveryRecord, at: number): Partial<RecoveryRecord> {
  const { payload, call, errands } = record;
  return {
    payload: null,
    phone: null,
    person: [],
    hadPayload: record.hadPayload || payload !== null,
    outcomes: {},
    call: call && withoutWords(call),
    vendorMessage: null,
    held: null,
    errands: withFailed(errands, PERSONAL_ERRANDS, 'erased'),
    erasedAt: record.erasedAt ?? at,
  };
}

/** What is told of a recovery whose person was erased, without what would bring the person back; null: nothing is left of it. */
export function impersonal(event: RecoveryEvent): RecoveryEvent | null {
  switch (event.kind) {
    case 'call_event':
      return { ...event, event: withoutShopper(event.event) };
    case 'dial_result':
      return event.result.kind === 'refused' ? { ...event, result: { ...event.result, message: '' } } : event;
    case 'cart_changed':
      return null;
    case 'operator':
      // What it would carry is gone.
      return event.action.kind === 'retry_errand' && isPersonal(event.action.key) ? null : event;
    default:
      return event;
  }
}

/** Nobody is to be told, and nothing to be ordered, of a shopper who is not known any more. */
export function impersonalRules(rules: FollowUpRules): FollowUpRules {
  return { ...rules, agentOrder: 'off', forward: { actions: false, outcomes: false } };
}

/** An errand's key begins with its kind. */
function isPersonal(key: string): boolean {
  return PERSONAL_ERRANDS.has(key.split(':')[0] as ErrandKind);
}

/** How the call went and what it cost; not what was said. */
function withoutWords(call: CallKnowledge): CallKnowledge {
  return {
    ...call,
    recordingUrl: null,
    detailUrl: null,
    summary: null,
    insights: null,
    outcome: null,
    requiredActions: [],
    actions: call.actions.map((action) => ({ ...action, reason: null })),
  };
}

function withoutShopper(event: CallEvent): CallEvent {
  const { call, analysis, action } = event;
  return {
    ...event,
    call: call && { ...call, recordingUrl: null, detailUrl: null },
    analysis: analysis && {
      success: analysis.success,
      summary: null,
      requiredActions: [],
      insights: null,
      outcome: null,
    },
    action: action && { ...action, reason: null, payload: null },
    outcome: null,
  };
}
