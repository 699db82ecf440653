/** ShopCalls: what all calls of a shop in a day may come to, whoever they are to. Guards against a fault that costs money. Types only. */

/** Every method fails with StoreUnavailableError when the store does not answer. */
export interface ShopCalls {
  /**
   * Makes a call the recovery's, unless as many as are allowed began in the 24 hours before; in one step, for all workers. One that has
   * it keeps it.
   *
   * @param at - epoch milliseconds, UTC. @returns null when it may be placed; else when the next one may be.
   */
  claim(shop: string, recoveryId: string, at: number): Promise<number | null>;
  /** Its call was not placed, provably. */
  release(shop: string, recoveryId: string): Promise<void>;
}
