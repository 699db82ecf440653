/** One row of the earnings report: what the recoveries of a day, or of all days, came to. */
import type { EarningsFacts } from './earnings-facts.ts';
import { addPaid, byCurrency } from './revenue.ts';

/** Counts are of recoveries. */
export interface EarningsRow {
  readonly seen: number;
  /** Those that could be called: a number, consent, and everything else the call needs. */
  readonly callable: number;
  readonly heldOut: number;
  /** Those whose call the vendor accepted. */
  readonly called: number;
  readonly answered: number;
  readonly endedWithSuccess: number;
  /**
   * Orders attributed to a call that was accepted. Gross: some would have come anyway, see `lift`. Orders of recoveries
   * that were not called, the holdout above all, are not in it.
   */
  readonly recovered: {
    readonly orders: number;
    /** From the very checkout that was called about. */
    readonly byCheckout: number;
    /** From the same phone or e-mail address by another way. */
    readonly byPerson: number;
  };
  /** Of the recovered orders: decimal strings by ISO 4217 code, exact. */
  readonly revenue: Readonly<Record<string, string>>;
  /** Recovered orders that `revenue` lacks, because their amount or its currency is not known. */
  readonly ordersWithoutAmount: number;
  /** Why the others were not called: how many by `<state>: <reason>`, or `<state>` without one. With `called` they make up `seen`. */
  readonly notCalled: Readonly<Record<string, number>>;
  /** The vendor's credits; null when it told of no call what it cost. */
  readonly creditsUsed: number | null;
  /** Accepted calls that `creditsUsed` lacks. */
  readonly callsWithoutCredits: number;
  /** Of all calls, also those in vain; too little by what `callsWithoutCredits` cost. Null without a recovered order or known credits. */
  readonly creditsPerRecoveredOrder: number | null;
}

/** A row in the making. */
export interface RowTally {
  add(facts: EarningsFacts): void;
  row(): EarningsRow;
}

/** Credits are added in whole millionths: a sum of fractions would depend on their order and gather dust. */
const MILLIONTHS = 1_000_000;

export function rowTally(): RowTally {
  const counts = { seen: 0, callable: 0, heldOut: 0, called: 0, answered: 0, endedWithSuccess: 0 };
  const recovered = { orders: 0, byCheckout: 0, byPerson: 0 };
  const revenue = new Map<string, string>();
  let ordersWithoutAmount = 0;
  const notCalled = new Map<string, number>();
  const credits = { millionths: 0, known: 0, unknownCalls: 0 };

  return {
    add({ state, reason, callable, arm, called, answered, endedWithSuccess, order, creditsUsed }) {
      counts.seen += 1;
      counts.callable += Number(callable);
      counts.heldOut += Number(arm === 'holdout');
      counts.called += Number(called);
      counts.answered += Number(answered);
      counts.endedWithSuccess += Number(endedWithSuccess);
      if (!called) {
        const why = reason === null ? state : `${state}: ${reason}`;
        notCalled.set(why, (notCalled.get(why) ?? 0) + 1);
      }
      if (called && order?.attributed) {
        recovered.orders += 1;
        recovered[order.match === 'checkout' ? 'byCheckout' : 'byPerson'] += 1;
        if (!addPaid(revenue, order)) ordersWithoutAmount += 1;
      }
      if (creditsUsed !== null) {
        credits.millionths += Math.round(creditsUsed * MILLIONTHS);
        credits.known += 1;
      } else if (called) {
        credits.unknownCalls += 1;
      }
    },
    row() {
      const creditsUsed = credits.known === 0 ? null : credits.millionths / MILLIONTHS;
      return {
        ...counts,
        recovered: { ...recovered },
        revenue: byCurrency(revenue),
        ordersWithoutAmount,
        notCalled: Object.fromEntries([...notCalled].sort(([left], [right]) => (left < right ? -1 : 1))),
        creditsUsed,
        callsWithoutCredits: credits.unknownCalls,
        creditsPerRecoveredOrder:
          creditsUsed === null || recovered.orders === 0 ? null : creditsUsed / recovered.orders,
      };
    },
  };
}
