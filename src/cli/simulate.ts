/** `simulate`: what would become of recorded checkouts under the configured policy. Nobody is phoned, nothing is stored. */
import { readFile, stat } from 'node:fs/promises';
import type { Config } from '../config/load.ts';
import { adminOptionsOf } from '../core.ts';
import type { Checkout } from '../domain/checkout.ts';
import { DAY, parseDuration } from '../domain/duration.ts';
import type { ShopFault } from '../domain/shop-admin.ts';
import { simulate } from '../recovery/simulate.ts';
import { shopAdmin } from '../shop-admin/shop-admin.ts';
import type { Command, Terminal } from './command.ts';
import { readRecorded } from './recorded-checkouts.ts';
import { checkoutsOfShop } from './shop-checkouts.ts';
import { simulationInCsv, simulationInText } from './simulation-in-text.ts';
import { systemClock } from './with-core.ts';

/** It is held whole. Bytes. */
const BIGGEST_FILE = 256 * 1024 * 1024;
const MOST_FAULTS_TOLD = 20;
/** Shopify's list forgets after three months. */
const MOST_DAYS = 90;

export const simulateCommand: Command = {
  name: 'simulate',
  follows: '<file.json or file.jsonl> | --from-shop <days>d  [--csv]',
  summary: 'what would become of recorded checkouts: who would be called when, and who not and why',
  details: `  <file>        bodies of checkouts/create and checkouts/update, as an array or one per line, or a list {"checkouts": [...]};
                of each checkout the newest counts. A file with a fault is refused whole. Where bodies come from: the shop's
                REST list of abandoned checkouts, what your own receiver of webhooks has kept, test/fixtures/shopify to try it
  --from-shop   reads the abandoned checkouts of the last days from the Admin API instead, such as 30d; ${MOST_DAYS}d at most
  --csv         one line per checkout: recovery_id,outcome,at,reason,rule,line (where it stands in the file; empty with --from-shop)

Decided by this configuration as the service would decide it, with the clock of the checkouts. What only a running service knows
is taken as unknown: the do-not-call list, earlier calls and orders, what the shop's last look says. Needs no Redis, phones nobody,
stores nothing; the checkouts go by their recovery ids, and nothing personal is printed.`,
  options: { 'from-shop': { type: 'string' }, csv: { type: 'boolean', default: false } },
  words: [0, 1],
  async run(config, terminal, { words: [path], options }) {
    const days = options['from-shop'];
    if ((path === undefined) === (days === undefined)) {
      terminal.note('Give a file, or --from-shop with a number of days such as 30d: one of the two.');
      return 2;
    }
    const lookBackMs = typeof days === 'string' ? daysIn(days) : null;
    if (path === undefined && lookBackMs === null) {
      terminal.note(`--from-shop must be a number of days from 1d to ${MOST_DAYS}d`);
      return 2;
    }
    const given =
      path === undefined
        ? await fromShop(config, lookBackMs ?? 0, terminal)
        : await fromFile(path, config.shopify.shop, terminal);
    if (given === null) return 1;
    const { checkouts, lineOf } = given;
    const simulation = simulate(checkouts, config.policy, (done, of) => terminal.note(`${done} of ${of} decided`));
    terminal.print(options.csv === true ? simulationInCsv(simulation, lineOf) : simulationInText(simulation));
    return 0;
  },
};

function daysIn(text: string): number | null {
  const ms = /d$/.test(text) ? parseDuration(text) : null;
  return ms !== null && ms >= DAY && ms <= MOST_DAYS * DAY ? ms : null;
}

interface Given {
  readonly checkouts: readonly Checkout[];
  /** In the file; null: they come from none. */
  readonly lineOf: ((place: number) => number) | null;
}

/** @returns null when it was refused, and said why. */
async function fromFile(path: string, shop: string, { note }: Terminal): Promise<Given | null> {
  const text = await textOf(path);
  if (text === null) {
    note(`The file cannot be read: it must be there, UTF-8, and of at most ${BIGGEST_FILE / 1024 / 1024} MB.`);
    return null;
  }
  const recorded = readRecorded(text, shop);
  if (recorded.ok) return recorded;
  const { faults } = recorded;
  for (const { line, reason } of faults.slice(0, MOST_FAULTS_TOLD)) note(`line ${line}: ${reason}`);
  if (faults.length > MOST_FAULTS_TOLD) note(`and ${faults.length - MOST_FAULTS_TOLD} more`);
  note('Nothing was simulated.');
  return null;
}

async function textOf(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > BIGGEST_FILE) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch {
    return null;
  }
}

async function fromShop(config: Config, lookBackMs: number, { note }: Terminal): Promise<Given | null> {
  const options = adminOptionsOf(config, systemClock);
  if (options === null) {
    note('No Admin token is configured: the shop cannot be read. See check-admin.');
    return null;
  }
  const since = systemClock.now() - lookBackMs;
  const answer = await checkoutsOfShop(shopAdmin(options), since, (read) => note(`${read} read from the shop`));
  if (!answer.ok) {
    note(`The shop could not be read to the end: ${inWords(answer.fault)}. See check-admin.`);
    return null;
  }
  const { checkouts, unreadable } = answer.value;
  if (unreadable > 0) note(`${unreadable} unreadable, left out`);
  return { checkouts, lineOf: null };
}

function inWords(fault: ShopFault): string {
  return fault.kind === 'refused' ? fault.message : fault.cause;
}
