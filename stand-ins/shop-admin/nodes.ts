/**
 * Checkouts and orders as GraphQL objects, made from the same facts as the webhooks of `stand-ins/shop`. Types `AbandonedCheckout`
 * and `Order` of the Admin API 2026-10: neither token, contact nor consent of the checkout itself is among them.
 */
import { type Cart, totalsOf } from '../shop/cart.ts';
import { type CheckoutFacts, CONSENT, SHOP_CURRENCY } from '../shop/checkout-body.ts';
import { idsOf } from '../shop/ids.ts';
import type { Shopper } from '../shop/people.ts';

/** What the customer account says that webhooks do not. */
export interface CustomerFacts {
  /** `SUBSCRIBED` is consent to text messages; default `NEVER_SUBSCRIBED`. */
  readonly smsMarketing?: 'NEVER_SUBSCRIBED' | 'PENDING' | 'SUBSCRIBED' | 'UNSUBSCRIBED' | 'REDACTED';
  readonly tags?: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

export function checkoutNode(facts: CheckoutFacts, customer: CustomerFacts = {}): Node {
  const { shop, token, cart, revealed, shopper } = facts;
  const ids = idsOf(token);
  const totals = totalsOf(cart);
  const address = revealed.address ? addressNode(shopper, revealed.phone === true) : null;
  return {
    __typename: 'AbandonedCheckout',
    id: `gid://shopify/AbandonedCheckout/${ids.checkoutId}`,
    name: `#${ids.checkoutId}`,
    note: '',
    createdAt: instant(facts.createdAt),
    updatedAt: instant(facts.updatedAt),
    completedAt: facts.completedAt ? instant(facts.completedAt) : null,
    abandonedCheckoutUrl: `https://${shop}/70134591/checkouts/ac/${ids.cartToken}/recover?key=${ids.recoveryKey}`,
    taxesIncluded: true,
    discountCodes: cart.discount ? [cart.discount.code] : [],
    totalLineItemsPriceSet: money(totals.lineItems),
    totalDiscountSet: money(totals.discounts),
    subtotalPriceSet: money(totals.total),
    totalPriceSet: money(totals.total),
    taxLines: [
      { title: cart.taxTitle, rate: cart.taxRate, source: null, channelLiable: false, priceSet: money(totals.tax) },
    ],
    customAttributes: revealed.consent ? [{ key: CONSENT.name, value: revealed.consent }] : [],
    lineItems: { nodes: lineNodes(cart) },
    customer: revealed.email ? customerNode(facts, customer) : null,
    shippingAddress: address,
    billingAddress: address,
  };
}

/** An order of this checkout, placed at `facts.updatedAt`. */
export function orderNode(facts: CheckoutFacts, customer: CustomerFacts = {}): Node {
  const { token, cart, shopper } = facts;
  const ids = idsOf(token);
  const address = addressNode(shopper, true);
  return {
    __typename: 'Order',
    id: `gid://shopify/Order/${ids.orderId}`,
    name: `#${ids.orderNumber}`,
    checkoutToken: token,
    cartToken: ids.cartToken,
    createdAt: instant(facts.updatedAt),
    updatedAt: instant(facts.updatedAt),
    email: shopper.email,
    phone: shopper.contactPhone,
    discountCodes: cart.discount ? [cart.discount.code] : [],
    totalPriceSet: money(totalsOf(cart).total),
    customAttributes: [],
    customer: customerNode({ ...facts, revealed: { email: true, address: true, phone: true } }, customer),
    shippingAddress: address,
    billingAddress: address,
  };
}

function lineNodes({ lines }: Cart): Node[] {
  return lines.map(({ title, variantTitle, variantId, cents, quantity }) => ({
    title,
    quantity,
    variantTitle: variantTitle === '' ? null : variantTitle,
    variant: variantId === null ? null : { id: `gid://shopify/ProductVariant/${variantId}` },
    originalUnitPriceSet: money(cents),
  }));
}

function customerNode({ token, shopper, revealed }: CheckoutFacts, { smsMarketing, tags = [] }: CustomerFacts): Node {
  const known = revealed.address === true;
  // One who said yes or no to text messages has given a number for them.
  const phone = shopper.contactPhone ?? (smsMarketing === undefined ? null : shopper.e164);
  return {
    id: `gid://shopify/Customer/${idsOf(token).customerId}`,
    firstName: known ? shopper.firstName : null,
    lastName: known ? shopper.lastName : null,
    tags,
    defaultEmailAddress: { emailAddress: shopper.email },
    defaultPhoneNumber:
      revealed.phone === true && phone !== null
        ? {
            phoneNumber: phone,
            smsMarketingConsent: { state: smsMarketing ?? 'NEVER_SUBSCRIBED', updatedAt: null },
          }
        : null,
    defaultAddress: known ? addressNode(shopper, false) : null,
  };
}

function addressNode({ address, firstName, lastName, typedPhone }: Shopper, withPhone: boolean): Node {
  return {
    firstName,
    lastName,
    name: `${firstName} ${lastName}`,
    company: null,
    address1: address.address1,
    address2: address.address2,
    city: address.city,
    province: address.province,
    provinceCode: address.provinceCode,
    country: address.country,
    countryCodeV2: address.countryCode,
    zip: address.zip,
    phone: withPhone ? typedPhone : null,
  };
}

/** GraphQL's `Decimal` drops the zeros at the end but for one: `189.0`, `189.5`, `189.55`. */
export function money(cents: number): Node {
  const amount = (cents / 100).toFixed(2).replace(/0$/, '');
  return {
    shopMoney: { amount, currencyCode: SHOP_CURRENCY },
    presentmentMoney: { amount, currencyCode: SHOP_CURRENCY },
  };
}

/** `DateTime`: RFC 3339 in UTC and whole seconds. */
export function instant(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}
