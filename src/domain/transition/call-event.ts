/** A call event on its record: what it tells is learned, and what it asks for becomes an errand. */
import type { CallEvent } from '../call-event.ts';
import { type Errands, withErrand, withErrandAt, withSecondCall } from '../errand.ts';
import { foldCallEvent } from '../fold-call-event.ts';
import type { RecoveryRecord, TimelineEntry } from '../recovery.ts';
import { changed, type FollowUpRules, type Sign, type Transition, unchanged } from './event.ts';
import { meanwhile } from './meanwhile.ts';
import { withoutDiscount } from './stop.ts';

/** A record that was never dialled cannot have a call: ids that were copied, or an installation that lost its data. */
export function knowsCalls({ attempts }: RecoveryRecord): boolean {
  return attempts > 0;
}

export function onCallEvent(record: RecoveryRecord, event: CallEvent, at: number, rules: FollowUpRules): Transition {
  if (!knowsCalls(record)) return unchanged(record);
  const { patch: folded, conflict } = foldCallEvent(record, event, at);
  const moved = folded.state !== record.state;
  const overdue = record.reason === 'no_final_event' && event.final && !conflict ? { reason: null } : {};
  const told: RecoveryRecord = {
    ...record,
    ...folded,
    ...overdue,
    ...(moved ? { reason: null, calledAt: record.calledAt ?? at } : {}),
  };
  // Now there is a call to name: what waited for that goes on.
  const named = moved || (record.callId === null && told.callId !== null);
  const known: RecoveryRecord = named && told.state === 'called' ? { ...told, ...meanwhile(told, at) } : told;
  const placedAfterAll = isClosedUncalled(record) && record.callId === null && known.callId !== null;
  const errands = conflict
    ? withSecondCall(known.errands, event.callId, at)
    : errandsAfter(record, known, event, at, rules, placedAfterAll);
  const after = { ...known, errands };
  const next = event.final && !conflict ? { ...after, ...withoutDiscount(after, after.discount?.endsAt ?? at) } : after;
  const news = differences(record, next);
  const rang = Object.keys(news).length > 0 && rangOutsideHours(record, event, at, rules);
  const signs: Sign[] = [
    ...(conflict ? ['duplicate_call_id' as const] : []),
    ...(placedAfterAll ? ['call_after_all' as const] : []),
    ...(rang ? ['rang_outside_hours' as const] : []),
  ];
  const tooLate = !conflict && triesAgainOutsideHours(record, event, at, rules);
  const reason = conflict ? 'duplicate_call_id' : tooLate ? 'outside_hours' : null;
  const lookups = next.callId === null ? [] : [{ kind: 'call', value: next.callId } as const];
  // When it was heard is worth keeping only with something that was not known.
  const patch = Object.keys(news).length === 0 ? {} : { ...news, lastEventAt: Math.max(at, record.lastEventAt ?? 0) };
  return changed(record, patch, entryOf(record, next, event, reason, at), { lookups, signs });
}

function isClosedUncalled({ state }: RecoveryRecord): boolean {
  return state === 'cancelled' || state === 'rejected';
}

function entryOf(
  before: RecoveryRecord,
  after: RecoveryRecord,
  event: CallEvent,
  reason: string | null,
  at: number,
): TimelineEntry {
  return {
    at,
    event: event.type.slice(0, 60),
    ...(after.state === before.state ? {} : { state: after.state }),
    ...(reason === null ? {} : { reason }),
    ...(event.status && event.type !== `call.${event.status}` ? { detail: event.status.slice(0, 60) } : {}),
  };
}

/** After these the vendor would try again, and can be kept from it. Source: the vendor's page on abort, November 2026. */
const BETWEEN_ATTEMPTS: ReadonlySet<string> = new Set([
  'busy',
  'failed',
  'no-answer',
  'rescheduled',
  'validation-failed',
]);

/** Of these a phone has rung, or was about to. */
const RINGING: ReadonlySet<string> = new Set(['in-progress', 'busy', 'no-answer']);

/**
 * Whether the vendor's own next try would come at an hour at which nobody may be phoned: then it is called off. A call that was moved
 * at the shopper's wish (`rescheduled`) is theirs to place, and no event says to when; an older word that comes again takes nothing back.
 */
function triesAgainOutsideHours(
  { candidate, call }: RecoveryRecord,
  event: CallEvent,
  at: number,
  { isDecentHour, vendorRetryMs }: FollowUpRules,
): boolean {
  const { status, final } = event;
  if (candidate === null || final || status === 'rescheduled' || !BETWEEN_ATTEMPTS.has(status ?? '')) return false;
  if (call?.statuses.some((told) => told.status === 'rescheduled')) return false;
  return !isDecentHour(candidate.whereabouts, at) || !isDecentHour(candidate.whereabouts, at + vendorRetryMs);
}

/** Whether the vendor has phoned somebody when it must not: a slot of its own, or a wish of the shopper's. */
function rangOutsideHours(
  { candidate }: RecoveryRecord,
  event: CallEvent,
  at: number,
  { isDecentHour }: FollowUpRules,
): boolean {
  if (candidate === null || event.final || !RINGING.has(event.status ?? '')) return false;
  return !isDecentHour(candidate.whereabouts, event.call?.startedAt ?? at);
}

function errandsAfter(
  before: RecoveryRecord,
  record: RecoveryRecord,
  event: CallEvent,
  at: number,
  rules: FollowUpRules,
  placedAfterAll: boolean,
): Errands {
  let { errands } = record;
  // One recovery may have several attempts, and each attempt one call: what a call brings is done once for each.
  const attempt = record.attemptId ?? record.id;
  const ringsAgain = isUnwanted(record) && !event.final && BETWEEN_ATTEMPTS.has(event.status ?? '');
  const tooLate = triesAgainOutsideHours(record, event, at, rules);
  if (placedAfterAll || ringsAgain || tooLate) errands = withErrandAt(errands, 'abort', 'abort', at);
  const about = event.outcome?.key ?? null;
  if (event.action?.name === 'create_order' && rules.agentOrder !== 'off') {
    errands = withErrand(errands, `agent_order:${attempt}`, 'agent_order', at, about);
  }
  const isNews = about !== null && !sameJson(before.outcomes[about], record.outcomes[about]);
  const tell = (key: string): void => {
    // Told already, and the vendor says more now: that is another message.
    const known = Object.keys(errands).filter((each) => each === key || each.startsWith(`${key}:`)).length;
    errands = withErrand(errands, known > 0 && isNews ? `${key}:${known + 1}` : key, 'forward', at, about);
  };
  if (event.action && rules.forward.actions) tell(`forward:action:${event.action.name}:${attempt}`);
  if (event.type === 'end-of-call' && rules.forward.outcomes) tell(`forward:outcome:${attempt}`);
  if (event.final && rules.forward.outcomes) {
    errands = withErrand(errands, `forward:ended:${attempt}`, 'forward', at, about);
  }
  return errands;
}

function isUnwanted(record: RecoveryRecord): boolean {
  // Closed for want of news, bought since, and heard of again.
  const boughtSince = record.reason === 'no_final_event' && record.orderedAt !== null;
  return record.stopReason !== null || isClosedUncalled(record) || boughtSince;
}

/** What changed, property by property; an equal value in a new object is no change. */
function differences(before: RecoveryRecord, after: RecoveryRecord): Partial<RecoveryRecord> {
  const names = Object.keys(after) as (keyof RecoveryRecord)[];
  const changed = names.filter((name) => before[name] !== after[name] && !sameJson(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
