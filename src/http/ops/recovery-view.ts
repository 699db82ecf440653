/** How operators see a recovery: instants as ISO 8601 UTC, the phone masked, nothing else of the person. */

import { maskE164 } from '../../domain/e164.ts';
import type { RecoveryRecord } from '../../domain/recovery.ts';
import { iso } from './instants.ts';

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
    countries: [...new Set(record.candidate?.whereabouts.map(({ country }) => country))],
    consent: consentInWords(record),
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
    lastEventAt: iso(record.lastEventAt),
    arm: record.arm,
    armAt: iso(record.armAt),
    orderedAt: iso(record.orderedAt),
    orderName: record.orderName,
    orderTotal: record.orderTotal,
    orderCurrency: record.orderCurrency,
    orderMatch: record.orderMatch,
    attributed: record.attributed,
    stopReason: record.stopReason,
    erasedAt: iso(record.erasedAt),
  };
}

function consentInWords({ attemptConsent, candidate, lastActivityAt }: RecoveryRecord): string | null {
  const consent = attemptConsent ?? candidate?.consent;
  if (!consent) return null;
  const at = iso(attemptConsent?.at ?? lastActivityAt);
  return `${consent.source} = ${consent.value}, ${at}, rules ${consent.version}`;
}
