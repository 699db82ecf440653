/**
 * ShopRequest: what Shopify asks for on behalf of a person or of the shop, and what takes longer than a webhook may be kept waiting.
 * It stands on a list of its own until it is carried out; a job only wakes somebody to see to it. Nothing in it names the person: what
 * is searched for is kept as digests.
 */

/**
 * - `customer_redact`: everything held of one person goes. - `shop_redact`: everything held of the shop's shoppers goes.
 * - `uninstalled`: nobody of the shop is called any more.
 */
export type ShopRequestKind = 'customer_redact' | 'shop_redact' | 'uninstalled';

export interface ShopRequest {
  readonly id: string;
  readonly kind: ShopRequestKind;
  /** Epoch milliseconds, UTC. */
  readonly receivedAt: number;
  /** How far the walk through the shop's recoveries has come; null before the first step, and for one person. */
  readonly place: string | null;
  /** Recoveries seen to so far. */
  readonly seen: number;
}

/** The requests that are still to be carried out. */
export interface ShopRequests {
  /** @param recoveries - for one person: whose ids are to be seen to. @param traces - digests of what to look for beside them. */
  open(
    shop: string,
    request: Pick<ShopRequest, 'id' | 'kind' | 'receivedAt'>,
    about?: { readonly recoveries: readonly string[]; readonly traces: readonly string[] },
  ): Promise<void>;
  load(shop: string, id: string): Promise<ShopRequest | null>;
  /** Recoveries that are still to be seen to. */
  recoveriesOf(shop: string, id: string, limit: number): Promise<readonly string[]>;
  /** Recoveries have been seen to, and may have shown more to look for. */
  sawTo(shop: string, id: string, recoveries: readonly string[], traces: readonly string[]): Promise<void>;
  /** The walk has come so far. */
  reached(shop: string, id: string, place: string, seen: number): Promise<void>;
  tracesOf(shop: string, id: string): Promise<ReadonlySet<string>>;
  /** It is carried out: nothing of it is kept. */
  close(shop: string, id: string): Promise<void>;
  openIds(shop: string): Promise<readonly string[]>;
}

/** Wakes whoever carries requests out. A wake too many finds nothing to do. */
export interface ShopRequestAlarms {
  /** Unless somebody is about to, or is at it. */
  wake(id: string): Promise<void>;
}

/** Somebody wants to know what is held of them; the merchant must answer. Kept for 30 days. */
export interface DataRequest {
  readonly id: string;
  /** Epoch milliseconds, UTC. */
  readonly receivedAt: number;
  /** Shopify's number of the request, decimal digits. */
  readonly shopifyId: string | null;
  /** Of whom: the customer's id in the shop, decimal digits. No other name of the person is kept. */
  readonly customerId: string | null;
  /** That were found at the request: by what is not kept, too, such as the orders that it named. */
  readonly recoveries: readonly string[];
  /** Digests of the contacts that were named, so that what is held can be looked up anew when it is asked for. */
  readonly contacts: readonly string[];
  /** Digests of what to look for in bodies that could not be read. */
  readonly traces: readonly string[];
}

/** The requests of people to know. */
export interface DataRequests {
  /** @returns false when it is known already; then it is left as it is. */
  keep(shop: string, request: DataRequest): Promise<boolean>;
  load(shop: string, id: string): Promise<DataRequest | null>;
  /** Newest first. */
  list(shop: string, now: number): Promise<readonly DataRequest[]>;
  remove(shop: string, id: string): Promise<void>;
}
