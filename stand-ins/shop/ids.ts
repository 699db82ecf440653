/** Tokens and ids of one checkout, all derived from its token, so that a later order or delete can be made from it alone. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';

export interface CheckoutIds {
  /** Above 2^53, as Shopify's own documentation shows them: a reader that goes through a JSON number loses digits. */
  readonly checkoutId: bigint;
  readonly customerId: bigint;
  readonly orderId: bigint;
  /** The number in an order's name: `#<n>`. */
  readonly orderNumber: number;
  readonly cartToken: string;
  readonly recoveryKey: string;
}

/** A fresh checkout token: 32 hex digits. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

/** A fresh webhook id; Shopify keeps it over all retries of one delivery. */
export function newWebhookId(): string {
  return randomUUID();
}

export function idsOf(token: string): CheckoutIds {
  return {
    checkoutId: bigId(token, 'checkout'),
    customerId: bigId(token, 'customer'),
    orderId: bigId(token, 'order'),
    orderNumber: 1_000 + Number(bigId(token, 'number') % 9_000n),
    cartToken: digest(token, 'cart').slice(0, 32),
    recoveryKey: digest(token, 'recover').slice(0, 32),
  };
}

/** Eighteen digits, odd, and never a multiple of the gaps between the doubles up there. */
function bigId(token: string, kind: string): bigint {
  const entropy = BigInt(`0x${digest(token, kind).slice(0, 14)}`) % 400_000_000_000_000_000n;
  return 500_000_000_000_000_001n + entropy - (entropy % 2n);
}

function digest(token: string, kind: string): string {
  return createHash('sha256').update(`${kind}:${token}`).digest('hex');
}
