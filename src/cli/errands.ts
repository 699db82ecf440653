/** `errands list` and `errands retry`: what failed at the vendor, the shop or the merchant, and having it tried again. */
import { isRecoveryId } from '../domain/recovery-id.ts';
import type { Command, ExitCode } from './command.ts';
import { type Access, withCore } from './with-core.ts';

const MOST_LISTED = 1_000;

export const errandsList: Command = {
  name: 'errands list',
  follows: '[--open]',
  summary: 'errands that failed: of which recovery, what, how often it was tried, what came of it',
  details: '  --open   those that are still to be done instead',
  options: { open: { type: 'boolean', default: false } },
  run: (config, terminal, { options }) =>
    withCore<ExitCode>(config, { command: 'errands list', changes: false }, async ({ listErrands }) => {
      const found = await listErrands(options.open === true ? 'open' : 'failed', MOST_LISTED);
      const rows = found.flatMap(({ record, errands }) => errands.map((each) => ({ id: record.id, ...each })));
      for (const { id, key, errand } of rows) {
        terminal.print([id, key, errand.state, `${errand.tries} tries`, errand.note ?? '-'].join('  '));
      }
      terminal.print(`${rows.length} ${options.open === true ? 'to be done' : 'failed'}`);
      return 0;
    }),
};

export const errandsRetry: Command = {
  name: 'errands retry',
  follows: '<recovery id> <key>',
  summary: 'has a failed errand tried again, at once and with all its tries; the running service does it',
  words: 2,
  run: (config, terminal, { words: [id = '', key = ''] }) =>
    withCore<ExitCode>(config, retrying(id), async ({ operate }) => {
      const { kind } = isRecoveryId(id) ? await operate.retryErrand(id, key) : ({ kind: 'not_found' } as const);
      switch (kind) {
        case 'done':
          terminal.print('It is tried again as soon as a worker is there.');
          return 0;
        case 'refused':
          terminal.note('That recovery has no failed errand of this key.');
          return 1;
        case 'not_found':
          terminal.note('There is no such recovery (any more).');
          return 1;
      }
    }),
};

function retrying(id: string): Access {
  return { command: 'errands retry', changes: true, about: isRecoveryId(id) ? id : null };
}
