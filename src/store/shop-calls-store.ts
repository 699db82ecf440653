/** ShopCalls on Redis: one sorted set per shop, by time. */
import type { Redis } from 'ioredis';
import type { ShopCalls } from '../domain/shop-calls.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { scriptsOn } from './scripts.ts';

/** @param perDay - 1 or more; null: as many as come. They are counted all the same, so that a cap counts from the moment it is set. */
export function shopCallsStore(redis: Redis, keys: Keys, perDay: number | null): ShopCalls {
  const run = scriptsOn(redis);
  return {
    async claim(shop, recoveryId, at) {
      const until = (await run('claim-shop-call', [keys.shopCalls(shop)], [recoveryId, at, perDay ?? ''])) as string;
      return until === '' ? null : Number(until);
    },
    release: (shop, recoveryId) =>
      orUnavailable(async () => {
        await redis.zrem(keys.shopCalls(shop), recoveryId);
      }),
  };
}
