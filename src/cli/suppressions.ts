/** `suppressions …`: the do-not-call list. Their words are read in `suppressions-words.ts`. */
import type { Command, ExitCode } from './command.ts';
import { suppressionsCommand } from './suppressions-words.ts';
import { withCore } from './with-core.ts';

const REGION = { region: { type: 'string' } } as const;
const REGION_HELP = '--region: the country in which a number without + is read, such as US.';

const CHANGING: ReadonlySet<string> = new Set(['add', 'remove', 'import']);

function command(
  verb: string,
  rest: Pick<Command, 'follows' | 'summary' | 'words'> & Partial<Pick<Command, 'options' | 'details'>>,
): Command {
  return {
    name: `suppressions ${verb}`,
    ...rest,
    run: (config, terminal, { words, options }) => {
      const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const run = suppressionsCommand([verb, ...words, ...flags]);
      if (run === null) return Promise.resolve<ExitCode>(2);
      const out = { out: terminal.print, err: terminal.note, stdout: process.stdout };
      const access = { command: `suppressions ${verb}`, changes: CHANGING.has(verb) };
      return withCore<ExitCode>(config, access, async (core) => ((await run(core, out)) ? 0 : 1));
    },
  };
}

export const suppressionsCommands: readonly Command[] = [
  command('add', {
    follows: '<phone or e-mail> [--region US] [--reason code]',
    summary: 'nobody of that number or address is called any more; what is under way is stopped',
    details: REGION_HELP,
    options: { ...REGION, reason: { type: 'string' } },
    words: 1,
  }),
  command('remove', {
    follows: '<phone, e-mail or digest> [--region US]',
    summary: 'takes a contact off the do-not-call list',
    details: REGION_HELP,
    options: REGION,
    words: 1,
  }),
  command('check', {
    follows: '<phone or e-mail> [--region US]',
    summary: 'says whether a contact is on the do-not-call list',
    details: REGION_HELP,
    options: REGION,
    words: 1,
  }),
  command('list', { follows: '', summary: 'the do-not-call list: since when, by whom, why, digest', words: 0 }),
  command('import', {
    follows: '<file.csv> [--region US]',
    summary: 'adds the contacts of a file; one with a fault is refused whole',
    details: `Columns: contact, or digest and key; reason, at. ${REGION_HELP}`,
    options: REGION,
    words: 1,
  }),
  command('export', {
    follows: '[file.csv]',
    summary: 'writes the do-not-call list as digests, which only this installation can import again',
    words: [0, 1],
  }),
];
