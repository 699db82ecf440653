/**
 * Suppressions as a file: columns `contact` (telephone number or e-mail address) or `digest`, with the `key` it was made with, and perhaps
 * `reason`, `at`, `source`. What is wrong is told by line and reason, and never quotes the file: it is full of telephone numbers.
 */
import { fieldsOf, linesOf } from './csv.ts';
import {
  isReasonCode,
  isSuppressionSource,
  readContact,
  type Suppression,
  type SuppressionSource,
  type Suppressions,
} from './suppression.ts';

export interface SuppressionRow {
  /** Normalised; null: the row names a digest. */
  readonly contact: string | null;
  readonly id: string | null;
  readonly source: SuppressionSource;
  readonly reason: string | null;
  /** Epoch milliseconds, UTC. */
  readonly at: number;
}

export interface CsvFault {
  /** From 1, the header's. */
  readonly line: number;
  readonly reason: string;
}

export type CsvItem = { readonly row: SuppressionRow } | { readonly fault: CsvFault };

export interface CsvReading {
  /** In which numbers without `+` are read; ISO 3166-1 alpha-2. null: such numbers are faults. */
  readonly region: string | null;
  /** See {@link Suppressions.keyOf}: a digest that is nobody's here would be taken for done and keep nobody from being called. */
  readonly keyOf: Suppressions['keyOf'];
  /** What stands for an `at` that is not given, and the latest there may be. */
  readonly now: number;
}

const COLUMNS = ['contact', 'digest', 'key', 'reason', 'at', 'source'] as const;
type Column = (typeof COLUMNS)[number];
type Fields = Readonly<Partial<Record<Column, string>>>;

/** The rows of a file, or what is wrong with them, in order. A fault in the header ends it. Empty lines are passed over. */
export async function* suppressionRows(
  chunks: AsyncIterable<Uint8Array>,
  reading: CsvReading,
): AsyncGenerator<CsvItem> {
  let header: Header | null = null;
  for await (const line of linesOf(chunks)) {
    if ('fault' in line) {
      const reason = line.fault === 'not_utf8' ? 'the file is not UTF-8 from here on' : 'the line is too long';
      return yield fault(line.number, reason);
    }
    if (line.text.trim() === '') continue;
    if (header === null) {
      header = headerOf(line.text);
      if (header === null) return yield fault(line.number, HEADER_FAULT);
      continue;
    }
    const read = rowOf(line.text, header, reading);
    yield typeof read === 'string' ? fault(line.number, read) : { row: read };
  }
  if (header === null) yield fault(1, 'the file is empty');
}

function fault(line: number, reason: string): CsvItem {
  return { fault: { line, reason } };
}

const HEADER_FAULT =
  'the first line must name the columns: contact or digest (or both), and no others but key, reason, at, source, each once';

interface Header {
  readonly columns: readonly Column[];
  readonly separator: ',' | ';';
}

/** Spreadsheets in half of Europe separate by semicolons. */
function headerOf(line: string): Header | null {
  const separator = line.includes(';') ? ';' : ',';
  const names = fieldsOf(line, separator)?.map((name) => name.toLowerCase()) ?? [];
  const columns = names.filter((name): name is Column => (COLUMNS as readonly string[]).includes(name));
  const isKnown = columns.length === names.length && new Set(columns).size === columns.length;
  return isKnown && (columns.includes('contact') || columns.includes('digest')) ? { columns, separator } : null;
}

/** The row, or what is wrong with it. */
function rowOf(line: string, { columns, separator }: Header, reading: CsvReading): SuppressionRow | string {
  const fields = fieldsOf(line, separator);
  if (fields === null) return 'a quotation mark is not closed, or stands inside a field';
  if (fields.length !== columns.length) return `has ${fields.length} fields, and the header ${columns.length}`;
  const named: Fields = Object.fromEntries(columns.map((column, i) => [column, fields[i]]));
  const subject = subjectOf(named, reading);
  if (typeof subject === 'string') return subject;
  const reason = named.reason?.toLowerCase() || null;
  if (reason !== null && !isReasonCode(reason)) {
    return 'reason must be a short code such as asked_by_mail: letters, digits, and . _ : - between them';
  }
  const at = named.at ? instantOf(named.at) : reading.now;
  if (at === null) return 'at must be a date such as 2026-11-03, or an instant such as 2026-11-03T10:00:00Z';
  if (at > reading.now) return 'at lies in the future';
  const source = named.source || 'import';
  if (!isSuppressionSource(source)) return 'source is not one that an export writes';
  return { ...subject, source, reason, at };
}

function subjectOf(
  { contact = '', digest = '', key = '' }: Fields,
  { region, keyOf }: CsvReading,
): Pick<SuppressionRow, 'contact' | 'id'> | string {
  if ((contact === '') === (digest === '')) return 'needs either a contact or a digest';
  if (digest !== '') {
    const own = keyOf(digest);
    if (own === null) return 'digest is none that this installation makes: give the contact itself';
    return own === key ? { contact: null, id: digest } : FOREIGN_DIGEST;
  }
  const read = readContact(contact, region);
  if (read.ok) return { contact: read.contact, id: null };
  return read.reason === 'needs_region'
    ? 'contact is a national number: say in which region (country) it is to be read'
    : 'contact is neither a telephone number that exists nor an e-mail address';
}

const FOREIGN_DIGEST =
  'digest was made with another key than this installation has, or the column key of its export is missing: it would be nobody’s here';

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/;

/** Epoch milliseconds, UTC; a date is its first instant, UTC. `Date.parse` reads the 30th of February as the 2nd of March. */
function instantOf(text: string): number | null {
  const [, year, month, day] = INSTANT.exec(text) ?? [];
  if (!year || Number(year) < 1970) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  return Math.max(0, Date.parse(text));
}

export const EXPORT_HEADER = 'digest,key,source,reason,at\n';

/** One line of an export. No field needs quotes: all are codes. @param keyOf - see {@link Suppressions.keyOf}. */
export function exportLine({ id, source, reason, at }: Suppression, keyOf: Suppressions['keyOf']): string {
  return `${id},${keyOf(id) ?? ''},${source},${reason ?? ''},${new Date(at).toISOString()}\n`;
}
