/**
 * Checkout: the few facts of a Shopify checkout that this product needs. The wire format stops before this file.
 *
 * Text is kept as the shopper typed it, except that `""` and absent both read as `null`. Ids are decimal digit strings,
 * because Shopify's exceed 2^53. Instants are epoch milliseconds, UTC.
 */
export interface Checkout {
  /** The shop's permanent domain, lower case: `acme.myshopify.com`. */
  readonly shop: string;
  /** Shopify's key of this checkout; equals `checkout_token` of the order that may follow. */
  readonly token: string;
  readonly cartToken: string | null;
  /** The numeric id: from `id` when the body has one, else from `name` = `#<id>`, else null. */
  readonly id: string | null;
  readonly createdAt: number | null;
  /**
   * When the shopper (or Shopify) last changed it. A wire instant of whole seconds is read as the END of that second,
   * so that "delay after the last activity" is never early.
   */
  readonly updatedAt: number | null;
  /** Not null: the shopper bought. It never goes back to null. */
  readonly completedAt: number | null;
  /** `abandoned_checkout_url`; null also when Shopify withholds it (protected customer fields not approved). */
  readonly recoveryUrl: string | null;
  /** ISO 4217 code of the shop's currency, in which all amounts here stand. */
  readonly currency: string | null;
  /** Decimal strings exactly as sent, e.g. `"1895.00"`. */
  readonly totals: CheckoutTotals;
  readonly taxesIncluded: boolean | null;
  readonly taxLines: readonly TaxLine[];
  readonly lineItems: readonly LineItem[];
  /** The codes alone, in the shopper's order. */
  readonly discountCodes: readonly string[];
  readonly email: string | null;
  readonly phone: string | null;
  readonly smsMarketing: { readonly accepted: boolean; readonly phone: string | null };
  /** `note_attributes`: where a merchant may record consent to a call. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  /** Not a shopper's: paid for by Shopify's test gateway, or sent by somebody to try the webhook. */
  readonly test: boolean;
  readonly customer: CheckoutCustomer | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
}

export interface CheckoutTotals {
  readonly lineItems: string | null;
  readonly discounts: string | null;
  readonly subtotal: string | null;
  readonly total: string | null;
}

export interface TaxLine {
  /** A fraction: 0.07 is seven per cent. */
  readonly rate: number;
  readonly title: string | null;
  readonly price: string;
  readonly source: string | null;
}

export interface LineItem {
  readonly title: string;
  readonly quantity: number;
  /** null for custom items and deleted variants. */
  readonly variantId: string | null;
  readonly variantTitle: string | null;
  /** Price of one, decimal string. */
  readonly price: string | null;
}

export interface CheckoutCustomer {
  /** Of the customer's account, decimal digits. */
  readonly id: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly defaultAddress: Address | null;
}

export interface Address {
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Shopify's joined full name. */
  readonly name: string | null;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  /** A name, or a bare code: both occur. */
  readonly province: string | null;
  readonly provinceCode: string | null;
  /** A name, or a bare code: both occur. */
  readonly country: string | null;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countryCode: string | null;
  readonly zip: string | null;
  /** As typed; parse it with this address's own country. */
  readonly phone: string | null;
}

/**
 * What a checkout says, whenever it says so. What is made of this is made once for many webhooks that differ in their instant alone
 * (decision 0026), so nothing in it may depend on that.
 */
export type CheckoutContent = Omit<Checkout, 'updatedAt'>;
