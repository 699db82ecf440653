/** Earnings: what the calls came to, per day and in all, and how much of it the calls themselves made. Pure; nothing personal. */
import type { EarningsFacts, EarningsOrder } from './earnings-facts.ts';
import { type EarningsRow, type RowTally, rowTally } from './earnings-row.ts';
import { type ArmTotals, type Lift, liftOf } from './lift.ts';
import { addPaid } from './revenue.ts';

/** JSON-ready. */
export interface Earnings {
  /** Days on which a recovery was first seen, in order. Young days still grow: their window is open. */
  readonly days: readonly (EarningsRow & { readonly day: string })[];
  readonly total: EarningsRow;
  readonly lift: Lift;
}

/** Earnings in the making: of more recoveries than one would hold in memory. */
export interface EarningsTally {
  add(facts: EarningsFacts): void;
  /** Of all that were added so far. */
  earnings(): Earnings;
}

export function earningsTally(): EarningsTally {
  const days = new Map<string, RowTally>();
  const total = rowTally();
  const arms = { call: armTally(), holdout: armTally() };
  return {
    add(facts) {
      const day = days.get(facts.day) ?? rowTally();
      days.set(facts.day, day);
      day.add(facts);
      total.add(facts);
      if (facts.arm !== null) arms[facts.arm].add(facts.order);
    },
    earnings: () => ({
      days: [...days]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([day, tally]) => ({ day, ...tally.row() })),
      total: total.row(),
      lift: liftOf(arms.call.totals(), arms.holdout.totals()),
    }),
  };
}

/** One pass, in any order. */
export function earningsOf(facts: Iterable<EarningsFacts>): Earnings {
  const tally = earningsTally();
  for (const each of facts) tally.add(each);
  return tally.earnings();
}

function armTally() {
  let [size, recovered, valued] = [0, 0, 0];
  const revenue = new Map<string, string>();
  return {
    add(order: EarningsOrder | null): void {
      size += 1;
      if (!order?.attributed) return;
      recovered += 1;
      if (addPaid(revenue, order)) valued += 1;
    },
    totals: (): ArmTotals => ({ size, recovered, valued, revenue }),
  };
}
