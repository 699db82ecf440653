/**
 * How single values of the vendor's events are read. None of them is required and their kinds are not promised: every reader
 * returns the value, or null for nothing and for a value of the wrong kind.
 */
import { z } from 'zod';
import { readFigure } from '../domain/figure.ts';

export { readCount, readFigure } from '../domain/figure.ts';

/** A text that says something; one that is longer than `most` characters is none. */
export function readText(value: unknown, most = Number.POSITIVE_INFINITY): string | null {
  return typeof value === 'string' && value !== '' && value.length <= most ? value : null;
}

/** A text, or a number where one may stand for it: postcodes, phone numbers, ids. A number that a parser has rounded is nobody's. */
export function readLooseText(value: unknown, most?: number): string | null {
  return typeof value === 'number' ? (Number.isSafeInteger(value) ? String(value) : null) : readText(value, most);
}

export function readFlag(value: unknown): boolean | null {
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'boolean' ? value : null;
}

/** An object that is no list. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : null;
}

const isoInstant = z.iso.datetime({ offset: true });
/** No call was made before 2000 or will be after 2100: a number outside counts something else. */
const EARLIEST = Date.UTC(2000);
const LATEST = Date.UTC(2100);
/** Numbers up to here are seconds: as milliseconds it would be 1973. */
const GREATEST_SECONDS = 1e11;

/**
 * An instant as epoch milliseconds, UTC, from ISO 8601 text with an offset, or from epoch seconds or milliseconds. A local time is
 * no instant.
 */
export function readInstant(value: unknown): number | null {
  const figure = readFigure(value);
  const instant = figure === null ? fromIso(value) : Math.trunc(figure < GREATEST_SECONDS ? figure * 1_000 : figure);
  return instant >= EARLIEST && instant < LATEST ? instant : null;
}

function fromIso(value: unknown): number {
  const iso = isoInstant.safeParse(value);
  return iso.success ? Date.parse(iso.data) : Number.NaN;
}

/** Longer than any recording's address. Characters. */
const MOST_URL = 2_048;

/** An address that a browser may be sent to. */
export function readUrl(value: unknown): string | null {
  const text = readText(value, MOST_URL);
  return text !== null && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}
