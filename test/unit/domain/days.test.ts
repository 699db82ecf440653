import { describe, expect, it } from 'vitest';
import { completeDays, dayOf, startOf } from '../../../src/domain/days.ts';

const NOW = Date.UTC(2026, 10, 23, 0, 0, 0, 1);

describe('a day', () => {
  it.each([
    ['2026-11-23', Date.UTC(2026, 10, 23)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-02-29', null],
    ['2026-02-30', null],
    ['2026-11-31', null],
    ['2026-13-01', null],
    ['2026-00-10', null],
    ['2026-1-1', null],
    ['26-11-23', null],
    [' 2026-11-23', null],
    ['2026-11-23\n', null],
    ['2026-11-23T10:00:00Z', null],
    ['today', null],
    ['', null],
  ])('%j begins at %j', (day, start) => {
    expect(startOf(day)).toBe(start);
  });

  it('lasts from its first millisecond to its last', () => {
    expect(dayOf(Date.UTC(2026, 10, 23))).toBe('2026-11-23');
    expect(dayOf(Date.UTC(2026, 10, 24) - 1)).toBe('2026-11-23');
  });
});

describe('what is asked for', () => {
  it.each([
    [{}, { from: '2026-10-25', to: '2026-11-23' }],
    [{ to: '2026-03-01' }, { from: '2026-01-31', to: '2026-03-01' }],
    [{ from: '2026-11-20' }, { from: '2026-11-20', to: '2026-11-23' }],
    [{ from: '2026-11-23' }, { from: '2026-11-23', to: '2026-11-23' }],
    [
      { from: '2025-11-23', to: '2026-11-23' },
      { from: '2025-11-23', to: '2026-11-23' },
    ],
  ])('%j is completed to %j', (asked, days) => {
    expect(completeDays(asked, NOW)).toEqual({ ok: true, days });
  });

  it.each([
    [{ from: '2025-11-22', to: '2026-11-23' }, 'from'],
    [{ from: '2020-01-01' }, 'from'],
    [{ from: '2026-11-24' }, 'from'],
    [{ from: 'x', to: '2026-11-23' }, 'from'],
    [{ to: 'x' }, 'to'],
  ])('%j is refused for its “%s”, without repeating it', (asked, field) => {
    const answer = completeDays(asked, NOW);
    expect(answer).toMatchObject({ ok: false, field });
    expect(JSON.stringify(answer)).not.toContain('x"');
  });
});
