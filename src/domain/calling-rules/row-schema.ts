/**
 * The grammar of one row of the rules, as a zod schema from what is written to a CallingRow. What only several rows together can
 * show is in `parse-rules.ts`.
 */
import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { countryName } from '../place-names.ts';
import { BASES, CONSENT_NEEDS } from './calling-row.ts';
import { OBSERVANCES, readHolidayDay } from './holidays.ts';
import { readDate } from './local-date.ts';
import { knowsRegion } from './regions.ts';
import { readWeeklyHours } from './weekly-hours.ts';
import { isZone } from './zone-day.ts';

const missingOr = (otherwise: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? 'is missing' : otherwise;

const text = z
  .string({ error: missingOr('must be text') })
  .trim()
  .min(1, 'is empty');

const country = z
  .string({ error: missingOr('must be text') })
  .refine((code) => /^[A-Z]{2}$/.test(code) && countryName(code) !== null, 'is no country code of ISO 3166-1');

const zone = z.string({ error: missingOr('must be text') }).refine(isZone, 'is no zone of the IANA database');

export const date = z
  .string({ error: missingOr('must be a date such as 2026-11-23') })
  .refine((written) => readDate(written) !== null, 'must be a date such as 2026-11-23');

export const hours = z
  .record(z.string(), z.array(z.string({ error: 'must be text' }), { error: 'must be a list of windows' }), {
    error: missingOr('must be an object of days'),
  })
  .transform((written, context) => {
    const read = readWeeklyHours(written);
    if (read.ok) return read.hours;
    for (const { path, reason } of read.faults) context.addIssue({ code: 'custom', path: [...path], message: reason });
    return z.NEVER;
  });

const holiday = z.strictObject({
  name: text,
  on: z.string({ error: missingOr('must be text') }).transform((written, context) => {
    const day = readHolidayDay(written);
    if (day !== null) return day;
    context.addIssue('must be like 12-25, mon>=01-15, easter-2 or 2026-07-10');
    return z.NEVER;
  }),
  observed: z
    .enum(OBSERVANCES, { error: `must be ${OBSERVANCES.join(', ')}` })
    .nullable()
    .default(null),
});

const duration = z.string({ error: missingOr('must be a duration such as 24h') }).transform((written, context) => {
  const ms = parseDuration(written);
  if (ms !== null && ms > 0) return ms;
  context.addIssue('must be a duration such as 24h or 30d');
  return z.NEVER;
});

const caps = z.strictObject({
  calls: z
    .array(
      z.strictObject({
        most: z.int({ error: missingOr('must be a whole number') }).min(1, 'must be at least 1'),
        in: duration,
      }),
    )
    .default([])
    .transform((each) => each.map(({ most, in: inMs }) => ({ most, inMs }))),
  afterRefusal: z
    .union([z.literal('forever'), duration], { error: 'must be a duration or forever' })
    .nullable()
    .default(null),
});

const common = {
  found: z.boolean({ error: missingOr('must be true or false') }),
  basis: z
    .enum(BASES, { error: `must be ${BASES.join(', ')}` })
    .nullable()
    .default(null),
  hours: hours.nullable().default(null),
  holidays: z.array(holiday, { error: 'must be a list' }).default([]),
  caps: caps.nullable().default(null),
  consent: z.enum(CONSENT_NEEDS, { error: missingOr(`must be ${CONSENT_NEEDS.join(', ')}`) }),
  source: text,
  asOf: date,
  note: text.nullable().default(null),
};

export const elsewhereSchema = z.strictObject(common).check(({ value, issues }) => {
  if (value.found)
    issues.push({
      code: 'custom',
      input: value,
      path: ['found'],
      message: 'must be false: no rule is known of everywhere',
    });
});

export const rowSchema = z
  .strictObject({
    country,
    region: z
      .string({ error: 'must be text' })
      .regex(/^[A-Z0-9]{1,3}$/, 'must be the code of a state or province')
      .nullable()
      .default(null),
    also: z.array(country, { error: 'must be a list' }).default([]),
    zones: z.array(zone, { error: 'must be a list' }).default([]),
    ...common,
  })
  .check(({ value: row, issues }) => {
    const fault = (path: string, message: string) => issues.push({ code: 'custom', input: row, path: [path], message });
    if (row.region !== null && !knowsRegion(row.country, row.region)) {
      fault('region', `is no state or province of ${row.country}`);
    }
    if (row.region !== null && row.zones.length === 0) fault('zones', 'is missing: a region says its zones');
    if (row.region === null && row.zones.length > 0)
      fault('zones', 'is of regions only; the zones of a country are known');
    if (new Set(row.zones).size < row.zones.length) fault('zones', 'names a zone twice');
    if (row.found && row.hours === null) fault('hours', 'is missing: a rule that was found says its hours');
    if (row.found && (row.basis === null || row.basis === 'custom'))
      fault('basis', 'must be law or code for a rule that was found');
    if (!row.found && row.hours !== null && row.basis !== 'custom')
      fault('basis', 'must be custom for hours that no rule names');
    if (!row.found && row.hours === null && row.basis !== null) fault('basis', 'is of rows with hours');
    if (row.hours === null && row.holidays.length > 0) fault('holidays', 'is of rows with hours');
  });
