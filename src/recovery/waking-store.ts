/** A store that wakes whoever sees to errands whenever a change leaves some: in one place, so that no use case can forget it. */
import { errandsDueAt } from '../domain/errand.ts';
import type { ErrandAlarms, RecoveryStore } from '../domain/ports.ts';

/**
 * A wake that cannot be set changes nothing about the commit, which is done: the sweep finds the errand by its index.
 *
 * @param onError - hears of it.
 */
export function wakingStore(
  store: RecoveryStore,
  alarms: ErrandAlarms,
  onError: (error: Error) => void,
): RecoveryStore {
  return {
    ...store,
    async commit(change) {
      const committed = await store.commit(change);
      const { errands } = change.patch;
      const dueAt = committed && errands ? errandsDueAt(errands) : null;
      if (dueAt !== null && errands !== change.record.errands) {
        await alarms.wake(change.record.id, change.record.revision + 1, dueAt).catch(onError);
      }
      return committed;
    },
  };
}
