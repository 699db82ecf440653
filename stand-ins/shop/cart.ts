/** Carts in the shop's currency: line items, discount, tax that is included in the prices, and the totals they add up to. */

export interface CartLine {
  readonly title: string;
  /** `""` and `"Default Title"` both occur for a product without variants. */
  readonly variantTitle: string;
  /** null: a custom item, or a variant deleted since. */
  readonly variantId: bigint | null;
  /** Of one, in cents. */
  readonly cents: number;
  readonly quantity: number;
}

export interface Cart {
  readonly lines: readonly CartLine[];
  readonly discount: { readonly code: string; readonly percent: number } | null;
  /** A fraction: 0.07 is seven per cent. */
  readonly taxRate: number;
  readonly taxTitle: string;
}

/** All in cents. */
export interface CartTotals {
  readonly lineItems: number;
  readonly discounts: number;
  readonly total: number;
  /** Included in `total`. */
  readonly tax: number;
}

export function totalsOf(cart: Cart): CartTotals {
  const lineItems = cart.lines.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0);
  const discounts = Math.round((lineItems * (cart.discount?.percent ?? 0)) / 100);
  const total = lineItems - discounts;
  return { lineItems, discounts, total, tax: total - Math.round(total / (1 + cart.taxRate)) };
}

/** Cents as Shopify writes them: `"129.00"`. */
export function decimal(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

const lantern = { title: 'Storm lantern "Fenwick"', variantTitle: 'Brass', variantId: 49302817465112n, cents: 18_900 };
const blanket = { title: 'Wool blanket', variantTitle: 'Moss / 140 × 200', variantId: 49302817497880n, cents: 12_950 };
const wicks = { title: 'Cotton wicks, ten', variantTitle: '', variantId: 49302817530648n, cents: 890 };
const engraving = { title: 'Engraving', variantTitle: '', variantId: null, cents: 1_500 };

const vat = { taxRate: 0.2, taxTitle: 'VAT' };

/** 705.40: above any sensible limit for priority calls. */
export const GREAT_CART: Cart = {
  lines: [
    { ...lantern, quantity: 3 },
    { ...blanket, quantity: 1 },
    { ...wicks, quantity: 1 },
  ],
  discount: null,
  ...vat,
};

/** 197.90, taxed at a rate whose percentage is a float trap: 0.07 × 100 is not 7. */
export const SMALL_CART: Cart = {
  lines: [
    { ...lantern, quantity: 1 },
    { ...wicks, quantity: 1 },
  ],
  discount: null,
  taxRate: 0.07,
  taxTitle: 'MwSt.',
};

/** Two blankets with a discount code. */
export const DISCOUNTED_CART: Cart = {
  lines: [{ ...blanket, quantity: 2 }],
  discount: { code: 'MONSOON10', percent: 10 },
  taxRate: 0.18,
  taxTitle: 'IGST',
};

/** A line item without a variant beside one with it. */
export const ENGRAVED_CART: Cart = {
  lines: [
    { ...lantern, quantity: 1 },
    { ...engraving, quantity: 1 },
  ],
  discount: null,
  ...vat,
};
