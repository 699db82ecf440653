/**
 * From the text of a rules file to CallingRules. A file with a fault is refused whole, and every fault is told with its line: half a
 * set of rules would phone people whom the other half protects.
 */
import { z } from 'zod';
import type { CallingRow, CallingRules } from './calling-row.ts';
import { type LinedJson, type Path, readLinedJson } from './lined-json.ts';
import { elsewhereSchema, hours, rowSchema } from './row-schema.ts';

export interface RulesFault {
  /** From 1. */
  readonly line: number;
  /** Where in the file: `rows.3.hours.mon-fri.0`; empty for the file itself. */
  readonly path: string;
  readonly reason: string;
}

export type ParsedRules =
  | { readonly ok: true; readonly rules: CallingRules }
  | { readonly ok: false; readonly faults: readonly RulesFault[] };

/** @param text - JSON, as `rules.json` beside this file; what its fields mean is told in docs/calling-rules.md. */
export function parseCallingRules(text: string): ParsedRules {
  const json = readLinedJson(text);
  if (!json.ok) return { ok: false, faults: [{ line: json.line, path: '', reason: json.reason }] };
  return withLines(json);
}

/** The same for rules that are values already, such as the ones built in; faults have no line then, but a path. */
export function readCallingRules(value: unknown): ParsedRules {
  return read(value, () => 0);
}

function withLines(json: LinedJson & { readonly ok: true }): ParsedRules {
  const parsed = read(json.value, json.lineOf);
  if (json.repeated.length === 0) return parsed;
  const repeated = json.repeated.map(({ path, line }) => ({
    line,
    path: path.join('.'),
    reason: 'stands here a second time',
  }));
  return { ok: false, faults: inOrder([...repeated, ...(parsed.ok ? [] : parsed.faults)]) };
}

const VERSION = /^\d{4}-\d{2}-\d{2}(?:\.[1-9]\d{0,2})?$/;

const fileSchema = z.strictObject({
  version: z.string({ error: 'must be text' }).regex(VERSION, 'must be like 2026-11-23 or 2026-11-23.2'),
  default: hours,
  elsewhere: elsewhereSchema,
  // Each row is read by itself, so that a fault in one hides nothing in the others.
  rows: z.array(z.unknown(), { error: 'must be a list' }).min(1, 'is empty'),
});

function read(value: unknown, lineOf: (path: Path) => number): ParsedRules {
  const faults: RulesFault[] = [];
  const tell = (path: Path, reason: string) => faults.push({ line: lineOf(path), path: path.join('.'), reason });
  const file = fileSchema.safeParse(value);
  if (!file.success) tellIssues(file.error.issues, [], tell);
  const rows = readRows(rowsIn(value), tell);
  tellOfSeveral(rows, tell);
  if (!file.success || faults.length > 0) return { ok: false, faults: inOrder(faults) };
  const { version, default: narrow, elsewhere } = file.data;
  return {
    ok: true,
    rules: {
      version,
      default: narrow,
      elsewhere: { ...elsewhere, id: 'elsewhere', country: '', region: null, also: [], zones: [] },
      rows: new Map(rows.map(({ row }) => [row.id, row])),
    },
  };
}

type Tell = (path: Path, reason: string) => void;

interface ReadRow {
  readonly index: number;
  readonly row: CallingRow;
}

function rowsIn(value: unknown): readonly unknown[] {
  const rows = typeof value === 'object' && value !== null && 'rows' in value ? value.rows : [];
  return Array.isArray(rows) ? rows : [];
}

function readRows(values: readonly unknown[], tell: Tell): ReadRow[] {
  return values.flatMap((value, index) => {
    const parsed = rowSchema.safeParse(value);
    if (!parsed.success) {
      tellIssues(parsed.error.issues, ['rows', index], tell);
      return [];
    }
    const { country, region } = parsed.data;
    return [{ index, row: { ...parsed.data, id: region === null ? country : `${country}-${region}` } }];
  });
}

/** What only several rows together show: two for the same place, a region without its country, a code that two rows claim. */
function tellOfSeveral(rows: readonly ReadRow[], tell: Tell): void {
  const ids = new Set(rows.map(({ row }) => row.id));
  const claimed = new Map<string, string>();
  const seen = new Set<string>();
  for (const { index, row } of rows) {
    if (seen.has(row.id)) tell(['rows', index], `is a second row for ${row.id}`);
    seen.add(row.id);
    if (row.region !== null && !ids.has(row.country))
      tell(['rows', index, 'country'], `has no row of its own, but ${row.id} has`);
    for (const [at, code] of row.also.entries()) {
      const by = ids.has(code) ? code : claimed.get(code);
      if (by !== undefined) tell(['rows', index, 'also', at], `belongs to ${by} already`);
      claimed.set(code, row.id);
    }
  }
}

function tellIssues(issues: readonly z.core.$ZodIssue[], at: Path, tell: Tell): void {
  for (const issue of issues) {
    const path = [...at, ...issue.path.filter((part) => typeof part !== 'symbol')];
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) tell([...path, key], 'is not a field');
    else if (issue.code === 'invalid_type' && path.length === at.length) tell(path, 'must be an object');
    else tell(path, issue.message);
  }
}

const inOrder = (faults: readonly RulesFault[]): readonly RulesFault[] =>
  faults.toSorted((a, b) => a.line - b.line || (a.path < b.path ? -1 : 1));
