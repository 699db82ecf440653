/** `explain`: why a shopper was, will be or will not be called. What it prints names the recovery and holds nothing personal. */
import { isRecoveryId } from '../domain/recovery-id.ts';
import { sentenceOf } from '../recovery/explain-recovery.ts';
import type { Command } from './command.ts';
import { explanationInText } from './explanation-in-text.ts';
import { type Access, withCore } from './with-core.ts';

export const explain: Command = {
  name: 'explain',
  follows: '<checkout token or recovery id>',
  summary: 'why this shopper was (not) called, and what every gate would say now',
  details: `Prints the state, the timeline with the rules that decided, and one sentence per gate, asked in this order with what is known
now, and as if it rang now. The first gate that does not let it pass decides; what the later ones say was never asked in earnest.
A line before all that says when dialling is paused, or when the recovery is behind all gates. Nothing is changed.
It ends with 1 when there is no such recovery.`,
  words: 1,
  run: (config, terminal, { words: [name = ''] }) =>
    withCore(config, showing(name), async (core) => {
      const explanation = await core.explain(name);
      if (explanation === null) {
        terminal.note('There is no such recovery: neither a recovery id nor a token of a checkout that is known.');
        return 1;
      }
      const { recovery, notes, gates } = explanation;
      terminal.print(explanationInText(recovery, notes, gates.map(sentenceOf)));
      return 0;
    }),
};

/** What was typed may be a token, which opens the checkout. */
function showing(name: string): Access {
  return { command: 'explain', changes: false, about: isRecoveryId(name) ? name : null };
}
