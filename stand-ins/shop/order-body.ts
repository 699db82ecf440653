/** The body of `orders/create` for a checkout: tied to it by `checkout_token`, and by nothing else from 2026-04 on. */
import { decimal, totalsOf } from './cart.ts';
import { type CheckoutFacts, discountCodes, SHOP_CURRENCY, wireAddress } from './checkout-body.ts';
import { idsOf } from './ids.ts';
import { toJson, wireTime } from './wire.ts';

/** The exact bytes; `facts.updatedAt` is when the order was placed. */
export function orderBody(facts: CheckoutFacts): string {
  const { token, shopper, cart, apiVersion } = facts;
  const ids = idsOf(token);
  const totals = totalsOf(cart);
  const placedAt = wireTime(facts.updatedAt, facts.offset);
  const address = wireAddress(shopper, true);
  return toJson({
    id: ids.orderId,
    admin_graphql_api_id: `gid://shopify/Order/${ids.orderId}`,
    cart_token: ids.cartToken,
    ...(apiVersion === '2024-10' ? { checkout_id: ids.checkoutId } : {}),
    checkout_token: token,
    contact_email: shopper.email,
    created_at: placedAt,
    currency: SHOP_CURRENCY,
    customer_locale: shopper.locale,
    discount_codes: discountCodes(cart, totals.discounts),
    email: shopper.email,
    financial_status: 'paid',
    name: `#${ids.orderNumber}`,
    note: null,
    note_attributes: [],
    order_number: ids.orderNumber,
    phone: shopper.contactPhone,
    presentment_currency: SHOP_CURRENCY,
    processed_at: placedAt,
    source_name: 'web',
    subtotal_price: decimal(totals.total),
    taxes_included: true,
    total_discounts: decimal(totals.discounts),
    total_line_items_price: decimal(totals.lineItems),
    total_price: decimal(totals.total),
    total_tax: decimal(totals.tax),
    updated_at: placedAt,
    billing_address: address,
    customer: {
      id: ids.customerId,
      email: shopper.email,
      first_name: shopper.firstName,
      last_name: shopper.lastName,
      phone: null,
      admin_graphql_api_id: `gid://shopify/Customer/${ids.customerId}`,
    },
    line_items: cart.lines.map((line, index) => ({
      id: ids.orderId + BigInt(index + 1),
      title: line.title,
      name: line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title,
      price: decimal(line.cents),
      quantity: line.quantity,
      variant_id: line.variantId,
      variant_title: line.variantTitle || null,
    })),
    shipping_address: address,
  });
}
