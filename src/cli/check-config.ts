/** `check-config`: reading the configuration is the check; what is left to say are its warnings. */
import type { Command } from './command.ts';

export const checkConfig: Command = {
  name: 'check-config',
  follows: '',
  summary: 'says whether the configuration can be used, and what to think about',
  async run({ warnings }, terminal) {
    for (const warning of warnings) terminal.print(`warning: ${warning}`);
    terminal.print('The configuration can be used.');
    return 0;
  },
};
