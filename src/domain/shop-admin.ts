/**
 * ShopAdmin: what the service asks of the shop itself, in its own words. Optional: without an Admin token the webhooks alone
 * must do. Wire formats stop at the adapter.
 */
import type { AgentOrderAddress } from './agent-order-request.ts';
import type { Checkout } from './checkout.ts';

/**
 * Why the shop gave no answer, or a no.
 * - `unavailable`: away, slow, throttled or failing; it may be asked again. `retryAfterMs` when it said when.
 * - `denied`: the token is not valid or lacks a scope; asking again changes nothing until somebody mends it.
 * - `refused`: it will never take this request; `message` is the shop's, scrubbed of personal data.
 */
export type ShopFault =
  | { readonly kind: 'unavailable'; readonly cause: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'denied'; readonly cause: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Every answer of the shop: a value, or why there is none. Adapters never throw. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: ShopFault };

/** What to look at just before a dial. */
export interface LastLookQuestion {
  /** Decimal digits; null when Shopify never told it. */
  readonly checkoutId: string | null;
  readonly checkoutToken: string;
}

/** What the shop knows of a checkout that its webhooks may not have told. */
export interface LastLook {
  /** Epoch milliseconds; null: not completed. */
  readonly completedAt: number | null;
  /** The order of this very checkout, or another one by the same customer since. */
  readonly ordered: boolean;
  /** False when the shop knows that nothing of the cart can be bought any more; null when it does not say. */
  readonly inStock: boolean | null;
  /** What the customer's account says; null when the shop does not tell, or there is none. */
  readonly customer: {
    readonly smsConsent: 'given' | 'withdrawn' | null;
    /** As the merchant wrote them. */
    readonly tags: readonly string[];
  } | null;
}

/** An order as far as it stops calls and shows what they earned. */
export interface ShopOrder {
  /** Decimal digits; null when it could not be read. */
  readonly id: string | null;
  readonly name: string | null;
  readonly checkoutToken: string | null;
  readonly cartToken: string | null;
  readonly checkoutId: string | null;
  /** Epoch milliseconds, UTC. */
  readonly createdAt: number | null;
  /** Decimal string in `currency`. */
  readonly total: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  /** As written; compare them normalised. Personal data. */
  readonly emails: readonly string[];
  /** As written, each with the country of its own address where one is known. Personal data. */
  readonly phones: readonly { readonly number: string; readonly country: string | null }[];
  readonly discountCodes: readonly string[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Items that could not be read; they are counted, never guessed at. */
  readonly unreadable: number;
  /** Give it back to read on; null on the last page. */
  readonly nextCursor: string | null;
}

/** The attribute of an order that says which checkout it was agreed about: orders made through the API carry no checkout token. */
export const CHECKOUT_TOKEN_ATTRIBUTE = 'ringback_checkout_token';

/** What a draft order is made of. Personal data. */
export interface AgentOrder {
  /** Unique per call: the order carries it, so that one whose creation was left in doubt is found again. */
  readonly key: string;
  readonly checkoutToken: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly note: string | null;
  readonly lines: readonly { readonly variantId: string | null; readonly title: string; readonly quantity: number }[];
  readonly shippingAddress: AgentOrderAddress | null;
  readonly discountCodes: readonly string[];
}

export interface DraftOrder {
  /** gid. */
  readonly id: string;
  readonly name: string | null;
  /** The order it became, when completed: its name; null while it is a draft. */
  readonly orderName: string | null;
}

/** A discount for one shopper and one use. */
export interface NewDiscount {
  readonly code: string;
  readonly title: string;
  readonly value:
    | { readonly kind: 'percentage'; readonly percent: number }
    | { readonly kind: 'fixed'; readonly amount: string };
  /** Epoch milliseconds, UTC. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface ShopAdmin {
  lastLook(question: LastLookQuestion, timeoutMs: number): Promise<Answer<LastLook>>;
  /** Abandoned checkouts that changed at or after the instant, in order of creation; complete also when some change while the pages are read. */
  checkoutsSince(since: number, cursor: string | null): Promise<Answer<Page<FoundCheckout>>>;
  /** Orders that changed at or after the instant, oldest change first. */
  ordersSince(since: number, cursor: string | null): Promise<Answer<Page<ShopOrder>>>;
  /** The draft order that carries the key, if there is one. The shop's search may lag by seconds. */
  findAgentOrder(key: string): Promise<Answer<DraftOrder | null>>;
  createAgentOrder(order: AgentOrder): Promise<Answer<DraftOrder>>;
  /** Makes the draft an order that is paid on delivery. Completing one that is complete is no fault. */
  completeAgentOrder(draftId: string): Promise<Answer<DraftOrder>>;
  /** Creates it; one that exists with this very code is no fault: the code is ours alone. */
  createDiscount(discount: NewDiscount): Promise<Answer<{ readonly id: string }>>;
  /** The discount with this very code and how often it was used; null when there is none. */
  findDiscount(code: string): Promise<Answer<{ readonly id: string; readonly uses: number } | null>>;
  /** Deletes it; one that is gone is no fault. */
  deleteDiscount(id: string): Promise<Answer<null>>;
}

/**
 * An abandoned checkout as the Admin API shows it, which is less than a webhook: no token. `checkout.token` is the one in
 * its recovery URL when there is one, else `''`; `checkout.cartToken` likewise (`/checkouts/ac/<cart token>/recover`).
 */
export interface FoundCheckout {
  readonly checkout: Checkout;
}
