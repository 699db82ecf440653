/**
 * How single values of Shopify's JSON are read, whatever version sent them. Absent, null, `""` and `[]` all occur for "nothing"
 * and read as null. Every reader here returns the value, null for nothing, or undefined for a value of the wrong kind.
 */
import { z } from 'zod';
import { countryCodeOf } from '../domain/country-codes.ts';
import { isDecimal } from '../domain/decimal.ts';

export type Reading<T> = T | null | undefined;

/** Whether the value says nothing, in any of the ways Shopify has to say it. */
export function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

export function readText(value: unknown): Reading<string> {
  if (isNothing(value)) return null;
  return typeof value === 'string' ? value : undefined;
}

/** Text where integrations were seen, or may be expected, to send a bare number or boolean: postcodes, phone numbers, attribute values. */
export function readLooseText(value: unknown): Reading<string> {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : readText(value);
}

export function readBoolean(value: unknown): Reading<boolean> {
  if (isNothing(value)) return null;
  return typeof value === 'boolean' ? value : undefined;
}

const DIGITS = /^\d{1,20}$/;
const GID = /^gid:\/\/shopify\/[A-Za-z]+\/(\d{1,20})(?:\?.*)?$/;

/**
 * An id as decimal digits, from a number, a digit string or a `gid://shopify/…/<digits>`. A number that has been through a rounding
 * parser (beyond 2^53) is nobody's id and reads as null.
 */
export function readId(value: unknown): Reading<string> {
  if (isNothing(value)) return null;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0) return undefined;
    return Number.isSafeInteger(value) ? String(value) : null;
  }
  if (typeof value !== 'string') return undefined;
  return DIGITS.test(value) ? value : GID.exec(value)?.[1];
}

/** Keys of ours are made of tokens, so they are held to what Shopify's are: one word of printable ASCII. */
const TOKEN = /^[\x21-\x7e]{1,255}$/;

export function readToken(value: unknown): Reading<string> {
  if (isNothing(value)) return null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && TOKEN.test(value) ? value : undefined;
}

/** Far more digits than any amount has; it bounds the arithmetic that follows. */
const MAX_AMOUNT_LENGTH = 32;

/** An amount as the decimal string that was sent; one sent as a number is written out. */
export function readAmount(value: unknown): Reading<string> {
  if (isNothing(value)) return null;
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.length <= MAX_AMOUNT_LENGTH && isDecimal(text) ? text : undefined;
}

/** A tax rate as a fraction, sent as a number or a decimal string. */
export function readRate(value: unknown): Reading<number> {
  const amount = readAmount(value);
  return typeof amount === 'string' ? Number(amount) : amount;
}

/** A whole number of things. */
export function readCount(value: unknown): Reading<number> {
  const amount = readAmount(value);
  if (typeof amount !== 'string') return amount;
  const count = Number(amount);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** Upper-case ISO 3166-1 alpha-2, also of three letters or an English name; other text names no country. */
export function readCountryCode(value: unknown): Reading<string> {
  const text = readText(value);
  return typeof text === 'string' ? countryCodeOf(text) : text;
}

/** The digits of a checkout's `name`, `#<id>`; any other name holds no id. */
export function readIdInName(value: unknown): Reading<string> {
  const text = readText(value);
  if (typeof text !== 'string') return text;
  return /^#(\d{1,20})$/.exec(text)?.[1] ?? null;
}

/** Makes a reader a zod schema that keeps null and refuses undefined. The issue holds a path and never the value. */
export function scalar<T>(read: (value: unknown) => Reading<T>) {
  return z.transform<unknown, T | null>((value, context) => {
    const reading = read(value);
    if (reading !== undefined) return reading;
    context.issues.push({ code: 'custom', input: undefined, message: 'not of the expected kind' });
    return z.NEVER;
  });
}

/** An object that may be missing in any of Shopify's ways. */
export function objectOrNothing<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (isNothing(value) ? null : value), schema.nullable());
}

/** Far more than a shopper puts into a cart. A body of 1 MB can hold 300,000 entries, and reading those would hold up everything else. */
const MAX_LIST_LENGTH = 1_000;

/**
 * A list that may be missing; `{}` was seen in the place of an empty one. Entries that say nothing are null. One of more than 1,000
 * entries is a fault, found before the first is read.
 */
export function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    (value, context) => {
      if (isNothing(value) || isEmptyObject(value)) return [];
      if (!Array.isArray(value) || value.length <= MAX_LIST_LENGTH) return value;
      context.issues.push({ code: 'custom', input: undefined, message: 'too long' });
      return z.NEVER;
    },
    z.array(objectOrNothing(schema)),
  );
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** Where a body stopped making sense: the dotted path of the first issue, `body` for the whole. Never a value. */
export function faultyField(error: z.ZodError): string {
  const path = error.issues[0]?.path ?? [];
  return path.length === 0 ? 'body' : path.join('.');
}
