/** The command line's words for the do-not-call list: which are commands, and what is said of those that cannot be done. */
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { suppressionsCommand } from '../../../src/cli/suppressions-words.ts';
import { importSuppressions } from '../../../src/recovery/import-suppressions.ts';
import { aWorld } from '../../support/a-recovery-world.ts';

/** A terminal that remembers, and the list behind it. */
function aTerminal() {
  const { suppressions, doNotCall, clock } = aWorld();
  const core = { suppressions, doNotCall, importSuppressions: importSuppressions({ suppressions, doNotCall, clock }) };
  const said = { out: [] as string[], err: [] as string[], stdout: '' };
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      said.stdout += chunk;
      done();
    },
  });
  const terminal = {
    out: (line: string) => void said.out.push(line),
    err: (line: string) => void said.err.push(line),
    stdout,
  };
  const run = async (...words: string[]) => suppressionsCommand(words)?.(core, terminal);
  return { run, said, suppressions };
}

describe('words', () => {
  it.each<[string[]]>([
    [[]],
    [['sing']],
    [['toString']],
    [['add']],
    [['add', 'a@example.com', 'b@example.com']],
    [['add', 'a@example.com', '--loudly']],
    [['add', 'a@example.com', '--region']],
    [['check']],
    [['remove']],
    [['list', 'all']],
    [['import']],
    [['export', 'one.csv', 'two.csv']],
  ])('that are no command: %j', (words) => {
    expect(suppressionsCommand(words)).toBeNull();
  });

  it.each<[string, string[], RegExp]>([
    ['a national number alone', ['add', '(415) 555-0142'], /needs --region/],
    ['a name', ['check', 'Odile'], /neither a telephone number/],
    ['a region that does not exist', ['add', '(415) 555-0142', '--region', 'UK'], /no such region/],
    ['such a region for a file', ['import', 'x.csv', '--region', 'UK'], /no such region/],
    ['a reason in words', ['add', '+14155550142', '--reason', 'Odile asked me'], /short code/],
    ['a number that is not listed', ['remove', '+14155550142'], /was not on the list/],
    ['a file that is not there', ['import', '/nowhere/at/all.csv'], /cannot be opened/],
    ['a place that cannot be written to', ['export', '/nowhere/at/all.csv'], /cannot be written/],
  ])('that ask for what cannot be done: %s', async (_what, words, message) => {
    const { run, said, suppressions } = aTerminal();
    expect(await run(...words)).toBe(false);
    expect(said.out).toEqual([]);
    expect(said.err.join()).toMatch(message);
    expect(said.err.join()).not.toMatch(/Odile|555-0142/);
    expect(await suppressions.count()).toBe(0);
  });

  it('may name a digest that begins like an option', async () => {
    const { run, said, suppressions } = aTerminal();
    const id = `--${'x'.repeat(41)}`;
    await suppressions.add([{ id, source: 'import', reason: null, at: 0 }]);
    expect(await run('remove', id)).toBe(true);
    expect(said.out).toEqual(['removed']);
  });
});

describe('an export without a file', () => {
  it('goes to standard output, and what is said about it does not', async () => {
    const { run, said } = aTerminal();
    await run('add', 'a@example.com', '--reason', 'Asked_By_Mail');
    expect(await run('export')).toBe(true);
    expect(said.stdout).toMatch(/^digest,key,source,reason,at\n[\w-]+,,operator,asked_by_mail,2026-\S+Z\n$/);
    expect(said.err).toEqual(['1 exported']);
  });
});
