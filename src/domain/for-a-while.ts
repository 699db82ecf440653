/** ForAWhile: recently used things, and none for long: what is personal must not stay in memory because nothing else comes by. */
import { MINUTE } from './duration.ts';
import { RecentlyUsed } from './recently-used.ts';

const HALF_AN_HOUR_MS = 30 * MINUTE;

export class ForAWhile<Value> {
  readonly #kept: RecentlyUsed<string, Value>;
  #forgotAt: number | null = null;

  /** @param capacity - how many are surely kept, twice as many at most; what is not used for an hour is not among them. */
  constructor(capacity: number) {
    this.#kept = new RecentlyUsed(capacity);
  }

  /** @param now - epoch milliseconds; a clock that was set back counts as time that has passed. */
  get(key: string, now: number): Value | undefined {
    this.#forgotAt ??= now;
    const passed = Math.abs(now - this.#forgotAt);
    if (passed >= HALF_AN_HOUR_MS) {
      this.#kept.forgetUnused();
      if (passed >= 2 * HALF_AN_HOUR_MS) this.#kept.forgetUnused();
      this.#forgotAt = now;
    }
    return this.#kept.get(key);
  }

  set(key: string, value: Value): void {
    this.#kept.set(key, value);
  }

  get size(): number {
    return this.#kept.size;
  }
}
