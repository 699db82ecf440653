/** For work on many recoveries of one person: one record that cannot be read must not keep the others from being done. */
import type { Journal } from '../domain/journal.ts';
import type { RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { StoreUnavailableError } from '../errors.ts';

/**
 * Null when there is none, or when it cannot be read: then an alarm tells, and nobody can dial it either.
 *
 * @throws StoreUnavailableError
 */
export async function loadIfReadable(
  store: Pick<RecoveryStore, 'load'>,
  journal: Pick<Journal, 'alarm'>,
  id: string,
): Promise<RecoveryRecord | null> {
  try {
    return (await store.load(id))?.record ?? null;
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    journal.alarm('record_unreadable', { recoveryId: id });
    return null;
  }
}
