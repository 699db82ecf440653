/** The cap of a whole shop, in a real Redis: one step for all workers, a window that slides, and the service that holds what is beyond. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { shopCallsStore } from '../../src/store/shop-calls-store.ts';
import { aShopper, longAgo } from '../support/a-shopper.ts';
import { openGround } from '../support/ground.ts';
import { settled } from '../support/settled.ts';

const NOW = Date.UTC(2026, 10, 3, 12);
const keys = keysBelow(`test-${randomBytes(6).toString('hex')}`);
let redis: Redis;
let shops = 0;
const aShop = (): string => `shop-${++shops}.myshopify.com`;

beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
});
afterAll(async () => {
  for (let n = 1; n <= shops; n++) await redis.del(keys.shopCalls(`shop-${n}.myshopify.com`));
  redis.disconnect();
});

describe('the calls of a shop', () => {
  it('are as many as are allowed, however many ask at once, and each keeps its own', async () => {
    const shop = aShop();
    const calls = shopCallsStore(redis, keys, 3);
    const asked = Array.from({ length: 10 }, (_, n) => calls.claim(shop, `r${n}`, NOW + n));
    const answers = await Promise.all(asked);
    expect(answers.filter((until) => until === null)).toHaveLength(3);
    expect(new Set(answers)).toEqual(new Set([null, NOW + DAY]));
    expect(await calls.claim(shop, 'r0', NOW + HOUR)).toBeNull();
    // Another shop has its own.
    expect(await calls.claim(aShop(), 'r9', NOW)).toBeNull();
  });

  it('leave the window one by one', async () => {
    const shop = aShop();
    const calls = shopCallsStore(redis, keys, 2);
    await calls.claim(shop, 'first', NOW);
    await calls.claim(shop, 'second', NOW + HOUR);
    expect(await calls.claim(shop, 'third', NOW + DAY - 1)).toBe(NOW + DAY);
    expect(await calls.claim(shop, 'third', NOW + DAY)).toBeNull();
    expect(await calls.claim(shop, 'fourth', NOW + DAY)).toBe(NOW + HOUR + DAY);
  });

  it('that were not placed make room', async () => {
    const shop = aShop();
    const calls = shopCallsStore(redis, keys, 1);
    await calls.claim(shop, 'first', NOW);
    await calls.release(shop, 'first');
    expect(await calls.claim(shop, 'second', NOW)).toBeNull();
  });

  it('are counted without a cap, so that one counts from the moment it is set', async () => {
    const shop = aShop();
    for (let n = 0; n < 3; n++)
      expect(await shopCallsStore(redis, keys, null).claim(shop, `r${n}`, NOW + n)).toBeNull();
    expect(await shopCallsStore(redis, keys, 3).claim(shop, 'r9', NOW + HOUR)).toBe(NOW + DAY);
  });

  it('are fewer from the moment that fewer are allowed', async () => {
    const shop = aShop();
    for (let n = 0; n < 4; n++) await shopCallsStore(redis, keys, 9).claim(shop, `r${n}`, NOW + n * HOUR);
    // Of the four, three must leave before there is room for one.
    expect(await shopCallsStore(redis, keys, 2).claim(shop, 'r9', NOW + 5 * HOUR)).toBe(NOW + 2 * HOUR + DAY);
  });
});

it('the service holds what is due beyond the cap, and spends nothing on it', async () => {
  const ground = await openGround({ vendor: { scenario: 'silent' } });
  try {
    const service = await ground.start({ env: { CALLS_PER_SHOP_DAY: '1' } });
    const [first, second] = [aShopper(), aShopper()];
    await service.send(first.fillsIn(longAgo()));
    await settled(ground.store, first.recoveryId, 'called');
    await service.send(second.fillsIn(longAgo()));
    const { record } = await settled(ground.store, second.recoveryId, ({ record }) => record.reason === 'shop_cap');
    expect(record).toMatchObject({ state: 'scheduled', attempts: 0 });
    const { dialingAt } = (await settled(ground.store, first.recoveryId, 'called')).record;
    // Room comes tomorrow; a raised cap would be noticed within a quarter of an hour.
    expect(Math.abs((record.dueAt ?? 0) - 15 * MINUTE - (dialingAt ?? 0))).toBeLessThan(8_000);
    expect(ground.vendor.requests).toBe(1);
  } finally {
    await ground.close();
  }
});
