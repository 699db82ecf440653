import { describe, expect, it } from 'vitest';
import { liftOf } from '../../../src/domain/lift.ts';
import { liftInFigures, verdictInWords } from '../../../src/domain/lift-words.ts';

const none = new Map<string, string>();
const arm = (size: number, recovered: number, revenue = none) => ({
  size,
  recovered,
  valued: revenue.size > 0 ? recovered : 0,
  revenue,
});

describe('the comparison in words', () => {
  it('says who ordered, the difference with its interval, and what it is worth', () => {
    expect(liftInFigures(liftOf(arm(70, 56, new Map([['EUR', '5600.00']])), arm(80, 48)))).toEqual([
      ['called', '56 of 70 ordered (80.0 %)'],
      ['held out', '48 of 80 ordered (60.0 %)'],
      ['difference', '+20.0 percentage points (95 % interval +5.2 to +33.4)'],
      ['orders that the calls brought', '14.0 (3.7 to 23.4)'],
      ['what these are worth', 'EUR 1400.00 (367.02 to 2337.11)'],
    ]);
  });

  it('compares nothing with nobody', () => {
    expect(liftInFigures(liftOf(arm(3, 1), arm(0, 0)))).toEqual([
      ['called', '1 of 3 ordered (33.3 %)'],
      ['held out', 'nobody'],
    ]);
  });

  it('has no sign for no difference', () => {
    const [, , difference] = liftInFigures(liftOf(arm(100, 10), arm(100, 10)));
    expect(difference?.[1]).toBe('0.0 percentage points (95 % interval -8.7 to +8.7)');
  });

  it.each([
    [arm(100, 60), arm(100, 20), /bring orders/],
    [arm(100, 20), arm(100, 60), /cost orders/],
    [arm(100, 20), arm(100, 21), /Not decided/],
    [arm(100, 20), arm(29, 29), /Too few/],
  ])('passes its verdict %#', (call, holdout, words) => {
    expect(verdictInWords(liftOf(call, holdout))).toMatch(words);
  });
});
