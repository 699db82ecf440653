/** Erasing the person from a recovery: when her data has been kept long enough, or because somebody asked for it. */
import { HOUR } from '../domain/duration.ts';
import type { Journal } from '../domain/journal.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import type { EraseReason } from '../domain/recovery.ts';
import { keptSince } from '../domain/transition/erase.ts';
import type { Move } from './move.ts';

/**
 * Empties the record of one recovery of its person; see onErase for what goes and what stays. Also stops it when it was asked for:
 * then nobody is called, and a call that is out is aborted.
 *
 * @returns false when nothing was left to erase, or there is no such recovery. @throws {SealedTextError} {StoreUnavailableError}
 */
export type EraseRecovery = (id: string, reason: EraseReason) => Promise<boolean>;

interface Deps {
  readonly store: RecoveryStore;
  readonly move: Move;
  readonly clock: Clock;
  readonly journal: Journal;
}

export function erase({ move, clock, journal }: Deps): EraseRecovery {
  return async (id, reason) => {
    const moved = await move(id, { kind: 'erase', reason }, clock.now());
    if (!moved?.changed) return false;
    const { shop, state } = moved.after;
    journal.decided({ recoveryId: id, shop, trigger: 'erase', state, reason });
    return true;
  };
}

/** A call that was not over yet is looked at again after so long. */
const LOOK_AGAIN_MS = HOUR;

/**
 * Erases a recovery whose personal data was kept for longer than `retentionMs`, and says of any other when it must be looked at
 * again. @returns whether it was erased.
 */
export type EraseOverdue = (id: string, now: number) => Promise<boolean>;

export function eraseOverdue(deps: Deps & { readonly shop: string; readonly retentionMs: number }): EraseOverdue {
  const { store, shop, retentionMs } = deps;
  const eraseNow = erase(deps);

  return async (id, now) => {
    // Now, in case it cannot be read, and again when it is known better: one that is looked at in vain must not bar the way.
    await store.erasableSince(shop, id, now - retentionMs + LOOK_AGAIN_MS);
    const record = (await store.load(id))?.record;
    if (!record || record.erasedAt !== null) {
      await store.erasableSince(shop, id, null);
      return false;
    }
    const since = keptSince(record);
    if (since !== null && since <= now - retentionMs) return eraseNow(id, 'retention');
    if (since !== null) await store.erasableSince(shop, id, since);
    return false;
  };
}
