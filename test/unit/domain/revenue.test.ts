import { describe, expect, it } from 'vitest';
import { addPaid, byCurrency, scaled } from '../../../src/domain/revenue.ts';

describe('revenue', () => {
  it('adds amounts of a currency exactly, each currency for itself', () => {
    const revenue = new Map<string, string>();
    for (const [total, currency] of [
      ['0.10', 'EUR'],
      ['0.20', 'EUR'],
      ['9007199254740993', 'JPY'],
      ['1', 'JPY'],
      ['1.005', 'KWD'],
    ] as const) {
      expect(addPaid(revenue, { total, currency })).toBe(true);
    }
    expect(Object.fromEntries(revenue)).toEqual({ EUR: '0.30', JPY: '9007199254740994', KWD: '1.005' });
  });

  it.each([
    [null, 'EUR'],
    ['12.00', null],
    ['twelve', 'EUR'],
    ['1e3', 'EUR'],
  ])('says that it cannot add %j %j, and does not', (total, currency) => {
    const revenue = new Map([['EUR', '5.00']]);
    expect(addPaid(revenue, { total, currency })).toBe(false);
    expect([...revenue]).toEqual([['EUR', '5.00']]);
  });

  it('is written in the order of the codes', () => {
    const written = byCurrency([
      ['USD', 1],
      ['EUR', 2],
      ['INR', 3],
    ]);
    expect(Object.keys(written)).toEqual(['EUR', 'INR', 'USD']);
  });
});

describe('an amount times an estimate', () => {
  it.each([
    ['100.00', 0.1234, '12.34'],
    ['100', 0.126, '13'],
    ['1.000', 2.0005, '2.001'],
    ['1.0000000', 0.33333333, '0.3333'],
    ['129.00', -0.5, '-64.50'],
    ['0.01', -0.1, '0.00'],
    ['5.00', 0, '0.00'],
  ])('%s × %d is %s, in the places of the amount', (amount, factor, product) => {
    expect(scaled(amount, factor)).toBe(product);
  });
});
