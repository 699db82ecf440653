/** `backfill`: one pass over the shop's own list now, in this process. */
import type { PassReport } from '../recovery/backfill.ts';
import { backfillOf } from '../workers.ts';
import type { Command } from './command.ts';
import { systemClock, withCore } from './with-core.ts';

export const backfillNow: Command = {
  name: 'backfill',
  follows: '',
  summary: 'reads the shop’s own list of orders and abandoned checkouts now, and takes in what no webhook told',
  details: `It goes on where the last pass stopped, whoever made it; BACKFILL_EVERY=off does not forbid it. Ctrl-C ends it after the page it is
at. It ends with 1 when there is no Admin token, when another process is at it, and when the shop did not answer to the end.`,
  run: (config, terminal) =>
    withCore(config, { command: 'backfill', changes: true }, async (core) => {
      const closing = new AbortController();
      const fill = backfillOf(config, core, systemClock, closing.signal);
      if (fill === null) {
        terminal.note('No Admin token is configured: the shop cannot be read. See check-admin.');
        return 1;
      }
      const end = (): void => closing.abort();
      process.once('SIGINT', end).once('SIGTERM', end);
      const report = await fill((subject, { seen, missed }) =>
        terminal.note(`${subject}: ${seen} read, ${missed} new`),
      );
      if (report === null) {
        terminal.note('Another process is reading the shop right now.');
        return 1;
      }
      const { orders, checkouts } = report;
      terminal.print(`orders     ${inWords(orders)}`);
      terminal.print(`checkouts  ${inWords(checkouts)}`);
      return orders.complete && checkouts.complete ? 0 : 1;
    }),
};

function inWords({ seen, missed, unreadable, complete }: PassReport): string {
  const end = complete ? '' : '; not to the end: the next pass goes on from there';
  return `${seen} read, ${missed} that no webhook had told of, ${unreadable} unreadable${end}`;
}
