import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptIdOf,
  isRecoveryId,
  recoveryIdOf,
  recoveryIdOfAttempt,
  shopHandle,
} from '../../../src/domain/recovery-id.ts';

const SHOP = 'hill-coffee.myshopify.com';
const TOKEN = '0ff1ce000ff1ce000ff1ce000ff1ce00';

const shops = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,60}$/).map((handle) => `${handle}.myshopify.com`);
const tokens = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });

describe('the id of a recovery', () => {
  it('is the same in every process and every version: records outlive both', () => {
    expect(recoveryIdOf(SHOP, TOKEN)).toBe('hill-coffee.wmzyfvvam61vwyz1ppn30gw7a0');
  });

  it('begins with the handle of the shop', () => {
    expect(shopHandle(SHOP)).toBe('hill-coffee');
    expect(recoveryIdOf(SHOP, TOKEN).split('.')[0]).toBe('hill-coffee');
  });

  it('does not show the token, which opens the checkout', () => {
    expect(recoveryIdOf(SHOP, TOKEN)).not.toContain(TOKEN.slice(0, 6));
  });

  it('is safe in a URL, a log line and a job id, for every shop and token', () => {
    fc.assert(
      fc.property(shops, tokens, (shop, token) => {
        const id = recoveryIdOf(shop, token);
        expect(id).toMatch(/^[a-z0-9][a-z0-9-]*\.[0-9a-hjkmnp-tv-z]{26}$/);
        expect(encodeURIComponent(id)).toBe(id);
        expect(isRecoveryId(id)).toBe(true);
      }),
    );
  });

  it('differs between checkouts and between shops', () => {
    const ids = new Set<string>();
    for (let n = 0; n < 20_000; n++) ids.add(recoveryIdOf(SHOP, `token-${n}`));
    for (let n = 0; n < 20_000; n++) ids.add(recoveryIdOf(`shop-${n}.myshopify.com`, TOKEN));
    expect(ids.size).toBe(40_000);
  });

  it('uses all of the alphabet in every place, so that no bits are lost', () => {
    const seen = Array.from({ length: 26 }, () => new Set<string>());
    for (let n = 0; n < 2_000; n++) {
      const [, digest = ''] = recoveryIdOf(SHOP, `token-${n}`).split('.');
      for (const [place, letter] of [...digest].entries()) seen[place]?.add(letter);
    }
    expect(seen.map((letters) => letters.size)).toEqual(Array(26).fill(32));
  });

  it.each([
    '',
    'none',
    'hill-coffee',
    `hill-coffee.${'0'.repeat(25)}`,
    `Hill.${'0'.repeat(26)}`,
    `a:b.${'0'.repeat(26)}`,
  ])('is not %j', (text) => {
    expect(isRecoveryId(text)).toBe(false);
  });
});

describe('the id of an attempt', () => {
  it('leads back to its recovery', () => {
    fc.assert(
      fc.property(shops, tokens, fc.integer({ min: 1, max: 999_999 }), (shop, token, attempt) => {
        const id = recoveryIdOf(shop, token);
        const attemptId = attemptIdOf(id, attempt);
        expect(recoveryIdOfAttempt(attemptId)).toBe(id);
        expect(isRecoveryId(attemptId)).toBe(false);
        expect(encodeURIComponent(attemptId)).toBe(attemptId);
      }),
    );
  });

  it.each([
    '',
    recoveryIdOf(SHOP, TOKEN),
    `${recoveryIdOf(SHOP, TOKEN)}.`,
    `${recoveryIdOf(SHOP, TOKEN)}.x`,
    `${recoveryIdOf(SHOP, TOKEN)}.1.1`,
    `${recoveryIdOf(SHOP, TOKEN)}.1\n`,
    `../${recoveryIdOf(SHOP, TOKEN)}.1`,
    `${recoveryIdOf(SHOP, TOKEN)}.1234567`,
  ])('is not %j', (text) => {
    expect(recoveryIdOfAttempt(text)).toBeNull();
  });
});
