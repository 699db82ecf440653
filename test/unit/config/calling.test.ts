/** The variables that say whom to call and at what hours: what each does, what is refused, and what is warned about. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callingShape } from '../../../src/config/calling.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { CALLING_RULES } from '../../../src/domain/calling-rules/built-in.ts';
import type { CallPolicy } from '../../../src/domain/policy.ts';
import { aDataKey } from '../../support/a-data-key.ts';
import { type Env, faultsIn, NEEDED } from '../../support/an-environment.ts';

const needed: Env = {
  ...NEEDED,
  OPS_PASSWORD: 'sixteen-letters-',
  DATA_KEY: aDataKey(),
};

const builtIn = readFileSync(new URL('../../../src/domain/calling-rules/rules.json', import.meta.url), 'utf8');
const inTheFile = JSON.parse(builtIn);
const always = { 'mon-sun': ['00:00-24:00'] };
const wide = {
  ...inTheFile,
  version: '2026-12-01',
  default: always,
  rows: inTheFile.rows
    .filter(({ country }: { country: string }) => country !== 'RS')
    .map((row: { country: string; region?: string }) =>
      row.country === 'US' && row.region === undefined ? { ...row, hours: always } : row,
    ),
};

const files: Readonly<Record<string, string>> = {
  '/etc/rules.json': builtIn.replace(/"version": "[^"]+"/, '"version": "2026-12-01"'),
  '/etc/torn.json': '{\n  "version": "2026-12-01",\n',
  '/etc/wrong.json': builtIn.replace('"10:00-18:00"', '"10:00-28:00"').replace('"country": "US"', '"country": "USA"'),
  '/etc/wide.json': JSON.stringify(wide),
};

const load = (changes: Env = {}) =>
  loadConfig({ ...needed, ...changes }, (path) => {
    const content = files[path];
    if (content === undefined) throw new Error('no such file');
    return content;
  });

const faultsOf = (changes: Env = {}) => faultsIn(() => load(changes));

/** Nine to five on weekdays. */
const NINE_TO_FIVE = 'mon-fri 09:00-17:00';
const hours = (from: number, to: number, ...days: number[]) =>
  Array.from({ length: 7 }, (_, day) => (days.includes(day) ? [{ from: from * 60, to: to * 60 }] : []));
const weekdays = (from: number, to: number) => hours(from, to, 1, 2, 3, 4, 5);

describe('whom and when to call', () => {
  it('is everybody, by the rules, where nothing was configured', () => {
    const { policy, warnings } = load();
    expect(policy).toMatchObject({
      enabled: true,
      countries: null,
      minValue: null,
      maxValue: null,
      priorityFrom: null,
      botCheck: true,
      hours: { kind: 'rules', narrower: null, override: null },
    });
    expect(policy.times.version).toBe(CALLING_RULES.version);
    expect(warnings).toEqual([]);
  });

  it('takes an empty variable for its default', () => {
    expect(load(Object.fromEntries(Object.keys(callingShape).map((name) => [name, ' '])))).toEqual(load());
  });

  it.each<[Env, Partial<CallPolicy>]>([
    [{ CALLS: 'off' }, { enabled: false }],
    [{ CALL_COUNTRIES: 'de, At ,CH' }, { countries: ['DE', 'AT', 'CH'] }],
    [{ CALL_COUNTRIES: 'PR,GP' }, { countries: ['PR', 'GP'] }],
    [
      { CALL_MIN_VALUE: '50', CALL_MAX_VALUE: '50.00' },
      { minValue: '50', maxValue: '50.00' },
    ],
    [{ CALL_MAX_VALUE: '4999.9999' }, { maxValue: '4999.9999' }],
    [{ CALL_PRIORITY_FROM: '500' }, { priorityFrom: '500' }],
    [{ BOT_CHECK: 'off' }, { botCheck: false }],
    [{ CALLING_HOURS: 'always' }, { hours: { kind: 'always' } }],
  ])('is as configured by %j', (changes, expected) => {
    expect(load(changes).policy).toMatchObject(expected);
  });

  it('is within the merchant’s own hours, where he names some', () => {
    expect(load({ CALLING_WINDOW: 'mon-fri 11:00-17:00, sat 11:00-14:00' }).policy.hours).toEqual({
      kind: 'rules',
      narrower: weekdays(11, 17).map((day, weekday) => (weekday === 6 ? [{ from: 660, to: 840 }] : day)),
      override: null,
    });
  });

  it('is at wider hours where somebody decided so and says why', () => {
    const reasoned = { CALLING_WINDOW_OVERRIDE: NINE_TO_FIVE, CALLING_WINDOW_OVERRIDE_REASON: 'Counsel, 2026-11-02' };
    expect(load(reasoned).policy.hours).toEqual({
      kind: 'rules',
      narrower: null,
      override: { kind: 'up_to_the_law', hours: weekdays(9, 17), reason: 'Counsel, 2026-11-02' },
    });
    expect(load({ ...reasoned, CALLING_WINDOW_OVERRIDE_ROWS: 'FR, US-RI,elsewhere' }).policy.hours).toMatchObject({
      override: { kind: 'past_the_law', rows: ['FR', 'US-RI', 'elsewhere'] },
    });
  });

  it('is by the rules of a file, where one is named', () => {
    const { policy } = load({ CALLING_RULES_FILE: '/etc/rules.json' });
    expect(policy.times.version).toBe('2026-12-01');
  });
});

