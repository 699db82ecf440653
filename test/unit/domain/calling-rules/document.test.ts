/** docs/calling-rules.md shows the rows as they are. When it does not, the failing test prints how it must read. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import type { CallingRow } from '../../../../src/domain/calling-rules/calling-row.ts';
import { parseCallingRules } from '../../../../src/domain/calling-rules/parse-rules.ts';
import { hoursInWords } from '../../../../src/domain/calling-rules/weekly-hours.ts';

const page = readFileSync(new URL('../../../../docs/calling-rules.md', import.meta.url), 'utf8');
const rows = [...CALLING_RULES.rows.values()];

const ids = (list: readonly CallingRow[]): string => list.map(({ id }) => `\`${id}\``).join(' ');

function rowsInWords(): string {
  const withHours = rows.filter(({ hours }) => hours !== null);
  const silent = rows.filter(({ hours }) => hours === null);
  const table = withHours.map(
    ({ id, hours, holidays, basis, consent, source, asOf }) =>
      `| \`${id}\` | ${hours === null ? '' : hoursInWords(hours)} | ${closedDays(holidays)} | ${basis} | ${consent} | ${source} | ${asOf} |`,
  );
  return [
    `Version ${CALLING_RULES.version}: ${rows.length} rows, ${rows.filter(({ found }) => found).length} of them with a rule on hours that was found.`,
    '',
    '| row | hours it allows | holidays | basis | consent | source | as of |',
    '|---|---|---|---|---|---|---|',
    ...table,
    '',
    "No rule on hours was found for these states and provinces, so their country's row holds alone:",
    '',
    ids(silent.filter(({ region }) => region !== null)),
    '',
    'Nor for these countries, where the narrow default holds alone:',
    '',
    ids(silent.filter(({ region }) => region === null)),
  ].join('\n');
}

const closedDays = (holidays: CallingRow['holidays']): string =>
  holidays.length === 0 ? '–' : String(new Set(holidays.map(({ name }) => name)).size);

describe('docs/calling-rules.md', () => {
  it('lists the rows as they are', () => {
    const [, listed = ''] = /<!-- rows -->\n([\s\S]*?)\n<!-- end of rows -->/.exec(page) ?? [];
    expect(listed).toBe(rowsInWords());
  });

  it('explains every field of a row', () => {
    const written = JSON.parse(
      readFileSync(new URL('../../../../src/domain/calling-rules/rules.json', import.meta.url), 'utf8'),
    ) as { rows: object[] };
    const fields = new Set(written.rows.flatMap((row) => Object.keys(row)));
    const [, table = ''] = /\n\| field \| means \|\n([\s\S]*?)\n\n/.exec(page) ?? [];
    const explained = new Set([...table.matchAll(/`([a-zA-Z]+)`/g)].map(([, name]) => name));
    expect([...fields].filter((field) => !explained.has(field))).toEqual([]);
  });

  it('shows a row that would be accepted', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const elsewhere = { found: false, consent: 'unknown', source: 'none', asOf: '2026-11-23' };
    const file = { version: '2026-11-23', default: { 'mon-sun': [] }, elsewhere, rows: [JSON.parse(example)] };
    expect(parseCallingRules(JSON.stringify(file)).ok).toBe(true);
  });
});
