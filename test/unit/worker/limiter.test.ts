import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limiterFor } from '../../../src/worker/dial-worker.ts';

describe('the limit on dials', () => {
  it.each([
    [1, { max: 1, duration: 1_000 }],
    [2, { max: 1, duration: 500 }],
    [5, { max: 1, duration: 200 }],
    [50, { max: 1, duration: 20 }],
    [51, { max: 2, duration: 39 }],
    [100, { max: 2, duration: 20 }],
    [1_000, { max: 20, duration: 20 }],
  ])('of %d per second is one start per slice, or few', (perSecond, limiter) => {
    expect(limiterFor(perSecond)).toEqual(limiter);
  });

  it('is kept over a second within three per cent, in slices that BullMQ can keep', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (perSecond) => {
        const { max, duration } = limiterFor(perSecond);
        expect(Number.isInteger(max) && Number.isInteger(duration)).toBe(true);
        expect(duration).toBeGreaterThanOrEqual(20);
        expect(Math.abs((max / duration) * 1_000 - perSecond) / perSecond).toBeLessThan(0.03);
      }),
    );
  });
});
