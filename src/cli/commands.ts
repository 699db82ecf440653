/** Every command, in the order in which the help lists them; and from the words of a command line to one of them. */
import { parseArgs } from 'node:util';
import { accessLog } from './access-log.ts';
import { backfillNow } from './backfill.ts';
import { checkAdmin } from './check-admin.ts';
import { checkConfig } from './check-config.ts';
import type { AnyCommand, Command, Given, StandaloneCommand } from './command.ts';
import { dataKey } from './data-key.ts';
import { errandsList, errandsRetry } from './errands.ts';
import { explain } from './explain.ts';
import { parkedList, parkedReplay } from './parked.ts';
import { reencryptAll } from './reencrypt.ts';
import { report } from './report.ts';
import { simulateCommand } from './simulate.ts';
import { suppressionsCommands } from './suppressions.ts';

export const COMMANDS: readonly AnyCommand[] = [
  checkConfig,
  checkAdmin,
  explain,
  simulateCommand,
  report,
  errandsList,
  errandsRetry,
  backfillNow,
  parkedList,
  parkedReplay,
  ...suppressionsCommands,
  dataKey,
  reencryptAll,
  accessLog,
];

export type Asked =
  | { readonly kind: 'run'; readonly command: Command; readonly given: Given }
  | { readonly kind: 'run_alone'; readonly command: StandaloneCommand; readonly given: Given }
  /** null: of all commands. */
  | { readonly kind: 'help'; readonly command: AnyCommand | null }
  /** `message`: what is wrong with the words, where more can be said than that. */
  | { readonly kind: 'wrong'; readonly command: AnyCommand | null; readonly message: string | null };

const HELP_FLAGS = ['--help', '-h'];

/** @param words - what follows the name of the program. */
export function askedFor(words: readonly string[]): Asked {
  const command = COMMANDS.find(({ name }) => `${words.join(' ')} `.startsWith(`${name} `)) ?? null;
  if (words.length === 0 || words.some((word) => HELP_FLAGS.includes(word))) return { kind: 'help', command };
  if (command === null) return { kind: 'wrong', command, message: null };
  try {
    const args = words.slice(command.name.split(' ').length);
    const { values, positionals } = parseArgs({ args, options: command.options ?? {}, allowPositionals: true });
    const { words: wanted = 0 } = command;
    const [least, most] = typeof wanted === 'number' ? [wanted, wanted] : wanted;
    if (positionals.length >= least && positionals.length <= most) {
      const given = { words: positionals, options: values };
      return command.standalone ? { kind: 'run_alone', command, given } : { kind: 'run', command, given };
    }
    return { kind: 'wrong', command, message: null };
  } catch (fault) {
    return { kind: 'wrong', command, message: fault instanceof Error ? fault.message : null };
  }
}

export function helpOfAll(): string {
  const lines = COMMANDS.map((command) => ({ usage: usageOf(command), summary: command.summary }));
  return `ringback's command line; it reads the same environment and .env as the service

${lines.map(({ usage, summary }) => `  ${usage}\n      ${summary}`).join('\n')}
  npm run cli -- <command> --help
      more of one command

Exit codes: 0 done, 1 could not be done, 2 wrong words.`;
}

export function helpOf(command: AnyCommand): string {
  const { summary, details } = command;
  return [`  ${usageOf(command)}`, summary, ...(details ? [details] : [])].join('\n\n');
}

function usageOf({ name, follows }: AnyCommand): string {
  return `npm run cli -- ${[name, follows].filter(Boolean).join(' ')}`;
}
