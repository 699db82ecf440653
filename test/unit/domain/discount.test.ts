/** What the agent may offer, and how it is said to the vendor. */
import { describe, expect, it } from 'vitest';
import { type DiscountPolicy, type DiscountTerms, offerOf } from '../../../src/domain/discount.ts';
import type { RecoveryDiscount } from '../../../src/domain/recovery.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);
const tenPercent: DiscountTerms = {
  value: { kind: 'percentage', percent: 12.5 },
  description: '12.5% off',
  applyAs: 'additional',
};
const mint: DiscountPolicy = { kind: 'mint', terms: tenPercent, validMs: 1, notAgainMs: 1 };
const minted: RecoveryDiscount = { code: 'RBTESTCODE', state: 'minted', shopId: 'gid', endsAt: NOW + 1 };
const fixed: RecoveryDiscount = { code: 'TEA', state: 'fixed', shopId: null, endsAt: null };

describe('an offer', () => {
  it('of a percentage is said as the vendor documents it', () => {
    expect(offerOf(minted, mint, NOW)).toEqual({
      code: 'RBTESTCODE',
      description: '12.5% off',
      value: 12.5,
      codeType: '%tage',
      applyAs: 'additional',
    });
  });

  it('of an amount is said with a number', () => {
    const terms: DiscountTerms = {
      value: { kind: 'fixed', amount: '5.50' },
      description: '5.50 off',
      applyAs: 'override',
    };
    expect(offerOf(fixed, { kind: 'fixed', code: 'TEA', terms }, NOW)).toEqual({
      code: 'TEA',
      description: '5.50 off',
      value: 5.5,
      codeType: 'fixed',
      applyAs: 'override',
    });
  });

  it.each<[string, RecoveryDiscount, DiscountPolicy]>([
    ['a code that may not exist', { ...minted, state: 'minting', shopId: null }, mint],
    ['a code that was taken back', { ...minted, state: 'deleted' }, mint],
    ['any code where none is to be offered any more', minted, { kind: 'off' }],
    ['a code that has just ended', { ...minted, endsAt: NOW }, mint],
  ])('is never made of %s', (_what, discount, policy) => {
    expect(offerOf(discount, policy, NOW)).toBeNull();
  });
});
