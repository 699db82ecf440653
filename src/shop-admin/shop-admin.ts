/** ShopAdmin on Shopify's GraphQL Admin API, version 2026-10. The token goes into one header and nowhere else. */
import type { Clock } from '../domain/ports.ts';
import type { Answer, ShopAdmin } from '../domain/shop-admin.ts';
import { type AdminCredentials, adminClient } from './admin-client.ts';
import { agentOrders } from './agent-orders.ts';
import { discounts } from './discounts.ts';
import { foundCheckouts } from './found-checkouts.ts';
import { foundOrders } from './found-orders.ts';
import { grantedScopes } from './granted-scopes.ts';
import { lastLook } from './last-look.ts';

export interface ShopAdminOptions {
  /** The shop's permanent domain, lower case: `acme.myshopify.com`. */
  readonly shop: string;
  /** Where its Admin API is; only the origin counts. Usually `https://<shop>`. */
  readonly adminUrl: URL;
  readonly token: AdminCredentials;
  /** For each question that names no time of its own, a new token included. Milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Scopes the token needs, by what is used: `read_orders` (last look, orders, and, with the permission to manage abandoned checkouts,
 * those), `read_customers` and `read_products` (whom a found checkout is of and what is in it), `write_draft_orders`,
 * `write_discounts`.
 */
export function shopAdmin({ shop, adminUrl, token, timeoutMs, clock }: ShopAdminOptions): ShopAdmin {
  const client = adminClient({ shop, adminUrl }, token, timeoutMs, clock);
  return {
    lastLook: lastLook(client),
    checkoutsSince: foundCheckouts(client, shop),
    ordersSince: foundOrders(client),
    ...agentOrders(client),
    ...discounts(client),
  };
}

/** Which scopes the token has: one harmless question, which needs none itself. For whoever sets an installation up. */
export function scopesOf({
  shop,
  adminUrl,
  token,
  timeoutMs,
  clock,
}: ShopAdminOptions): Promise<Answer<readonly string[]>> {
  return grantedScopes(adminClient({ shop, adminUrl }, token, timeoutMs, clock));
}
