/** When a server wants to be asked again: every form of the header, and everything that is none. */
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/voice/retry-after.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);

describe('the wish to come again later', () => {
  it.each([
    ['absent', null, null],
    ['in seconds', '7', 7_000],
    ['in no time', '0', 0],
    ['in seconds, with white space', ' 7 ', 7_000],
    ['as a date ahead', 'Tue, 03 Nov 2026 05:30:20 GMT', 20_000],
    ['as a date that has passed', 'Tue, 03 Nov 2026 05:29:00 GMT', 0],
    ['as a date in the older form', 'Tuesday, 03-Nov-26 05:30:20 GMT', 20_000],
    ['as a date in the oldest form', 'Tue Nov  3 05:30:20 2026', 20_000],
    ['negative', '-5', null],
    ['with a fraction', '1.5', null],
    ['beyond all measure', '12345678901', null],
    ['empty', '', null],
    ['in words', 'soon', null],
    ['in words with a number', 'retry 5', null],
    ['as a date without a zone', '2026-11-03', null],
  ])('is read when it is %s', (_what, header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});
