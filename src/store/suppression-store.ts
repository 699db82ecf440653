/** Suppressions on Redis: one hash, and a sorted set of the same digests by time for paging. Kept until an operator removes them. */
import type { Redis } from 'ioredis';
import { isSuppressionSource, type Suppression, type Suppressions } from '../domain/suppression.ts';
import { orUnavailable } from '../errors.ts';
import { type ContactDigests, isPlainDigest, PLAIN_DIGESTS } from './contact-digests.ts';
import type { Keys } from './keys.ts';
import { scriptsOn } from './scripts.ts';

/** Bounds the time Redis spends in one script: about a millisecond. */
const MOST_PER_CALL = 500;

export function suppressionStore(redis: Redis, keys: Keys, contacts: ContactDigests = PLAIN_DIGESTS): Suppressions {
  const run = scriptsOn(redis);
  const both = [keys.suppressions, keys.suppressionOrder];

  return {
    idOf: contacts.of,
    idsOf: contacts.all,
    keyOf: contacts.keyOf,

    async add(entries) {
      await contacts.load();
      let added = 0;
      for (let i = 0; i < entries.length; i += MOST_PER_CALL) {
        const batch = entries.slice(i, i + MOST_PER_CALL);
        const args = batch.map(underOwnId).flatMap((entry) => [entry.id, factsOf(entry), placeOf(entry)]);
        added += (await run('suppress', [...both, keys.news], args)) as number;
      }
      return added;
    },

    async remove(id) {
      return (await run('unsuppress', both, [id])) === 1;
    },

    find: (ids) =>
      orUnavailable(async () => {
        const found = ids.length === 0 ? [] : await redis.hmget(keys.suppressions, ...ids);
        return ids.map((id, i) => readSuppression(id, found[i] ?? null));
      }),

    list: ({ limit, cursor }) =>
      orUnavailable(async () => {
        const from = cursor !== null && PLACE.test(cursor) ? `(${cursor}` : '+';
        // One more than asked tells whether there is a next page.
        const order = keys.suppressionOrder;
        const places = await redis.zrange(order, from, '-', 'BYLEX', 'REV', 'LIMIT', 0, limit + 1);
        const page = places.slice(0, limit);
        const ids = page.map((place) => place.slice(place.indexOf(':') + 1));
        const found = ids.length === 0 ? [] : await redis.hmget(keys.suppressions, ...ids);
        return {
          suppressions: ids.flatMap((id, i) => readSuppression(id, found[i] ?? null) ?? []),
          nextCursor: places.length > limit ? (page.at(-1) ?? null) : null,
        };
      }),

    count: () => orUnavailable(() => redis.hlen(keys.suppressions)),

    recoveriesOf: (shop, id) =>
      orUnavailable(async () => {
        await contacts.load();
        const sets = [...new Set([id, idOfDigest(id)])].map((digest) => keys.lookup(shop, 'contact', digest));
        const members = await Promise.all(sets.map((set) => redis.smembers(set)));
        return [...new Set(members.flat())].filter((member) => !member.startsWith('!'));
      }),
  };

  /** An export of the time before contacts were keyed names them by plain digests. */
  function underOwnId(entry: Suppression): Suppression {
    return { ...entry, id: idOfDigest(entry.id) };
  }

  function idOfDigest(digest: string): string {
    return isPlainDigest(digest) ? contacts.ofPlain(digest) : digest;
  }
}

const PLACE = /^\d{15}:[\w-]{1,128}$/;

/** Sorts by time as text: fifteen digits of milliseconds last for thirty thousand years. */
function placeOf({ id, at }: Suppression): string {
  return `${inDigits(at)}:${id}`;
}

function inDigits(at: number): string {
  return String(at).padStart(15, '0');
}

/** `<since>:<source>:<reason>`. */
function factsOf({ source, reason, at }: Suppression): string {
  return `${inDigits(at)}:${source}:${reason ?? ''}`;
}

/** Of a field that somebody changed by hand the facts are lost; that the contact is listed is not. */
export function readSuppression(id: string, facts: string | null): Suppression | null {
  if (facts === null) return null;
  const [, at, source = '', reason] = /^(\d{15}):([a-z]+):(.*)$/.exec(facts) ?? [];
  if (!at || !isSuppressionSource(source)) return { id, source: 'operator', reason: 'unreadable', at: 0 };
  return { id, source, reason: reason || null, at: Number(at) };
}
