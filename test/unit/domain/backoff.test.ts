import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../src/domain/backoff.ts';
import { MINUTE, SECOND } from '../../../src/domain/duration.ts';

const NEARLY_ONE = 1 - Number.EPSILON;

describe('the wait after a dial that sent nothing', () => {
  it.each([
    [1, 2.5 * SECOND, 5 * SECOND],
    [2, 5 * SECOND, 10 * SECOND],
    [3, 10 * SECOND, 20 * SECOND],
    [7, 160 * SECOND, 320 * SECOND],
    [8, 5 * MINUTE, 10 * MINUTE],
    [1_000, 5 * MINUTE, 10 * MINUTE],
  ])('lies, after %d in a row, between %d and %d ms', (failures, least, most) => {
    expect(backoffMs(failures, 0)).toBe(least);
    expect(backoffMs(failures, NEARLY_ONE)).toBe(most);
  });

  it('is a whole number of milliseconds, bounded on both sides, and never shrinks with another failure', () => {
    const chance = fc.double({ min: 0, max: NEARLY_ONE, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (failures, random) => {
        const ms = backoffMs(failures, random);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(2.5 * SECOND);
        expect(ms).toBeLessThanOrEqual(10 * MINUTE);
        expect(backoffMs(failures + 1, random)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});
