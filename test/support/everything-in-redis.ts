/** Everything that lies in Redis below a prefix, as text: to be searched for what must not be there. */
import type { Redis } from 'ioredis';

/** Names and contents of all keys that match. */
export async function everythingIn(
  redis: Redis,
  prefix: string,
  matches: (key: string) => boolean = () => true,
): Promise<string> {
  const parts: string[] = [];
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    for (const key of (keys as string[]).filter(matches)) parts.push(key, JSON.stringify(await contentOf(redis, key)));
  }
  return parts.join('\n');
}

/** One key's value, of whatever kind. */
export async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1', 'WITHSCORES');
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return redis.get(key);
  }
}
