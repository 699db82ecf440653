import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sample, shareDifference, wilsonInterval } from '../../../src/domain/proportion.ts';

const samples: fc.Arbitrary<Sample> = fc
  .integer({ min: 1, max: 100_000 })
  .chain((size) => fc.record({ size: fc.constant(size), count: fc.integer({ min: 0, max: size }) }));

describe('the interval of a share', () => {
  // The first four: Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [20, 20, 0.8389, 1],
    [1, 1, 0.2065, 1],
  ])('of %d out of %d is %d to %d', (count, size, lower, upper) => {
    const interval = wilsonInterval({ count, size });
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('holds the share, lies within 0 and 1, and is that of the others turned round', () => {
    fc.assert(
      fc.property(samples, ({ count, size }) => {
        const { lower, upper } = wilsonInterval({ count, size });
        expect(0 <= lower && lower <= count / size && count / size <= upper && upper <= 1).toBe(true);
        expect(upper).toBeGreaterThan(lower);
        const others = wilsonInterval({ count: size - count, size });
        expect(others.lower).toBeCloseTo(1 - upper, 9);
        expect(others.upper).toBeCloseTo(1 - lower, 9);
      }),
    );
  });
});

describe('the difference of two shares', () => {
  // Newcombe 1998, Statistics in Medicine 17:873–890, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.2, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.6, 0.1705, 0.809],
    [6, 7, 2, 7, 0.5714, 0.0582, 0.8062],
    [5, 56, 0, 29, 0.0893, -0.0381, 0.1926],
    [0, 10, 0, 20, 0, -0.1611, 0.2775],
    [0, 10, 0, 10, 0, -0.2775, 0.2775],
    [10, 10, 0, 20, 1, 0.6791, 1],
    [10, 10, 0, 10, 1, 0.6075, 1],
  ])('%d/%d less %d/%d is %d, with the interval %d to %d', (a, m, b, n, estimate, lower, upper) => {
    const difference = shareDifference({ count: a, size: m }, { count: b, size: n });
    expect(difference.estimate).toBeCloseTo(estimate, 4);
    expect(difference.lower).toBeCloseTo(lower, 4);
    expect(difference.upper).toBeCloseTo(upper, 4);
  });

  it('lies in its interval, which lies within -1 and 1 and is not empty', () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const { estimate, lower, upper } = shareDifference(one, other);
        expect(-1 <= lower && lower <= estimate && estimate <= upper && upper <= 1).toBe(true);
        expect(upper).toBeGreaterThan(lower);
      }),
    );
  });

  it('turns round when the samples change places', () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const [there, back] = [shareDifference(one, other), shareDifference(other, one)];
        expect(back.estimate + there.estimate).toBe(0);
        expect(back.lower + there.upper).toBe(0);
        expect(back.upper + there.lower).toBe(0);
      }),
    );
  });

  it('is known better from more: four times the samples, about half the interval', () => {
    const width = (factor: number): number => {
      const { lower, upper } = shareDifference(
        { count: 12 * factor, size: 100 * factor },
        { count: 8 * factor, size: 100 * factor },
      );
      return upper - lower;
    };
    expect(width(4) / width(1)).toBeCloseTo(0.5, 1);
  });
});
