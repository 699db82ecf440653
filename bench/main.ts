/** `npm run bench`: measurements on this machine, on demand. Trust the ratios of one run, never absolute figures of two. */
import { parseArgs } from 'node:util';
import { benchIngest } from './ingest/run.ts';

const HELP = `npm run bench -- ingest [--rounds N] [--connections N] [--changing] [--quiet-logs]

  ingest   webhooks per second: a bare Fastify POST, the naive service (signature and one queue.add with the body per
           webhook) and this service, in turn in one run, on the same bodies of 3.9 kB; medians, spread and ratios

  --rounds N        how often each is measured (default 7)
  --connections N   senders at once (default 100)
  --changing        every update is of another cart; without it, only of another hour
  --quiet-logs      all three at log level warn instead of info`;

const OPTIONS = {
  rounds: { type: 'string', default: '7' },
  connections: { type: 'string', default: '100' },
  changing: { type: 'boolean', default: false },
  'quiet-logs': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const asked = read();
if (asked === null || asked.values.help || asked.positionals.length === 0) {
  console.log(HELP);
  process.exitCode = asked === null ? 2 : 0;
} else {
  const { rounds, connections, changing, 'quiet-logs': quiet } = asked.values;
  await benchIngest({
    rounds: +rounds,
    connections: +connections,
    logLevel: quiet ? 'warn' : 'info',
    change: changing ? 'cart' : 'hour',
  });
}

/** @returns null for what the help does not offer. */
function read() {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    const isOffered = positionals.length < 2 && positionals.every((name) => name === 'ingest');
    const areCounts = [values.rounds, values.connections].every((text) => /^[1-9]\d{0,5}$/.test(text));
    return isOffered && areCounts ? { values, positionals } : null;
  } catch {
    return null;
  }
}
