/**
 * The holdout: a share of the shoppers who are not called, so that what the calls earned can be compared with what would
 * have come anyway. The draw is a pure function of the person: no list is kept, and every process draws the same.
 */
import { createHash } from 'node:crypto';
import { personKeyOf } from './e164.ts';

/** More than half held out would measure better and earn nothing. */
export const MOST_HELD_OUT_PERCENT = 50;

/**
 * Whether this person is held out, in this shop, for all of their checkouts: somebody called for one and not for the other
 * would belong to both sides. A greater percentage holds the same people out, and more.
 *
 * @param personKey - such as the number in E.164; see {@link personKeyOf} for spellings that are one person.
 * @param shop - permanent domain, lower case: a person's luck in one shop says nothing of the next.
 * @param percent - 0 (nobody) to 50, fractions allowed.
 * @throws {RangeError} for any other percentage; the configuration has checked it.
 */
export function isHeldOut(personKey: string, shop: string, percent: number): boolean {
  if (!(percent >= 0 && percent <= MOST_HELD_OUT_PERCENT)) {
    throw new RangeError(`a holdout of ${percent} % is not between 0 and ${MOST_HELD_OUT_PERCENT}`);
  }
  return lotOf(personKeyOf(personKey), shop) < percent;
}

/** Evenly spread over [0, 100), in steps of 100 / 2^48. Changing it in any way draws everybody anew and ends a running comparison. */
function lotOf(personKey: string, shop: string): number {
  const digest = createHash('sha256').update(`holdout\0${shop}\0${personKey}`).digest();
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100;
}
