import { describe, expect, it } from 'vitest';
import { readDate } from '../../../../src/domain/calling-rules/local-date.ts';
import {
  hoursInWords,
  inBoth,
  readHoursLine,
  readWeeklyHours,
  type WeeklyHours,
  windowsOn,
} from '../../../../src/domain/calling-rules/weekly-hours.ts';

function hours(written: Record<string, string[]>): WeeklyHours {
  const read = readWeeklyHours(written);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.hours;
}

const on = (written: WeeklyHours, date: string, closed: readonly string[] = []) =>
  windowsOn(written, dateOf(date), (day) => closed.map(dateOf).includes(day)).map(({ from, to }) => [
    from / 60,
    to / 60,
  ]);

function dateOf(written: string): number {
  return readDate(written) ?? Number.NaN;
}

describe('hours as they are written', () => {
  it('may be spans of days, single days and several windows', () => {
    const french = hours({ 'mon-fri': ['10:00-13:00', '14:00-20:00'], sat: [], sun: [] });
    expect(on(french, '2026-11-23')).toEqual([
      [10, 13],
      [14, 20],
    ]);
    expect(on(french, '2026-11-28')).toEqual([]);
    expect(on(french, '2026-11-29')).toEqual([]);
  });

  it.each([
    ['a day left out', { 'mon-fri': ['10:00-18:00'], sun: [] }, [], 'say nothing of sat'],
    ['a day named twice', { 'mon-sun': [], sat: [] }, ['sat'], 'names sat a second time'],
    ['no day of the week', { 'mon-sun': [], monday: [] }, ['monday'], 'is neither a weekday nor a span'],
    ['a span that runs backwards', { 'sun-mon': [] }, ['sun-mon'], 'is neither a weekday nor a span'],
    ['no window', { 'mon-sun': ['10-18'] }, ['mon-sun', 0], 'is not a window'],
    ['an hour that no clock shows', { 'mon-sun': ['10:00-24:30'] }, ['mon-sun', 0], 'is not a window'],
    ['a window without length', { 'mon-sun': ['10:00-10:00'] }, ['mon-sun', 0], 'is not a window'],
    ['windows that overlap', { 'mon-sun': ['10:00-14:00', '13:00-18:00'] }, ['mon-sun', 1], 'begins before'],
    ['windows in the wrong order', { 'mon-sun': ['14:00-18:00', '10:00-13:00'] }, ['mon-sun', 1], 'begins before'],
    [
      'a window after one past midnight',
      { 'mon-sun': ['22:00-02:00', '23:00-23:30'] },
      ['mon-sun', 1],
      'begins before',
    ],
  ])('are refused with %s', (_what, written: Record<string, string[]>, path, reason) => {
    const read = readWeeklyHours(written);
    expect(read.ok).toBe(false);
    expect(read.ok ? [] : read.faults).toContainEqual(
      expect.objectContaining({ path, reason: expect.stringContaining(reason) }),
    );
  });

  it('on one line, leave days that are not named closed', () => {
    const read = readHoursLine('Mon-Fri 10:00-13:00 14:00-18:00, sat 10:00-14:00');
    expect(read.ok && hoursInWords(read.hours)).toBe('Mon–Fri 10:00–13:00 and 14:00–18:00, Sat 10:00–14:00, Sun none');
  });

  it.each(['', 'mon-fri', 'mon-fri 10-18', 'mon 10:00-18:00, mon 19:00-20:00', 'always'])(
    'on one line, are refused as %j',
    (line) => {
      expect(readHoursLine(line).ok).toBe(false);
    },
  );

  it('are read out with like days drawn together', () => {
    expect(hoursInWords(hours({ 'mon-fri': ['09:00-21:30'], 'sat-sun': ['10:00-18:00'] }))).toBe(
      'Mon–Fri 09:00–21:30, Sat–Sun 10:00–18:00',
    );
    expect(hoursInWords(hours({ 'mon-sun': ['22:00-02:00'] }))).toBe('Mon–Sun 22:00–02:00');
  });
});

describe('hours on a date', () => {
  const nights = hours({ 'mon-thu': [], fri: ['12:00-13:00', '22:00-02:00'], sat: ['01:00-03:00'], sun: [] });

  it('run over midnight into the next day', () => {
    expect(on(nights, '2026-11-27')).toEqual([
      [12, 13],
      [22, 24],
    ]);
    expect(on(nights, '2026-11-28')).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('do not begin on a holiday, and none runs over from it', () => {
    expect(on(nights, '2026-11-27', ['2026-11-27'])).toEqual([]);
    expect(on(nights, '2026-11-28', ['2026-11-27'])).toEqual([[1, 3]]);
  });

  it('do not run into a holiday', () => {
    expect(on(nights, '2026-11-28', ['2026-11-28'])).toEqual([]);
  });

  it('know the weekdays before 1970, too', () => {
    expect(on(nights, '1969-12-26')).toEqual([
      [12, 13],
      [22, 24],
    ]);
  });

  it('are in common where both have them', () => {
    const day = [
      { from: 540, to: 780 },
      { from: 840, to: 1200 },
    ];
    expect(inBoth(day, [{ from: 600, to: 1080 }])).toEqual([
      { from: 600, to: 780 },
      { from: 840, to: 1080 },
    ]);
    expect(inBoth(day, [{ from: 780, to: 840 }])).toEqual([]);
  });
});
