/** `npm run bench`: measurements on this machine, on demand. Trust the ratios of one run, never absolute figures of two. */
import { benchIngest } from './ingest/run.ts';

const HELP = `npm run bench -- ingest [--rounds N] [--connections N] [--quiet-logs]

  ingest   webhooks per second: a bare Fastify POST, the naive service (signature and one queue.add with the body per
           webhook) and this service, in turn in one run, on the same bodies of 3.9 kB; medians, spread and ratios

  --rounds N        how often each is measured (default 7)
  --connections N   senders at once (default 20)
  --quiet-logs      all three at log level warn instead of info`;

const [name, ...options] = process.argv.slice(2);
if (name === 'ingest') {
  await benchIngest({
    rounds: numberAfter('--rounds', 7),
    connections: numberAfter('--connections', 20),
    logLevel: options.includes('--quiet-logs') ? 'warn' : 'info',
  });
} else {
  console.log(HELP);
  process.exitCode = name === undefined || name === '--help' || name === '-h' ? 0 : 2;
}

function numberAfter(flag: string, otherwise: number): number {
  const value = Number(options[options.indexOf(flag) + 1]);
  return options.includes(flag) && Number.isInteger(value) && value > 0 ? value : otherwise;
}
