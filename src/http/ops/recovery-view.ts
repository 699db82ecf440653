/** How operators see a recovery: instants as ISO 8601 UTC, the phone masked, nothing else of the person. */
import { maskE164 } from '../../domain/e164.ts';
import type { Recovery, RecoveryRecord } from '../../domain/recovery.ts';

export type RecoveryView = ReturnType<typeof viewOf>;

export function viewOf(record: RecoveryRecord) {
  return {
    id: record.id,
    shop: record.shop,
    checkoutToken: record.checkoutToken,
    state: record.state,
    reason: record.reason,
    dueAt: iso(record.dueAt),
    phone: record.phone === null ? null : maskE164(record.phone),
    cartValue: record.cartValue,
    priority: record.priority,
    countries: record.countries,
    attempts: record.attempts,
    attemptId: record.attemptId,
    callId: record.callId,
    callStatus: record.callStatus,
    vendorStatus: record.vendorStatus,
    vendorMessage: record.vendorMessage,
    createdAt: iso(record.createdAt),
    changedAt: iso(record.changedAt),
    lastActivityAt: iso(record.lastActivityAt),
    dialingAt: iso(record.dialingAt),
    calledAt: iso(record.calledAt),
    orderedAt: iso(record.orderedAt),
    orderName: record.orderName,
    stopReason: record.stopReason,
  };
}

/** One recovery whole: with its timeline, and the vendor's words on the call. */
export function detailOf({ record, timeline }: Recovery) {
  return {
    ...viewOf(record),
    outcomes: outcomesOf(record.outcomes),
    timeline: timeline.map(({ at, lastAt, ...entry }) => ({
      at: iso(at),
      ...entry,
      ...(lastAt === undefined ? {} : { lastAt: iso(lastAt) }),
    })),
  };
}

/** The analysis and the report as the vendor sent them; of an action its name and reason, because its payload names the shopper. */
function outcomesOf(outcomes: RecoveryRecord['outcomes']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(outcomes).map(([key, data]) => {
      if (!key.startsWith('action')) return [key, data];
      const { action = null, reason = null } = (data ?? {}) as { action?: unknown; reason?: unknown };
      return [key, { action, reason }];
    }),
  );
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
