/** PersonHistories on Redis: sorted sets by time, one per contact and kind of fact, under the contact's digest. */
import type { Redis } from 'ioredis';
import { DAY } from '../domain/duration.ts';
import type { PersonHistories } from '../domain/person-history.ts';
import { orUnavailable } from '../errors.ts';
import { type ContactDigests, PLAIN_DIGESTS, withKeyed } from './contact-digests.ts';
import type { Keys } from './keys.ts';
import { readPersonHistories } from './read-person-histories.ts';
import { scriptsOn } from './scripts.ts';

/** A checkout that still carries the consent is older than this by far when it is forgotten: CALL_MAX_AGE is at most 30 days. */
const WITHDRAWAL_KEPT_MS = 365 * DAY;

/** @param refusalKeptMs - REFUSAL_SILENCE: nobody asks about a refusal for longer. */
export function personHistoryStore(
  redis: Redis,
  keys: Keys,
  refusalKeptMs: number,
  contacts: ContactDigests = PLAIN_DIGESTS,
): PersonHistories {
  const run = scriptsOn(redis);
  const read = readPersonHistories(run, keys);
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    await contacts.load();
    return orUnavailable(question);
  };

  return {
    historyOf: (shop, person, now, recoveryId = null) =>
      ask(() => read({ shop, digests: person.flatMap(contacts.all), now, recoveryId })),

    historyOfDigests: (shop, digests, now, recoveryId = null) =>
      ask(() => read({ shop, digests: withKeyed(contacts, digests), now, recoveryId })),

    noteRefusal: (person, occasion, at) =>
      ask(async () => {
        const digests = person.map(contacts.of);
        const news = await ofEach(digests, async (digest) => {
          const key = keys.contact('refusals', digest);
          const [added] = (await redis
            .multi()
            .zadd(key, 'NX', at, occasion)
            .pexpire(key, Math.max(refusalKeptMs, DAY))
            .incr(keys.news)
            .exec()) as [[Error | null, number]];
          return added[1] === 1;
        });
        return news.includes(true);
      }),

    noteConsentWithdrawn: (shop, person, at) =>
      ask(async () => {
        await ofEach(person.map(contacts.of), (digest) => {
          const key = keys.person(shop, 'withdrawal', digest);
          return redis.multi().zadd(key, 'GT', at, 'consent').pexpire(key, WITHDRAWAL_KEPT_MS).incr(keys.news).exec();
        });
      }),

    claimCall: (person, recoveryId, at, { perDay, perWeek, perMonth, refusalSilenceMs }) =>
      ask(async () => {
        if (person.length === 0) return { ok: true };
        // What stands under former names is counted, and nothing new is written there.
        const own = person.map(contacts.of);
        const former = person.flatMap((contact) => contacts.former(contact) ?? []);
        const sets = [...own, ...former].flatMap((digest) => [
          keys.contact('calls', digest),
          keys.contact('refusals', digest),
        ]);
        const answer = await run(
          'claim-call',
          [keys.news, ...sets],
          [own.length, recoveryId, at, perDay, perWeek, perMonth, refusalSilenceMs],
        );
        const [cap, until] = answer as [cap?: 'day' | 'week' | 'month' | 'refusal', until?: string];
        return cap === undefined ? { ok: true } : { ok: false, cap, until: Number(until) };
      }),

    releaseCall: (person, recoveryId) =>
      ask(async () => {
        await ofEach(person.flatMap(contacts.all), (digest) => redis.zrem(keys.contact('calls', digest), recoveryId));
      }),
  };
}

function ofEach<T>(digests: readonly string[], ask: (digest: string) => Promise<T>): Promise<T[]> {
  return Promise.all(digests.map(ask));
}
