/**
 * The bodies of `orders/create`, `orders/paid` and `orders/cancelled`: which checkout an order settles, and what it brought. Everything
 * else in them is left unread. Since API 2026-04 there is no `checkout_id` (Shopify's changelog, 2026-03-06).
 */
import { z } from 'zod';
import { AddressBody, countryCodeOf } from './address-body.ts';
import { readInstant } from './wire-instant.ts';
import {
  faultyField,
  objectOrNothing,
  readAmount,
  readId,
  readLooseText,
  readText,
  readToken,
  scalar,
} from './wire-scalars.ts';

/** An order as Shopify announces it. */
export interface Order {
  /** Decimal digits. */
  readonly id: string;
  /** What merchant and shopper call it, e.g. `#1017`. */
  readonly name: string | null;
  /** The token of the checkout it came from; null for draft, point-of-sale and API orders. */
  readonly checkoutToken: string | null;
  readonly cartToken: string | null;
  readonly checkoutId: string | null;
  /** Epoch milliseconds, UTC. */
  readonly createdAt: number | null;
  /** Decimal string in `currency`, the shop's. */
  readonly total: string | null;
  readonly currency: string | null;
  readonly email: string | null;
  /** As sent: E.164 from the contact, as typed from an address. The first of contact, account, shipping, billing, default address. */
  readonly phone: string | null;
  /** ISO 3166-1 alpha-2 country to read `phone` with when it has no `+`. */
  readonly phoneRegion: string | null;
}

export type ParsedOrder =
  | { readonly ok: true; readonly order: Order }
  /** `field`: dotted path of the first value of the wrong kind, `body` when it is no object. */
  | { readonly ok: false; readonly field: string };

const text = scalar(readText);
const id = scalar(readId);
const token = scalar(readToken);
const phone = scalar(readLooseText);
const address = objectOrNothing(AddressBody.pick({ country: true, country_code: true, phone: true }));

const OrderBody = z.object({
  id,
  admin_graphql_api_id: id,
  name: text,
  checkout_token: token,
  cart_token: token,
  checkout_id: id,
  created_at: scalar(readInstant),
  total_price: scalar(readAmount),
  currency: text,
  email: text,
  contact_email: text,
  phone,
  customer: objectOrNothing(z.object({ email: text, phone, default_address: address })),
  shipping_address: address,
  billing_address: address,
});

/** Reads one body, as tolerantly as a checkout's. Only the order's own id must be there. */
export function parseOrder(body: unknown): ParsedOrder {
  const parsed = OrderBody.safeParse(body);
  if (!parsed.success) return { ok: false, field: faultyField(parsed.error) };
  const order = parsed.data;
  // Test sends carry ids beyond 2^53. Where a parser has rounded one it reads as null, and the gid, being text, still has the digits.
  const orderId = order.id ?? order.admin_graphql_api_id;
  if (orderId === null) return { ok: false, field: 'id' };
  return {
    ok: true,
    order: {
      id: orderId,
      name: order.name,
      checkoutToken: order.checkout_token,
      cartToken: order.cart_token,
      checkoutId: order.checkout_id,
      createdAt: order.created_at,
      total: order.total_price,
      currency: order.currency,
      email: order.email ?? order.contact_email ?? order.customer?.email ?? null,
      ...phoneOf(order),
    },
  };
}

function phoneOf(order: z.output<typeof OrderBody>): Pick<Order, 'phone' | 'phoneRegion'> {
  const { shipping_address: shipping, billing_address: billing, customer } = order;
  const places = [shipping, billing, customer?.default_address ?? null].flatMap((place) =>
    place === null ? [] : [{ phone: place.phone, phoneRegion: countryCodeOf(place) }],
  );
  const contactPhone = order.phone ?? customer?.phone ?? null;
  if (contactPhone !== null) {
    const phoneRegion = places.find((place) => place.phoneRegion !== null)?.phoneRegion ?? null;
    return { phone: contactPhone, phoneRegion };
  }
  return places.find((place) => place.phone !== null) ?? { phone: null, phoneRegion: null };
}
