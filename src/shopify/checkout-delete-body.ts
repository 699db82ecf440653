/** The body of `checkouts/delete`: which checkout is gone. Shopify sends its `id` and `cart_token` and, as of November 2026, no `token`. */
import { z } from 'zod';
import { faultyField, readId, readToken, scalar } from './wire-scalars.ts';

/** What a deleted checkout may be known by; at least one is not null. */
export interface DeletedCheckout {
  /** Decimal digits. */
  readonly id: string | null;
  readonly token: string | null;
  readonly cartToken: string | null;
}

export type ParsedCheckoutDelete =
  | { readonly ok: true; readonly deleted: DeletedCheckout }
  /** `field`: dotted path of the first value of the wrong kind, `body` when it is no object, `id` when nothing names the checkout. */
  | { readonly ok: false; readonly field: string };

const token = scalar(readToken);
const CheckoutDeleteBody = z.object({ id: scalar(readId), token, cart_token: token });

export function parseCheckoutDelete(body: unknown): ParsedCheckoutDelete {
  const parsed = CheckoutDeleteBody.safeParse(body);
  if (!parsed.success) return { ok: false, field: faultyField(parsed.error) };
  const { id, token, cart_token: cartToken } = parsed.data;
  if (id === null && token === null && cartToken === null) return { ok: false, field: 'id' };
  return { ok: true, deleted: { id, token, cartToken } };
}
