/** RecentlyUsed: a map that forgets what was used longest ago once it is full. For results that are dear to compute and safe to lose. */
export class RecentlyUsed<Key, Value extends object> {
  readonly #entries = new Map<Key, Value>();
  readonly #capacity: number;

  /** @param capacity - how many entries are kept, at least one. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What is kept under the key, else what `compute` makes of it, which is kept from now on. */
  getOrCompute(key: Key, compute: () => Value): Value {
    const known = this.#entries.get(key);
    // A Map iterates in the order of insertion: entering a used entry anew leaves the least recently used one in front.
    if (known !== undefined) this.#entries.delete(key);
    const value = known ?? compute();
    this.#entries.set(key, value);
    if (this.#entries.size > this.#capacity) this.#forgetOldest();
    return value;
  }

  get size(): number {
    return this.#entries.size;
  }

  #forgetOldest(): void {
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
