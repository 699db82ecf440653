/** A soak can be played again: all it does comes from its seed. */
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../faults/soak/chance.ts';
import { FAULTS, planOf } from '../../../faults/soak/plan.ts';

const MINUTE = 60_000;

describe('chance from a seed', () => {
  it('brings the same numbers again, and other ones from another seed', () => {
    const numbers = (seed: string) =>
      Array.from(
        { length: 50 },
        (
          (chance) => () =>
            chance.next()
        )(chanceOf(seed)),
      );
    expect(numbers('7')).toEqual(numbers('7'));
    expect(numbers('7')).not.toEqual(numbers('8'));
    expect(numbers('7').every((n) => n >= 0 && n < 1)).toBe(true);
  });

  it('forks into streams that do not depend on what was drawn before', () => {
    const drawn = chanceOf('7');
    drawn.next();
    expect(drawn.fork('faults').next()).toBe(chanceOf('7').fork('faults').next());
  });

  it('stays within its bounds and meets both ends', () => {
    const chance = chanceOf('bounds');
    const seen = new Set(Array.from({ length: 200 }, () => chance.between(2, 4)));
    expect([...seen].sort()).toEqual([2, 3, 4]);
  });
});

describe('the plan of a soak', () => {
  it('is the same for the same seed and length', () => {
    expect(planOf('7', 5 * MINUTE)).toEqual(planOf('7', 5 * MINUTE));
    expect(planOf('7', 5 * MINUTE)).not.toEqual(planOf('8', 5 * MINUTE));
  });

  it('strikes with one fault at a time, and is at peace at its end', () => {
    const { faults, lengthMs } = planOf('7', 10 * MINUTE);
    for (const [i, { atMs, forMs }] of faults.entries()) {
      expect(atMs + forMs).toBeLessThanOrEqual(faults[i + 1]?.atMs ?? lengthMs);
    }
  });

  it('has every kind of fault before any comes again', () => {
    const { faults } = planOf('7', 10 * MINUTE);
    expect(new Set(faults.slice(0, FAULTS.length).map(({ kind }) => kind))).toEqual(new Set(FAULTS));
  });

  it('sends about four shoppers a second', () => {
    const { shoppers } = planOf('7', 10 * MINUTE);
    expect(shoppers.length / 600).toBeGreaterThan(3);
    expect(shoppers.length / 600).toBeLessThan(5);
  });
});
