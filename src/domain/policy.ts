/** CallPolicy: what the merchant decided about when and whom to phone. Values only; the rules that read it stand beside it. */
export interface CallPolicy {
  /** From the last activity on the checkout to the call, in milliseconds. */
  readonly delayMs: number;
  /** A checkout whose last activity is older than this is not called any more, in milliseconds. */
  readonly maxAgeMs: number;
  readonly consent: ConsentRule;
  /** `rules`: inside the calling hours of every zone the shopper may be in; `always`: any time (tests and the demo). */
  readonly hours: 'rules' | 'always';
  /** `dry-run`: every decision is taken and recorded, and nobody is phoned. */
  readonly mode: 'live' | 'dry-run';
  /** Carts of at least this amount (decimal string, the shop's currency) jump the vendor's queue; null: none does. */
  readonly priorityFrom: string | null;
}

/**
 * What counts as the shopper's consent to be phoned. Shopify has no field for it (its documentation, November 2026), so
 * the merchant says which of the checkout's own fields stands for it.
 */
export type ConsentRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'sms_marketing' }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string };
