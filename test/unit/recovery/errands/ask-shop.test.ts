/** How an answer of the shop that is none becomes the result of a try. */
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../src/domain/duration.ts';
import type { ShopFault } from '../../../../src/domain/shop-admin.ts';
import { resultOfFault } from '../../../../src/recovery/errands/ask-shop.ts';

const silent: ShopFault = { kind: 'unavailable', cause: 'timeout', retryAfterMs: null };
const denied: ShopFault = { kind: 'denied', cause: 'no_scope' };

describe('a shop', () => {
  it.each([true, false])('that is silent is asked again, in doubt or not: %s', (doubtful) => {
    expect(resultOfFault(silent, doubtful)).toEqual({ kind: 'again', note: 'timeout', afterMs: null, doubtful });
  });

  it('says when it may be asked again', () => {
    expect(resultOfFault({ ...silent, retryAfterMs: 900 }, false)).toMatchObject({ afterMs: 900 });
  });

  it.each([true, false])('that denies did nothing, and is asked when somebody may have mended it', (doubtful) => {
    expect(resultOfFault(denied, doubtful)).toEqual({
      kind: 'again',
      note: 'no_scope',
      afterMs: 10 * MINUTE,
      doubtful: false,
    });
  });

  it('that refuses is not asked again, and its words are not told', () => {
    const refused: ShopFault = { kind: 'refused', message: 'Asha Rao is not a customer' };
    expect(resultOfFault(refused, true)).toEqual({ kind: 'failed', note: 'shop_refused' });
  });
});
