/** A rules file is right or it is refused whole, with the line of everything that is wrong. Lines are counted in the texts below. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import { parseCallingRules } from '../../../../src/domain/calling-rules/parse-rules.ts';

const HEAD = `{
  "version": "2026-11-23",
  "default": { "mon-fri": ["10:00-18:00"], "sat": ["10:00-16:00"], "sun": [] },
  "elsewhere": { "found": false, "consent": "unknown", "source": "none", "asOf": "2026-11-23" },
  "rows": [`;

/** Each row begins on line 6, on one line of its own. */
const fileOf = (...rows: readonly string[]): string =>
  `${HEAD}\n${rows.map((row) => `    ${row}`).join(',\n')}\n  ]\n}\n`;

const AUSTRIA = '{ "country": "AT", "found": false, "consent": "prior", "source": "none", "asOf": "2026-11-23" }';
const NEW_YORK =
  '{ "country": "US", "region": "NY", "zones": ["America/New_York"], "found": false, "consent": "written", "source": "none", "asOf": "2026-11-23" }';
const UNITED_STATES =
  '{ "country": "US", "found": true, "basis": "law", "hours": { "mon-sun": ["08:00-21:00"] }, "consent": "written", "source": "TCPA", "asOf": "2026-11-23" }';

function faultsOf(text: string) {
  const parsed = parseCallingRules(text);
  return parsed.ok ? [] : parsed.faults.map(({ line, path, reason }) => `${line} ${path}: ${reason}`);
}

/** Austria's row with one thing changed. */
const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(AUSTRIA) as object), ...change });

const without = (field: string): string => {
  const row = JSON.parse(AUSTRIA) as Record<string, unknown>;
  delete row[field];
  return JSON.stringify(row);
};

