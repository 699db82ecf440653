/** Shopify's instants: ISO 8601 with an offset, some in the shop's zone and some in UTC, mixed within one body. */
import { isNothing, type Reading } from './wire-scalars.ts';

const ISO_INSTANT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;

/**
 * An instant as epoch milliseconds, UTC; finer fractions are cut off.
 *
 * @returns undefined for anything but a real calendar date and time of day with an offset: a local time is no instant.
 */
export function readInstant(value: unknown): Reading<number> {
  return readIso(value, 0);
}

/** The same for "last changed": whole seconds are read as the end of that second (+999 ms), so that a delay counted from it is never early. */
export function readLastInstant(value: unknown): Reading<number> {
  return readIso(value, 999);
}

function readIso(value: unknown, unsaidMilliseconds: number): Reading<number> {
  if (isNothing(value)) return null;
  const match = typeof value === 'string' ? ISO_INSTANT.exec(value) : null;
  if (match === null) return undefined;
  const [text, day, fraction] = match;
  if (Number(day) > 28 && !isCalendarDate(text)) return undefined;
  return Date.parse(text) + (fraction === undefined ? unsaidMilliseconds : 0);
}

/** `Date.parse` reads the 30th of February as the 2nd of March. */
function isCalendarDate(instant: string): boolean {
  const date = instant.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
