/** The intents, with a word to the operator when they begin to fail: from then on nobody is dialled. */
import type { Intents } from '../domain/intents.ts';
import type { Journal } from '../domain/journal.ts';

/** One alarm per failing, however many dials it keeps. */
export function watchIntents(intents: Intents, journal: Journal): Intents {
  let works = true;
  const found = (now: boolean): boolean => {
    if (works && !now) journal.alarm('intents_unwritable', {});
    works = now;
    return now;
  };
  return {
    ...intents,
    isReady: async () => found(await intents.isReady()),
    async remember(intent) {
      await intents.remember(intent).catch((error: unknown) => {
        found(false);
        throw error;
      });
    },
  };
}