describe('a rules file', () => {
  it('without a fault is read', () => {
    const parsed = parseCallingRules(fileOf(AUSTRIA, UNITED_STATES, NEW_YORK));
    expect(parsed.ok && [...parsed.rules.rows.keys()]).toEqual(['AT', 'US', 'US-NY']);
    expect(parsed.ok && parsed.rules.version).toBe('2026-11-23');
  });

  it('that is built in has none, line by line', () => {
    const file = new URL('../../../../src/domain/calling-rules/rules.json', import.meta.url);
    const parsed = parseCallingRules(readFileSync(file, 'utf8'));
    expect(parsed).toEqual({ ok: true, rules: CALLING_RULES });
  });

  it.each([
    ['a country that is none', changed({ country: 'XX' }), ['6 rows.0.country: is no country code of ISO 3166-1']],
    ['a country in small letters', changed({ country: 'at' }), ['6 rows.0.country: is no country code of ISO 3166-1']],
    ['no country', without('country'), ['6 rows.0.country: is missing']],
    ['no source', without('source'), ['6 rows.0.source: is missing']],
    ['an empty source', changed({ source: ' ' }), ['6 rows.0.source: is empty']],
    ['no date', without('asOf'), ['6 rows.0.asOf: is missing']],
    [
      'a date that no calendar has',
      changed({ asOf: '2026-02-30' }),
      ['6 rows.0.asOf: must be a date such as 2026-11-23'],
    ],
    ['no word on consent', without('consent'), ['6 rows.0.consent: is missing']],
    ['no word on whether a rule was found', without('found'), ['6 rows.0.found: is missing']],
    ['a field nobody knows', changed({ hrs: {} }), ['6 rows.0.hrs: is not a field']],
    [
      'a rule without hours or basis',
      changed({ found: true }),
      [
        '6 rows.0.basis: must be law or code for a rule that was found',
        '6 rows.0.hours: is missing: a rule that was found says its hours',
      ],
    ],
    [
      'hours where no rule was found',
      changed({ hours: { 'mon-sun': ['10:00-12:00'] } }),
      ['6 rows.0.basis: must be custom for hours that no rule names'],
    ],
    [
      'holidays of a rule without hours',
      changed({ holidays: [{ name: 'Christmas Day', on: '12-25' }] }),
      ['6 rows.0.holidays: is of rows with hours'],
    ],
    [
      'a holiday that is no day',
      changed({ basis: 'custom', hours: { 'mon-sun': [] }, holidays: [{ name: 'Never', on: '02-31' }] }),
      ['6 rows.0.holidays.0.on: must be like 12-25, mon>=01-15, easter-2 or 2026-07-10'],
    ],
    [
      'windows out of order',
      changed({ basis: 'custom', hours: { 'mon-sun': ['14:00-18:00', '10:00-12:00'] } }),
      ['6 rows.0.hours.mon-sun.1: begins before the one before it has ended'],
    ],
    [
      'a week that is not whole',
      changed({ basis: 'custom', hours: { 'mon-sat': [] } }),
      ['6 rows.0.hours: say nothing of sun'],
    ],
    [
      'zones of a whole country',
      changed({ zones: ['Europe/Vienna'] }),
      ['6 rows.0.zones: is of regions only; the zones of a country are known'],
    ],
    [
      'a cap without a number',
      changed({ caps: { calls: [{ most: 0, in: '24h' }] } }),
      ['6 rows.0.caps.calls.0.most: must be at least 1'],
    ],
    [
      'a cap without an end',
      changed({ caps: { calls: [{ most: 1, in: 'day' }] } }),
      ['6 rows.0.caps.calls.0.in: must be a duration such as 24h or 30d'],
    ],
    ['a row that is no object', '"AT"', ['6 rows.0: must be an object']],
  ])('is refused for %s', (_what, row, faults) => {
    expect(faultsOf(fileOf(row))).toEqual(faults);
  });

  it.each([
    ['two rows for one place', [AUSTRIA, UNITED_STATES, AUSTRIA], ['8 rows.2: is a second row for AT']],
    ['a region whose country has no row', [NEW_YORK], ['6 rows.0.country: has no row of its own, but US-NY has']],
    [
      'a zone that is none',
      [UNITED_STATES, NEW_YORK.replace('America/New_York', 'America/Newyork')],
      ['7 rows.1.zones.0: is no zone of the IANA database'],
    ],
    [
      'a zone that stands twice',
      [UNITED_STATES, NEW_YORK.replace('"America/New_York"', '"America/New_York", "America/New_York"')],
      ['7 rows.1.zones: names a zone twice'],
    ],
    [
      'a region without zones',
      [UNITED_STATES, NEW_YORK.replace('"zones": ["America/New_York"], ', '')],
      ['7 rows.1.zones: is missing: a region says its zones'],
    ],
    [
      'a region that the country does not have',
      [UNITED_STATES, NEW_YORK.replace('"NY"', '"QQ"')],
      ['7 rows.1.region: is no state or province of US'],
    ],
    [
      'a territory that two rows claim',
      [
        UNITED_STATES.replace('"found"', '"also": ["GU"], "found"'),
        AUSTRIA.replace('"found"', '"also": ["GU"], "found"'),
      ],
      ['7 rows.1.also.0: belongs to US already'],
    ],
  ])('is refused for %s', (_what, rows, faults) => {
    expect(faultsOf(fileOf(...rows))).toEqual(faults);
  });

  it.each([
    ['no version', HEAD.replace('"2026-11-23",', '1,'), ['2 version: must be text']],
    [
      'a default that is no week',
      HEAD.replace('"sun": []', '"sonntag": []'),
      ['3 default: say nothing of sun', '3 default.sonntag: is neither a weekday nor a span of them, such as mon-fri'],
    ],
    [
      'a rule for everywhere',
      HEAD.replace('"found": false', '"found": true'),
      ['4 elsewhere.found: must be false: no rule is known of everywhere'],
    ],
    ['a field of its own', HEAD.replace('"rows"', '"comment": "",\n  "rows"'), ['5 comment: is not a field']],
  ])('is refused for %s', (_what, head, faults) => {
    expect(faultsOf(`${head}\n    ${AUSTRIA}\n  ]\n}`)).toEqual(faults);
  });

  it('tells all faults of all rows at once, in the order of their lines', () => {
    const faults = faultsOf(fileOf(without('source'), changed({ country: 'XX' }), changed({ note: '' })));
    expect(faults).toEqual([
      '6 rows.0.source: is missing',
      '7 rows.1.country: is no country code of ISO 3166-1',
      '8 rows.2.note: is empty',
    ]);
  });

  it('tells the line of a fault deep inside a row', () => {
    const row = JSON.stringify(
      { ...JSON.parse(AUSTRIA), basis: 'custom', hours: { 'mon-fri': ['10:00-18:00'], sat: ['10:00-16:0'], sun: [] } },
      null,
      2,
    );
    const text = fileOf(row);
    const line = text.split('\n').findIndex((each) => each.includes('10:00-16:0"')) + 1;
    expect(faultsOf(text)).toEqual([`${line} rows.0.hours.sat.0: is not a window such as 10:00-18:00`]);
  });

  it.each([
    [
      'a key that stands twice',
      fileOf(AUSTRIA.replace('"found": false,', '"found": false,\n      "found": false,')),
      ['7 rows.0.found: stands here a second time'],
    ],
    ['nothing in it', '', ['1 : ends where a value must stand']],
    ['an end too early', `${HEAD}\n    ${AUSTRIA}\n`, ['6 : ends where ] must stand']],
    ['a comma too many', fileOf(`${AUSTRIA},`), ['7 : has ] where a value must stand']],
    ['something after its end', `${fileOf(AUSTRIA)}\n{}`, ['10 : goes on after its end']],
    [
      'a string without an end',
      HEAD.replace('"none", "asOf": "2026-11-23" },', '"none'),
      ['4 : has a string that is not closed or not spelled right'],
    ],
    ['a key that is no string', '{\n  version: 1\n}', ['2 : has version where a key must stand']],
    ['a word that is no value', '{\n\n  "version": yes\n}', ['3 : has yes where a value must stand']],
    ['too many brackets', '['.repeat(40), ['1 : is nested too deeply']],
  ])('is refused for %s', (_what, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it.each([null, 1, 'text', [], {}].map((value) => JSON.stringify(value)))('is refused when it is only %s', (text) => {
    expect(parseCallingRules(text).ok).toBe(false);
  });
});