describe('a variable', () => {
  const notSwitch = 'must be on or off';
  const noAmount = 'must be an amount such as 500 or 499.90';
  const noCountries = 'must be ISO country codes such as DE,AT,CH';

  it.each([
    ['CALLS', 'yes', notSwitch],
    ['BOT_CHECK', 'true', notSwitch],
    ['CALL_COUNTRIES', 'Germany', noCountries],
    ['CALL_COUNTRIES', 'DE,,AT', noCountries],
    ['CALL_COUNTRIES', 'DE;AT', noCountries],
    ['CALL_MIN_VALUE', '-1', noAmount],
    ['CALL_MIN_VALUE', '1e3', noAmount],
    ['CALL_MAX_VALUE', '4,99', noAmount],
    ['CALL_MAX_VALUE', '1.00001', noAmount],
    ['CALL_PRIORITY_FROM', '500 INR', noAmount],
    ['CALLING_HOURS', 'office', 'must be rules or always'],
    ['CALLING_WINDOW_OVERRIDE_REASON', 'x'.repeat(201), 'must have at most 200 characters'],
  ])('%s is refused when it is %s', (name, value, fault) => {
    expect(faultsOf({ [name]: value })).toEqual([`${name} ${fault}`]);
  });

  it.each([
    ['DE,UK', 'names UK, which is no ISO country code: did you mean GB?'],
    ['DE,QQ', 'names QQ, which is no ISO country code'],
  ])('CALL_COUNTRIES is refused when it is %s, and says which of them', (value, fault) => {
    expect(faultsOf({ CALL_COUNTRIES: value })).toEqual([`CALL_COUNTRIES ${fault}`]);
  });

  it.each([
    ['mon-fri 9-17', 'mon-fri: window 1 of its day(s), 9-17, is not a window such as 10:00-18:00'],
    [
      'mon-fri 10:00-13:00 12:00-14:00, sat 10:00-12:00',
      'mon-fri: window 2 of its day(s), 12:00-14:00, begins before the one before it has ended',
    ],
    ['mon-fri', 'mon-fri: has no hours'],
    ['someday 09:00-17:00', 'someday: is neither a weekday nor a span of them, such as mon-fri'],
  ])('CALLING_WINDOW says of %s which piece is wrong, and where', (value, fault) => {
    expect(faultsOf({ CALLING_WINDOW: value })).toEqual([`CALLING_WINDOW ${fault}`]);
  });

  it('is told beside the faults of a rules file and of rows that are none', () => {
    const faults = faultsOf({
      ...{ CALLS: 'yes', CALLING_RULES_FILE: '/etc/torn.json', CALLING_WINDOW_OVERRIDE: NINE_TO_FIVE, ...reason },
    });
    expect(faults).toEqual(['CALLS must be on or off', expect.stringMatching(/^CALLING_RULES_FILE line \d/)]);
    const rows = { CALLING_WINDOW_OVERRIDE: NINE_TO_FIVE, ...reason, CALLING_WINDOW_OVERRIDE_ROWS: 'US-XX' };
    expect(faultsOf({ CALLS: 'yes', ...rows })).toEqual([
      'CALLS must be on or off',
      'CALLING_WINDOW_OVERRIDE_ROWS names US-XX, which is no row of the rules',
    ]);
  });

  it.each(['CALLING_WINDOW', 'CALLING_WINDOW_OVERRIDE'])('%s is hours, and a fault says what of it is none', (name) => {
    for (const value of ['always', 'mon-fri', 'mon-fri 9-17', 'someday 09:00-17:00', 'mon 09:00-28:00']) {
      const faults = faultsOf({ [name]: value, ...(name === 'CALLING_WINDOW' ? {} : reason) });
      expect(faults.length, value).toBeGreaterThan(0);
      for (const fault of faults) expect(fault).toMatch(new RegExp(`^${name} \\S`));
    }
  });
  const reason = { CALLING_WINDOW_OVERRIDE_REASON: 'a test' };

  it('CALL_MAX_VALUE is not below CALL_MIN_VALUE, by the amounts and not the texts', () => {
    expect(faultsOf({ CALL_MIN_VALUE: '500', CALL_MAX_VALUE: '499.99' })).toEqual([
      'CALL_MAX_VALUE must not be below CALL_MIN_VALUE',
    ]);
    expect(faultsOf({ CALL_MIN_VALUE: '500', CALL_MAX_VALUE: '1000' })).toEqual([]);
  });
});

