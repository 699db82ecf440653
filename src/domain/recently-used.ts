/**
 * RecentlyUsed: a map that forgets what has not been used for a while once it is full. For results that are dear to compute
 * and safe to lose.
 */
export class RecentlyUsed<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  readonly #capacity: number;

  /** @param capacity - how many entries are surely kept, at least one; up to twice as many may be. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * What is kept under the key, which counts as a use.
   *
   * Two generations instead of one ordered list: a hit among the young moves nothing. Moving an entry to the end of a Map
   * at every hit cost as much as what was to be saved.
   */
  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#capacity) this.forgetUnused();
    this.#young.set(key, value);
  }

  /** Forgets what has not been used since the last time. */
  forgetUnused(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** What is kept under the key, else what `compute` makes of it, which is kept from now on. */
  getOrCompute(key: Key, compute: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const value = compute();
    this.set(key, value);
    return value;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
