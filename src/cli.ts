/** The command line: what an operator does to an installation without its pages. Exit codes: 0 done, 1 could not, 2 wrong words. */
import type { Terminal } from './cli/command.ts';
import { askedFor, helpOf, helpOfAll } from './cli/commands.ts';
import { faultInWords } from './cli/fault-in-words.ts';
import { configOrExit } from './config/config-or-exit.ts';

// Whoever reads may have read enough: `… | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const terminal: Terminal = { print: (line) => console.log(line), note: (line) => console.error(line) };
const asked = askedFor(process.argv.slice(2));

switch (asked.kind) {
  case 'run':
    process.exitCode = await asked.command
      .run(configOrExit(process.env), terminal, asked.given)
      .catch((error: unknown) => {
        console.error(faultInWords(error));
        return 1;
      });
    break;
  case 'run_alone':
    process.exitCode = await asked.command.run(terminal, asked.given);
    break;
  case 'help':
    console.log(asked.command ? helpOf(asked.command) : helpOfAll());
    break;
  case 'wrong':
    if (asked.message) console.error(asked.message);
    console.error(asked.command ? helpOf(asked.command) : helpOfAll());
    process.exitCode = 2;
    break;
}
