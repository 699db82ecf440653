/** Checkouts and orders that changed, page by page, at the stand-in of the shop. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Page } from '../../../src/domain/shop-admin.ts';
import type { CheckoutFacts } from '../../../stand-ins/shop/checkout-body.ts';
import { idsOf } from '../../../stand-ins/shop/ids.ts';
import {
  answered,
  checkoutFacts,
  faultOf,
  openShopAdmin,
  type ShopAdminAtStandIn,
} from '../../support/shop-admin-at-stand-in.ts';

const AT = '2026-11-20T11:30:05Z';
const SINCE = Date.parse('2026-11-20T00:00:00Z');

let world: ShopAdminAtStandIn;

beforeEach(async () => {
  world = await openShopAdmin();
});
afterEach(() => world.close());

/** All pages, one after the other; `between` runs after each. */
async function everyPage<T>(
  read: (cursor: string | null) => Promise<Answer<Page<T>>>,
  between: (pages: number) => void = () => {},
) {
  const pages: Page<T>[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = answered(await read(cursor));
    pages.push(page);
    between(pages.length);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pages;
}

const minutesLater = (minutes: number) => new Date(Date.parse(AT) + minutes * 60_000);
const left = (minutes: number): CheckoutFacts => ({
  ...checkoutFacts(AT),
  createdAt: minutesLater(minutes),
  updatedAt: minutesLater(minutes),
});

describe('checkouts that changed', () => {
  const since = (at: number) => (cursor: string | null) => world.admin.checkoutsSince(at, cursor);

  it('are those since the instant, the instant included', async () => {
    const [before, at, after] = [-1, 0, 1].map(left) as [CheckoutFacts, CheckoutFacts, CheckoutFacts];
    for (const facts of [before, at, after]) world.shop.shelves.putCheckout(facts);
    const [page] = await everyPage(since(Date.parse(AT) + 900));
    expect(page?.items.map(({ checkout }) => checkout.id)).toEqual(
      [at, after].map(({ token }) => String(idsOf(token).checkoutId)),
    );
    expect(page?.items[0]?.checkout).toMatchObject({
      ...{ shop: at.shop, token: '', cartToken: idsOf(at.token).cartToken, completedAt: null },
      ...{ createdAt: Date.parse(AT), updatedAt: Date.parse(AT) + 999 },
      customer: { email: at.shopper.email },
    });
  });

  it('come in pages of fifty, all of them, each once', async () => {
    const all = Array.from({ length: 120 }, (_, index) => left(index));
    for (const facts of all) world.shop.shelves.putCheckout(facts);
    const pages = await everyPage(since(SINCE));
    expect(pages.map(({ items }) => items.length)).toEqual([50, 50, 20]);
    const ids = pages.flatMap(({ items }) => items.map(({ checkout }) => checkout.id));
    expect(ids).toEqual(all.map(({ token }) => String(idsOf(token).checkoutId)));
  });

  it('are complete though some change and others come while the pages are read', async () => {
    const all = Array.from({ length: 60 }, (_, index) => left(index));
    for (const facts of all) world.shop.shelves.putCheckout(facts);
    const newcomer = left(200);
    const [first, , , fourth] = all as [CheckoutFacts, CheckoutFacts, CheckoutFacts, CheckoutFacts];
    const pages = await everyPage(since(SINCE), (read) => {
      if (read > 1) return;
      world.shop.shelves.putCheckout({ ...first, updatedAt: minutesLater(300) });
      world.shop.shelves.putCheckout({ ...fourth, updatedAt: minutesLater(301) });
      world.shop.shelves.putCheckout(newcomer);
    });
    const ids = new Set(pages.flatMap(({ items }) => items.map(({ checkout }) => checkout.id)));
    expect(ids).toEqual(new Set([...all, newcomer].map(({ token }) => String(idsOf(token).checkoutId))));
  });

  it('that cannot be read are counted, and the others are given', async () => {
    world.shop.shelves.putCheckout(left(0));
    world.shop.shelves.putCheckout(left(1), { fields: { updatedAt: 'recently' } });
    world.shop.shelves.putCheckout(left(2));
    const [page] = await everyPage(since(SINCE));
    expect([page?.items.length, page?.unreadable]).toEqual([2, 1]);
  });

  it('that lost a part to a fault of the shop count as unreadable', async () => {
    for (const minute of [0, 1]) world.shop.shelves.putCheckout(left(minute));
    const path = ['abandonedCheckouts', 'nodes', 1, 'customer'];
    world.shop.nextAnswers.push({ lost: [{ path, code: 'INTERNAL_SERVER_ERROR' }] });
    const [page] = await everyPage(since(SINCE));
    expect([page?.items.length, page?.unreadable]).toEqual([1, 1]);
  });

  it('are none when the token has no right to a part: it would be missing in every one', async () => {
    world.shop.shelves.putCheckout(left(0));
    const path = ['abandonedCheckouts', 'nodes', 0, 'customer'];
    world.shop.nextAnswers.push({ lost: [{ path, code: 'ACCESS_DENIED' }] });
    expect(faultOf(await world.admin.checkoutsSince(SINCE, null))).toEqual({
      ...{ kind: 'denied', cause: 'access_denied.abandonedCheckouts.nodes.customer' },
    });
  });

  it('are asked for in smaller pages where fifty are too dear', async () => {
    for (let minute = 0; minute < 20; minute++) world.shop.shelves.putCheckout(left(minute));
    const tooDear = { errors: [{ message: 'Query cost is 1,204', extensions: { code: 'MAX_COST_EXCEEDED' } }] };
    world.shop.nextAnswers.push(tooDear);
    expect(answered(await world.admin.checkoutsSince(SINCE, null)).items).toHaveLength(12);
    world.shop.nextAnswers.push(tooDear, tooDear, tooDear);
    expect(faultOf(await world.admin.checkoutsSince(SINCE, null))).toMatchObject({ kind: 'refused' });
    expect(world.shop.asked.map(({ variables }) => variables.first)).toEqual([50, 12, 50, 12, 3]);
  });

  it('are no page when it says there is more and not where', async () => {
    const pageInfo = { hasNextPage: true, endCursor: null };
    world.shop.nextAnswers.push({ status: 200, body: { data: { abandonedCheckouts: { nodes: [], pageInfo } } } });
    expect(faultOf(await world.admin.checkoutsSince(SINCE, null))).toMatchObject({ cause: 'answer_unreadable' });
  });
});

describe('orders that changed', () => {
  it('come in pages, the oldest change first', async () => {
    const all = Array.from({ length: 70 }, (_, index) => left(70 - index));
    for (const facts of all) world.shop.shelves.putOrder(facts);
    const pages = await everyPage((cursor) => world.admin.ordersSince(SINCE, cursor));
    expect(pages.map(({ items }) => items.length)).toEqual([50, 20]);
    const tokens = pages.flatMap(({ items }) => items.map(({ checkoutToken }) => checkoutToken));
    expect(tokens).toEqual(all.map(({ token }) => token).reverse());
  });

  it('are those since the instant', async () => {
    for (const minute of [-1, 0]) world.shop.shelves.putOrder(left(minute));
    expect(answered(await world.admin.ordersSince(Date.parse(AT), null)).items).toHaveLength(1);
  });

  it('that cannot be read are counted', async () => {
    world.shop.shelves.putOrder(left(0), { fields: { createdAt: 'recently' } });
    expect(answered(await world.admin.ordersSince(SINCE, null))).toEqual({
      items: [],
      unreadable: 1,
      nextCursor: null,
    });
  });
});
