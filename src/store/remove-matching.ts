/** Removing all keys of a pattern, a part at a time: nobody waits for Redis meanwhile. */
import type { Redis } from 'ioredis';

/** Keys looked at per command. */
const PER_SCAN = 1_000;

/** @param pattern - made in keys.ts; nothing in prefixes or domains means anything to it. */
export async function removeMatching(redis: Redis, pattern: string): Promise<void> {
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PER_SCAN);
    if (found.length > 0) await redis.unlink(...found);
    cursor = next;
  } while (cursor !== '0');
}
