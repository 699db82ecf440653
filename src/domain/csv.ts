/**
 * Comma-separated values by the line, as spreadsheets write them (RFC 4180): quotes around a field, two for one within it. A field
 * never spans lines here, so that a fault has one line to name. Knows nothing of what the fields mean.
 */

/** A line of the file, or why it is none. Numbers begin at 1 and count empty lines. */
export type CsvLine =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: 'not_utf8' | 'too_long' };

/** What is read here has a handful of short fields; a file without line ends must not be held whole. Bytes. */
const LONGEST_LINE = 2_000;
const LINE_FEED = 0x0a;

/** The lines of a file that comes in pieces, byte order mark and line ends (LF, CRLF) left out. It ends after a fault. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvLine> {
  let rest: Uint8Array = new Uint8Array();
  let number = 1;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    let from = 0;
    // No other character of UTF-8 holds this byte.
    for (let to = bytes.indexOf(LINE_FEED); to >= 0; to = bytes.indexOf(LINE_FEED, from)) {
      const line = lineOf(bytes.subarray(from, to), number++);
      yield line;
      if ('fault' in line) return;
      from = to + 1;
    }
    rest = bytes.slice(from);
    if (rest.length > LONGEST_LINE) return yield { number, fault: 'too_long' };
  }
  if (rest.length > 0) yield lineOf(rest, number);
}

/** Fatal: a number or an address in another encoding would be read as somebody else's. */
const decoder = new TextDecoder('utf-8', { fatal: true });

function lineOf(bytes: Uint8Array, number: number): CsvLine {
  if (bytes.length > LONGEST_LINE) return { number, fault: 'too_long' };
  try {
    return { number, text: decoder.decode(bytes).replace(/\r$/, '') };
  } catch {
    return { number, fault: 'not_utf8' };
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** The fields of a line, without the blanks around them; null when a quote is not closed, or stands in the middle of a field. */
export function fieldsOf(line: string, separator: ',' | ';'): string[] | null {
  const fields: string[] = [];
  const field = separator === ',' ? COMMA_FIELD : SEMICOLON_FIELD;
  for (let at = 0; at <= line.length; ) {
    field.lastIndex = at;
    const match = field.exec(line);
    if (match === null) return null;
    const [whole, quoted, bare = ''] = match;
    fields.push((quoted === undefined ? bare : quoted.replaceAll('""', '"')).trim());
    at += whole.length + 1;
  }
  return fields;
}

/** A quoted field with blanks around it, or a bare one; up to the separator or the end of the line. */
const COMMA_FIELD = /[ \t]*"((?:[^"]|"")*)"[ \t]*(?=,|$)|([^",]*)(?=,|$)/y;
const SEMICOLON_FIELD = /[ \t]*"((?:[^"]|"")*)"[ \t]*(?=;|$)|([^";]*)(?=;|$)/y;
