/** Shares of a whole, such as orders per recovery, and how far chance may have moved them. Nothing of recoveries in here. */

/** `count` of `size` had it; whole numbers, 0 ≤ count ≤ size, size ≥ 1. */
export interface Sample {
  readonly count: number;
  readonly size: number;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** An estimate and its 95 % confidence interval. */
export interface Estimate extends Interval {
  readonly estimate: number;
}

/** The normal distribution's quantile that leaves 2.5 % on either side. */
const Z = 1.959963984540054;

/**
 * The 95 % score interval of a share, within [0, 1]. Unlike the textbook's `p ± 1.96 · se` it also holds for small samples
 * and for shares near 0. Source: Wilson 1927, Journal of the American Statistical Association 22:209–212.
 */
export function wilsonInterval({ count, size }: Sample): Interval {
  const share = count / size;
  const shrunk = Z ** 2 / size;
  const middle = share + shrunk / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / size + shrunk / (4 * size));
  return {
    // At the ends the exact bounds are 0 and 1; floating point would leave dust there.
    lower: count === 0 ? 0 : (middle - half) / (1 + shrunk),
    upper: count === size ? 1 : (middle + half) / (1 + shrunk),
  };
}

/**
 * The share of `one` less the share of `other`, with its 95 % hybrid score interval, within [-1, 1]: the two Wilson intervals
 * joined, without continuity correction. The samples must be independent.
 * Source: Newcombe 1998, Statistics in Medicine 17:873–890, method 10.
 */
export function shareDifference(one: Sample, other: Sample): Estimate {
  const [p, q] = [one.count / one.size, other.count / other.size];
  const [ofOne, ofOther] = [wilsonInterval(one), wilsonInterval(other)];
  const estimate = p - q;
  const down = Math.sqrt((p - ofOne.lower) ** 2 + (ofOther.upper - q) ** 2);
  const up = Math.sqrt((ofOne.upper - p) ** 2 + (q - ofOther.lower) ** 2);
  return { estimate, lower: Math.max(-1, estimate - down), upper: Math.min(1, estimate + up) };
}
