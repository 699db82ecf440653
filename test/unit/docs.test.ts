/** The documents say what the code does: links lead somewhere, and names of variables, alarms, states and scripts are complete on both sides. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { environmentSchema, SECRET_NAMES } from '../../src/config/schema.ts';
import { RECOVERY_STATES } from '../../src/domain/recovery.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const below = (pattern: string): string[] => globSync(pattern, { cwd: ROOT });

const DOCUMENTS = [...below('*.md'), ...below('docs/**/*.md'), ...below('{test,stand-ins}/**/*.md')];
const readme = read('README.md');
const runbook = read('docs/runbook.md');
const source = below('src/**/*.ts').map(read).join('\n');

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '`code`');

/** What `[text](target)` leads to, outside of code, that is not on the web. */
function linksIn(document: string): { file: string; anchor: string | null }[] {
  const targets = [...withoutCode(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = null] = target.split('#');
      return { file: path === '' ? document : join(dirname(document), path), anchor };
    });
}

/** As hosting platforms make them: lower case, punctuation dropped, blanks to hyphens. */
function anchorsIn(document: string): string[] {
  const text = read(document).replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** The first cells of a table's rows below a heading, without the backticks. */
function tableBelow(heading: string): string[][] {
  const [, rest = ''] = readme.split(`\n${heading}\n`);
  const [table = ''] = /^\|[\s\S]*?(?=\n\n)/m.exec(rest) ?? [];
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));
}

const matches = (pattern: RegExp, text: string): string[] => [
  ...new Set([...text.matchAll(pattern)].flatMap(([, name]) => name ?? [])),
];

describe('the documents', () => {
  it.each(DOCUMENTS)('%s leads to files and headings that exist', (document) => {
    const broken = linksIn(document).filter(
      ({ file, anchor }) =>
        !existsSync(join(ROOT, file)) ||
        (anchor !== null && file.endsWith('.md') && !anchorsIn(file).includes(anchor.toLowerCase())),
    );
    expect(broken).toEqual([]);
  });

  it.each(DOCUMENTS)('%s names no file of ours that does not exist', (document) => {
    const named = matches(/`((?:src|test|docs|demo|stand-ins|scripts)\/[\w./-]+)`/g, read(document));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('hold the links that these tests look for', () => {
    expect(linksIn('README.md').length).toBeGreaterThan(10);
    expect(linksIn('README.md').every(({ file }) => !relative(ROOT, join(ROOT, file)).startsWith('..'))).toBe(true);
  });

  it('name every folder of src/ in the map', () => {
    const [, map = ''] = readme.split('\n## Map of `src/`\n');
    const folders = below('src/*').map((path) => path.replaceAll('\\', '/'));
    expect(folders.filter((path) => path !== 'src/errors.ts' && !map.includes(`\`${path}\``))).toEqual([]);
  });

  it('mention every npm script', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const words = (name: string) => (name === 'test' || name === 'start' ? `npm ${name}` : `npm run ${name}`);
    expect(Object.keys(scripts).filter((name) => !readme.includes(`\`${words(name)}\``))).toEqual([]);
    const mentioned = DOCUMENTS.flatMap((document) => matches(/npm run ([\w-]+)/g, read(document)));
    expect(mentioned.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe("the README's configuration table", () => {
  const rows = tableBelow('## Configuration').map(([name = '', , value = '']) => ({
    name: name.replaceAll('`', ''),
    value: value.replaceAll('`', ''),
  }));
  const schema: Readonly<Record<string, { safeParse(value: unknown): { success: boolean; data?: unknown } }>> =
    environmentSchema.shape;

  it('names the variables of the schema, each once', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(schema).sort());
  });

  it.each(rows)('says the truth about the default of $name', ({ name, value }) => {
    const unset = schema[name]?.safeParse(undefined);
    if (value === 'required') expect(unset?.success).toBe(false);
    else if (value === '–') expect(unset?.data ?? []).toEqual([]);
    else expect(schema[name]?.safeParse(value)).toEqual(unset);
  });

  it('is followed by the secrets that may come from a file', () => {
    const sentence = /This holds for (.*)\. `docker-compose/.exec(readme)?.[1] ?? '';
    expect(matches(/`([A-Z_]+)`/g, sentence).sort()).toEqual([...SECRET_NAMES].sort());
  });
});

describe('what an operator looks up', () => {
  // By a use case, or by the state machine as a sign.
  const signs = /export type Sign =([^;]+);/.exec(source)?.[1] ?? '';
  const raised = [...new Set([...matches(/\.alarm\('([a-z_]+)'/g, source), ...matches(/'([a-z_]+)'/g, signs)])];
  const troubles = matches(/\.(?:warn|error|fatal)\(\s*\{\s*event: '([a-z_]+)'/g, source);

  it('is found in the source at all', () => {
    expect(raised.length).toBeGreaterThan(3);
    expect(troubles.length).toBeGreaterThan(5);
  });

  it('has a heading in the runbook for every alarm, and none for others', () => {
    const [, rest = ''] = runbook.split('\n## Alarms\n');
    const headings = matches(/^### (.+)$/gm, rest.split('\n## ')[0] ?? '');
    expect(headings.sort()).toEqual(raised.sort());
  });

  it('has a heading in the runbook for every line of trouble in the log', () => {
    const headings = matches(/^### (.+)$/gm, runbook);
    // Business events of the journal: explained in the README, not trouble by themselves.
    const expected = troubles.filter((event) => !['alarm', 'dial', 'call_event', 'errand', 'backfill'].includes(event));
    expect(expected.filter((event) => !headings.includes(event))).toEqual([]);
  });

  it('is in the table of log events, every one', () => {
    const logged = matches(/(?:\.(?:info|warn|error|fatal)|\[[^\]]+\])\(\s*\{\s*event: '([a-z_]+)'/g, source);
    const listed = tableBelow('### Logs').flatMap(([names = '']) => matches(/`([a-z_]+)`/g, names));
    expect(listed.sort()).toEqual(logged.sort());
  });

  it('is in the table of metrics, every one', () => {
    const metrics = matches(/name: '(ringback_[a-z_]+)'/g, source);
    const listed = tableBelow('### Metrics').map(([name = '']) => name.replaceAll('`', ''));
    expect(listed.sort()).toEqual(metrics.sort());
  });
});

describe('docs/state-machine.md', () => {
  const text = read('docs/state-machine.md');

  it.each([...RECOVERY_STATES])('draws %s and explains it', (state) => {
    const [, diagram = ''] = /```mermaid\n([\s\S]*?)```/.exec(text) ?? [];
    expect(diagram).toMatch(new RegExp(`--> ${state}\\b`));
    expect(text).toMatch(new RegExp(`^\\| \`${state}\` \\|`, 'm'));
  });

  it('draws no state that is not one', () => {
    const drawn = matches(/--> ([a-z_]+)/g, text);
    expect(drawn.filter((state) => !(RECOVERY_STATES as readonly string[]).includes(state))).toEqual([]);
  });
});
