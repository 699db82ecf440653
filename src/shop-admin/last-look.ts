/** The last look at the shop before a dial: is this checkout completed, was it ordered, can its goods be had? One request. */
import { z } from 'zod';
import type { LastLook, LastLookQuestion, ShopAdmin } from '../domain/shop-admin.ts';
import { readInstant } from '../shopify/wire-instant.ts';
import { isNothing } from '../shopify/wire-scalars.ts';
import type { AdminClient } from './admin-client.ts';
import { having } from './search-terms.ts';

const ORDERS = 'orders(first: 1, query: $orders) { nodes { checkoutToken } }';

const BY_TOKEN = `query LastLookByToken($orders: String!) { ${ORDERS} }`;

const BY_ID = `query LastLook($id: ID!, $orders: String!) {
  node(id: $id) {
    ... on AbandonedCheckout {
      completedAt
      customer { tags defaultPhoneNumber { smsMarketingConsent { state } } }
    }
  }
  ${ORDERS}
  abandonmentByAbandonedCheckoutId(abandonedCheckoutId: $id) { customerHasNoOrderSinceAbandonment inventoryAvailable }
}`;

/** It needs `read_customers`; without that scope the shop tells nothing of the customer. */
const Account = z
  .object({
    tags: z.array(z.string()).catch([]),
    defaultPhoneNumber: z
      .object({ smsMarketingConsent: z.object({ state: z.string() }).nullish().catch(null) })
      .nullish()
      .catch(null),
  })
  .nullish()
  .catch(null);

/** Only the orders must be there. A checkout young enough may have no abandonment yet; an old one is forgotten after three months. */
const Seen = z.object({
  node: z.object({ completedAt: z.unknown(), customer: Account }).nullish().catch(null),
  orders: z.object({ nodes: z.array(z.object({ checkoutToken: z.string().nullable() })) }),
  abandonmentByAbandonedCheckoutId: z
    .object({
      customerHasNoOrderSinceAbandonment: z.boolean().nullish(),
      inventoryAvailable: z.boolean().nullish(),
    })
    .nullish()
    .catch(null),
});

export function lastLook(client: AdminClient): ShopAdmin['lastLook'] {
  return async (question, timeoutMs) => {
    const orders = having('checkout_token', question.checkoutToken);
    const byId = question.checkoutId !== null && /^\d{1,20}$/.test(question.checkoutId);
    const seen = await client.ask({
      query: byId ? BY_ID : BY_TOKEN,
      variables: byId ? { orders, id: `gid://shopify/AbandonedCheckout/${question.checkoutId}` } : { orders },
      answer: Seen,
      timeoutMs,
    });
    return seen.ok ? { ok: true, value: toLastLook(seen.value, question) } : seen;
  };
}

function toLastLook(seen: z.output<typeof Seen>, { checkoutToken }: LastLookQuestion): LastLook {
  const abandonment = seen.abandonmentByAbandonedCheckoutId ?? null;
  // A search term that the shop ignores finds any order: only one that names this checkout is its own.
  const ofThisCheckout = seen.orders.nodes.some((order) => order.checkoutToken === checkoutToken);
  return {
    completedAt: completionOf(seen.node?.completedAt),
    ordered: ofThisCheckout || abandonment?.customerHasNoOrderSinceAbandonment === false,
    inStock: abandonment?.inventoryAvailable ?? null,
    customer: customerOf(seen.node?.customer),
  };
}

/** Only a word that takes consent back does: an account that never subscribed says nothing of the tick in this checkout. */
function customerOf(account: z.output<typeof Account> | undefined): LastLook['customer'] {
  if (!account) return null;
  const state = account.defaultPhoneNumber?.smsMarketingConsent?.state;
  const withdrawn = state === 'UNSUBSCRIBED' || state === 'REDACTED';
  return { smsConsent: withdrawn ? 'withdrawn' : state === 'SUBSCRIBED' ? 'given' : null, tags: account.tags };
}

/** What is there and no instant still means completed, at a time unknown: calling a buyer is worse than not calling. */
function completionOf(value: unknown): number | null {
  return isNothing(value) ? null : (readInstant(value) ?? 0);
}
