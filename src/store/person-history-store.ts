/** PersonHistories on Redis: sorted sets by time, one per contact and kind of fact, under the contact's digest. */
import type { Redis } from 'ioredis';
import { DAY } from '../domain/duration.ts';
import { type PersonHistories, RECENT_CHECKOUT_MS } from '../domain/person-history.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { digestOfContact } from './lookup-key.ts';
import { readPersonHistories } from './read-person-histories.ts';
import { scriptsOn } from './scripts.ts';

/** An address that a shop's own staff types into every test checkout must not grow without end. */
const MOST_CHECKOUTS = 100;
/** A checkout that still carries the consent is older than this by far when it is forgotten: CALL_MAX_AGE is at most 30 days. */
const WITHDRAWAL_KEPT_MS = 365 * DAY;

/** @param refusalKeptMs - REFUSAL_SILENCE: nobody asks about a refusal for longer. */
export function personHistoryStore(redis: Redis, keys: Keys, refusalKeptMs: number): PersonHistories {
  const run = scriptsOn(redis);
  const read = readPersonHistories(run, keys);

  return {
    historyOf: (shop, person, now, recoveryId = null) =>
      orUnavailable(() => read({ shop, digests: person.map(digestOfContact), now, recoveryId })),

    noteCheckout: (shop, person, recoveryId, at) =>
      orUnavailable(async () => {
        if (person.length === 0) return;
        const batch = redis.multi();
        for (const contact of person) {
          const key = keys.person(shop, 'checkout', digestOfContact(contact));
          batch
            .zadd(key, 'GT', at, recoveryId)
            .zremrangebyscore(key, '-inf', at - RECENT_CHECKOUT_MS)
            .zremrangebyrank(key, 0, -MOST_CHECKOUTS - 1)
            .pexpire(key, RECENT_CHECKOUT_MS);
        }
        await batch.exec();
      }),

    noteRefusal: (person, occasion, at) =>
      orUnavailable(async () => {
        const digests = person.map(digestOfContact);
        const news = await ofEach(digests, async (digest) => {
          const key = keys.contact('refusals', digest);
          const [added] = (await redis
            .multi()
            .zadd(key, 'NX', at, occasion)
            .pexpire(key, Math.max(refusalKeptMs, DAY))
            .exec()) as [[Error | null, number]];
          return added[1] === 1;
        });
        return news.includes(true);
      }),

    noteConsentWithdrawn: (shop, person, at) =>
      orUnavailable(async () => {
        await ofEach(person.map(digestOfContact), (digest) => {
          const key = keys.person(shop, 'withdrawal', digest);
          return redis.multi().zadd(key, 'GT', at, 'consent').pexpire(key, WITHDRAWAL_KEPT_MS).exec();
        });
      }),

    claimCall: (person, recoveryId, at, { perDay, perWeek, perMonth, refusalSilenceMs }) =>
      orUnavailable(async () => {
        if (person.length === 0) return { ok: true };
        const own = person
          .map(digestOfContact)
          .flatMap((digest) => [keys.contact('calls', digest), keys.contact('refusals', digest)]);
        const answer = await run('claim-call', own, [recoveryId, at, perDay, perWeek, perMonth, refusalSilenceMs]);
        const [cap, until] = answer as [cap?: 'day' | 'week' | 'month' | 'refusal', until?: string];
        return cap === undefined ? { ok: true } : { ok: false, cap, until: Number(until) };
      }),

    releaseCall: (person, recoveryId) =>
      orUnavailable(async () => {
        await ofEach(person.map(digestOfContact), (digest) => redis.zrem(keys.contact('calls', digest), recoveryId));
      }),
  };
}

function ofEach<T>(digests: readonly string[], ask: (digest: string) => Promise<T>): Promise<T[]> {
  return Promise.all(digests.map(ask));
}
