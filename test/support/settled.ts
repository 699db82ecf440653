/** Waiting for what a worker does in its own time: by looking often, up to a deadline, and never by sleeping blindly. */
import { setTimeout as pause } from 'node:timers/promises';
import type { RecoveryStore } from '../../src/domain/ports.ts';
import type { Recovery, RecoveryState } from '../../src/domain/recovery.ts';

const LOOK_EVERY_MS = 10;

/**
 * Resolves with the first value of `look` that is not null, false or undefined.
 *
 * @param what - for the message of the failure. @throws {Error} after `withinMs`.
 */
export async function until<T>(
  what: string | (() => string),
  look: () => T | Promise<T>,
  withinMs = 8_000,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen as Exclude<T, null | undefined | false>;
    if (Date.now() > deadline) {
      throw new Error(`not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Resolves when the record is in that state, or is as the condition says; the failure tells its story so far. */
export async function settled(
  store: RecoveryStore,
  id: string,
  wanted: RecoveryState | ((recovery: Recovery) => boolean),
  withinMs?: number,
): Promise<Recovery> {
  let last: Recovery | null = null;
  const isSo = typeof wanted === 'function' ? wanted : ({ record }: Recovery) => record.state === wanted;
  return until(
    () => `${id} ${typeof wanted === 'function' ? wanted : `is ${wanted}`}; it is ${JSON.stringify(storyOf(last))}`,
    async () => {
      last = await store.load(id);
      return last !== null && isSo(last) ? last : null;
    },
    withinMs,
  );
}

/** State and timeline, which hold nothing personal. */
function storyOf(recovery: Recovery | null) {
  return recovery && { state: recovery.record.state, reason: recovery.record.reason, timeline: recovery.timeline };
}
