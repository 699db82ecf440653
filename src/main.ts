/** The entry: environment → config → service; a signal → graceful end. Exit codes: 0 ended well, 1 could not start or had to be cut off; killed by itself when nobody reads its last lines. */
import closeWithGrace from 'close-with-grace';
import { configOrExit } from './config/config-or-exit.ts';
import type { Config } from './config/load.ts';
import { SECOND } from './domain/duration.ts';
import { createLogger, lastLines } from './observe/logger.ts';
import { startService } from './service.ts';

const HELP = `ringback: phones shoppers who left a Shopify checkout unfinished

  npm start            runs the service (role from ROLE: all, web or worker)
  npm start -- --help  this text

It is configured by environment variables and by .env; see .env.example and the README.
Signals: SIGTERM and SIGINT end it gracefully within SHUTDOWN_GRACE.`;

if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(HELP);
} else {
  await run(configOrExit(process.env));
}

/** For the last lines of the log. Milliseconds. */
const LAST_LINES_MS = 2 * SECOND;

async function run(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel, process.stdout.isTTY === true && isInstalled('pino-pretty'));
  // The grace time is spent inside close(); what is beyond it is for closing sockets.
  const delay = config.shutdownGraceMs + 5 * SECOND;
  const service = await startService(config, logger).catch((error: unknown) => {
    logger.fatal({ event: 'start_failed', err: error }, 'ringback could not start');
    process.exit(1);
  });
  const closer = closeWithGrace({ delay, logger: false, skip: ['SIGINT'] }, async ({ err, signal }) => {
    if (err) logger.fatal({ event: 'crash', err }, 'unexpected fault, ending');
    else logger.info({ event: 'stopping', signal: signal ?? null }, 'ending');
    const inTime = await service.close();
    // An ordinary exit waits for the write that is under way, which a stalled reader never lets end. All work is done and saved.
    if (!(await lastLines(logger, LAST_LINES_MS))) process.kill(process.pid, 'SIGKILL');
    if (!inTime) process.exit(1);
  });
  service.refused.then(async () => {
    await service.close();
    logger.flush();
    process.exit(1);
  });
  // Under `npm start` a Ctrl-C arrives twice, from the terminal and passed on by npm: only a later one is impatience.
  let askedAt: number | null = null;
  process.on('SIGINT', () => {
    if (askedAt !== null && Date.now() - askedAt > SECOND) process.exit(1);
    if (askedAt === null) closer.close();
    askedAt ??= Date.now();
  });
}

/** Pretty lines are for people at a terminal; the production image has no development dependencies. */
function isInstalled(name: string): boolean {
  try {
    return Boolean(import.meta.resolve(name));
  } catch {
    return false;
  }
}
