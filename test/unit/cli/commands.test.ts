/** The words of a command line, and what they mean. */
import { describe, expect, it } from 'vitest';
import { askedFor, COMMANDS, helpOf, helpOfAll } from '../../../src/cli/commands.ts';

const words = (line: string) => line.split(' ').filter(Boolean);

describe('a command line', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))('explains “%s” when asked', (name, command) => {
    for (const flag of ['--help', '-h']) expect(askedFor([...words(name), flag])).toEqual({ kind: 'help', command });
    expect(helpOf(command)).toContain(`npm run cli -- ${name}`);
    expect(helpOfAll()).toContain(`npm run cli -- ${name}`);
  });

  it.each([
    ['check-config', 'check-config', {}, []],
    ['check-admin', 'check-admin', {}, []],
    ['backfill', 'backfill', {}, []],
    ['parked replay', 'parked replay', {}, []],
    ['report', 'report', { json: false }, []],
    [
      'report --from 2026-11-01 --to=2026-11-02 --json',
      'report',
      { from: '2026-11-01', to: '2026-11-02', json: true },
      [],
    ],
    ['explain some.id', 'explain', {}, ['some.id']],
    ['simulate week.jsonl --csv', 'simulate', { csv: true }, ['week.jsonl']],
    ['simulate --from-shop 30d', 'simulate', { csv: false, 'from-shop': '30d' }, []],
    ['errands list --open', 'errands list', { open: true }, []],
    ['access-log', 'access-log', { limit: '100' }, []],
    ['access-log --limit 5', 'access-log', { limit: '5' }, []],
    ['errands retry some.id forward:x', 'errands retry', {}, ['some.id', 'forward:x']],
  ])('“%s” runs %s', (line, name, options, rest) => {
    const asked = askedFor(words(line));
    expect(asked).toMatchObject({ kind: 'run', command: { name } });
    expect(asked.kind === 'run' && { ...asked.given.options }).toEqual(options);
    expect(asked.kind === 'run' && asked.given.words).toEqual(rest);
  });

  it.each([
    ['nonsense', null],
    ['errands', null],
    ['reports', null],
    ['parked', null],
    ['report yesterday', 'report'],
    ['report --since 2026-11-01', 'report'],
    ['report --from', 'report'],
    ['explain', 'explain'],
    ['simulate a.json b.json', 'simulate'],
    ['errands retry some.id', 'errands retry'],
    ['errands retry a b c', 'errands retry'],
    ['check-admin --json', 'check-admin'],
  ])('“%s” makes no sense', (line, name) => {
    const asked = askedFor(words(line));
    expect(asked.kind).toBe('wrong');
    expect(asked.kind === 'wrong' && (asked.command?.name ?? null)).toBe(name);
  });

  it.each(['', '--help', '-h', 'errands --help'])('“%s” asks for all of them', (line) => {
    expect(askedFor(words(line))).toEqual({ kind: 'help', command: null });
  });
});
