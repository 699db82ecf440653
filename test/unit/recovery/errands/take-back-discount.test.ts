/** Taking a code back: never the merchant's own, never one that was used or is still offered. */
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import { RECOVERY_STATES, type RecoveryDiscount, type RecoveryRecord } from '../../../../src/domain/recovery.ts';
import type { ShopFault } from '../../../../src/domain/shop-admin.ts';
import { takeBackDiscount } from '../../../../src/recovery/errands/take-back-discount.ts';
import { ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { fakeAdmin } from '../../../support/fakes.ts';
import { aCalledRecord } from '../../../support/moved.ts';

const minted: RecoveryDiscount = {
  code: 'RBTESTCODE',
  state: 'minted',
  // Not where the shop has it now: what was minted is found by its code.
  shopId: 'gid://shopify/DiscountCodeNode/1',
  endsAt: ELEVEN_IN_BENGALURU + DAY,
};
const ended = aCalledRecord({ state: 'ended', discount: minted });
const FOUND = 'gid://shopify/DiscountCodeNode/7';

async function takeBack(record: RecoveryRecord = ended, admin = fakeAdmin()) {
  const tried = await takeBackDiscount(admin)(record, 'discount_delete', anErrand({ kind: 'discount_delete' }));
  return { ...tried, asked: admin.asked };
}

describe('a code that nobody used', () => {
  it.each(['minting', 'minted'] as const)('and that is %s is found by itself and deleted', async (state) => {
    const record = { ...ended, discount: { ...minted, state } };
    const { result, patch, asked } = await takeBack(record);
    expect(asked).toEqual([
      ['findDiscount', 'RBTESTCODE'],
      ['deleteDiscount', FOUND],
    ]);
    expect(result).toEqual({ kind: 'done', note: 'deleted' });
    expect(patch?.(record)).toEqual({ discount: { ...minted, state: 'deleted' } });
    expect(patch?.({ ...record, discount: null })).toEqual({});
  });

  it('and that the shop does not know is taken back already', async () => {
    const { result, patch, asked } = await takeBack(ended, fakeAdmin({ findDiscount: { ok: true, value: null } }));
    expect(asked).toHaveLength(1);
    expect(result).toEqual({ kind: 'done', note: 'no_such_code' });
    expect(patch?.(ended)).toMatchObject({ discount: { state: 'deleted' } });
  });
});

describe('a code that stays', () => {
  it('was used', async () => {
    const used = fakeAdmin({ findDiscount: { ok: true, value: { id: FOUND, uses: 1 } } });
    const { result, patch, asked } = await takeBack(ended, used);
    expect(asked).toHaveLength(1);
    expect(result).toEqual({ kind: 'done', note: 'used' });
    expect(patch).toBeUndefined();
  });

  it.each([
    ['was never there', null],
    ['is the merchant’s own', { ...minted, state: 'fixed' } as const],
    ['was taken back before', { ...minted, state: 'deleted' } as const],
  ])('%s', async (_what, discount) => {
    expect(await takeBack({ ...ended, discount })).toEqual({
      asked: [],
      result: { kind: 'done', note: 'not_needed' },
    });
  });

  it.each(RECOVERY_STATES)('may still be offered, or not: %s', async (state) => {
    const { result, asked } = await takeBack({ ...ended, state });
    const offered = state === 'scheduled' || state === 'dialing' || state === 'called';
    expect(result).toEqual({ kind: 'done', note: offered ? 'still_offered' : 'deleted' });
    expect(asked).toHaveLength(offered ? 0 : 2);
  });
});

describe('a shop that does not take it back', () => {
  const faults: readonly (readonly [ShopFault, object])[] = [
    [
      { kind: 'unavailable', cause: 'throttled', retryAfterMs: 3 * SECOND },
      { kind: 'again', note: 'throttled', afterMs: 3 * SECOND, doubtful: false },
    ],
    [
      { kind: 'denied', cause: 'no_scope' },
      { kind: 'again', note: 'no_scope', afterMs: 10 * MINUTE, doubtful: false },
    ],
    [
      { kind: 'refused', message: 'no' },
      { kind: 'failed', note: 'shop_refused' },
    ],
  ];

  it.each(faults)('and answers %j is asked again, or not', async (fault, result) => {
    expect((await takeBack(ended, fakeAdmin({ findDiscount: { ok: false, fault } }))).result).toEqual(result);
    const { patch, ...tried } = await takeBack(ended, fakeAdmin({ deleteDiscount: { ok: false, fault } }));
    expect(tried.result).toEqual(result);
    expect(patch).toBeUndefined();
  });

  it('because there is no access any more is a fault for an operator', async () => {
    expect(await takeBackDiscount(null)(ended, 'discount_delete', anErrand())).toEqual({
      result: { kind: 'failed', note: 'not_configured' },
    });
  });
});
