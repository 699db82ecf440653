/** The last look before a dial, at the stand-in of the shop. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idsOf } from '../../../stand-ins/shop/ids.ts';
import {
  answered,
  checkoutFacts,
  faultOf,
  openShopAdmin,
  type ShopAdminAtStandIn,
} from '../../support/shop-admin-at-stand-in.ts';

const AT = '2026-11-20T11:30:05Z';

let world: ShopAdminAtStandIn;

beforeEach(async () => {
  world = await openShopAdmin();
});
afterEach(() => world.close());

describe('the last look', () => {
  const facts = checkoutFacts(AT);
  const look = (differs: { checkoutId?: string | null; checkoutToken?: string } = {}) =>
    world.admin.lastLook(
      { checkoutId: String(idsOf(facts.token).checkoutId), checkoutToken: facts.token, ...differs },
      10_000,
    );

  it('sees a checkout that is still open, and its goods', async () => {
    world.shop.shelves.putCheckout(facts);
    world.shop.shelves.putAbandonment(facts.token);
    expect(answered(await look())).toEqual({
      completedAt: null,
      ordered: false,
      inStock: true,
      customer: { smsConsent: null, tags: [] },
    });
  });

  it('takes one request', async () => {
    await look();
    expect(world.shop.asked).toHaveLength(1);
  });

  it('sees that it is completed', async () => {
    world.shop.shelves.putCheckout({ ...facts, completedAt: new Date(AT) });
    expect(answered(await look())).toMatchObject({ completedAt: Date.parse(AT) });
  });

  it('takes it for completed when the time of it cannot be read', async () => {
    world.shop.shelves.putCheckout(facts, { fields: { completedAt: 'just now' } });
    expect(answered(await look())).toMatchObject({ completedAt: 0 });
  });

  it('sees its order', async () => {
    world.shop.shelves.putOrder(facts);
    expect(answered(await look())).toMatchObject({ completedAt: null, ordered: true, inStock: null, customer: null });
  });

  it('sees another order of the same customer', async () => {
    world.shop.shelves.putAbandonment(facts.token, { customerHasNoOrderSinceAbandonment: false });
    expect(answered(await look())).toMatchObject({ ordered: true });
  });

  it('does not take somebody else’s order for its own, even where the shop finds it', async () => {
    world.shop.moods.searchIgnored = true;
    world.shop.shelves.putOrder(checkoutFacts(AT));
    expect(answered(await look())).toMatchObject({ ordered: false });
    expect(answered(await look({ checkoutToken: '' }))).toMatchObject({ ordered: false });
  });

  it('does not take an order of no checkout for its own', async () => {
    world.shop.moods.searchIgnored = true;
    world.shop.shelves.putOrder(checkoutFacts(AT), { fields: { checkoutToken: null } });
    expect(answered(await look())).toMatchObject({ ordered: false });
  });

  it.each([
    ['SUBSCRIBED', 'given'],
    ['UNSUBSCRIBED', 'withdrawn'],
    ['NOT_SUBSCRIBED', null],
    ['a state of next year', null],
  ] as const)('sees the customer’s tags, and their consent to messages: %s', async (smsMarketing, smsConsent) => {
    world.shop.shelves.putCheckout(facts, { smsMarketing: smsMarketing as 'SUBSCRIBED', tags: ['vip', 'do_not_call'] });
    expect(answered(await look()).customer).toEqual({ smsConsent, tags: ['vip', 'do_not_call'] });
  });

  it('sees that the goods are gone', async () => {
    world.shop.shelves.putAbandonment(facts.token, { inventoryAvailable: false });
    expect(answered(await look())).toMatchObject({ inStock: false });
  });

  it.each([null, '', 'gid://shopify/AbandonedCheckout/1'])(
    'goes by the token alone when the id is %j',
    async (checkoutId) => {
      world.shop.shelves.putOrder(facts);
      expect(answered(await look({ checkoutId }))).toMatchObject({
        completedAt: null,
        ordered: true,
        inStock: null,
        customer: null,
      });
      expect(world.shop.asked[0]).toMatchObject({ operation: 'LastLookByToken' });
      expect(world.shop.asked[0]?.variables).not.toHaveProperty('id');
    },
  );

  it.each([
    ['the abandonment', ['abandonmentByAbandonedCheckoutId']],
    ['the checkout', ['node']],
  ])('does without %s where the token has no right to it', async (_what, path) => {
    world.shop.shelves.putOrder(facts);
    world.shop.nextAnswers.push({ lost: [{ path, code: 'ACCESS_DENIED' }] });
    expect(answered(await look())).toMatchObject({ completedAt: null, ordered: true });
  });

  it('does not do without the checkout an order is of', async () => {
    world.shop.shelves.putOrder(facts);
    world.shop.nextAnswers.push({ lost: [{ path: ['orders', 'nodes', 0, 'checkoutToken'], code: 'ACCESS_DENIED' }] });
    expect(faultOf(await look())).toMatchObject({ kind: 'denied' });
  });

  it('does not do without the orders', async () => {
    world.shop.nextAnswers.push({ lost: [{ path: ['orders'], code: 'ACCESS_DENIED' }] });
    expect(faultOf(await look())).toEqual({ kind: 'denied', cause: 'access_denied.orders' });
  });
});
