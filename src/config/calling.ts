/** The part of the environment that says whom to call and at what hours, beyond what stands in the checkout. */
import { z } from 'zod';
import { CALLING_RULES } from '../domain/calling-rules/built-in.ts';
import type { CallingRules } from '../domain/calling-rules/calling-row.ts';
import { type CallingTimes, createCallingTimes } from '../domain/calling-rules/calling-times.ts';
import { heldTo, wideningOf } from '../domain/calling-rules/hold-to-built-in.ts';
import type { HoursOverride, HoursPolicy } from '../domain/calling-rules/hours-policy.ts';
import { parseCallingRules } from '../domain/calling-rules/parse-rules.ts';
import { hoursInWords, meet, readHoursLine } from '../domain/calling-rules/weekly-hours.ts';
import { isCountryCode } from '../domain/country-codes.ts';
import { compareDecimals } from '../domain/decimal.ts';
import { cut } from '../domain/in-brief.ts';
import type { CallPolicy } from '../domain/policy.ts';
import { text } from './values.ts';

const decimal = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'must be an amount such as 500 or 499.90');

/** Of what was written, in a fault. */
const MOST_QUOTED = 40;

const weeklyHours = text.transform((value, context) => {
  const read = readHoursLine(value);
  if (read.ok) return read.hours;
  for (const { path, text: piece, reason } of read.faults) {
    const [days, index] = path;
    const window = piece === undefined ? '' : ` window ${Number(index) + 1} of its day(s), ${cut(piece, MOST_QUOTED)},`;
    context.addIssue(`${days === undefined ? '' : `${cut(`${days}`, MOST_QUOTED)}:`}${window} ${reason}`.trim());
  }
  return z.NEVER;
});

/** What people write for a country whose code is another. */
const MEANT: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR', EN: 'GB', JA: 'JP', DA: 'DK', SU: 'RU' };

const countries = text.transform((value, context) => {
  const codes = value.split(',').map((code) => code.trim().toUpperCase());
  if (!codes.every((code) => /^[A-Z]{2}$/.test(code))) {
    context.addIssue('must be ISO country codes such as DE,AT,CH');
    return z.NEVER;
  }
  const unknown = codes.filter((code) => !isCountryCode(code));
  for (const code of unknown) {
    const meant = MEANT[code];
    context.addIssue(`names ${code}, which is no ISO country code${meant ? `: did you mean ${meant}?` : ''}`);
  }
  return unknown.length === 0 ? codes : z.NEVER;
});

const onOff = z.enum(['on', 'off'], 'must be on or off');

export const callingShape = {
  CALLS: onOff.default('on'),
  CALL_COUNTRIES: countries.optional(),
  CALL_MIN_VALUE: decimal.optional(),
  CALL_MAX_VALUE: decimal.optional(),
  CALL_PRIORITY_FROM: decimal.optional(),
  BOT_CHECK: onOff.default('on'),
  CALLING_HOURS: z.enum(['rules', 'always'], 'must be rules or always').default('rules'),
  CALLING_WINDOW: weeklyHours.optional(),
  CALLING_WINDOW_OVERRIDE: weeklyHours.optional(),
  CALLING_WINDOW_OVERRIDE_ROWS: text.transform((value) => value.split(',').map((row) => row.trim())).optional(),
  CALLING_WINDOW_OVERRIDE_REASON: text.max(200, 'must have at most 200 characters').optional(),
  CALLING_RULES_FILE: text.optional(),
} as const;

const callingSchema = z.object(callingShape);
export type CallingEnvironment = z.output<typeof callingSchema>;

type WhomAndWhen = Pick<
  CallPolicy,
  'enabled' | 'countries' | 'minValue' | 'maxValue' | 'priorityFrom' | 'botCheck' | 'hours' | 'times'
>;

/**
 * @param faults - gains what is wrong between variables, and every fault of a rules file with its line.
 * @param warnings - gains what a rules file allows beyond the built-in rules.
 */
export function callingOf(
  env: CallingEnvironment,
  readFile: (path: string) => string,
  faults: string[],
  warnings: string[],
): WhomAndWhen {
  return {
    enabled: env.CALLS === 'on',
    countries: env.CALL_COUNTRIES ?? null,
    minValue: env.CALL_MIN_VALUE ?? null,
    maxValue: env.CALL_MAX_VALUE ?? null,
    priorityFrom: env.CALL_PRIORITY_FROM ?? null,
    botCheck: env.BOT_CHECK === 'on',
    hours: env.CALLING_HOURS === 'always' ? { kind: 'always' } : { kind: 'rules', ...hoursPolicyOf(env) },
    times: timesOf(env, readFile, faults, warnings),
  };
}

export function callingFaults(env: Partial<CallingEnvironment>): string[] {
  const faults: string[] = [];
  const { CALL_MIN_VALUE: min, CALL_MAX_VALUE: max } = env;
  if (min !== undefined && max !== undefined && compareDecimals(min, max) > 0) {
    faults.push('CALL_MAX_VALUE must not be below CALL_MIN_VALUE');
  }
  const widens = env.CALLING_WINDOW_OVERRIDE !== undefined;
  const reasoned = env.CALLING_WINDOW_OVERRIDE_REASON !== undefined;
  if (widens && 'CALLING_WINDOW_OVERRIDE_REASON' in env && !reasoned) {
    faults.push('CALLING_WINDOW_OVERRIDE_REASON is missing: who decided it, and why, is logged at every start');
  }
  if (!widens && 'CALLING_WINDOW_OVERRIDE' in env && (reasoned || env.CALLING_WINDOW_OVERRIDE_ROWS !== undefined)) {
    faults.push('CALLING_WINDOW_OVERRIDE is missing: there is nothing that its reason or rows could belong to');
  }
  return faults;
}

