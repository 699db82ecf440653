/** Single values of the vendor's events, of every kind that may come: read, or nothing. */
import { describe, expect, it } from 'vitest';
import { readFigure, readFlag, readInstant, readLooseText, readText, readUrl } from '../../../src/voice/wire-values.ts';

const ELEVEN = Date.UTC(2026, 10, 3, 5, 30);

describe('an instant', () => {
  it.each([
    ['in UTC', '2026-11-03T05:30:00Z', ELEVEN],
    ['with milliseconds', '2026-11-03T05:30:00.250Z', ELEVEN + 250],
    ['with an offset', '2026-11-03T11:00:00+05:30', ELEVEN],
    ['in epoch milliseconds', ELEVEN, ELEVEN],
    ['in epoch seconds', ELEVEN / 1_000, ELEVEN],
    ['in epoch seconds with a fraction', ELEVEN / 1_000 + 0.25, ELEVEN + 250],
    ['in epoch milliseconds, as text', String(ELEVEN), ELEVEN],
    ['without an offset', '2026-11-03T05:30:00', null],
    ['on a day that there is not', '2026-02-30T05:30:00Z', null],
    ['before there were such calls', '1999-12-31T23:59:59Z', null],
    ['after all of this', Date.UTC(2100), null],
    ['that is zero', 0, null],
    ['that is a date', '2026-11-03', null],
    ['that is a word', 'now', null],
    ['that is a truth', true, null],
    ['that is nothing', null, null],
    ['that is a list', [ELEVEN], null],
  ])('%s', (_how, value, expected) => {
    expect(readInstant(value)).toBe(expected);
  });
});

describe('a figure', () => {
  it.each([
    [2, 2],
    [2.5, 2.5],
    ['2.5', 2.5],
    ['-3', -3],
    [-0, 0],
    ['-0', 0],
    ['', null],
    ['2,5', null],
    ['1e3', null],
    ['0x10', null],
    [' 2', null],
    ['9'.repeat(16), null],
    [1e300, null],
    [Number.NaN, null],
    [true, null],
    [[2], null],
    [null, null],
  ])('%j is %j', (value, expected) => {
    expect(readFigure(value)).toBe(expected);
  });
});

describe('an address that a browser may be sent to', () => {
  it.each([
    ['https://recordings.vendor.example/1.mp3?token=a', true],
    ['HTTP://recordings.vendor.example/1.mp3', true],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['//recordings.vendor.example/1.mp3', false],
    ['https://', false],
    ['', false],
    [`https://r.example/${'x'.repeat(2_048)}`, false],
    [7, false],
  ])('%s: %s', (value, usable) => {
    expect(readUrl(value)).toBe(usable ? value : null);
  });
});

describe('a text', () => {
  it.each([
    ['as it is', ' x ', ' x '],
    ['not when it is empty', '', null],
    ['not when it is longer than it may be', 'x'.repeat(11), null],
    ['not from a number', 7, null],
  ])('%s', (_what, value, expected) => {
    expect(readText(value, 10)).toBe(expected);
  });

  it.each([
    ['from a number', 7, '7'],
    ['not from one that was rounded', 2 ** 53, null],
    ['not from a truth', true, null],
  ])('where a number may stand: %s', (_what, value, expected) => {
    expect(readLooseText(value, 10)).toBe(expected);
  });
});

describe('a truth', () => {
  it.each([
    [true, true],
    ['false', false],
    ['yes', null],
    [1, null],
    [null, null],
  ])('%j is %j', (value, expected) => {
    expect(readFlag(value)).toBe(expected);
  });
});
