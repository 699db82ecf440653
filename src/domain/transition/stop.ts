/** Stops: before the dial a recovery is cancelled; from the dial on, the call is to be aborted and the rest are facts. */
import { withErrandAgain, withErrandAt } from '../errand.ts';
import { OPEN_STATES, type RecoveryRecord, type RecoveryState } from '../recovery.ts';
import type { SuppressionSource } from '../suppression.ts';
import {
  changed,
  type FollowUpRules,
  type OrderFacts,
  type RecoveryEvent,
  type Transition,
  unchanged,
} from './event.ts';

/** A call may be on its way, or running. */
export const LIVE_STATES: ReadonlySet<RecoveryState> = new Set(['dialing', 'unknown', 'called']);

type Stop = Omit<Extract<RecoveryEvent, { kind: 'stop' }>, 'kind'>;

export function onStop(
  record: RecoveryRecord,
  { reason, order, by, rule, seen }: Stop,
  at: number,
  rules: FollowUpRules,
): Transition {
  const news = order ? orderNews(record, order, rules) : {};
  const lookups = [order?.name, order?.id].filter(isThere).map((value) => ({ kind: 'order', value }) as const);
  const event = reason === 'operator' ? 'operator_cancelled' : reason;
  const entry = { at, event, ...(rule ? { rule } : {}), ...detailOf(record, order, by, seen) };
  if (OPEN_STATES.has(record.state)) {
    const patch = { ...news, ...cancelled(record, reason, at) };
    return changed(record, patch, { ...entry, state: 'cancelled', reason }, { lookups });
  }
  const patch =
    record.stopReason === null && LIVE_STATES.has(record.state)
      ? { ...news, stopReason: reason, errands: withErrandAgain(record.errands, 'abort', 'abort', at) }
      : news;
  // Dialled, or over: the same stop again is no news.
  return Object.keys(patch).length === 0 ? unchanged(record) : changed(record, patch, entry, { lookups });
}

/** The end of a recovery that was not dialled: a code that nobody heard of is taken back at once. */
export function cancelled(record: RecoveryRecord, reason: string, at: number): Partial<RecoveryRecord> {
  return { state: 'cancelled', reason, dueAt: null, ...withoutDiscount(record, at) };
}

/** The errand that takes a code of ours back, due at `at`; nothing when there is no such code. */
export function withoutDiscount({ discount, errands }: RecoveryRecord, at: number): Partial<RecoveryRecord> {
  if (discount?.state !== 'minting' && discount?.state !== 'minted') return {};
  return { errands: withErrandAt(errands, 'discount_delete', 'discount_delete', at) };
}

/**
 * Only what the record does not say yet. A purchase, once known, is never taken back; but an order of this very checkout
 * says more than one of the same person, and an order more than a completed checkout.
 */
function orderNews(record: RecoveryRecord, order: OrderFacts, rules: FollowUpRules): Partial<RecoveryRecord> {
  const knowsNone = record.orderedAt === null;
  const better = record.orderMatch === 'person' && order.match === 'checkout';
  const fuller = record.orderMatch === order.match && record.orderTotal === null && order.total !== null;
  if (!knowsNone && !better && !fuller) {
    return record.orderName === null && order.name && record.orderMatch === order.match
      ? { orderName: order.name }
      : {};
  }
  return {
    orderedAt: order.at,
    orderName: order.name ?? (better ? null : record.orderName),
    orderTotal: order.total,
    orderCurrency: order.currency,
    orderMatch: order.match,
    attributed: isAttributed(record, order.at, rules.attributionMs),
  };
}

/**
 * Intention to treat: both arms count from the instant they were drawn. A recovery that was dialled before arms were drawn
 * counts from its call.
 */
function isAttributed({ armAt, calledAt }: RecoveryRecord, orderedAt: number, attributionMs: number): boolean {
  const since = armAt ?? calledAt;
  return since !== null && orderedAt >= since && orderedAt <= since + attributionMs;
}

function isThere(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** The order's name, who said so, what was seen, and of one that was not going to be called why: the record has room for one reason. */
function detailOf(
  { state, reason }: RecoveryRecord,
  order: OrderFacts | null,
  by: SuppressionSource | undefined,
  seen: string | null | undefined,
): { detail?: string } {
  const was = state === 'skipped' && reason !== null ? `was skipped: ${reason}` : null;
  const parts = [order?.name, by && `by ${by}`, seen, was].filter(isThere);
  return parts.length === 0 ? {} : { detail: parts.join(', ') };
}
