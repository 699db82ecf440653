/** Securing a dial: what must be true after its mark is written and before its request leaves. */
import { type Intents, namesOf } from '../domain/intents.ts';
import type { Journal } from '../domain/journal.ts';
import type { DialMarker } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';

/**
 * Why the request must not leave; null: it may. Whoever is refused gives the dial back: nothing was sent.
 * - `mark_not_durable`: a crash of the store's host could take the mark back.
 * - `intent_not_written`: the intents' disk did not take the line.
 */
export type SecureDial = (record: RecoveryRecord) => Promise<'mark_not_durable' | 'intent_not_written' | null>;

export function secureDial(deps: {
  readonly marker: DialMarker;
  readonly intents: Intents;
  readonly journal: Journal;
}): SecureDial {
  const { marker, intents, journal } = deps;
  return async (record) => {
    if ((await marker.confirm()) === 'late') {
      journal.alarm('mark_not_durable', { recoveryId: record.id });
      return 'mark_not_durable';
    }
    try {
      await intents.remember({ recoveryId: record.id, attempt: record.attempts, names: namesOf(record) });
      return null;
    } catch {
      return 'intent_not_written';
    }
  };
}
