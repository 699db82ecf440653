/** RecoveryStore on Redis. Reads are plain commands, every write is one Lua script. */
import type { Redis } from 'ioredis';
import { errandsDueAt, hasFailedErrand } from '../domain/errand.ts';
import type { RecoveryChange, RecoveryStore } from '../domain/ports.ts';
import { RECOVERY_STATES, type RecoveryState } from '../domain/recovery.ts';
import { indexedAt } from '../domain/transition/deadline.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { lookupKey } from './lookup-key.ts';
import { alarmState, receiveCheckouts } from './receive-checkouts.ts';
import { decodeRecovery, encodePatch, kindOf } from './record-codec.ts';
import { readPage } from './recovery-pages.ts';
import { scriptsOn } from './scripts.ts';

/** @param ttlMs - a record, and what points at it, is forgotten this long after its last change. */
export function recoveryStore(redis: Redis, keys: Keys, ttlMs: number): RecoveryStore {
  const run = scriptsOn(redis);

  return {
    async load(id) {
      const hash = await orUnavailable(() => redis.hgetall(keys.recovery(id)));
      return hash.state === undefined ? null : decodeRecovery(hash);
    },

    receive: receiveCheckouts(run, keys, ttlMs),

    async commit({ record, patch, at, entry, lookups = [] }: RecoveryChange) {
      const next = { ...record, ...patch, changedAt: at };
      const { set, drop } = encodePatch(record, record.revision === 0 ? next : patch);
      const changed = await run(
        'commit',
        [
          keys.recovery(record.id),
          keys.all(record.shop),
          keys.inState(record.shop, record.state),
          keys.inState(record.shop, next.state),
          keys.errands(record.shop),
          keys.failedErrands(record.shop),
          ...lookups.map((lookup) => lookupKey(keys, record.shop, lookup)),
        ],
        [
          record.id,
          at,
          ttlMs,
          record.revision,
          indexedAt(next),
          entry ? kindOf(entry) : '',
          entry ? JSON.stringify(entry) : '',
          set.length / 2,
          drop.length,
          ...errandScores(patch),
          ...set,
          ...drop,
        ],
      );
      return changed === 1;
    },

    async note(id, entry) {
      await run('note', [keys.recovery(id)], [entry.at, kindOf(entry), JSON.stringify(entry)]);
    },

    async stopAhead(shop, lookup, reason) {
      await orUnavailable(async () => {
        const key = lookupKey(keys, shop, lookup);
        await redis.multi().sadd(key, `!${reason}`).pexpire(key, ttlMs).exec();
      });
    },

    alarmNumber: (id) => orUnavailable(() => redis.hincrby(keys.recovery(id), 'alarms', 1)),

    async alarmSet(id, number, at) {
      await run('alarm-set', [keys.recovery(id)], [number, at]);
    },

    async alarmSpent(id, number) {
      return (await run('alarm-spent', [keys.recovery(id)], [number])) === 1;
    },

    async alarmOf(id) {
      const [number, at] = await orUnavailable(() => redis.hmget(keys.recovery(id), 'alarm', 'alarmAt'));
      return alarmState(number, at);
    },

    async find(shop, lookup) {
      const members = await orUnavailable(() => redis.smembers(lookupKey(keys, shop, lookup)));
      return members.filter((member) => !member.startsWith('!'));
    },

    list: (shop, { state, limit, cursor }) =>
      orUnavailable(() => readPage(redis, keys, state ? keys.inState(shop, state) : keys.all(shop), limit, cursor)),

    idsBefore: (shop, state, until, limit) =>
      orUnavailable(() => redis.zrange(keys.inState(shop, state), '-inf', String(until), 'BYSCORE', 'LIMIT', 0, limit)),

    idsWithErrands: (shop, until, limit) =>
      orUnavailable(() => redis.zrange(keys.errands(shop), '-inf', String(until), 'BYSCORE', 'LIMIT', 0, limit)),

    idsWithFailedErrands: (shop, limit) =>
      orUnavailable(() => redis.zrange(keys.failedErrands(shop), '0', String(limit - 1), 'REV')),

    claim: (shop, name, id) =>
      orUnavailable(async () => {
        const key = keys.claim(shop, name);
        const owner = await redis.set(key, id, 'PX', ttlMs, 'NX', 'GET');
        return owner === null || owner === id;
      }),

    async countByState(shop) {
      const counts = await orUnavailable(() =>
        Promise.all(RECOVERY_STATES.map((state) => redis.zcard(keys.inState(shop, state)))),
      );
      return Object.fromEntries(RECOVERY_STATES.map((state, i) => [state, counts[i] ?? 0])) as Record<
        RecoveryState,
        number
      >;
    },

    pruneIndexes: (shop, now) =>
      orUnavailable(async () => {
        const old = await redis.zrange(keys.all(shop), '-inf', String(now - ttlMs), 'BYSCORE', 'LIMIT', 0, 1_000);
        let pruned = 0;
        for (const id of old) {
          if (await redis.exists(keys.recovery(id))) continue;
          await redis.zrem(keys.all(shop), id);
          for (const state of RECOVERY_STATES) await redis.zrem(keys.inState(shop, state), id);
          await redis.zrem(keys.errands(shop), id);
          await redis.zrem(keys.failedErrands(shop), id);
          pruned++;
        }
        return pruned;
      }),
  };
}

/** When the errands are due next, and whether one has failed; as the script wants it. */
function errandScores({ errands }: RecoveryChange['patch']): [string, string] {
  if (errands === undefined) return ['', ''];
  return [String(errandsDueAt(errands) ?? '-'), hasFailedErrand(errands) ? '1' : ''];
}
