/** How the adapter comes by its tokens, at the stand-in of the shop. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trouble } from '../../../stand-ins/shop-admin/scripted-trouble.ts';
import { faultOf, openShopAdmin, type ShopAdminAtStandIn } from '../../support/shop-admin-at-stand-in.ts';

const DAY = 86_400_000;

let world: ShopAdminAtStandIn;

beforeEach(async () => {
  world = await openShopAdmin();
});
afterEach(() => world.close());

const look = (admin = world.admin, timeoutMs = 10_000) =>
  admin.lastLook({ checkoutId: '981820079255', checkoutToken: 'c0ffee' }, timeoutMs);

describe('the token', () => {
  it('is fetched with the first question, once for all that are asked together', async () => {
    expect(world.shop.tokenFetches).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => look()));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const { clientId } = world.shop.credentials;
    expect(world.shop.tokenFetches).toEqual([{ clientId, grantType: 'client_credentials', right: true }]);
  });

  it('is fetched anew before a day is over', async () => {
    await look();
    world.clock.at += DAY - 10 * 60_000;
    await look();
    expect(world.shop.tokenFetches).toHaveLength(1);
    world.clock.at += 6 * 60_000;
    await Promise.all([look(), look()]);
    expect(world.shop.tokenFetches).toHaveLength(2);
    expect(new Set(world.shop.asked.map(({ token }) => token)).size).toBe(2);
  });

  it('that expired unseen is replaced once, for all whose question it failed', async () => {
    await look();
    world.shop.tokens.expireAll();
    const answers = await Promise.all(Array.from({ length: 10 }, () => look()));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(world.shop.tokenFetches).toHaveLength(2);
  });

  it('that lives for a moment is replaced by the shop’s own measure', async () => {
    world.shop.tokens.livesSeconds = 1;
    await look();
    world.clock.at += 1_000;
    await look();
    expect(world.shop.tokenFetches).toHaveLength(2);
  });

  it('is not fetched a third time for the same question', async () => {
    world.shop.nextAnswers.push({ status: 401 }, { status: 401 });
    expect(faultOf(await look())).toEqual({ kind: 'denied', cause: 'token_refused' });
    expect([world.shop.asked.length, world.shop.tokenFetches.length]).toEqual([2, 2]);
  });

  it('that was given is used as it is, and no other one is asked for', async () => {
    const admin = world.another({ token: { kind: 'static', value: world.shop.tokens.permanent } });
    expect(await look(admin)).toMatchObject({ ok: true });
    const wrong = world.another({ token: { kind: 'static', value: 'shpat_of-nobody' } });
    expect(faultOf(await look(wrong))).toEqual({ kind: 'denied', cause: 'token_refused' });
    expect([world.shop.asked.length, world.shop.tokenFetches.length]).toEqual([2, 0]);
  });

  it('is denied to wrong credentials', async () => {
    const token = { kind: 'client_credentials', clientId: 'nobody', clientSecret: 'shpss_of-nobody' } as const;
    const fault = faultOf(await look(world.another({ token })));
    expect(fault).toEqual({ kind: 'denied', cause: 'credentials_refused_400' });
    expect(world.shop.asked).toEqual([]);
  });

  it.each<[string, Trouble, object]>([
    ['throttled', { status: 429, headers: { 'retry-after': '1.5' } }, { cause: 'throttled', retryAfterMs: 1_500 }],
    ['failing', { status: 502, body: '<html></html>' }, { cause: 'http_502' }],
    ['talking HTML', { status: 200, body: '<html></html>' }, { cause: 'answer_unreadable' }],
    ['giving none', { status: 200, body: { expires_in: 86_399 } }, { cause: 'answer_unreadable' }],
    ['resetting', { reset: true }, { kind: 'unavailable' }],
  ])(
    'cannot be had while its endpoint is %s, and is asked for with the next question',
    async (_how, trouble, fault) => {
      world.shop.nextTokenAnswers.push(trouble);
      expect(faultOf(await look())).toMatchObject({ kind: 'unavailable', ...fault });
      expect(await look()).toMatchObject({ ok: true });
    },
  );

  it('is waited for no longer than the question has time', async () => {
    world.shop.nextTokenAnswers.push({ hang: true });
    const startedAt = performance.now();
    expect(faultOf(await look(world.admin, 150))).toMatchObject({ kind: 'unavailable', cause: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});
