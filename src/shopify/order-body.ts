/**
 * The bodies of `orders/create`, `orders/paid` and `orders/cancelled`: which checkout an order settles, and what it brought. Everything
 * else in them is left unread. Since API 2026-04 there is no `checkout_id` (Shopify's changelog, 2026-03-06).
 */
import { readCountry } from './address-body.ts';
import { type Fields, field, needed, objectIn, readBody } from './body-fields.ts';
import { readInstant } from './wire-instant.ts';
import { readAmount, readId, readLooseText, readText, readToken } from './wire-scalars.ts';

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
  /** As written, each once: a person may order with one address and have an account with another. */
  readonly emails: readonly string[];
  /**
   * As sent, each once: E.164 from contact and account, as typed from the addresses. `country` is the one to read a number with that
   * has no `+`, ISO 3166-1 alpha-2.
   */
  readonly phones: readonly { readonly number: string; readonly country: string | null }[];
}

export type ParsedOrder =
  | { readonly ok: true; readonly order: Order }
  /** `field`: dotted path of the first value of the wrong kind, `body` when it is no object. */
  | { readonly ok: false; readonly field: string };

const text = field(readText);
const looseText = field(readLooseText);
const id = field(readId);
const token = field(readToken);
const instant = field(readInstant);
const amount = field(readAmount);

/** Reads one body, as tolerantly as a checkout's. Only the order's own id must be there. */
export function parseOrder(body: unknown): ParsedOrder {
  const read = readBody(body, readOrder);
  return read.ok ? { ok: true, order: read.value } : read;
}

function readOrder(body: Fields): Order {
  // Test sends carry ids beyond 2^53. Where a parser has rounded one it reads as null, and the gid, being text, still has the digits.
  const gid = id(body, 'admin_graphql_api_id');
  const email = text(body, 'email');
  const contactEmail = text(body, 'contact_email');
  const customer = objectIn(body, 'customer', readCustomer);
  return {
    id: needed(id(body, 'id') ?? gid, 'id'),
    name: text(body, 'name'),
    checkoutToken: token(body, 'checkout_token'),
    cartToken: token(body, 'cart_token'),
    checkoutId: id(body, 'checkout_id'),
    createdAt: instant(body, 'created_at'),
    total: amount(body, 'total_price'),
    currency: text(body, 'currency'),
    emails: [...new Set([email, contactEmail, customer?.email ?? null].filter((each) => each !== null))],
    phones: phonesOf(body, customer),
  };
}

interface Place {
  readonly number: string | null;
  readonly country: string | null;
}

interface Customer {
  readonly email: string | null;
  readonly phone: string | null;
  readonly defaultAddress: Place | null;
}

function readCustomer(body: Fields): Customer {
  return {
    email: text(body, 'email'),
    phone: looseText(body, 'phone'),
    defaultAddress: objectIn(body, 'default_address', readPlace),
  };
}

function readPlace(body: Fields): Place {
  return { country: readCountry(body).countryCode, number: looseText(body, 'phone') };
}

function phonesOf(body: Fields, customer: Customer | null): Order['phones'] {
  const contact = looseText(body, 'phone');
  const places = [
    objectIn(body, 'shipping_address', readPlace),
    objectIn(body, 'billing_address', readPlace),
    customer?.defaultAddress ?? null,
  ].filter((place) => place !== null);
  const country = places.find((place) => place.country !== null)?.country ?? null;
  const all = [{ number: contact, country }, { number: customer?.phone ?? null, country }, ...places];
  const each = new Map(all.map((one) => [`${one.number} ${one.country}`, one]));
  return [...each.values()].flatMap((one) => (one.number === null ? [] : [{ ...one, number: one.number }]));
}
