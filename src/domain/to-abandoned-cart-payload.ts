/**
 * From a checkout to what the voice vendor is told about it: the mapping at the heart of this product. Pure; it says why when a
 * checkout cannot be called about. `test/unit/domain/to-abandoned-cart-payload.test.ts` is the table of what becomes of what.
 */
import { z } from 'zod';
import type { AbandonedCartPayload } from './abandoned-cart-payload.ts';
import type { CheckoutContent, LineItem, TaxLine } from './checkout.ts';
import { toPercentage } from './decimal.ts';
import { billingAddressOf, shippingAddressOf } from './payload-address.ts';
import { type PayloadAmounts, payloadAmounts } from './payload-amounts.ts';
import { MAX_TITLE_LENGTH, plainText } from './plain-text.ts';
import { toRecoveryUrl } from './recovery-url.ts';
import { type ShopperName, shopperName } from './shopper-name.ts';
import { type PhoneSource, shopperPhone } from './shopper-phone.ts';

export type MappedCheckout =
  | {
      readonly ok: true;
      readonly payload: AbandonedCartPayload;
      /** The number to dial, E.164; the same as `payload.customer.phone`. */
      readonly phone: string;
      readonly phoneSource: PhoneSource;
      /** ISO 3166-1 alpha-2, by the numbering plan; null when it cannot be told. */
      readonly phoneCountry: string | null;
    }
  | { readonly ok: false; readonly reason: UnmappableReason };

/**
 * What is missing, all of it possibly mended by a later webhook. When several are, the first of this list is reported.
 *
 * - `no_line_items`: the cart is empty, or nothing in it has a title.
 * - `no_phone`: no telephone number was given.
 * - `invalid_phone`: numbers were given and none can be called.
 * - `no_recovery_url`: Shopify sent no usable link; usually the app lacks approval for protected customer fields.
 * - `no_first_name`: nobody is named.
 * - `no_total`: the total, or the line items' total, is neither given nor derivable.
 */
export type UnmappableReason =
  | 'no_line_items'
  | 'no_phone'
  | 'invalid_phone'
  | 'no_recovery_url'
  | 'no_first_name'
  | 'no_total';

export function toAbandonedCartPayload(checkout: CheckoutContent): MappedCheckout {
  const lineItems = checkout.lineItems.flatMap(payloadLineItem);
  if (lineItems.length === 0) return { ok: false, reason: 'no_line_items' };

  const phone = shopperPhone(checkout);
  if (!phone.ok) return phone;

  const recoveryUrl = toRecoveryUrl(checkout.recoveryUrl);
  if (recoveryUrl === null) return { ok: false, reason: 'no_recovery_url' };

  const name = shopperName(checkout);
  if (name === null) return { ok: false, reason: 'no_first_name' };

  const amounts = payloadAmounts(checkout);
  if (amounts === null) return { ok: false, reason: 'no_total' };

  const payload: AbandonedCartPayload = {
    abandonedCheckoutUrl: recoveryUrl,
    customer: payloadCustomer(name, emailOf(checkout), phone.e164),
    discountCodes: checkout.discountCodes.flatMap((code) => plainText(code, MAX_TITLE_LENGTH) ?? []),
    ...payloadMoney(amounts),
    lineItems,
  };
  if (checkout.id !== null) payload.id = `gid://shopify/AbandonedCheckout/${checkout.id}`;
  if (checkout.taxesIncluded !== null) payload.taxesIncluded = checkout.taxesIncluded;
  // An empty list would say "no taxes"; Shopify also sends one before it has worked them out.
  if (checkout.taxLines.length > 0) payload.taxLines = checkout.taxLines.map(payloadTaxLine);
  const billingAddress = billingAddressOf(checkout.billingAddress);
  if (billingAddress !== undefined) payload.billingAddress = billingAddress;
  const shippingAddress = shippingAddressOf(checkout.shippingAddress);
  if (shippingAddress !== undefined) payload.shippingAddress = shippingAddress;

  return { ok: true, payload, phone: phone.e164, phoneSource: phone.source, phoneCountry: phone.country };
}

/** One line item, or none when its title has nothing to read. */
function payloadLineItem(item: LineItem): AbandonedCartPayload['lineItems'] {
  const title = plainText(item.title, MAX_TITLE_LENGTH);
  if (title === null) return [];
  const { quantity } = item;
  if (item.variantId === null) return [{ title, quantity }];
  // What Shopify itself calls the only variant of a product without options.
  const variantTitle = plainText(item.variantTitle, MAX_TITLE_LENGTH) ?? 'Default Title';
  const variant = { id: `gid://shopify/ProductVariant/${item.variantId}`, title: variantTitle };
  return [{ title, quantity, variant }];
}

function payloadTaxLine(tax: TaxLine): NonNullable<AbandonedCartPayload['taxLines']>[number] {
  return {
    rate: tax.rate,
    ratePercentage: toPercentage(tax.rate),
    source: plainText(tax.source, MAX_TITLE_LENGTH),
    title: plainText(tax.title, MAX_TITLE_LENGTH) ?? 'Tax',
    price: tax.price,
  };
}

function payloadCustomer(name: ShopperName, email: string | null, phone: string): AbandonedCartPayload['customer'] {
  const { firstName, lastName } = name;
  return lastName === null ? { firstName, email, phone } : { firstName, lastName, email, phone };
}

function payloadMoney({ lineItems, discounts, subtotal, total }: PayloadAmounts) {
  return {
    totalLineItemsPriceSet: { shopMoney: { amount: lineItems } },
    totalDiscountSet: { shopMoney: { amount: discounts } },
    subtotalPriceSet: { shopMoney: { amount: subtotal } },
    totalPriceSet: { shopMoney: { amount: total } },
  };
}

/** RFC 5321: a path has at most 256 octets, two of them the angle brackets. */
const MAX_EMAIL_LENGTH = 254;

/** The address given at checkout, else the account's, if it is one; the vendor's field takes null. */
function emailOf(checkout: CheckoutContent): string | null {
  for (const typed of [checkout.email, checkout.customer?.email]) {
    const email = typed?.trim() ?? '';
    if (email.length <= MAX_EMAIL_LENGTH && z.regexes.email.test(email)) return email;
  }
  return null;
}
