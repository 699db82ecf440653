/** docs/security.md: every check is there, and what is said to show it exists. The same for the faults. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CHECKS = 46;
const FAULTS = 45;

/** Number, and the whole row. */
function rowsOf(document: string, prefix: string): { readonly number: number; readonly cells: readonly string[] }[] {
  const lines = readFileSync(join(ROOT, document), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, number] = new RegExp(`^\\| ${prefix}(\\d+) \\|`).exec(line) ?? [];
    return number === undefined ? [] : [{ number: Number(number), cells: line.split(' | ') }];
  });
}

const filesIn = (text = ''): string[] => [...text.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path ?? '');

describe.each([
  ['docs/security.md', '', CHECKS],
  ['docs/faults.md', 'F', FAULTS],
])('the table in %s', (document, prefix, count) => {
  const rows = rowsOf(document, prefix);

  it('has every row once, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
  });

  it.each(rows)('names in row $number tests that exist, or says why there is none', ({ cells }) => {
    const named = filesIn(cells.join(' '));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(named.length > 0 || /\*?open\*?|argued|sweep|soak|decision/i.test(cells.join(' '))).toBe(true);
  });
});
