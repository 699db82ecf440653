/** DataRequests on Redis: what is needed to answer somebody, kept for 30 days. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { DAY } from '../domain/duration.ts';
import type { DataRequest, DataRequests } from '../domain/shop-request.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';

/** As long as the merchant has to answer. Source: Shopify's page on privacy compliance webhooks, November 2026. */
const KEPT_FOR_MS = 30 * DAY;

const schema = z.object({
  id: z.string(),
  receivedAt: z.number(),
  shopifyId: z.string().nullable(),
  customerId: z.string().nullable(),
  recoveries: z.array(z.string()),
  // A request of an earlier version has none: the person is known by their recoveries then.
  contacts: z.array(z.string()).default([]),
  traces: z.array(z.string()),
});

export function dataRequestStore(redis: Redis, keys: Keys): DataRequests {
  return {
    keep: (shop, request) =>
      orUnavailable(async () => {
        const { id, receivedAt } = request;
        const text = JSON.stringify(request);
        const set = await redis.set(keys.dataRequest(shop, id), text, 'PX', KEPT_FOR_MS, 'NX');
        // Also when it was there: a crash may have come in between.
        await redis.zadd(keys.dataRequests(shop), 'NX', receivedAt, id);
        return set === 'OK';
      }),

    load: (shop, id) => orUnavailable(() => load(shop, id)),

    list: (shop, now) =>
      orUnavailable(async () => {
        await redis.zremrangebyscore(keys.dataRequests(shop), '-inf', now - KEPT_FOR_MS);
        const ids = await redis.zrange(keys.dataRequests(shop), '0', '-1', 'REV');
        const found = await Promise.all(ids.map((id) => load(shop, id)));
        return found.filter((request) => request !== null);
      }),

    remove: (shop, id) =>
      orUnavailable(async () => {
        await redis.multi().del(keys.dataRequest(shop, id)).zrem(keys.dataRequests(shop), id).exec();
      }),
  };

  async function load(shop: string, id: string): Promise<DataRequest | null> {
    const text = await redis.get(keys.dataRequest(shop, id));
    return text === null ? null : schema.parse(JSON.parse(text));
  }
}
