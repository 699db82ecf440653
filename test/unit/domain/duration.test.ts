import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration, SECOND } from '../../../src/domain/duration.ts';

describe('a duration', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['10s', 10 * SECOND],
    ['15m', 15 * MINUTE],
    ['24h', 24 * HOUR],
    ['7d', 7 * DAY],
    ['090s', 90 * SECOND],
    [' 15m ', 15 * MINUTE],
    ['999999999d', 999_999_999 * DAY],
  ])('written %j is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '15', 'm', '1.5h', '-1m', '1 h', '1H', '1h30m', '1w', '١٥m', '1e3s', '1000000000ms'])(
    'is not written %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it.each([
    [0, '0ms'],
    [500, '500ms'],
    [90 * SECOND, '90s'],
    [15 * MINUTE, '15m'],
    [90 * MINUTE, '90m'],
    [24 * HOUR, '1d'],
    [36 * HOUR, '36h'],
  ])('of %d ms is shown as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read as it was shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * DAY }), (ms) => {
        // A number of milliseconds with more than nine digits that is no whole second has no text of its own.
        fc.pre(ms < 1e9 || ms % SECOND === 0);
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
