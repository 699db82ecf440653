/** The second memory of who was dialled, beside the store: for when the store forgets. The port, and what is there without one. */

import { personOf } from './person.ts';
import type { RecoveryRecord } from './recovery.ts';

export interface Intent {
  readonly recoveryId: string;
  /** From 1, as on the record. */
  readonly attempt: number;
  /** By what the same shopper, or the same checkout, is known again under another recovery. Kept as keyed digests only. */
  readonly names: readonly string[];
}

export interface Intents {
  /** Learns what other processes have written, and tries whether a line could be written now. @returns false: it cannot be relied on. */
  isReady(): Promise<boolean>;
  /** Resolves when the intent would survive a crash of this machine. @throws when it cannot be written. */
  remember(intent: Intent): Promise<void>;
  /** Nobody was called by this attempt, provably. Should that be lost, it counts: the safe side. */
  forget(recoveryId: string, attempt: number): void;
  /** The highest attempt that any process has begun for this recovery, and when (epoch ms); as of the last `isReady`. */
  lastAttempt(recoveryId: string): { readonly attempt: number; readonly at: number } | null;
  /** Other recoveries that were dialled under any of these names, and when last (epoch ms), newest first; as of the last `isReady`. */
  othersOf(
    names: readonly string[],
    exceptRecoveryId: string,
  ): readonly { readonly recoveryId: string; readonly at: number }[];
}

/** No journal is configured. */
export const NO_INTENTS: Intents = Object.freeze({
  isReady: async () => true,
  remember: async () => {},
  forget: () => {},
  lastAttempt: () => null,
  othersOf: () => [],
});

/** After a loss of data a checkout comes back from the shop's own list, without its token and so under another recovery id. */
export function checkoutName({ shop, checkoutId }: Pick<RecoveryRecord, 'shop' | 'checkoutId'>): string[] {
  return checkoutId === null ? [] : [`checkout ${shop} ${checkoutId}`];
}

/** Contacts of the shopper, normalised, and the checkout. Personal data. */
export function namesOf(record: RecoveryRecord): string[] {
  return [...personOf(record), ...checkoutName(record)];
}
