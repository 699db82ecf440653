/** ShopRequests on Redis: a hash for each, with the set of recoveries it must still see to, so that a crash loses nothing. */
import type { Redis } from 'ioredis';
import type { ShopRequest, ShopRequestKind, ShopRequests } from '../domain/shop-request.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';

/** Of one command's arguments; a customer of many years may have thousands of recoveries. */
const PER_COMMAND = 1_000;

export function requestStore(redis: Redis, keys: Keys): ShopRequests {
  return {
    open: (shop, { id, kind, receivedAt }, about = { recoveries: [], traces: [] }) =>
      orUnavailable(async () => {
        const batch = redis.multi().hset(keys.request(shop, id), { kind, receivedAt, seen: 0 });
        for (const ids of partsOf(about.recoveries)) batch.sadd(keys.requestRecoveries(shop, id), ...ids);
        for (const traces of partsOf(about.traces)) batch.sadd(keys.requestTraces(shop, id), ...traces);
        await batch.zadd(keys.requests(shop), receivedAt, id).exec();
      }),

    load: (shop, id) =>
      orUnavailable(async () => {
        const hash = await redis.hgetall(keys.request(shop, id));
        return hash.kind === undefined ? null : requestOf(id, hash);
      }),

    // Some, in no order; those that were seen to are gone from the set.
    recoveriesOf: (shop, id, limit) => orUnavailable(() => redis.srandmember(keys.requestRecoveries(shop, id), limit)),

    sawTo: (shop, id, recoveries, traces) =>
      orUnavailable(async () => {
        if (recoveries.length === 0) return;
        const batch = redis.multi();
        for (const part of partsOf(traces)) batch.sadd(keys.requestTraces(shop, id), ...part);
        batch.srem(keys.requestRecoveries(shop, id), ...recoveries);
        await batch.hincrby(keys.request(shop, id), 'seen', recoveries.length).exec();
      }),

    reached: (shop, id, place, seen) =>
      orUnavailable(async () => {
        await redis.hset(keys.request(shop, id), { place, seen });
      }),

    tracesOf: (shop, id) => orUnavailable(async () => new Set(await redis.smembers(keys.requestTraces(shop, id)))),

    close: (shop, id) =>
      orUnavailable(async () => {
        const parts = [keys.request(shop, id), keys.requestRecoveries(shop, id), keys.requestTraces(shop, id)];
        await redis
          .multi()
          .del(...parts)
          .zrem(keys.requests(shop), id)
          .exec();
      }),

    openIds: (shop) => orUnavailable(() => redis.zrange(keys.requests(shop), '0', '-1')),
  };
}

function requestOf(id: string, hash: Readonly<Record<string, string>>): ShopRequest {
  const { kind, receivedAt, place, seen } = hash;
  return {
    id,
    kind: kind as ShopRequestKind,
    receivedAt: Number(receivedAt),
    place: place ?? null,
    seen: Number(seen ?? 0),
  };
}

function partsOf<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < all.length; i += PER_COMMAND) parts.push(all.slice(i, i + PER_COMMAND));
  return parts;
}
