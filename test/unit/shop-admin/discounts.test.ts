/** Discounts for one shopper, at the stand-in of the shop. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewDiscount } from '../../../src/domain/shop-admin.ts';
import { answered, faultOf, openShopAdmin, type ShopAdminAtStandIn } from '../../support/shop-admin-at-stand-in.ts';

const AT = '2026-11-20T11:30:05Z';

let world: ShopAdminAtStandIn;

beforeEach(async () => {
  world = await openShopAdmin();
});
afterEach(() => world.close());

const DISCOUNT: NewDiscount = {
  ...{ code: 'RB-7K2M', title: 'Ringback', value: { kind: 'percentage', percent: 7 } },
  ...{ startsAt: Date.parse(AT), endsAt: Date.parse('2026-11-22T11:30:05Z') },
};

describe('a discount for one shopper', () => {
  it.each<[string, NewDiscount['value'], object]>([
    ['of some per cent, without float dust', { kind: 'percentage', percent: 7 }, { percentage: 0.07 }],
    ['of a fraction of per cents', { kind: 'percentage', percent: 12.5 }, { percentage: 0.125 }],
    [
      'of an amount, once and not for each article',
      { kind: 'fixed', amount: '150.00' },
      { discountAmount: { amount: '150.00', appliesOnEachItem: false } },
    ],
  ])('%s can be used once and beside no other', async (_what, value, customerGets) => {
    const { id } = answered(await world.admin.createDiscount({ ...DISCOUNT, value }));
    expect(world.shop.shelves.discounts).toMatchObject([{ id, code: DISCOUNT.code }]);
    expect(world.shop.shelves.discounts[0]?.input).toEqual({
      ...{ title: 'Ringback', code: 'RB-7K2M', usageLimit: 1, appliesOncePerCustomer: true, context: { all: 'ALL' } },
      ...{ startsAt: '2026-11-20T11:30:05.000Z', endsAt: '2026-11-22T11:30:05.000Z' },
      customerGets: { value: customerGets, items: { all: true } },
      combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false },
    });
  });

  it('that exists already is the one that was asked for', async () => {
    world.shop.nextAnswers.push({ reset: true, executes: true });
    expect(faultOf(await world.admin.createDiscount(DISCOUNT))).toMatchObject({ kind: 'unavailable' });
    const { id } = answered(await world.admin.createDiscount(DISCOUNT));
    expect(world.shop.shelves.discounts).toMatchObject([{ id }]);
  });

  it('that is taken and cannot be found is asked for again later', async () => {
    await world.admin.createDiscount(DISCOUNT);
    world.shop.nextAnswers.push({ delayMs: 0 }, { status: 200, body: { data: { codeDiscountNodeByCode: null } } });
    expect(faultOf(await world.admin.createDiscount(DISCOUNT))).toMatchObject({ cause: 'discount_not_found_yet' });
  });

  it('that the shop objects to is refused', async () => {
    const answer = await world.admin.createDiscount({ ...DISCOUNT, value: { kind: 'percentage', percent: 700 } });
    expect(faultOf(answer)).toMatchObject({ kind: 'refused', message: expect.stringContaining('VALUE_OUTSIDE_RANGE') });
  });

  it('is found with its uses, in either case; another one is not', async () => {
    const { id } = answered(await world.admin.createDiscount(DISCOUNT));
    expect(answered(await world.admin.findDiscount('rb-7k2m'))).toEqual({ id, uses: 0 });
    for (const discount of world.shop.shelves.discounts) discount.uses = 1;
    expect(answered(await world.admin.findDiscount('RB-7K2M'))).toEqual({ id, uses: 1 });
    expect(answered(await world.admin.findDiscount('RB-NONE'))).toBeNull();
  });

  it('is not taken for missing when the shop could not look', async () => {
    await world.admin.createDiscount(DISCOUNT);
    world.shop.nextAnswers.push({ lost: [{ path: ['codeDiscountNodeByCode'], code: 'INTERNAL_SERVER_ERROR' }] });
    expect(faultOf(await world.admin.findDiscount(DISCOUNT.code))).toMatchObject({ kind: 'unavailable' });
  });

  it('is deleted, and deleting it again is no fault', async () => {
    const { id } = answered(await world.admin.createDiscount(DISCOUNT));
    expect(answered(await world.admin.deleteDiscount(id))).toBeNull();
    expect(world.shop.shelves.discounts).toEqual([]);
    expect(answered(await world.admin.deleteDiscount(id))).toBeNull();
  });

  it('that the shop keeps is not taken for deleted', async () => {
    const { id } = answered(await world.admin.createDiscount(DISCOUNT));
    const userErrors = [{ field: ['id'], code: 'INTERNAL_ERROR', message: 'Try later' }];
    world.shop.nextAnswers.push({
      ...{ status: 200, body: { data: { discountCodeDelete: { deletedCodeDiscountId: null, userErrors } } } },
    });
    expect(faultOf(await world.admin.deleteDiscount(id))).toEqual({
      ...{ kind: 'refused', message: 'INTERNAL_ERROR: Try later' },
    });
  });
});
