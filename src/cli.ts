/** The command line: what an operator does to an installation without its pages. Exit codes: 0 done, 1 could not, 2 wrong words. */
import { once } from 'node:events';
import { configOrExit } from './config/config-or-exit.ts';
import type { Config } from './config/load.ts';
import { buildCore, type Core } from './core.ts';
import { createLogger } from './observe/logger.ts';

const HELP = `ringback's command line; it reads the same environment and .env as the service

  npm run cli -- check-config     says whether the configuration can be used, and what to think about
  npm run cli -- parked list      bodies that could not be read: when, which topic, which field
  npm run cli -- parked replay    puts them through the parser again; what it understands now is obeyed and leaves the list
  npm run cli -- --help           this text`;

const COMMANDS: Readonly<Record<string, (config: Config) => Promise<void>>> = {
  'check-config': async (config) => {
    for (const warning of config.warnings) console.log(`warning: ${warning}`);
    console.log('The configuration can be used.');
  },
  'parked list': (config) =>
    withCore(config, async ({ parked }) => {
      const rows = await parked.list(config.shopify.shop, 1_000);
      for (const { id, receivedAt, topic, apiVersion, field } of rows) {
        console.log([new Date(receivedAt).toISOString(), topic, apiVersion ?? '-', field, id].join('  '));
      }
      console.log(`${rows.length} parked`);
    }),
  'parked replay': (config) =>
    withCore(config, async ({ replay }) => {
      const report = await replay((done, total) => {
        if (done % 100 === 0 || done === total) console.error(`${done} of ${total}`);
      });
      for (const [field, count] of Object.entries(report.stillUnreadable))
        console.log(`still unreadable at ${field}: ${count}`);
      console.log(`${report.understood} understood`);
    }),
};

async function withCore(config: Config, use: (core: Core) => Promise<void>): Promise<void> {
  const core = buildCore(config, createLogger('warn', false), { now: () => Date.now() });
  try {
    if (core.redis.status !== 'ready') await once(core.redis, 'ready', { signal: AbortSignal.timeout(5_000) });
    await use(core);
  } finally {
    await core.close();
  }
}

const words = process.argv.slice(2);
const command = COMMANDS[words.join(' ')];
if (command) {
  await command(configOrExit(process.env)).catch((error: unknown) => {
    console.error(`It could not be done: ${error instanceof Error ? error.name : 'unknown fault'}. Does Redis answer?`);
    process.exitCode = 1;
  });
} else {
  const asked = words.length === 0 || words.includes('--help') || words.includes('-h');
  (asked ? console.log : console.error)(HELP);
  process.exitCode = asked ? 0 : 2;
}
