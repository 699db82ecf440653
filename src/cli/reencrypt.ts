/** `reencrypt`: everything sealed anew with the current DATA_KEY, after a rotation or a first key. */
import type { Command, ExitCode } from './command.ts';
import { withCore } from './with-core.ts';

export const reencryptAll: Command = {
  name: 'reencrypt',
  follows: '',
  summary: 'seals everything anew with DATA_KEY; may run beside the service, be broken off and run again',
  async run(config, terminal) {
    if (config.privacy.dataKeys === null) {
      terminal.note('DATA_KEY is not set: there is nothing to seal with.');
      return 1;
    }
    return withCore<ExitCode>(config, { command: 'reencrypt', changes: true }, async ({ reencrypt }) => {
      const { resealed, current, unreadable, carriedOver } = await reencrypt((done, total) => {
        terminal.note(`${done} of about ${total} keys`);
      });
      terminal.print(
        `${resealed} sealed anew, ${current} were current, ${carriedOver} digests of contacts carried over`,
      );
      if (unreadable === 0) return 0;
      terminal.print(`${unreadable} cannot be opened and were left as they are: is a key missing in DATA_KEYS_OLD?`);
      return 1;
    });
  },
};
