/** The four amounts of an AbandonedCartPayload, as Shopify sent them or, where one is missing, derived from the others exactly. */
import type { Checkout, CheckoutContent } from './checkout.ts';
import { difference, sumOf, times } from './decimal.ts';

/** Decimal strings in the shop's currency. */
export interface PayloadAmounts {
  /** Before discounts, shipping and taxes. */
  readonly lineItems: string;
  readonly discounts: string;
  /** After discounts. */
  readonly subtotal: string;
  readonly total: string;
}

/**
 * Line items: else Σ price × quantity, if every line has a price. Discounts: else `"0.00"`. Subtotal: else line items − discounts.
 * The total is never derived: shipping and taxes are not known here, and a shopper must not be quoted a price that is wrong.
 *
 * @returns null when the total is missing or the line items' total can be neither read nor derived.
 */
export function payloadAmounts({ totals, lineItems: lines }: CheckoutContent): PayloadAmounts | null {
  const { total } = totals;
  const lineItems = totals.lineItems ?? lineItemsTotal(lines);
  if (total === null || lineItems === null) return null;
  const discounts = totals.discounts ?? '0.00';
  const subtotal = totals.subtotal ?? difference(lineItems, discounts);
  return subtotal === null ? null : { lineItems, discounts, subtotal, total };
}

function lineItemsTotal(lines: Checkout['lineItems']): string | null {
  const linePrices: string[] = [];
  for (const { price, quantity } of lines) {
    const linePrice = price === null ? null : times(price, quantity);
    if (linePrice === null) return null;
    linePrices.push(linePrice);
  }
  return linePrices.length === 0 ? null : sumOf(linePrices);
}
