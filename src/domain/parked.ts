/** Parked deliveries: bodies that nobody could read, and the port of what keeps them. Types only. */
/** A signed body that could not be understood: kept whole until the parser can. */
export interface ParkedDelivery {
  readonly id: string;
  readonly source: 'shopify' | 'call-events';
  readonly topic: string;
  readonly apiVersion: string | null;
  readonly receivedAt: number;
  /** Where it stopped making sense: a path, never a value. */
  readonly field: string;
  /** The bytes as text. Personal data. */
  readonly body: string;
}

export interface ParkedStore {
  /** Keeps it; the same body of the same topic is kept once. @returns how many older ones the cap pushed out. */
  park(shop: string, delivery: Omit<ParkedDelivery, 'id'>): Promise<{ readonly id: string; readonly dropped: number }>;
  list(shop: string, limit: number): Promise<readonly Omit<ParkedDelivery, 'body'>[]>;
  /** @throws {SealedTextError} when it is sealed with a key that is not known here. */
  read(shop: string, id: string): Promise<ParkedDelivery | null>;
  /** Of all that are parked, oldest first. */
  ids(shop: string): Promise<readonly string[]>;
  remove(shop: string, id: string): Promise<void>;
  removeAll(shop: string): Promise<void>;
  count(shop: string): Promise<number>;
  /** Forgets what is older than its keeping time. */
  expire(shop: string, now: number): Promise<number>;
}
