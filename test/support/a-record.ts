/** A recovery's record for tests that care about one thing in it: name that thing in the overrides. */
import type { CallPolicy } from '../../src/domain/policy.ts';
import { EMPTY_RECORD, type RecoveryRecord } from '../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../src/domain/recovery-id.ts';
import { toAbandonedCartPayload } from '../../src/domain/to-abandoned-cart-payload.ts';
import { aCheckout } from './a-checkout.ts';

const checkout = aCheckout();
const mapped = toAbandonedCartPayload(checkout);
if (!mapped.ok) throw new Error('the checkout of the tests cannot be called about');

/** 2026-11-03, a Tuesday, 11:00 in Bengaluru: half an hour after Asha's cart was left, and well inside the calling hours. */
export const ELEVEN_IN_BENGALURU = Date.UTC(2026, 10, 3, 5, 30);

/** Asha's recovery, due at eleven. */
export function aRecord(overrides: Partial<RecoveryRecord> = {}): RecoveryRecord {
  return {
    ...EMPTY_RECORD,
    id: recoveryIdOf(checkout.shop, checkout.token),
    revision: 1,
    shop: checkout.shop,
    checkoutToken: checkout.token,
    cartToken: checkout.cartToken,
    checkoutId: checkout.id,
    state: 'scheduled',
    createdAt: ELEVEN_IN_BENGALURU - 1_800_000,
    changedAt: ELEVEN_IN_BENGALURU - 1_800_000,
    checkoutUpdatedAt: ELEVEN_IN_BENGALURU - 1_800_000,
    lastActivityAt: ELEVEN_IN_BENGALURU - 1_800_000,
    dueAt: ELEVEN_IN_BENGALURU,
    payload: mapped.ok ? mapped.payload : null,
    phone: mapped.ok ? mapped.phone : null,
    countries: ['IN'],
    cartValue: '1955.00 INR',
    ...overrides,
  };
}

/** Half an hour's delay, a day's freshness, everybody consents, decent hours, live. */
export function aPolicy(overrides: Partial<CallPolicy> = {}): CallPolicy {
  return {
    delayMs: 30 * 60_000,
    maxAgeMs: 24 * 3_600_000,
    consent: { kind: 'none' },
    hours: 'rules',
    mode: 'live',
    priorityFrom: null,
    ...overrides,
  };
}
