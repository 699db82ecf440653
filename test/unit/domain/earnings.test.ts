import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumOf } from '../../../src/domain/decimal.ts';
import { earningsOf } from '../../../src/domain/earnings.ts';
import type { EarningsFacts } from '../../../src/domain/earnings-facts.ts';
import type { EarningsRow } from '../../../src/domain/earnings-row.ts';
import { anOrder, anyFact, aRecoveryFact } from '../../support/earnings-facts.ts';

const anyFacts = fc.array(anyFact, { maxLength: 60 });
const totalOf = (facts: readonly EarningsFacts[]): EarningsRow => earningsOf(facts).total;
const times = (count: number, fact: EarningsFacts): EarningsFacts[] => Array(count).fill(fact);

describe('the earnings of no recoveries', () => {
  it('are nothing, and claim nothing', () => {
    expect(earningsOf([])).toEqual({
      days: [],
      total: {
        seen: 0,
        callable: 0,
        heldOut: 0,
        called: 0,
        answered: 0,
        endedWithSuccess: 0,
        recovered: { orders: 0, byCheckout: 0, byPerson: 0 },
        revenue: {},
        ordersWithoutAmount: 0,
        notCalled: {},
        creditsUsed: null,
        callsWithoutCredits: 0,
        creditsPerRecoveredOrder: null,
      },
      lift: {
        call: { size: 0, recovered: 0, rate: null },
        holdout: { size: 0, recovered: 0, rate: null },
        difference: null,
        incrementalOrders: null,
        incrementalRevenue: null,
        verdict: 'too_few',
      },
    });
  });
});

describe('a row of the earnings', () => {
  it('follows recoveries from being seen to being paid', () => {
    const row = totalOf([
      aRecoveryFact({ state: 'waiting', reason: 'no_phone', callable: false, called: false, answered: false }),
      aRecoveryFact({ state: 'skipped', reason: 'holdout', arm: 'holdout', called: false, answered: false }),
      aRecoveryFact({ answered: false, creditsUsed: 0.1 }),
      aRecoveryFact({ creditsUsed: 0.2 }),
      aRecoveryFact({ endedWithSuccess: true, creditsUsed: 1.2, order: anOrder() }),
      aRecoveryFact({ creditsUsed: null, order: anOrder({ match: 'person', total: '0.99' }) }),
    ]);
    expect(row).toEqual({
      seen: 6,
      callable: 5,
      heldOut: 1,
      called: 4,
      answered: 3,
      endedWithSuccess: 1,
      recovered: { orders: 2, byCheckout: 1, byPerson: 1 },
      revenue: { EUR: '129.99' },
      ordersWithoutAmount: 0,
      notCalled: { 'skipped: holdout': 1, 'waiting: no_phone': 1 },
      creditsUsed: 1.5,
      callsWithoutCredits: 1,
      creditsPerRecoveredOrder: 0.75,
    });
  });

  it.each([
    ['that came too late for the call', aRecoveryFact({ order: anOrder({ attributed: false }) })],
    ['of a shopper who was held out', aRecoveryFact({ called: false, arm: 'holdout', order: anOrder() })],
    ['that came before the call', aRecoveryFact({ called: false, arm: 'call', order: anOrder() })],
    ['of a shopper nobody drew or called', aRecoveryFact({ called: false, order: anOrder() })],
  ])('does not count an order %s as recovered', (_what, fact) => {
    expect(totalOf([fact])).toMatchObject({ recovered: { orders: 0 }, revenue: {}, ordersWithoutAmount: 0 });
  });

  it.each([
    ['without a total', { total: null }],
    ['without a currency', { currency: null }],
    ['whose total is no number', { total: 'free' }],
  ])('counts an order %s, and says that its money is missing', (_what, changes) => {
    expect(totalOf([aRecoveryFact({ order: anOrder(changes) })])).toMatchObject({
      recovered: { orders: 1 },
      revenue: {},
      ordersWithoutAmount: 1,
    });
  });

  it('gives the state as the reason where there is no other', () => {
    const scheduled = aRecoveryFact({ state: 'scheduled', called: false });
    expect(totalOf([scheduled, scheduled]).notCalled).toEqual({ scheduled: 2 });
  });

  it('has no price per order without an order, or without a known price', () => {
    expect(totalOf([aRecoveryFact({ creditsUsed: 2 })])).toMatchObject({
      creditsUsed: 2,
      creditsPerRecoveredOrder: null,
    });
    expect(totalOf([aRecoveryFact({ order: anOrder() })])).toMatchObject({
      creditsUsed: null,
      callsWithoutCredits: 1,
      creditsPerRecoveredOrder: null,
    });
  });

  it('accounts for every recovery: it was called, or there is a reason', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { seen, called, notCalled, recovered, ordersWithoutAmount } = totalOf(facts);
        expect(called + sum(Object.values(notCalled))).toBe(seen);
        expect(recovered.byCheckout + recovered.byPerson).toBe(recovered.orders);
        expect(ordersWithoutAmount).toBeLessThanOrEqual(recovered.orders);
      }),
    );
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((left, right) => left + right, 0);

