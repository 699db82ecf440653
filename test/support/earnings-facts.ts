/** What the earnings report is told of invented recoveries: one with changes, and any. */
import fc from 'fast-check';
import type { EarningsFacts, EarningsOrder } from '../../src/domain/earnings-facts.ts';
import { RECOVERY_STATES } from '../../src/domain/recovery.ts';

/** A recovery whose shopper was called, picked up, and did not order. */
export function aRecoveryFact(changes: Partial<EarningsFacts> = {}): EarningsFacts {
  return {
    day: '2026-11-03',
    state: 'ended',
    reason: null,
    callable: true,
    arm: null,
    called: true,
    answered: true,
    endedWithSuccess: false,
    order: null,
    creditsUsed: null,
    ...changes,
  };
}

/** An order from the called checkout, within the window. */
export function anOrder(changes: Partial<EarningsOrder> = {}): EarningsOrder {
  return { total: '129.00', currency: 'EUR', match: 'checkout', attributed: true, ...changes };
}

const anyOrder = fc.record({
  total: fc.option(
    fc.oneof(
      fc.integer({ min: 0, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2)),
      fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String),
      fc.constant('free'),
    ),
  ),
  currency: fc.option(fc.constantFrom('EUR', 'INR', 'JPY', 'USD')),
  match: fc.constantFrom('checkout' as const, 'person' as const),
  attributed: fc.boolean(),
});

/** Any combination at all, also those that make no sense together. */
export const anyFact: fc.Arbitrary<EarningsFacts> = fc.record({
  day: fc.integer({ min: 1, max: 9 }).map((day) => `2026-11-0${day}`),
  state: fc.constantFrom(...RECOVERY_STATES),
  reason: fc.constantFrom(null, 'no_phone', 'no_consent', 'ordered', 'holdout'),
  callable: fc.boolean(),
  arm: fc.constantFrom(null, 'call' as const, 'holdout' as const),
  called: fc.boolean(),
  answered: fc.boolean(),
  endedWithSuccess: fc.boolean(),
  order: fc.option(anyOrder),
  creditsUsed: fc.option(fc.integer({ min: 0, max: 5_000 }).map((hundredths) => hundredths / 100)),
});
