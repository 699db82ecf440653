/** How often somebody may be called: the merchant's word, and the law's where it is stricter. */
import { describe, expect, it } from 'vitest';
import { isRefusedForGood, longestSilenceMs, strictestOf } from '../../../src/domain/call-caps.ts';
import { CALLING_RULES } from '../../../src/domain/calling-rules/built-in.ts';
import { DAY, HOUR } from '../../../src/domain/duration.ts';
import { capsFor, ruleOfCap } from '../../../src/domain/policy.ts';
import { aPolicy, TIMES } from '../../support/a-record.ts';

const generous = { perDay: 9, perWeek: 20, perMonth: 40, refusalSilenceMs: 10 * DAY };
const row = (most: number, inMs: number) => ({ calls: [{ most, inMs }], afterRefusal: null });

describe('the caps in force', () => {
  it.each([
    ['no row', [], generous],
    ['a row of a day', [row(3, DAY)], { ...generous, perDay: 3 }],
    ['a row of hours, held for a whole day', [row(1, 2 * HOUR)], { ...generous, perDay: 1 }],
    ['a row of three days, held for a whole week', [row(4, 3 * DAY)], { ...generous, perWeek: 4 }],
    ['a row of a month', [row(4, 30 * DAY)], { ...generous, perMonth: 4 }],
    [
      'two rows: the stricter of each',
      [row(3, DAY), row(2, DAY), row(5, 7 * DAY)],
      { ...generous, perDay: 2, perWeek: 5 },
    ],
    ['a row that allows more than the merchant', [row(50, DAY)], generous],
    ['a longer silence', [{ calls: [], afterRefusal: 60 * DAY }], { ...generous, refusalSilenceMs: 60 * DAY }],
    ['a shorter silence', [{ calls: [], afterRefusal: DAY }], generous],
    ['a silence for good, which is seen to elsewhere', [{ calls: [], afterRefusal: 'forever' as const }], generous],
  ])('with %s', (_what, rows, expected) => {
    expect(strictestOf(generous, rows)).toEqual(expected);
  });

  it.each([
    ['FR', null, { perMonth: 4, refusalSilenceMs: 60 * DAY }],
    ['AE', null, { perDay: 1, perWeek: 2 }],
    ['US', 'FL', { perDay: 3 }],
    ['US', 'CA', {}],
    // A state that nobody named may be any of them.
    ['US', null, { perDay: 3 }],
    ['DE', null, {}],
  ])('in %s %s are those of its rows', (country, province, stricter) => {
    const whereabouts = TIMES.whereabouts([{ country, province, zip: null }], null);
    expect(capsFor(aPolicy({ caps: generous }), whereabouts)).toEqual({ ...generous, ...stricter });
  });

  it.each([
    ['FR', 'month', /^calling-rules@\S+ FR$/],
    ['FR', 'refusal', /^calling-rules@\S+ FR$/],
    ['FR', 'day', /^CALLS_PER_DAY@2026-11$/],
    ['DE', 'week', /^CALLS_PER_WEEK@2026-11$/],
    ['DE', 'month', /^CALLS_PER_MONTH@2026-11$/],
    ['DE', 'refusal', /^REFUSAL_SILENCE@2026-11$/],
  ] as const)('in %s are told by the rule that sets them: %s', (country, cap, rule) => {
    const whereabouts = TIMES.whereabouts([{ country, province: null, zip: null }], null);
    expect(ruleOfCap(aPolicy({ caps: generous }), whereabouts, cap)).toMatch(rule);
  });

  it('are the merchant’s where nobody knows the place: there is no call anyway', () => {
    expect(capsFor(aPolicy({ caps: generous }), [])).toEqual(generous);
  });
});

describe('a refusal', () => {
  it('holds for good where a row says so', () => {
    const of = (country: string) => TIMES.capsIn(TIMES.whereabouts([{ country, province: null, zip: null }], null));
    expect([isRefusedForGood(of('AE')), isRefusedForGood(of('FR'))]).toEqual([true, false]);
  });

  it('is remembered as long as any row may ask', () => {
    expect(longestSilenceMs(CALLING_RULES.rows.values())).toBe(60 * DAY);
    expect(longestSilenceMs([{ caps: null }])).toBe(0);
  });
});