describe('the days of the earnings', () => {
  it('are in order, each once', () => {
    const days = ['2026-11-03', '2026-10-31', '2026-11-03', '2027-01-01'];
    expect(earningsOf(days.map((day) => aRecoveryFact({ day }))).days.map(({ day, seen }) => [day, seen])).toEqual([
      ['2026-10-31', 1],
      ['2026-11-03', 2],
      ['2027-01-01', 1],
    ]);
  });

  it('add up to the total', () => {
    const keysOf = (records: readonly object[]): string[] => [...new Set(records.flatMap(Object.keys))].sort();
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { days, total } = earningsOf(facts);
        const added = (of: (row: EarningsRow) => number): number => sum(days.map(of));
        for (const name of ['seen', 'callable', 'heldOut', 'called', 'answered', 'endedWithSuccess'] as const) {
          expect(added((row) => row[name])).toBe(total[name]);
        }
        for (const name of ['orders', 'byCheckout', 'byPerson'] as const) {
          expect(added(({ recovered }) => recovered[name])).toBe(total.recovered[name]);
        }
        expect(added((row) => row.ordersWithoutAmount)).toBe(total.ordersWithoutAmount);
        expect(added((row) => row.callsWithoutCredits)).toBe(total.callsWithoutCredits);
        expect(added((row) => row.creditsUsed ?? 0)).toBeCloseTo(total.creditsUsed ?? 0, 9);

        expect(keysOf(days.map(({ revenue }) => revenue))).toEqual(Object.keys(total.revenue));
        for (const [currency, amount] of Object.entries(total.revenue)) {
          expect(sumOf(days.flatMap(({ revenue }) => revenue[currency] ?? []))).toBe(amount);
        }
        expect(keysOf(days.map(({ notCalled }) => notCalled))).toEqual(Object.keys(total.notCalled));
        for (const [reason, count] of Object.entries(total.notCalled)) {
          expect(added(({ notCalled }) => notCalled[reason] ?? 0)).toBe(count);
        }
      }),
    );
  });

  it('do not depend on the order in which the recoveries are read', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(earningsOf([...facts].reverse())).toEqual(earningsOf(facts));
      }),
    );
  });
});

describe('money', () => {
  it('of one currency never changes what another came to', () => {
    const paidIn = (currency: string) =>
      anyFact.map((fact) => aRecoveryFact({ ...fact, called: true, order: anOrder({ ...fact.order, currency }) }));
    fc.assert(
      fc.property(anyFacts, fc.array(paidIn('CHF'), { minLength: 1, maxLength: 10 }), (facts, more) => {
        const { CHF, ...others } = totalOf([...facts, ...more]).revenue;
        expect(others).toEqual(totalOf(facts).revenue);
        expect(CHF).toBe(totalOf(more).revenue.CHF);
      }),
    );
  });

  it('survives being written as JSON, and is never a number', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const earnings = earningsOf(facts);
        const read = JSON.parse(JSON.stringify(earnings));
        expect(read).toEqual(earnings);
        for (const amount of Object.values(earnings.total.revenue)) expect(amount).toMatch(/^\d+(\.\d+)?$/);
      }),
    );
  });
});

describe('the comparison of the arms', () => {
  it('counts for an arm all that were drawn into it, called or not, answered or not', () => {
    const { lift, total } = earningsOf([
      aRecoveryFact({ arm: 'call', order: anOrder() }),
      aRecoveryFact({ arm: 'call', answered: false }),
      aRecoveryFact({ arm: 'call', called: false, state: 'cancelled', reason: 'ordered', order: anOrder() }),
      aRecoveryFact({ arm: 'call', called: false, state: 'rejected' }),
      aRecoveryFact({ arm: 'holdout', called: false, state: 'skipped', reason: 'holdout', order: anOrder() }),
      aRecoveryFact({ arm: 'holdout', called: false, order: anOrder({ attributed: false }) }),
      aRecoveryFact({ arm: null, order: anOrder() }),
      aRecoveryFact({ arm: null, called: false, order: anOrder() }),
    ]);
    expect(lift.call).toEqual({ size: 4, recovered: 2, rate: 0.5 });
    expect(lift.holdout).toEqual({ size: 2, recovered: 1, rate: 0.5 });
    expect(total.recovered.orders).toBe(2);
  });

  it('finds what the calls brought', () => {
    const { lift } = earningsOf([
      ...times(120, aRecoveryFact({ arm: 'call', order: anOrder({ total: '50.00' }) })),
      ...times(780, aRecoveryFact({ arm: 'call' })),
      ...times(5, aRecoveryFact({ arm: 'holdout', called: false, order: anOrder({ total: '900.00' }) })),
      ...times(95, aRecoveryFact({ arm: 'holdout', called: false })),
    ]);
    expect(lift.difference?.estimate).toBeCloseTo(120 / 900 - 0.05, 12);
    expect(lift.incrementalOrders?.estimate).toBeCloseTo(75, 9);
    expect(lift.incrementalRevenue?.EUR?.estimate).toBe('3750.00');
    expect(lift.verdict).toBe('lift');
  });
});
