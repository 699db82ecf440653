/**
 * Decisions: whether and when a checkout's shopper is phoned. Pure values with a reason, taken when a webhook comes and
 * again when the alarm rings. Order of the gates: bought, reachable, consented, fresh, decent hour.
 */
import type { AbandonedCartPayload } from './abandoned-cart-payload.ts';
import { nextCallingInstant } from './calling-hours.ts';
import type { Checkout } from './checkout.ts';
import { hasConsent } from './consent.ts';
import { compareDecimals } from './decimal.ts';
import type { CallPolicy } from './policy.ts';
import type { RecoveryRecord, SkipReason, WaitingReason } from './recovery.ts';
import { toAbandonedCartPayload } from './to-abandoned-cart-payload.ts';

/** What a callable checkout would be dialled with. Holds personal data. */
export interface Callable {
  readonly payload: AbandonedCartPayload;
  readonly phone: string;
  readonly countries: readonly string[];
  readonly priority: boolean;
}

export type CheckoutDecision =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'wait'; readonly reason: WaitingReason }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | {
      readonly kind: 'schedule';
      readonly dueAt: number;
      /** Set when the calling hours, not the delay, decided the time. */
      readonly deferredBy: 'outside_hours' | null;
      readonly callable: Callable;
    };

/**
 * The decision on a checkout as a webhook shows it.
 *
 * @param lastActivityAt - epoch milliseconds, UTC: when the shopper last did something. The call is due `policy.delayMs` after it.
 * @param now - epoch milliseconds, UTC.
 */
export function decideCheckout(
  checkout: Checkout,
  policy: CallPolicy,
  lastActivityAt: number,
  now: number,
): CheckoutDecision {
  if (checkout.completedAt !== null) return { kind: 'ordered' };
  const mapped = toAbandonedCartPayload(checkout);
  if (!mapped.ok) {
    return mapped.reason === 'invalid_phone'
      ? { kind: 'skip', reason: mapped.reason }
      : { kind: 'wait', reason: mapped.reason };
  }
  if (!hasConsent(checkout, policy.consent, mapped.phoneSource)) return { kind: 'skip', reason: 'no_consent' };
  if (now - lastActivityAt > policy.maxAgeMs) return { kind: 'skip', reason: 'too_old' };
  const countries = countriesOf(checkout, mapped.phoneCountry);
  const wanted = lastActivityAt + policy.delayMs;
  const time = decentInstant(Math.max(wanted, now), countries, policy);
  if (!time.ok) return { kind: 'skip', reason: time.reason };
  if (time.at - lastActivityAt > policy.maxAgeMs) return { kind: 'skip', reason: 'too_old' };
  const deferred = time.at > Math.max(wanted, now);
  return {
    kind: 'schedule',
    dueAt: deferred ? time.at : wanted,
    deferredBy: deferred ? 'outside_hours' : null,
    callable: { payload: mapped.payload, phone: mapped.phone, countries, priority: isPriority(checkout, policy) },
  };
}

export type RingDecision =
  | { readonly kind: 'dial' }
  /** A dry run takes every decision and then stops short of the vendor. */
  | { readonly kind: 'skip'; readonly reason: 'too_old' | 'dry_run' | 'unknown_country' | 'no_common_hours' }
  | { readonly kind: 'snooze'; readonly until: number; readonly reason: 'not_due' | 'outside_hours' }
  /** A dial that should have ended long ago: its fate is unknown, and it is never repeated. */
  | { readonly kind: 'give_up_dial' }
  | { readonly kind: 'ignore'; readonly reason: string };

/**
 * The decision when an alarm rings, on the record alone: whatever happened since the alarm was set is in it.
 *
 * @param now - epoch milliseconds, UTC. @param dialTimeLimitMs - how long an honest dial can take, answer and saving included.
 */
export function decideRing(
  record: RecoveryRecord,
  policy: CallPolicy,
  now: number,
  dialTimeLimitMs: number,
): RingDecision {
  if (record.state === 'dialing') {
    const stuck = record.dialingAt === null || now - record.dialingAt > dialTimeLimitMs;
    return stuck ? { kind: 'give_up_dial' } : { kind: 'ignore', reason: 'dial_in_flight' };
  }
  if (record.state !== 'scheduled') return { kind: 'ignore', reason: record.state };
  if (record.dueAt === null || record.payload === null || record.phone === null || record.lastActivityAt === null) {
    return { kind: 'ignore', reason: 'nothing_to_dial' };
  }
  if (now - record.lastActivityAt > policy.maxAgeMs) return { kind: 'skip', reason: 'too_old' };
  if (now < record.dueAt) return { kind: 'snooze', until: record.dueAt, reason: 'not_due' };
  const time = decentInstant(now, record.countries, policy);
  if (!time.ok) return { kind: 'skip', reason: time.reason };
  if (time.at > now) return { kind: 'snooze', until: time.at, reason: 'outside_hours' };
  return policy.mode === 'dry-run' ? { kind: 'skip', reason: 'dry_run' } : { kind: 'dial' };
}

function decentInstant(at: number, countries: readonly string[], policy: CallPolicy) {
  return policy.hours === 'always' ? ({ ok: true, at } as const) : nextCallingInstant(at, countries);
}

/** Where the shopper may be: every country that an address or the dialled number names. */
function countriesOf(checkout: Checkout, phoneCountry: string | null): string[] {
  const named = [checkout.shippingAddress?.countryCode, checkout.billingAddress?.countryCode, phoneCountry];
  return [...new Set(named.filter((country) => country !== null && country !== undefined))].sort();
}

function isPriority(checkout: Checkout, policy: CallPolicy): boolean {
  if (policy.priorityFrom === null || checkout.totals.total === null) return false;
  return compareDecimals(checkout.totals.total, policy.priorityFrom) >= 0;
}
