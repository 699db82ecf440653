import { describe, expect, it } from 'vitest';
import { readInstant, readLastInstant } from '../../../src/shopify/wire-instant.ts';

describe('an instant', () => {
  it.each([
    ['2026-03-02T09:15:04Z', '2026-03-02T09:15:04.000Z'],
    ['2026-03-02T14:45:04+05:30', '2026-03-02T09:15:04.000Z'],
    ['2026-03-02T04:15:04-0500', '2026-03-02T09:15:04.000Z'],
    ['2026-03-02T09:15:04.123456789Z', '2026-03-02T09:15:04.123Z'],
    ['2028-02-29T00:00:00+00:00', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, utc) => {
    expect(readInstant(text)).toBe(Date.parse(utc));
  });

  it.each([[null], [undefined], [''], [[]]])('%j says nothing', (value) => {
    expect(readInstant(value)).toBeNull();
  });

  it.each([
    ['a local time', '2026-03-02T09:15:04'],
    ['a date', '2026-03-02'],
    ['a day that never was', '2026-02-30T00:00:00Z'],
    ['the 29th of February of a common year', '2027-02-29T00:00:00Z'],
    ['the 31st of a short month', '2026-04-31T00:00:00Z'],
    ['day zero', '2026-03-00T00:00:00Z'],
    ['month thirteen', '2026-13-01T00:00:00Z'],
    ['hour twenty-four', '2026-03-02T24:00:00Z'],
    ['words', 'yesterday'],
    ['a number', 1_772_442_904_000],
    ['an object', {}],
  ])('%s is unreadable', (_what, value) => {
    expect(readInstant(value)).toBeUndefined();
  });
});

describe('the last instant', () => {
  it('of whole seconds is the end of that second', () => {
    expect(readLastInstant('2026-03-02T14:45:06+05:30')).toBe(Date.parse('2026-03-02T09:15:06.999Z'));
  });

  it('with a fraction is exact', () => {
    expect(readLastInstant('2026-03-02T14:45:06.000+05:30')).toBe(Date.parse('2026-03-02T09:15:06.000Z'));
  });
});
