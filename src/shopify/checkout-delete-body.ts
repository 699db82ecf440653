/** The body of `checkouts/delete`: which checkout is gone. Shopify sends its `id` and `cart_token` and, as of November 2026, no `token`. */
import { field, readBody } from './body-fields.ts';
import { readId, readToken } from './wire-scalars.ts';

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

const id = field(readId);
const token = field(readToken);

export function parseCheckoutDelete(body: unknown): ParsedCheckoutDelete {
  const read = readBody(body, (fields) => ({
    id: id(fields, 'id'),
    token: token(fields, 'token'),
    cartToken: token(fields, 'cart_token'),
  }));
  if (!read.ok) return read;
  const deleted = read.value;
  if (deleted.id === null && deleted.token === null && deleted.cartToken === null) return { ok: false, field: 'id' };
  return { ok: true, deleted };
}
