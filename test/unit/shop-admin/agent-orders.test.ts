/** Orders by phone, at the stand-in of the shop. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentOrder } from '../../../src/domain/shop-admin.ts';
import { answered, faultOf, openShopAdmin, type ShopAdminAtStandIn } from '../../support/shop-admin-at-stand-in.ts';

let world: ShopAdminAtStandIn;

beforeEach(async () => {
  world = await openShopAdmin();
});
afterEach(() => world.close());

const ORDER: AgentOrder = {
  ...{ key: 'recovery-1:agent_order:call-1', checkoutToken: 'c0ffee', note: 'Ring twice', discountCodes: [] },
  ...{ email: 'odile.marrable@example.com', phone: '+14155550142', shippingAddress: null },
  lines: [{ variantId: '49302817465112', title: 'Storm lantern', quantity: 2 }],
};

describe('an order by phone', () => {
  it('is a draft first, and found again by its key alone', async () => {
    const draft = answered(await world.admin.createAgentOrder(ORDER));
    expect(draft).toMatchObject({ name: expect.stringMatching(/^#D/), orderName: null });
    expect(answered(await world.admin.findAgentOrder(ORDER.key))).toEqual(draft);
    expect(answered(await world.admin.findAgentOrder('another key'))).toBeNull();
  });

  it('is found after its creation was left in doubt, as soon as the search knows it', async () => {
    world.shop.nextAnswers.push({ reset: true, executes: true });
    expect(faultOf(await world.admin.createAgentOrder(ORDER))).toMatchObject({ kind: 'unavailable' });
    world.shop.moods.draftsHidden = true;
    expect(answered(await world.admin.findAgentOrder(ORDER.key))).toBeNull();
    world.shop.moods.draftsHidden = false;
    expect(answered(await world.admin.findAgentOrder(ORDER.key))).toMatchObject({ orderName: null });
    expect(world.shop.shelves.drafts).toHaveLength(1);
  });

  it('is not mistaken for another, even where the shop finds every draft', async () => {
    world.shop.moods.searchIgnored = true;
    await world.admin.createAgentOrder({ ...ORDER, key: 'another key' });
    expect(answered(await world.admin.findAgentOrder(ORDER.key))).toBeNull();
  });

  it('that was made twice is found as the one that is complete', async () => {
    const drafts = [await world.admin.createAgentOrder(ORDER), await world.admin.createAgentOrder(ORDER)].map(answered);
    const completed = answered(await world.admin.completeAgentOrder(drafts[1]?.id ?? ''));
    expect(answered(await world.admin.findAgentOrder(ORDER.key))).toEqual(completed);
  });

  it('is completed as one to be paid on delivery, and completing it again changes nothing', async () => {
    const { id } = answered(await world.admin.createAgentOrder(ORDER));
    const completed = answered(await world.admin.completeAgentOrder(id));
    expect(completed).toMatchObject({ id, orderName: expect.stringMatching(/^#\d+$/) });
    expect(world.shop.shelves.drafts[0]?.financialStatus).toBe('PENDING');
    expect(answered(await world.admin.completeAgentOrder(id))).toEqual(completed);
    expect(world.shop.shelves.orders).toHaveLength(1);
  });

  it('is completed once though the answer was lost', async () => {
    const { id } = answered(await world.admin.createAgentOrder(ORDER));
    world.shop.nextAnswers.push({ status: 502, executes: true });
    expect(faultOf(await world.admin.completeAgentOrder(id))).toMatchObject({ kind: 'unavailable' });
    expect(answered(await world.admin.completeAgentOrder(id)).orderName).not.toBeNull();
    expect(world.shop.shelves.orders).toHaveLength(1);
  });

  it('shows among the orders as one of its checkout', async () => {
    const { id } = answered(await world.admin.createAgentOrder(ORDER));
    const { orderName } = answered(await world.admin.completeAgentOrder(id));
    const { items } = answered(await world.admin.ordersSince(0, null));
    expect(items).toMatchObject([{ name: orderName, checkoutToken: 'c0ffee', emails: [ORDER.email] }]);
  });

  it('that the shop still calculates is completed later', async () => {
    world.shop.moods.draftsUnready = true;
    const { id } = answered(await world.admin.createAgentOrder(ORDER));
    expect(faultOf(await world.admin.completeAgentOrder(id))).toEqual({
      ...{ kind: 'unavailable', cause: 'draft_not_ready', retryAfterMs: 2_000 },
    });
    for (const draft of world.shop.shelves.drafts) draft.ready = true;
    expect(await world.admin.completeAgentOrder(id)).toMatchObject({ ok: true });
  });

  it('that the shop objects to is refused, in words without what was sent', async () => {
    expect(faultOf(await world.admin.createAgentOrder({ ...ORDER, phone: '555-LANTERN' }))).toEqual({
      ...{ kind: 'refused', message: 'phone: … is no valid phone number' },
    });
  });

  it('that does not exist cannot be completed', async () => {
    expect(faultOf(await world.admin.completeAgentOrder('gid://shopify/DraftOrder/404'))).toEqual({
      ...{ kind: 'refused', message: 'Draft order does not exist' },
    });
  });

  it('of nothing the shop could price is not even asked for', async () => {
    const lines = [{ variantId: null, title: 'Engraving', quantity: 1 }];
    expect(faultOf(await world.admin.createAgentOrder({ ...ORDER, lines }))).toMatchObject({ kind: 'refused' });
    expect(world.shop.asked).toEqual([]);
  });
});