describe('wider hours', () => {
  const override = { CALLING_WINDOW_OVERRIDE: NINE_TO_FIVE };
  const reason = { CALLING_WINDOW_OVERRIDE_REASON: 'Counsel, 2026-11-02' };

  it('need a reason', () => {
    expect(faultsOf(override)).toEqual([
      'CALLING_WINDOW_OVERRIDE_REASON is missing: who decided it, and why, is logged at every start',
    ]);
  });

  it.each<[string, Env]>([
    ['a reason', reason],
    ['rows', { CALLING_WINDOW_OVERRIDE_ROWS: 'FR' }],
  ])('must be there for %s to belong to', (_what, changes) => {
    expect(faultsOf(changes)).toEqual([
      'CALLING_WINDOW_OVERRIDE is missing: there is nothing that its reason or rows could belong to',
    ]);
  });

  it('name rows that exist, in the rules that are used', () => {
    const rows = { ...override, ...reason, CALLING_WINDOW_OVERRIDE_ROWS: 'FR,US-XX,fr' };
    const faults = ['US-XX', 'fr'].map(
      (row) => `CALLING_WINDOW_OVERRIDE_ROWS names ${row}, which is no row of the rules`,
    );
    expect(faultsOf(rows)).toEqual(faults);
    expect(faultsOf({ ...rows, CALLING_RULES_FILE: '/etc/rules.json' })).toEqual(faults);
  });

  it('are told at every start, with the reason', () => {
    expect(load({ ...override, ...reason }).warnings).toEqual([
      'CALLING_WINDOW_OVERRIDE widens the calling hours to Mon–Fri 09:00–17:00, Sat–Sun none; where no rule was found for a country, the default still holds: Counsel, 2026-11-02',
    ]);
    expect(load({ ...override, ...reason, CALLING_WINDOW_OVERRIDE_ROWS: 'FR,US-RI' }).warnings).toEqual([
      'CALLING_WINDOW_OVERRIDE widens the calling hours to Mon–Fri 09:00–17:00, Sat–Sun none, also past the rules of FR, US-RI; where no rule was found for a country, the default still holds: Counsel, 2026-11-02',
    ]);
  });
});

