/** A webhook of a checkout whose call is with the vendor already: what the agent will say follows the cart while it still can. */
import { saysNo } from '../consent.ts';
import { withErrandAgain } from '../errand.ts';
import type { HeldCheckout, RecoveryRecord } from '../recovery.ts';
import { changed, type FollowUpRules, type Transition, unchanged } from './event.ts';
import { onStop } from './stop.ts';

export function onCartChange(
  record: RecoveryRecord,
  checkout: HeldCheckout,
  at: number,
  rules: FollowUpRules,
): Transition {
  if (record.state !== 'called' || record.stopReason !== null) return unchanged(record);
  const known = record.checkoutUpdatedAt ?? 0;
  // Within one second Shopify's order is unknown: a no is obeyed.
  if (checkout.checkoutUpdatedAt < known) return unchanged(record);
  if (withdrawsConsent(checkout)) return onStop(record, { reason: 'opted_out', order: null }, at, rules);
  if (checkout.checkoutUpdatedAt === known) return unchanged(record);
  const patch = payloadNews(record, checkout, at);
  return patch === null ? unchanged(record) : changed(record, patch, { at, event: 'cart_changed', state: 'called' });
}

/** What was consent when the call was placed is none any more, whatever else the webhook changed. */
export function withdrawsConsent(checkout: HeldCheckout): boolean {
  return checkout.reason === 'no_consent' || saysNo(checkout.facts);
}

/**
 * The new cart, and the errand to tell the vendor; null when there is nothing to tell, or the call was attempted already.
 * The number that is being dialled stays what it is, also in the payload.
 */
export function payloadNews(
  record: RecoveryRecord,
  checkout: HeldCheckout,
  at: number,
): Partial<RecoveryRecord> | null {
  const { payload } = checkout.facts;
  if (payload === null || record.payload === null || record.phone === null || wasAttempted(record)) return null;
  const next = { ...payload, customer: { ...payload.customer, phone: record.payload.customer.phone } };
  const seen = { checkoutUpdatedAt: checkout.checkoutUpdatedAt, lastActivityAt: checkout.lastActivityAt };
  if (JSON.stringify(next) === JSON.stringify(record.payload)) return null;
  return {
    ...checkout.facts,
    ...seen,
    phone: record.phone,
    payload: next,
    errands: withErrandAgain(record.errands, 'replace_payload', 'replace_payload', at),
  };
}

/** `initiate` means queued or about to ring: the vendor says "too late" itself if it is. */
function wasAttempted({ callStatus }: RecoveryRecord): boolean {
  return callStatus !== null && callStatus !== 'initiate';
}
