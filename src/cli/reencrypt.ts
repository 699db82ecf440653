/** `reencrypt`: everything sealed anew with the current DATA_KEY, after a rotation or a first key. */
import type { Core } from '../core.ts';
import type { Command, ExitCode } from './command.ts';
import { withCore } from './with-core.ts';

type FileRewrite = Awaited<ReturnType<Core['fileRewrites']['begin']>>;

/** What was written in clear before stays in Redis's file until that is rewritten. */
const OF_THE_FILE: Readonly<Record<FileRewrite, string>> = {
  begun:
    'Redis rewrites its append-only file now, without what lay there before. Older backups still hold it: destroy them.',
  no_file:
    'Redis keeps no append-only file that would have to be rewritten. Older snapshots still hold what lay there before.',
  under_way:
    'Redis was rewriting its append-only file already, as it was before: send it BGREWRITEAOF when that is done. Destroy older backups.',
  not_allowed:
    'Redis must rewrite its append-only file, which still holds what lay there before, and this user may not ask for it: have it sent BGREWRITEAOF. Destroy older backups.',
};

export const reencryptAll: Command = {
  name: 'reencrypt',
  follows: '',
  summary: 'seals everything anew with DATA_KEY; may run beside the service, be broken off and run again',
  async run(config, terminal) {
    if (config.privacy.dataKeys === null) {
      terminal.note('DATA_KEY is not set: there is nothing to seal with.');
      return 1;
    }
    return withCore<ExitCode>(config, { command: 'reencrypt', changes: true }, async ({ reencrypt, fileRewrites }) => {
      const { resealed, current, unreadable, carriedOver } = await reencrypt((done, total) => {
        terminal.note(`${done} of about ${total} keys`);
      });
      terminal.print(
        `${resealed} sealed anew, ${current} were current, ${carriedOver} digests of contacts carried over`,
      );
      terminal.print(OF_THE_FILE[await fileRewrites.begin()]);
      if (unreadable === 0) return 0;
      terminal.print(`${unreadable} cannot be opened and were left as they are: is a key missing in DATA_KEYS_OLD?`);
      return 1;
    });
  },
};
