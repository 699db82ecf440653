import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArmTotals, liftOf } from '../../../src/domain/lift.ts';

/** An arm whose orders are all known, of one currency each. */
function arm(size: number, recovered: number, revenue: Readonly<Record<string, string>> = {}): ArmTotals {
  return { size, recovered, valued: recovered, revenue: new Map(Object.entries(revenue)) };
}

const arms: fc.Arbitrary<ArmTotals> = fc
  .integer({ min: 0, max: 5_000 })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size })))
  .map(([size, recovered]) => arm(size, recovered, recovered > 0 ? { EUR: `${recovered}00.00` } : {}));

describe('the lift', () => {
  it('is the difference of the rates, in orders and in money', () => {
    // 56/70 and 48/80: the worked example of Newcombe 1998.
    const { call, holdout, difference, incrementalOrders, incrementalRevenue, verdict } = liftOf(
      arm(70, 56, { EUR: '5600.00' }),
      arm(80, 48),
    );
    expect(call).toEqual({ size: 70, recovered: 56, rate: 0.8 });
    expect(holdout).toEqual({ size: 80, recovered: 48, rate: 0.6 });
    expect(difference?.estimate).toBeCloseTo(0.2, 12);
    expect(incrementalOrders?.estimate).toBeCloseTo(14, 12);
    expect(incrementalOrders?.lower).toBeCloseTo(70 * 0.0524, 2);
    expect(incrementalOrders?.upper).toBeCloseTo(70 * 0.3339, 2);
    // 14 orders at a mean of 100.00.
    expect(incrementalRevenue?.EUR?.estimate).toBe('1400.00');
    expect(Number(incrementalRevenue?.EUR?.lower)).toBeCloseTo(366.8, 0);
    expect(Number(incrementalRevenue?.EUR?.upper)).toBeCloseTo(2337.6, 0);
    expect(verdict).toBe('lift');
  });

  it('splits its orders over the currencies as those of the call arm are split', () => {
    // Forty orders: 30 in euros at a mean of 100, 10 in yen at a mean of 9,000; ten of them are incremental.
    const { incrementalRevenue } = liftOf(arm(100, 40, { JPY: '90000', EUR: '3000.00' }), arm(100, 30));
    expect(Object.keys(incrementalRevenue ?? {})).toEqual(['EUR', 'JPY']);
    expect(incrementalRevenue?.EUR?.estimate).toBe('750.00'); // 10 × 30/40 × 100.00
    expect(incrementalRevenue?.JPY?.estimate).toBe('22500'); // 10 × 10/40 × 9,000
  });

  it('takes orders without an amount to be worth what the others are', () => {
    const call: ArmTotals = { size: 100, recovered: 40, valued: 20, revenue: new Map([['EUR', '2000.00']]) };
    expect(liftOf(call, arm(100, 30)).incrementalRevenue?.EUR?.estimate).toBe('1000.00');
  });

  it('has no worth when no order of the call arm tells one', () => {
    const { incrementalOrders, incrementalRevenue } = liftOf(arm(100, 0), arm(100, 10));
    expect(incrementalOrders?.estimate).toBeCloseTo(-10, 12);
    expect(incrementalRevenue).toBeNull();
  });

  it.each([
    ['both', arm(0, 0), arm(0, 0)],
    ['the call', arm(0, 0), arm(50, 5)],
    ['the holdout', arm(50, 5, { EUR: '500.00' }), arm(0, 0)],
  ])('cannot be told when %s arm(s) are empty', (_which, call, holdout) => {
    expect(liftOf(call, holdout)).toMatchObject({
      difference: null,
      incrementalOrders: null,
      incrementalRevenue: null,
      verdict: 'too_few',
    });
  });

  it('has no rate in an empty arm', () => {
    expect(liftOf(arm(0, 0), arm(50, 5))).toMatchObject({ call: { rate: null }, holdout: { rate: 0.1 } });
  });

  it.each([
    ['too_few', arm(29, 29), arm(1_000, 0)],
    ['too_few', arm(1_000, 1_000), arm(29, 0)],
    ['lift', arm(30, 30), arm(30, 0)],
    ['harm', arm(30, 0), arm(30, 30)],
    ['inconclusive', arm(1_000, 110), arm(100, 10)],
    ['inconclusive', arm(30, 0), arm(30, 0)],
    ['lift', arm(9_000, 1_080), arm(1_000, 80)],
    ['harm', arm(9_000, 720), arm(1_000, 120)],
  ])('is judged %s', (verdict, call, holdout) => {
    expect(liftOf(call, holdout).verdict).toBe(verdict);
  });

  it('never claims more than its interval, and turns round with the arms', () => {
    fc.assert(
      fc.property(arms, arms, (one, other) => {
        const there = liftOf(one, other);
        const { difference, incrementalOrders, verdict } = there;
        if (verdict === 'lift') expect(difference?.lower).toBeGreaterThan(0);
        if (verdict === 'harm') expect(difference?.upper).toBeLessThan(0);
        if (incrementalOrders) {
          // Not more orders than there were, and not more lost than could have been.
          expect(incrementalOrders.estimate).toBeLessThanOrEqual(one.recovered + 1e-9);
          expect(incrementalOrders.lower).toBeGreaterThanOrEqual(-one.size);
          expect(incrementalOrders.upper).toBeLessThanOrEqual(one.size);
        }
        const turned = { lift: 'harm', harm: 'lift', inconclusive: 'inconclusive', too_few: 'too_few' };
        expect(liftOf(other, one).verdict).toBe(turned[verdict]);
      }),
    );
  });
});
