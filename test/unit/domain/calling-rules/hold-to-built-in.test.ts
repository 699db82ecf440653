/** What a file of rules can and cannot open, and what is told of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import type { CallingRules } from '../../../../src/domain/calling-rules/calling-row.ts';
import { heldTo, wideningOf } from '../../../../src/domain/calling-rules/hold-to-built-in.ts';
import { readCallingRules } from '../../../../src/domain/calling-rules/parse-rules.ts';
import { hoursInWords } from '../../../../src/domain/calling-rules/weekly-hours.ts';

const written = JSON.parse(
  readFileSync(new URL('../../../../src/domain/calling-rules/rules.json', import.meta.url), 'utf8'),
);
const ALWAYS = { 'mon-sun': ['00:00-24:00'] };

function rulesWith(file: object): CallingRules {
  const read = readCallingRules({ ...written, ...file });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.rules;
}

type Row = Readonly<Record<string, unknown>>;
const idOf = ({ country, region }: Row) => (region === undefined ? country : `${country}-${region}`);

/** The built-in rules but for one row. */
const withRow = (id: string, changes: object): CallingRules =>
  rulesWith({ rows: written.rows.map((row: Row) => (idOf(row) === id ? { ...row, ...changes } : row)) });

const NOTHING = { ofDefault: false, missing: [], wider: [] };

describe('the default of a file', () => {
  it.each([
    ['wider', ALWAYS, 'Mon–Fri 10:00–18:00, Sat 10:00–16:00, Sun none'],
    ['narrower', { 'mon-fri': ['11:00-15:00'], 'sat-sun': [] }, 'Mon–Fri 11:00–15:00, Sat–Sun none'],
    ['moved', { 'mon-sun': ['14:00-22:00'] }, 'Mon–Fri 14:00–18:00, Sat 14:00–16:00, Sun none'],
    ['of nights that end at noon', { 'mon-sun': ['22:00-12:00'] }, 'Mon–Sat 10:00–12:00, Sun none'],
  ])('that is %s opens no hour that the built-in one closes', (_what, hours, open) => {
    expect(hoursInWords(heldTo(CALLING_RULES, rulesWith({ default: hours })).default)).toBe(open);
  });

  it.each([
    ['wider', ALWAYS, true],
    ['narrower', { 'mon-fri': ['11:00-15:00'], 'sat-sun': [] }, false],
    ['the same in two parts', { 'mon-fri': ['10:00-14:00', '14:00-18:00'], sat: ['10:00-16:00'], sun: [] }, false],
  ])('that is %s is told so', (_what, hours, ofDefault) => {
    expect(wideningOf(CALLING_RULES, rulesWith({ default: hours }))).toEqual({ ...NOTHING, ofDefault });
  });
});

describe('a row of a file', () => {
  it('that says the same is not told', () => {
    expect(wideningOf(CALLING_RULES, rulesWith({}))).toEqual(NOTHING);
  });

  it.each<[string, string, object, string[]]>([
    ['opens an hour', 'US', { hours: ALWAYS }, ['hours']],
    [
      'opens one day',
      'FR',
      { hours: { 'mon-fri': ['10:00-13:00', '14:00-20:00'], sat: ['10:00-10:01'], sun: [] } },
      ['hours'],
    ],
    ['forgets the holidays', 'FR', { holidays: [] }, ['hours']],
    ['has hours where none were found', 'DE', { found: true, basis: 'law', hours: ALWAYS }, ['hours']],
    ['forgets the caps', 'FR', { caps: undefined }, ['caps']],
    ['allows one more call', 'FR', { caps: { calls: [{ most: 5, in: '30d' }], afterRefusal: '60d' } }, ['caps']],
    ['keeps silence for less long', 'FR', { caps: { calls: [{ most: 4, in: '30d' }], afterRefusal: '59d' } }, ['caps']],
    ['holds in fewer places', 'FR', { also: ['GP'] }, ['codes']],
    ['has fewer zones', 'US-TX', { zones: ['America/Chicago'] }, ['zones']],
  ])('that %s is told', (_what, row, changes, what) => {
    expect(wideningOf(CALLING_RULES, withRow(row, changes))).toEqual({ ...NOTHING, wider: [{ row, what }] });
  });

  it.each<[string, string, object]>([
    ['closes an hour', 'FR', { hours: { 'mon-fri': ['10:00-13:00'], 'sat-sun': [] } }],
    ['keeps silence for good', 'FR', { caps: { calls: [{ most: 1, in: '30d' }], afterRefusal: 'forever' } }],
    ['has hours where its country’s held alone', 'US-CA', { found: true, basis: 'law', hours: ALWAYS }],
  ])('that %s is not', (_what, row, changes) => {
    expect(wideningOf(CALLING_RULES, withRow(row, changes))).toEqual(NOTHING);
  });

  it('that is missing is told', () => {
    const rows = written.rows.filter((row: Row) => !['FR', 'US-RI'].includes(String(idOf(row))));
    expect(wideningOf(CALLING_RULES, rulesWith({ rows }))).toEqual({ ...NOTHING, missing: ['US-RI', 'FR'] });
  });
});
