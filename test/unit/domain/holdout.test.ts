import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeldOut, MOST_HELD_OUT_PERCENT } from '../../../src/domain/holdout.ts';

const SHOP = 'hill-coffee.myshopify.com';
const OTHER_SHOP = 'river-tea.myshopify.com';

const people = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const percentages = fc.double({ min: 0, max: MOST_HELD_OUT_PERCENT, noNaN: true });
const crowd = Array.from({ length: 20_000 }, (_, n) => `+9190${String(n).padStart(8, '0')}`);

describe('the holdout', () => {
  // Worked out with another implementation of SHA-256: the lots are 7.736…, 11.390…, 32.436… and 98.421….
  it.each([
    ['+4915112345678', SHOP, 7.73643870519116, false],
    ['+4915112345678', SHOP, 7.73643870519117, true],
    ['+442079460000', OTHER_SHOP, 11.39, false],
    ['+442079460000', OTHER_SHOP, 11.4, true],
    ['+14155550100', OTHER_SHOP, 32.43, false],
    ['+14155550100', OTHER_SHOP, 32.44, true],
    ['+919090909090', SHOP, 50, false],
  ])('draws %s of %s at %d per cent as it ever did: %s', (person, shop, percent, heldOut) => {
    expect(isHeldOut(person, shop, percent)).toBe(heldOut);
  });

  it('draws both spellings of an Argentine mobile as one person', () => {
    for (let n = 1_000; n < 1_100; n++) {
      expect(isHeldOut(`+549116821${n}`, SHOP, 50)).toBe(isHeldOut(`+54116821${n}`, SHOP, 50));
    }
  });

  it.each([0.5, 5, 10, 33.3, 50])('holds out about %d of a hundred', (percent) => {
    const share = percent / 100;
    const held = crowd.filter((person) => isHeldOut(person, SHOP, percent)).length;
    // Four standard deviations: the numbers are fixed, so this either holds for ever or never.
    const slack = 4 * Math.sqrt(crowd.length * share * (1 - share));
    expect(Math.abs(held - crowd.length * share)).toBeLessThan(slack);
  });

  it('draws in another shop as if it knew nothing of this one', () => {
    const here = crowd.filter((person) => isHeldOut(person, SHOP, 50));
    const inBoth = here.filter((person) => isHeldOut(person, OTHER_SHOP, 50)).length;
    expect(Math.abs(inBoth / here.length - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / here.length));
  });

  it('only grows with the percentage', () => {
    fc.assert(
      fc.property(people, percentages, percentages, (person, one, other) => {
        if (isHeldOut(person, SHOP, Math.min(one, other))) {
          expect(isHeldOut(person, SHOP, Math.max(one, other))).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds nobody out at 0 %', () => {
    fc.assert(
      fc.property(people, (person) => {
        expect(isHeldOut(person, SHOP, 0)).toBe(false);
      }),
    );
  });

  it.each([-0.1, 50.1, 100, Number.NaN, Number.POSITIVE_INFINITY])('knows no %d per cent', (percent) => {
    expect(() => isHeldOut('+919090909090', SHOP, percent)).toThrow(RangeError);
  });
});
