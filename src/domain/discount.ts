/** Discounts: what the merchant lets the agent offer, and how it is said to the vendor. */
import type { RecoveryDiscount } from './recovery.ts';

export type DiscountValue =
  | { readonly kind: 'percentage'; readonly percent: number }
  /** Decimal string in the shop's currency. */
  | { readonly kind: 'fixed'; readonly amount: string };

export type DiscountPolicy =
  | { readonly kind: 'off' }
  /** A code that the merchant made and looks after. */
  | { readonly kind: 'fixed'; readonly code: string; readonly terms: DiscountTerms }
  /** A code of its own for each call, for one use. */
  | {
      readonly kind: 'mint';
      readonly terms: DiscountTerms;
      /** From the ring on, milliseconds. */
      readonly validMs: number;
      /** A person who got one gets none again for so long, milliseconds. */
      readonly notAgainMs: number;
    };

export interface DiscountTerms {
  readonly value: DiscountValue;
  /** What the agent may say of it. */
  readonly description: string;
  /** Beside the discounts in the cart, or instead of them. */
  readonly applyAs: 'additional' | 'override';
}

/**
 * `metadata.discount` as the vendor documents it (November 2026); null when there is nothing that may be offered.
 *
 * @param now - epoch milliseconds, UTC: a code that was minted at an earlier ring may be over by the next.
 */
export function offerOf(
  discount: RecoveryDiscount,
  policy: DiscountPolicy,
  now: number,
): Readonly<Record<string, unknown>> | null {
  // One that was asked for and never confirmed may not exist: nobody is promised it.
  if (policy.kind === 'off' || (discount.state !== 'minted' && discount.state !== 'fixed')) return null;
  if (discount.endsAt !== null && discount.endsAt <= now) return null;
  const { value, description, applyAs } = policy.terms;
  const amount = value.kind === 'percentage' ? value.percent : Number(value.amount);
  const codeType = value.kind === 'percentage' ? '%tage' : 'fixed';
  return { code: discount.code, description, value: amount, codeType, applyAs };
}
