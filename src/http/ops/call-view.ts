/** How operators see what is known of a call. It holds the vendor's words on the conversation, which may be about the shopper: for a recovery's own page, never for a list, a title or a log. */
import { type CallKnowledge, wasAnswered } from '../../domain/call-knowledge.ts';
import { iso } from './instants.ts';

export type CallView = ReturnType<typeof callViewOf>;

export function callViewOf(call: CallKnowledge) {
  return {
    answered: wasAnswered(call),
    success: call.success,
    summary: call.summary,
    requiredActions: call.requiredActions,
    insights: call.insights,
    outcome: call.outcome,
    startedAt: iso(call.startedAt),
    endedAt: iso(call.endedAt),
    durationSeconds: call.durationSeconds,
    recordingUrl: call.recordingUrl,
    detailUrl: call.detailUrl,
    creditsUsed: call.creditsUsed,
    creditsAvailable: call.creditsAvailable,
    reAttempts: call.reAttempts,
    reschedules: call.reschedules,
    /** In the order of a call's life, not of arrival. */
    statuses: call.statuses.map(({ at, ...told }) => ({ ...told, at: iso(at) })),
    actions: call.actions.map(({ at, ...action }) => ({ ...action, at: iso(at) })),
    unknownTypes: call.unknownTypes,
  };
}
