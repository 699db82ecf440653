/** The shop's own list of abandoned checkouts, read to its end for a command. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Checkout } from '../domain/checkout.ts';
import { SECOND } from '../domain/duration.ts';
import { foundTokenOf } from '../domain/recovery-id.ts';
import type { Answer, ShopAdmin } from '../domain/shop-admin.ts';

export interface ShopCheckouts {
  readonly checkouts: readonly Checkout[];
  /** Such as the list shows and nothing can be said of. */
  readonly unreadable: number;
}

const MOST_TRIES_PER_PAGE = 5;
const LONGEST_PAUSE_MS = 30 * SECOND;

/** @param since - epoch milliseconds, UTC: those that changed then or later. @param onPage - hears how many are read. */
export async function checkoutsOfShop(
  admin: Pick<ShopAdmin, 'checkoutsSince'>,
  since: number,
  onPage: (read: number) => void,
): Promise<Answer<ShopCheckouts>> {
  const checkouts: Checkout[] = [];
  let unreadable = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ShopAdmin['checkoutsSince']>> = await patiently(() =>
      admin.checkoutsSince(since, cursor),
    );
    if (!page.ok) return page;
    unreadable += page.value.unreadable;
    for (const { checkout } of page.value.items) {
      const token = checkout.token || (checkout.id === null ? '' : foundTokenOf(checkout.id));
      if (token === '') unreadable++;
      else checkouts.push({ ...checkout, token });
    }
    onPage(checkouts.length);
    cursor = page.value.nextCursor;
  } while (cursor !== null);
  return { ok: true, value: { checkouts, unreadable } };
}

async function patiently<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (answer.ok || answer.fault.kind !== 'unavailable' || tries === MOST_TRIES_PER_PAGE) return answer;
    await wait(Math.min(LONGEST_PAUSE_MS, answer.fault.retryAfterMs ?? (SECOND / 4) * 2 ** tries));
  }
}
