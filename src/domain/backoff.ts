/** Back-off: how long to wait before a dial that provably sent nothing is tried again. */
import { MINUTE, SECOND } from './duration.ts';

const FIRST = 5 * SECOND;
const CAP = 10 * MINUTE;

/**
 * Exponential with full jitter in its upper half, so that recoveries that failed together do not come back together.
 *
 * @param failures - consecutive ones, from 1. @param random - uniform in [0, 1). @returns milliseconds, 2.5 s to 10 min.
 */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(CAP, FIRST * 2 ** Math.min(failures - 1, 20));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
