/** People on Redis: one sorted set per contact and kind of fact, under the contact's digest. */
import type { Redis } from 'ioredis';
import type { People } from '../domain/ports.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { digestOfContact } from './lookup-key.ts';

/** A person's facts come in single digits; older ones of somebody busier go first. */
const MOST_FACTS = 100;

/** @param keptMs - a contact of whom nothing new was noted for so long is forgotten. */
export function peopleStore(redis: Redis, keys: Keys, keptMs: number): People {
  return {
    note: (shop, person, fact, name, at) =>
      orUnavailable(async () => {
        const batch = redis.multi();
        for (const contact of person) {
          const key = keys.person(shop, fact, digestOfContact(contact));
          batch
            .zadd(key, 'GT', at, name)
            .zremrangebyrank(key, 0, -MOST_FACTS - 1)
            .pexpire(key, keptMs);
        }
        if (person.length > 0) await batch.exec();
      }),

    latest: (shop, person, fact, since) =>
      orUnavailable(async () => {
        const found = await Promise.all(
          person.map((contact) =>
            redis.zrange(
              keys.person(shop, fact, digestOfContact(contact)),
              '+inf',
              String(since),
              'BYSCORE',
              'REV',
              'LIMIT',
              0,
              1,
              'WITHSCORES',
            ),
          ),
        );
        const facts = found.flatMap(([name, at]) => (name === undefined ? [] : [{ name, at: Number(at) }]));
        return facts.sort((a, b) => b.at - a.at)[0] ?? null;
      }),
  };
}
