/** `npm run faults`: shows that the service survives what can happen to it. Everything runs on loopback and ends with the command. */
import { BURST_HELP, burstCommand, readBurstOptions } from './burst/command.ts';
import { GUARDS_HELP, guardsCommand } from './guards/command.ts';
import { SOAK_HELP, soakCommand } from './soak/command.ts';
import { readSweepOptions, SWEEP_HELP, sweepCommand } from './sweep/command.ts';

const HELP = `npm run faults -- sweep | guards | soak | burst [options]

  sweep   kills the service at every single request it makes, one run each
  guards  takes one safeguard after the other out of a copy of the source, and shows that a test goes red
  soak    steady traffic and random faults, then heals and verifies every recovery
  burst   thousands of calls due at once, or ten times the usual webhooks for minutes

  <command> --help tells its options.`;

// Ending by a signal must still end what was started: that is done when the process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [command = '', ...args] = process.argv.slice(2);
const wantsHelp = args.includes('--help') || args.includes('-h');
process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
// Whatever a run left behind must not keep a finished command alive.
process.exit();

async function run(): Promise<number> {
  switch (command) {
    case 'sweep': {
      if (wantsHelp) return help(SWEEP_HELP);
      const options = readSweepOptions(args);
      return typeof options === 'string' ? usage(options) : sweepCommand(options);
    }
    case 'guards':
      return wantsHelp ? help(GUARDS_HELP) : guardsCommand(args);
    case 'soak':
      return wantsHelp ? help(SOAK_HELP) : soakCommand(args);
    case 'burst': {
      if (wantsHelp) return help(BURST_HELP);
      const options = readBurstOptions(args);
      return typeof options === 'string' ? usage(options) : burstCommand(options);
    }
    case '--help':
    case '-h':
    case '':
      return help(HELP);
    default:
      return usage(`there is no command ${command}`);
  }
}

function help(text: string): number {
  console.log(text);
  return 0;
}

function usage(text: string): number {
  console.error(`${text}\n\n${HELP}`);
  return 2;
}
