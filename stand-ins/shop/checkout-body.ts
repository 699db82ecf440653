/**
 * Bodies of `checkouts/create`, `checkouts/update` and `checkouts/delete`, in the shape of one API version or another,
 * traps included: `[]` for an address not given yet, absent keys, `""`, a bare country code, ids above 2^53.
 */
import { type Cart, decimal, totalsOf } from './cart.ts';
import { idsOf } from './ids.ts';
import type { Shopper } from './people.ts';
import { type Offset, toJson, wireTime } from './wire.ts';

/** 2024-10 still has `id`; from 2026-04 on a checkout's body begins at `token` (Shopify's changelog, 2026-03-06). */
export type ApiVersion = '2024-10' | '2026-10';

/** The attribute in which this shop's checkout asks for consent to a call, and the answer that gives it. */
export const CONSENT = { name: 'voice_call_consent', value: 'yes' } as const;

/** All amounts are in this currency, whatever the shopper's own. */
export const SHOP_CURRENCY = 'EUR';

/** What the shopper has given away so far. */
export interface Revealed {
  readonly email?: boolean;
  readonly address?: boolean;
  readonly phone?: boolean;
  /** `yes` or `no` to being called; absent: not asked yet. */
  readonly consent?: 'yes' | 'no';
}

export interface CheckoutFacts {
  readonly shop: string;
  readonly token: string;
  readonly apiVersion: ApiVersion;
  readonly shopper: Shopper;
  readonly cart: Cart;
  readonly revealed: Revealed;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly completedAt?: Date;
  /** Of `updated_at`; `created_at` is always in `+00:00`. */
  readonly offset: Offset;
}

/** The exact bytes of a `checkouts/create` or `checkouts/update`. */
export function checkoutBody(facts: CheckoutFacts): string {
  const { shop, token, apiVersion, cart, revealed, shopper } = facts;
  const ids = idsOf(token);
  const totals = totalsOf(cart);
  const address = revealed.address ? wireAddress(shopper, revealed.phone === true) : null;
  return toJson({
    ...(apiVersion === '2024-10' ? { id: ids.checkoutId } : {}),
    token,
    cart_token: ids.cartToken,
    email: revealed.email ? shopper.email : null,
    gateway: null,
    buyer_accepts_marketing: false,
    buyer_accepts_sms_marketing: false,
    sms_marketing_phone: null,
    created_at: wireTime(facts.createdAt, '+00:00'),
    updated_at: wireTime(facts.updatedAt, facts.offset),
    landing_site: '/',
    note: '',
    note_attributes: revealed.consent ? [{ name: CONSENT.name, value: revealed.consent }] : [],
    referring_site: '',
    shipping_lines: [],
    shipping_address: address ?? [],
    ...(address ? { billing_address: address } : {}),
    taxes_included: true,
    total_weight: 0,
    currency: SHOP_CURRENCY,
    completed_at: facts.completedAt ? wireTime(facts.completedAt, facts.offset) : null,
    closed_at: null,
    phone: revealed.phone ? shopper.contactPhone : null,
    customer_locale: shopper.locale,
    line_items: cart.lines.map((line, index) => ({
      key: `${ids.cartToken.slice(0, 8)}${index}`,
      fulfillment_service: 'manual',
      gift_card: false,
      grams: 0,
      presentment_title: line.title,
      presentment_variant_title: line.variantTitle,
      product_id: line.variantId === null ? null : 8_123_456_789_012n + BigInt(index),
      quantity: line.quantity,
      requires_shipping: true,
      sku: '',
      tax_lines: [],
      taxable: true,
      title: line.title,
      variant_id: line.variantId,
      variant_title: line.variantTitle,
      variant_price: decimal(line.cents),
      vendor: 'Fenwick & Daughters',
      properties: index === 0 ? {} : null,
      applied_discounts: [],
      line_price: decimal(line.cents * line.quantity),
      price: decimal(line.cents),
    })),
    name: `#${ids.checkoutId}`,
    abandoned_checkout_url: recoveryUrl(shop, token, shopper),
    discount_codes: discountCodes(cart, totals.discounts),
    tax_lines: [
      {
        // 2024-10 bodies have been seen with the number, newer ones with the string.
        price: apiVersion === '2024-10' ? totals.tax / 100 : decimal(totals.tax),
        rate: cart.taxRate,
        title: cart.taxTitle,
        channel_liable: false,
      },
    ],
    presentment_currency: SHOP_CURRENCY,
    source_name: 'web',
    total_line_items_price: decimal(totals.lineItems),
    total_tax: decimal(totals.tax),
    total_discounts: decimal(totals.discounts),
    subtotal_price: decimal(totals.total),
    total_price: decimal(totals.total),
    total_duties: null,
    user_id: null,
    location_id: null,
    ...(revealed.email ? { customer: wireCustomer(facts) } : {}),
  });
}

/** The exact bytes of a `checkouts/delete`: an `id` in every version, and never a token. */
export function deleteBody(facts: Pick<CheckoutFacts, 'token' | 'cart'>): string {
  const ids = idsOf(facts.token);
  const totals = totalsOf(facts.cart);
  return toJson({
    id: ids.checkoutId,
    presentment_currency: SHOP_CURRENCY,
    buyer_accepts_sms_marketing: false,
    sms_marketing_phone: null,
    total_discounts: decimal(totals.discounts),
    total_line_items_price: decimal(totals.lineItems),
    total_price: decimal(totals.total),
    total_tax: decimal(totals.tax),
    subtotal_price: decimal(totals.total),
    cart_token: ids.cartToken,
    total_duties: null,
    reservation_token: null,
  });
}

/** An address as both checkouts and orders carry it. */
export function wireAddress(shopper: Shopper, withPhone: boolean): Record<string, unknown> {
  const { address, firstName, lastName } = shopper;
  return {
    first_name: firstName,
    address1: address.address1,
    phone: withPhone ? shopper.typedPhone : null,
    city: address.city,
    zip: address.zip,
    province: address.province,
    country: address.country,
    last_name: lastName,
    address2: address.address2,
    company: null,
    latitude: null,
    longitude: null,
    name: `${firstName} ${lastName}`,
    country_code: address.countryCode,
    province_code: address.provinceCode,
  };
}

export function discountCodes(cart: Cart, discountCents: number): Record<string, unknown>[] {
  if (!cart.discount) return [];
  return [{ code: cart.discount.code, amount: decimal(discountCents), type: 'percentage' }];
}

function recoveryUrl(shop: string, token: string, shopper: Shopper): string {
  const { cartToken, recoveryKey } = idsOf(token);
  return `https://${shop}/70134591/checkouts/ac/${cartToken}/recover?key=${recoveryKey}&locale=${shopper.locale}`;
}

function wireCustomer({ token, shopper, revealed }: CheckoutFacts): Record<string, unknown> {
  const { customerId } = idsOf(token);
  // Until the address is given, Shopify knows an e-mail address and nothing else of a new customer.
  const known = revealed.address === true;
  return {
    id: customerId,
    email: shopper.email,
    created_at: null,
    updated_at: null,
    first_name: known ? shopper.firstName : null,
    last_name: known ? shopper.lastName : null,
    state: 'disabled',
    note: null,
    verified_email: true,
    tax_exempt: false,
    phone: null,
    currency: SHOP_CURRENCY,
    admin_graphql_api_id: `gid://shopify/Customer/${customerId}`,
    ...(known ? { default_address: { id: null, ...wireAddress(shopper, false), default: true } } : {}),
  };
}
