/** The little of a checkout's body that tells whether the shopper has bought: read even when nothing else in it can be. */
import { CHECKOUT_TOKEN_ATTRIBUTE } from '../domain/shop-admin.ts';
import { readInstant } from './wire-instant.ts';
import { isNothing, readId, readToken } from './wire-scalars.ts';

export interface StopFacts {
  /** null when the body holds no usable token; then the purchase cannot be told whose it is. */
  readonly token: string | null;
  /** Epoch milliseconds, UTC; null when the checkout is not completed. */
  readonly completedAt: number | null;
}

/**
 * Token and completion of any body of `checkouts/*`. Never fails: a purchase must not be missed because an address was unreadable.
 *
 * A `completed_at` that is there and not an instant still means completed: calling a buyer is worse than not calling. Its time is then
 * that of the last change, and 0 when even that is unreadable.
 */
export function readStopFacts(body: unknown): StopFacts {
  const { token, completed_at, updated_at } = fieldsOf(body);
  return { token: readToken(token) ?? null, completedAt: completionOf(completed_at, updated_at) };
}

/** What an order or a deletion may say of the checkout it ends. */
export interface CheckoutReferences {
  readonly token: string | null;
  readonly cartToken: string | null;
  /** Decimal digits. */
  readonly checkoutId: string | null;
}

/** Which checkout an order settles: whatever of it can be read. Never fails. */
export function readOrderReferences(body: unknown): CheckoutReferences {
  const { checkout_token, cart_token, checkout_id, note_attributes } = fieldsOf(body);
  return references(readToken(checkout_token) ?? agreedCheckout(note_attributes), cart_token, checkout_id);
}

/** An order that the agent agreed on the phone was made through the API, and names its checkout in an attribute of ours. */
function agreedCheckout(attributes: unknown): unknown {
  if (!Array.isArray(attributes)) return null;
  return fieldsOf(attributes.find((each) => fieldsOf(each).name === CHECKOUT_TOKEN_ATTRIBUTE)).value ?? null;
}

/** Which checkout was deleted: whatever of it can be read. Never fails. */
export function readDeletedReferences(body: unknown): CheckoutReferences {
  const { token, cart_token, id } = fieldsOf(body);
  return references(token, cart_token, id);
}

function references(token: unknown, cartToken: unknown, checkoutId: unknown): CheckoutReferences {
  return {
    token: readToken(token) ?? null,
    cartToken: readToken(cartToken) ?? null,
    checkoutId: readId(checkoutId) ?? null,
  };
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
}

function completionOf(completedAt: unknown, updatedAt: unknown): number | null {
  if (isNothing(completedAt) || completedAt === false) return null;
  return readInstant(completedAt) ?? readInstant(updatedAt) ?? 0;
}
