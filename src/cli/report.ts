/** `report`: what the calls earned, as text or as JSON. */
import type { Command } from './command.ts';
import { reportInText } from './report-in-text.ts';
import { withCore } from './with-core.ts';

export const report: Command = {
  name: 'report',
  follows: '[--from <day>] [--to <day>] [--json]',
  summary: 'what the calls earned, and how much of it the calls themselves made',
  details: `  --from, --to   days such as 2026-11-01, in UTC; both belong to it. Without them: the last 30 days; a year at most
  --json         as GET /ops/api/report answers it`,
  options: { from: { type: 'string' }, to: { type: 'string' }, json: { type: 'boolean', default: false } },
  run: (config, terminal, { options }) =>
    withCore(config, { command: 'report', changes: false }, async ({ reportEarnings }) => {
      const answer = await reportEarnings({ from: textIn(options.from), to: textIn(options.to) });
      if (!answer.ok) {
        terminal.note(`--${answer.message}`);
        return 2;
      }
      terminal.print(options.json === true ? JSON.stringify(answer.report, null, 2) : reportInText(answer.report));
      return 0;
    }),
};

function textIn(option: unknown): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
