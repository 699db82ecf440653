/** `access-log`: who saw or changed what. */
import type { AccessPage } from '../domain/access-log.ts';
import type { Command, ExitCode } from './command.ts';
import { withCore } from './with-core.ts';

const MOST = 100_000;
const PER_PAGE = 1_000;

export const accessLog: Command = {
  name: 'access-log',
  follows: '[--limit <n>]',
  summary: 'who saw or changed what, newest first: when, who, what, how it ended, what it was about',
  details: `  --limit <n>   at most so many lines, up to ${MOST}; 100 without it`,
  options: { limit: { type: 'string', default: '100' } },
  async run(config, terminal, { options }) {
    const limit = /^\d{1,6}$/.test(`${options.limit}`) ? Number(options.limit) : 0;
    if (limit < 1 || limit > MOST) {
      terminal.note(`--limit must be a number from 1 to ${MOST}`);
      return 2;
    }
    return withCore<ExitCode>(config, { command: 'access-log', changes: false }, async (core) => {
      let left = limit;
      let cursor: string | null = null;
      do {
        const page: AccessPage = await core.accessLog.read({ limit: Math.min(left, PER_PAGE), cursor });
        for (const entry of page.entries) terminal.print(lineOf(entry));
        left -= page.entries.length;
        cursor = page.nextCursor;
      } while (left > 0 && cursor !== null);
      return 0;
    });
  },
};

function lineOf({ at, who, what, outcome, about, detail, times }: AccessPage['entries'][number]): string {
  const more = [about, detail, times === 1 ? null : `${times} times`].filter((part) => part !== null);
  return [new Date(at).toISOString(), who, what, outcome, ...more].join('  ');
}
