/** People on Redis: one sorted set per contact and kind of fact, under the contact's digest. */
import type { Redis } from 'ioredis';
import type { People, PersonFact } from '../domain/people.ts';
import { PERSON_FACTS } from '../domain/person.ts';
import { orUnavailable } from '../errors.ts';
import { type ContactDigests, PLAIN_DIGESTS, withKeyed } from './contact-digests.ts';
import type { Keys } from './keys.ts';
import { removeMatching } from './remove-matching.ts';

/** A person's facts come in single digits; older ones of somebody busier go first. */
const MOST_FACTS = 100;

/** @param keptMs - a fact is forgotten so long after it was noted. */
export function peopleStore(
  redis: Redis,
  keys: Keys,
  keptMs: number,
  contacts: ContactDigests = PLAIN_DIGESTS,
): People {
  return {
    async note(shop, person, fact, name, at) {
      if (person.length === 0) return;
      await contacts.load();
      await orUnavailable(async () => {
        const batch = redis.multi();
        for (const contact of person) {
          const key = keys.person(shop, fact, contacts.of(contact));
          batch
            .zadd(key, 'GT', at, name)
            .zremrangebyscore(key, '-inf', at - keptMs)
            .zremrangebyrank(key, 0, -MOST_FACTS - 1)
            .pexpire(key, keptMs);
        }
        await batch.incr(keys.news).exec();
      });
    },

    async latest(shop, person, fact, since) {
      await contacts.load();
      const sets = person.flatMap((contact) => setsOf(shop, fact, contact));
      const found = await orUnavailable(() => Promise.all(sets.map((key) => latestIn(key, since))));
      const facts = found.flatMap(([name, at]) => (name === undefined ? [] : [{ name, at: Number(at) }]));
      return facts.sort((a, b) => b.at - a.at)[0] ?? null;
    },

    async all(shop, person) {
      await contacts.load();
      return readAll(allSetsOf(shop, person.flatMap(contacts.all)));
    },

    async allOfDigests(shop, digests) {
      await contacts.load();
      return readAll(allSetsOf(shop, withKeyed(contacts, digests)));
    },

    async forget(shop, person) {
      await contacts.load();
      await forgetSetsOf(shop, person.flatMap(contacts.all));
    },

    async forgetDigests(shop, digests) {
      await contacts.load();
      await forgetSetsOf(shop, withKeyed(contacts, digests));
    },

    forgetAll: (shop) => orUnavailable(() => removeMatching(redis, keys.people(shop))),
  };

  type FactSet = { readonly fact: PersonFact; readonly key: string };

  function allSetsOf(shop: string, digests: readonly string[]): FactSet[] {
    return PERSON_FACTS.flatMap((fact) => digests.map((digest) => ({ fact, key: keys.person(shop, fact, digest) })));
  }

  async function forgetSetsOf(shop: string, digests: readonly string[]): Promise<void> {
    const ofCheckouts = digests.flatMap((digest) =>
      ['checkout', 'burst'].map((fact) => keys.person(shop, fact, digest)),
    );
    const sets = [...allSetsOf(shop, digests).map(({ key }) => key), ...ofCheckouts];
    if (sets.length > 0) await orUnavailable(() => redis.unlink(...sets));
  }

  async function readAll(sets: readonly FactSet[]) {
    const found = await orUnavailable(() => Promise.all(sets.map(({ fact, key }) => factsIn(fact, key))));
    // A fact that is noted of several contacts is one.
    return [...new Map(found.flat().map((one) => [JSON.stringify(one), one])).values()];
  }

  /** Where the contact's facts are, and where they may still be from the time before it was keyed. */
  function setsOf(shop: string, fact: PersonFact, contact: string): string[] {
    return contacts.all(contact).map((digest) => keys.person(shop, fact, digest));
  }

  async function factsIn(fact: PersonFact, key: string) {
    const rows = await redis.zrange(key, '0', '-1', 'WITHSCORES');
    return rows.flatMap((name, i) => (i % 2 === 0 ? [{ fact, name, at: Number(rows[i + 1]) }] : []));
  }

  function latestIn(key: string, since: number): Promise<string[]> {
    return redis.zrange(key, '+inf', String(since), 'BYSCORE', 'REV', 'LIMIT', 0, 1, 'WITHSCORES');
  }
}
