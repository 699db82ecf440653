/**
 * Calling hours, ages and deadlines are judged by this process's clock. The store's clock is the second witness: while the two
 * disagree, nobody knows which is right, and nothing that depends on the time is done here.
 */
import { SECOND } from '../domain/duration.ts';
import type { Journal } from '../domain/journal.ts';
import type { Clock } from '../domain/ports.ts';

export interface ClockGuard {
  /**
   * How far the store's clock is ahead of ours, milliseconds, when that is too far; null: they agree.
   *
   * @throws {StoreUnavailableError}
   */
  skew(): Promise<number | null>;
}

/** What NTP, a slow answer and a busy machine may cost; a step of the clock is minutes or hours. Milliseconds. */
export const MOST_SKEW_MS = 30 * SECOND;

export function clockGuard(deps: {
  /** The store's own clock, epoch milliseconds. @throws {StoreUnavailableError} */
  readonly storeTime: () => Promise<number>;
  readonly clock: Clock;
  readonly journal: Journal;
}): ClockGuard {
  const { storeTime, clock, journal } = deps;
  let wasSkewed = false;

  return {
    async skew() {
      const skewMs = await skewOf(storeTime, clock);
      const isSkewed = Math.abs(skewMs) > MOST_SKEW_MS;
      if (isSkewed && !wasSkewed) journal.alarm('clock_skew', { skewMs });
      wasSkewed = isSkewed;
      return isSkewed ? skewMs : null;
    },
  };
}

/** How far the store's clock is ahead of ours; the answer was made at some time between asking and hearing. Milliseconds. */
export async function skewOf(storeTime: () => Promise<number>, clock: Clock): Promise<number> {
  const asked = clock.now();
  const theirs = await storeTime();
  return Math.round(theirs - (asked + clock.now()) / 2);
}

/** A task of the upkeep that is left out while the clock is wrong: it would hold the young for old. */
export function inGoodTime<T>(guard: ClockGuard, task: () => Promise<T>): () => Promise<T | 'clock_skew'> {
  return async () => ((await guard.skew()) === null ? task() : 'clock_skew');
}