export function callingWarnings(env: CallingEnvironment): string[] {
  const warnings: string[] = [];
  if (env.CALLS === 'off') warnings.push('CALLS is off: everything is recorded and nobody is phoned');
  if (env.CALLING_HOURS === 'always') warnings.push('CALLING_HOURS is always: shoppers may be phoned at night');
  const { CALLING_WINDOW: own, CALLING_WINDOW_OVERRIDE: hours, CALLING_WINDOW_OVERRIDE_ROWS: rows } = env;
  // The default of a file of rules is known to those rules alone.
  const narrowed = hours ?? (env.CALLING_RULES_FILE === undefined ? CALLING_RULES.default : null);
  if (own && narrowed && env.CALLING_HOURS === 'rules' && !meet(own, narrowed)) {
    const what = hours ? 'CALLING_WINDOW_OVERRIDE' : 'the narrow default';
    warnings.push(
      `CALLING_WINDOW (${hoursInWords(own)}) never meets the hours that it narrows, ${what} (${hoursInWords(narrowed)}): nobody is phoned`,
    );
  }
  if (hours) {
    const elsewhere = rows?.includes('elsewhere')
      ? ''
      : '; where no rule was found for a country, the default still holds';
    const past = rows ? `, also past the rules of ${rows.join(', ')}` : '';
    warnings.push(
      `CALLING_WINDOW_OVERRIDE widens the calling hours to ${hoursInWords(hours)}${past}${elsewhere}: ${env.CALLING_WINDOW_OVERRIDE_REASON}`,
    );
  }
  return warnings;
}

function hoursPolicyOf(env: CallingEnvironment): HoursPolicy {
  return { narrower: env.CALLING_WINDOW ?? null, override: overrideOf(env) };
}

function overrideOf(env: CallingEnvironment): HoursOverride | null {
  const { CALLING_WINDOW_OVERRIDE: hours, CALLING_WINDOW_OVERRIDE_ROWS: rows } = env;
  if (!hours) return null;
  const reason = env.CALLING_WINDOW_OVERRIDE_REASON ?? '';
  return rows ? { kind: 'past_the_law', hours, rows, reason } : { kind: 'up_to_the_law', hours, reason };
}

/** The rules that come with the service are asked the same way by everybody: worked out once. */
const builtIn = createCallingTimes(CALLING_RULES);

function timesOf(
  { CALLING_RULES_FILE: path, CALLING_WINDOW_OVERRIDE_ROWS: named }: CallingEnvironment,
  readFile: (path: string) => string,
  faults: string[],
  warnings: string[],
): CallingTimes {
  if (path === undefined) {
    faults.push(...unknownRows(CALLING_RULES, named));
    return builtIn;
  }
  let written: string;
  try {
    written = readFile(path);
  } catch {
    faults.push('CALLING_RULES_FILE names a file that cannot be read');
    return builtIn;
  }
  const parsed = parseCallingRules(written);
  if (!parsed.ok) {
    faults.push(
      ...parsed.faults.map(({ line, path: at, reason }) => `CALLING_RULES_FILE line ${line}: ${at} ${reason}`),
    );
    return builtIn;
  }
  faults.push(...unknownRows(parsed.rules, named));
  warnings.push(rulesFileInWords(path, parsed.rules));
  return createCallingTimes(heldTo(CALLING_RULES, parsed.rules));
}

function rulesFileInWords(path: string, rules: CallingRules): string {
  const { ofDefault, missing, wider } = wideningOf(CALLING_RULES, rules);
  const rows = wider.map(({ row, what }) => `${row} (${what.join(', ')})`);
  return [
    `CALLING_RULES_FILE: ${path}, version ${rules.version}, stands in the place of the built-in rules ${CALLING_RULES.version}`,
    ...(ofDefault ? ['its default is wider and only CALLING_WINDOW_OVERRIDE can make it so'] : []),
    ...(rows.length > 0 ? [`it allows more in ${rows.join(', ')}`] : []),
    ...(missing.length > 0 ? [`it has no row ${missing.join(', ')}`] : []),
  ].join('; ');
}

/** What is wrong with the rules themselves and the rows that are named, for telling it beside other faults. */
export function rulesFaults(env: Partial<CallingEnvironment>, readFile: (path: string) => string): string[] {
  // With a fault of its own one of them is not there, and what it would have meant is not known.
  if (!('CALLING_RULES_FILE' in env && 'CALLING_WINDOW_OVERRIDE_ROWS' in env)) return [];
  const faults: string[] = [];
  timesOf(env as CallingEnvironment, readFile, faults, []);
  return faults;
}

function unknownRows(rules: CallingRules, named: readonly string[] | undefined): string[] {
  const known = new Set(['elsewhere', ...rules.rows.keys()]);
  const unknown = (named ?? []).filter((row) => !known.has(row));
  return unknown.map((row) => `CALLING_WINDOW_OVERRIDE_ROWS names ${row}, which is no row of the rules`);
}
