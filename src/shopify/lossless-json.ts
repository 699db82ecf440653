/**
 * JSON text to values without losing digits: Shopify's ids may exceed 2^53, where `JSON.parse` rounds to somebody else's id. Knows
 * nothing of what the text means.
 */

export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/**
 * Like `JSON.parse`, except that an integer beyond ±(2^53 − 1) comes back as the string of its exact digits, that keys which reach for
 * prototypes (`__proto__`, and `constructor` when an object follows) are left out, and that it never throws: text that is not JSON, or too deeply nested
 * to be walked, is `{ok: false}`.
 */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: needsALook(text) ? JSON.parse(text, examine as Reviver) : JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/**
 * Whether the plain, fast parse would get something wrong: a number of sixteen digits or more, or one of the two key names,
 * also when spelled with escapes of ASCII letters. It may be set off by harmless text, which costs time and nothing else.
 * The digits are looked for apart: one expression with them among its alternatives took as long as the parsing.
 */
function needsALook(text: string): boolean {
  return (holdsSixteenDigits(text) && LONG_NUMBER.test(text)) || NAME.test(text);
}

const LONG_NUMBER = /[:,[\s]-?\d{16}|^-?\d{16}/;
const NAME = /__proto__|"constructor"|\\u00[5-7]/;

/** Whether sixteen digits stand in a row. One of them is then a sixteenth character of the text, and only those need a look. */
function holdsSixteenDigits(text: string): boolean {
  for (let place = 15; place < text.length; place += 16) {
    if (!isDigitAt(text, place)) continue;
    let first = place;
    let last = place;
    while (isDigitAt(text, first - 1)) first--;
    while (isDigitAt(text, last + 1)) last++;
    if (last - first >= 15) return true;
  }
  return false;
}

function isDigitAt(text: string, place: number): boolean {
  const code = text.charCodeAt(place); // NaN outside of the text
  return code >= 48 && code <= 57;
}

/** The third argument of a reviver: the source text of a primitive. ECMAScript proposal "JSON.parse source text access", in Node since 21. */
interface ReviverContext {
  readonly source?: string;
}

type Reviver = (key: string, value: unknown) => unknown;

function examine(key: string, value: unknown, { source }: ReviverContext): unknown {
  if (key === '__proto__') return undefined;
  if (key === 'constructor' && typeof value === 'object' && value !== null) return undefined;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) ? source : value;
}