describe('a rules file', () => {
  it('that cannot be read is a fault', () => {
    expect(faultsOf({ CALLING_RULES_FILE: '/etc/missing.json' })).toEqual([
      'CALLING_RULES_FILE names a file that cannot be read',
    ]);
  });

  it('that is no JSON is one fault, with its line', () => {
    expect(faultsOf({ CALLING_RULES_FILE: '/etc/torn.json' })).toEqual([
      expect.stringMatching(/^CALLING_RULES_FILE line [23]: /),
    ]);
  });

  it('opens no hour by itself, and what it would open is told', () => {
    const { policy, warnings } = load({ CALLING_RULES_FILE: '/etc/wide.json' });
    const { hours, times } = policy;
    const inCalifornia = times.whereabouts([{ country: 'US', province: 'CA', zip: '94103' }], '+14155550142');
    // Sunday, 03:00 in San Francisco.
    const at = Date.parse('2026-11-01T11:00Z');
    expect(hours.kind === 'rules' && times.isAllowedAt(at, inCalifornia, hours)).toBe(false);
    expect(warnings).toEqual([
      `CALLING_RULES_FILE: /etc/wide.json, version 2026-12-01, stands in the place of the built-in rules ${CALLING_RULES.version}; its default is wider and only CALLING_WINDOW_OVERRIDE can make it so; it allows more in US (hours); it has no row RS`,
    ]);
  });

  it('that allows no more is told by name and version alone', () => {
    expect(load({ CALLING_RULES_FILE: '/etc/rules.json' }).warnings).toEqual([
      `CALLING_RULES_FILE: /etc/rules.json, version 2026-12-01, stands in the place of the built-in rules ${CALLING_RULES.version}`,
    ]);
  });

  it('with faults is refused with all of them, each with its line and place', () => {
    const faults = faultsOf({ CALLING_RULES_FILE: '/etc/wrong.json' });
    const lineOf = (text: string): number => (files['/etc/wrong.json'] ?? '').split(text)[0]?.split('\n').length ?? 0;
    expect(faults).toContainEqual(
      expect.stringMatching(new RegExp(`^CALLING_RULES_FILE line ${lineOf('10:00-28:00')}: default\\.mon-fri`)),
    );
    expect(faults).toContainEqual(
      expect.stringMatching(new RegExp(`^CALLING_RULES_FILE line ${lineOf('"USA"')}: rows\\.0\\.country`)),
    );
  });
});

describe('a warning', () => {
  it.each<[Env, RegExp]>([
    [{ CALLS: 'off' }, /^CALLS is off: everything is recorded and nobody is phoned$/],
    [{ CALLING_HOURS: 'always' }, /^CALLING_HOURS is always: shoppers may be phoned at night$/],
  ])('is given for %j', (changes, warning) => {
    expect(load(changes).warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('is given for hours that never meet those they narrow: nobody would be phoned', () => {
    expect(load({ CALLING_WINDOW: 'sun 11:00-17:00' }).warnings).toEqual([
      expect.stringMatching(
        /^CALLING_WINDOW \(.*Sun 11:00–17:00\) never meets .* the narrow default \(.*\): nobody is phoned$/,
      ),
    ]);
    const override = { CALLING_WINDOW_OVERRIDE: NINE_TO_FIVE, CALLING_WINDOW_OVERRIDE_REASON: 'a test' };
    expect(load({ CALLING_WINDOW: 'mon-fri 18:00-20:00', ...override }).warnings[0]).toMatch(
      /never meets .* CALLING_WINDOW_OVERRIDE \(/,
    );
    expect(load({ CALLING_WINDOW: 'sun 11:00-17:00', CALLING_HOURS: 'always' }).warnings).toHaveLength(1);
  });

  it.each<Env>([{ CALLING_WINDOW: NINE_TO_FIVE }, { CALL_COUNTRIES: 'DE' }, { BOT_CHECK: 'off' }])(
    'is not given for %j',
    (changes) => {
      expect(load(changes).warnings).toEqual([]);
    },
  );
});
