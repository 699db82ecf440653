/** Abandoned checkouts that changed, page by page: what webhooks may have failed to tell. */
import { z } from 'zod';
import type { Answer, FoundCheckout, Page, ShopAdmin } from '../domain/shop-admin.ts';
import { ABANDONED_CHECKOUT, toCheckout } from './abandoned-checkout.ts';
import type { AdminClient } from './admin-client.ts';
import { Connection, PAGE_INFO, pageOf } from './pages.ts';
import { changedSince } from './search-terms.ts';

/**
 * There is no sort key by change (`AbandonedCheckoutSortKeys`, 2026-10), so they come in order of their creation. Every one that
 * changed since is among them all the same: one that changes while the pages are read keeps its place, a new one comes last.
 */
const QUERY = `query ChangedCheckouts($first: Int!, $after: String, $changed: String!) {
  abandonedCheckouts(first: $first, after: $after, query: $changed, sortKey: ID) {
    nodes ${ABANDONED_CHECKOUT}
    ${PAGE_INFO}
  }
}`;

const ChangedCheckouts = z.object({ abandonedCheckouts: Connection });

/** A single query may cost 1,000 points. What one of ours costs is told by nobody but the shop, so too dear a page is asked for in part. */
const PAGE_SIZES = [50, 12, 3];

export function foundCheckouts(client: AdminClient, shop: string): ShopAdmin['checkoutsSince'] {
  return async (since, cursor) => {
    for (const first of PAGE_SIZES) {
      const page = await askFor(first, since, cursor);
      if (page.ok || !isTooDear(page) || first === PAGE_SIZES.at(-1)) return page;
    }
    throw new Error('unreachable: the last page size returns');
  };

  async function askFor(first: number, since: number, after: string | null): Promise<Answer<Page<FoundCheckout>>> {
    const found = await client.ask({
      query: QUERY,
      variables: { first, after, changed: changedSince(since) },
      answer: ChangedCheckouts,
      everyField: true,
    });
    if (!found.ok) return found;
    const page = pageOf(found.value.abandonedCheckouts, (node) => {
      const checkout = toCheckout(node, shop);
      return checkout === null ? null : { checkout };
    });
    return { ok: true, value: page };
  }
}

function isTooDear(page: Answer<unknown>): boolean {
  return !page.ok && page.fault.kind === 'refused' && page.fault.message.startsWith('MAX_COST_EXCEEDED');
}
