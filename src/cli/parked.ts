/** `parked list` and `parked replay`: the bodies that could not be read. */
import type { Command, ExitCode } from './command.ts';
import { withCore } from './with-core.ts';

const MOST_LISTED = 1_000;

export const parkedList: Command = {
  name: 'parked list',
  follows: '',
  summary: 'bodies that could not be read: when, which topic, which field',
  run: (config, terminal) =>
    withCore<ExitCode>(config, { command: 'parked list', changes: false }, async ({ parked }) => {
      const rows = await parked.list(config.shopify.shop, MOST_LISTED);
      for (const { id, receivedAt, topic, apiVersion, field } of rows) {
        terminal.print([new Date(receivedAt).toISOString(), topic, apiVersion ?? '-', field, id].join('  '));
      }
      terminal.print(`${rows.length} parked`);
      return 0;
    }),
};

export const parkedReplay: Command = {
  name: 'parked replay',
  follows: '',
  summary: 'puts them through the parser again; what it understands now is obeyed and leaves the list',
  run: (config, terminal) =>
    withCore<ExitCode>(config, { command: 'parked replay', changes: true }, async ({ replay }) => {
      const report = await replay((done, total) => {
        if (done % 100 === 0 || done === total) terminal.note(`${done} of ${total}`);
      });
      for (const [field, count] of Object.entries(report.stillUnreadable)) {
        terminal.print(`still unreadable at ${field}: ${count}`);
      }
      terminal.print(`${report.understood} understood`);
      return 0;
    }),
};
