/**
 * Lift: what the calls brought beyond what had come anyway. Recoveries are drawn by lot into being called or being held out;
 * the difference between both is the only number here that "would have bought anyway" cannot explain.
 *
 * Intention to treat: a recovery counts for its arm from the instant of the draw, for good: also when the call could not be
 * placed, rang in vain, or the order came before it rang. Whatever is left out of one arm only would spoil the comparison.
 */
import { type Estimate, type Sample, shareDifference } from './proportion.ts';
import { byCurrency, type Revenue, scaled } from './revenue.ts';

/** What one arm came to. */
export interface ArmTotals {
  /** Recoveries drawn into it. */
  readonly size: number;
  /** Those with an order within the attribution window, counted from the draw in both arms. */
  readonly recovered: number;
  /** Of these, orders whose amount is known, and what they come to. */
  readonly valued: number;
  readonly revenue: Revenue;
}

export interface ArmReport {
  readonly size: number;
  readonly recovered: number;
  /** recovered / size; null for an empty arm. */
  readonly rate: number | null;
}

/** Decimal strings in the currency's units. */
export interface MoneyEstimate {
  readonly estimate: string;
  readonly lower: string;
  readonly upper: string;
}

/**
 * - `too_few`: an arm has under 30 recoveries. A rule of thumb, not a theorem: the interval holds for less, but few would act
 *   on it well.
 * - `inconclusive`: the interval holds 0: so far chance alone could have made the difference. It does not say "no effect".
 * - `lift`, `harm`: the whole interval lies above, or below, 0. By chance alone one of 20 comparisons does; somebody who looks
 *   every day and stops at the first such day will be fooled more often.
 */
export type Verdict = 'too_few' | 'inconclusive' | 'lift' | 'harm';

/**
 * All intervals are of 95 % and take the recoveries for independent of each other. A shopper with several checkouts is
 * always drawn into the same arm, so where many have, the true interval is somewhat wider.
 */
export interface Lift {
  readonly call: ArmReport;
  readonly holdout: ArmReport;
  /** Of the rates, call less holdout. Null when an arm is empty, as are the two below. */
  readonly difference: Estimate | null;
  /** The difference times the size of the call arm: its orders that would not have come without the calls. */
  readonly incrementalOrders: Estimate | null;
  /**
   * What the incremental orders are worth, by currency: their number, times the share that this currency has in the orders
   * of the call arm, times the mean of those orders. It supposes that the incremental orders are like the others of the
   * arm. The interval is that of the number of orders alone: that amounts differ by chance too is not in it, nor is a
   * change of the mean by discounts. Null also when no order of the call arm has a known amount.
   */
  readonly incrementalRevenue: Readonly<Record<string, MoneyEstimate>> | null;
  readonly verdict: Verdict;
}

const FEWEST = 30;

export function liftOf(call: ArmTotals, holdout: ArmTotals): Lift {
  const empty = call.size === 0 || holdout.size === 0;
  const difference = empty ? null : shareDifference(sampleOf(call), sampleOf(holdout));
  const incrementalOrders = difference && scaledEstimate(difference, call.size);
  return {
    call: reportOf(call),
    holdout: reportOf(holdout),
    difference,
    incrementalOrders,
    incrementalRevenue: incrementalOrders && incrementalRevenue(incrementalOrders, call),
    verdict: difference === null || Math.min(call.size, holdout.size) < FEWEST ? 'too_few' : verdictOn(difference),
  };
}

const sampleOf = ({ recovered, size }: ArmTotals): Sample => ({ count: recovered, size });

function reportOf({ size, recovered }: ArmTotals): ArmReport {
  return { size, recovered, rate: size === 0 ? null : recovered / size };
}

function scaledEstimate({ estimate, lower, upper }: Estimate, factor: number): Estimate {
  return { estimate: estimate * factor, lower: lower * factor, upper: upper * factor };
}

function incrementalRevenue(orders: Estimate, { valued, revenue }: ArmTotals): Lift['incrementalRevenue'] {
  if (valued === 0) return null;
  // Share of the currency times its mean: (n of it / valued) × (its sum / n of it), and n falls out.
  const worth = (sum: string, count: number): string => scaled(sum, count / valued);
  return byCurrency(
    [...revenue].map(([currency, sum]) => [
      currency,
      { estimate: worth(sum, orders.estimate), lower: worth(sum, orders.lower), upper: worth(sum, orders.upper) },
    ]),
  );
}

function verdictOn({ lower, upper }: Estimate): Verdict {
  if (lower > 0) return 'lift';
  return upper < 0 ? 'harm' : 'inconclusive';
}
