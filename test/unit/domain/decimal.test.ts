import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals, difference, isDecimal, sumOf, times, toPercentage } from '../../../src/domain/decimal.ts';

describe('decimal strings', () => {
  it.each(['0', '1895.00', '-0.50', '007', '12345678901234567890.123456789'])('%s is one', (text) => {
    expect(isDecimal(text)).toBe(true);
  });

  it.each(['', '.5', '5.', '1,000.00', '1e3', '+1', ' 1', 'NaN', '1.2.3'])('%j is none', (text) => {
    expect(isDecimal(text)).toBe(false);
  });

  it.each([
    [['0.10', '0.2'], '0.30'],
    [['9007199254740993', '0.01'], '9007199254740993.01'],
    [['1.00', '-1.00'], '0.00'],
    [['0.004', '-0.01'], '-0.006'],
    [[], '0'],
    [['1.00', 'free'], null],
  ])('the sum of %j is %s', (parts, sum) => {
    expect(sumOf(parts)).toBe(sum);
  });

  it.each([
    ['158.00', '15.80', '142.20'],
    ['600.0', '0.00', '600.00'],
    ['5', '7.5', '-2.5'],
    ['5', '?', null],
  ])('%s less %s is %s', (from, amount, left) => {
    expect(difference(from, amount)).toBe(left);
  });

  it.each([
    ['14.50', 2, '29.00'],
    ['0.1', 3, '0.3'],
    ['129', 1, '129'],
    ['?', 1, null],
  ])('%s taken %i times is %s', (price, quantity, total) => {
    expect(times(price, quantity)).toBe(total);
  });

  it.each([
    ['5', '5.00', 0],
    ['4.99', '5', -1],
    ['10', '9.99', 1],
    ['-1', '0', -1],
    ['?', '0', Number.NaN],
  ])('%s compared to %s is %d', (left, right, order) => {
    expect(compareDecimals(left, right)).toBe(order);
  });

  it('add up as cents do', () => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const written = (n: number) =>
      `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`;
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(sumOf([written(a), written(b)])).toBe(written(a + b));
        expect(difference(written(a), written(b))).toBe(written(a - b));
      }),
    );
  });
});

describe('a tax rate as a percentage', () => {
  it.each([
    [0.07, 7],
    [0.29, 29],
    [0.0825, 8.25],
    [0.057499999999999996, 5.75],
    [0.05, 5],
    [0, 0],
    [1, 100],
    [0.00125, 0.125],
  ])('%d is %d per cent', (rate, percentage) => {
    expect(toPercentage(rate)).toBe(percentage);
  });

  it('has no float dust for any rate of up to five decimal places', () => {
    for (let n = 0; n <= 100_000; n += 1) expect(toPercentage(n / 100_000)).toBe(n / 1_000);
  });
});
