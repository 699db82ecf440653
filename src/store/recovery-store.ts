/** RecoveryStore on Redis. Reads are plain commands, every write is one Lua script. */
import type { Redis } from 'ioredis';
import { errandsDueAt, hasFailedErrand } from '../domain/errand.ts';
import type { RecoveryChange, RecoveryStore } from '../domain/ports.ts';
import { RECOVERY_STATES, type RecoveryState } from '../domain/recovery.ts';
import { indexedAt } from '../domain/transition/deadline.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { lookupKey, lookupKeys, readyFor } from './lookup-key.ts';
import { alarmState, receiveCheckouts } from './receive-checkouts.ts';
import { decodeRecovery, encodePatch, kindOf } from './record-codec.ts';
import { readIds, readPage } from './recovery-pages.ts';
import { removeMatching } from './remove-matching.ts';
import { scriptsOn } from './scripts.ts';
import { IN_CLEAR, type Seals } from './seals.ts';

/** @param ttlMs - a record, and what points at it, is forgotten this long after its last change. */
export function recoveryStore(redis: Redis, keys: Keys, ttlMs: number, seals: Seals = IN_CLEAR): RecoveryStore {
  const run = scriptsOn(redis);
  const { vault, contacts } = seals;

  return {
    async load(id) {
      const hash = await orUnavailable(() => redis.hgetall(keys.recovery(id)));
      return hash.state === undefined ? null : decodeRecovery(hash, id, vault);
    },

    receive: receiveCheckouts(run, keys, ttlMs, seals),

    async commit({ record, patch, at, entry, lookups = [], unlessPaused = false }: RecoveryChange) {
      const next = { ...record, ...patch, changedAt: at };
      const { set, drop } = encodePatch(record, record.revision === 0 ? next : patch, vault);
      const erases = typeof patch.erasedAt === 'number';
      const left = record.contacts.filter((digest) => !next.contacts.includes(digest));
      // It names the contacts, before they were keyed even in clear; a webhook that still counts writes it anew.
      if (erases || left.length > 0) drop.push('lookups');
      await readyFor(lookups, contacts);
      const changed = await run(
        'commit',
        [
          keys.recovery(record.id),
          keys.all(record.shop),
          keys.inState(record.shop, record.state),
          keys.inState(record.shop, next.state),
          keys.errands(record.shop),
          keys.failedErrands(record.shop),
          keys.erasable(record.shop),
          keys.dialSwitch,
          ...lookups.map((lookup) => lookupKey(keys, record.shop, lookup, contacts)),
          ...left.map((digest) => keys.lookup(record.shop, 'contact', digest)),
        ],
        [
          record.id,
          at,
          // Erasing makes nothing live longer.
          erases ? '' : ttlMs,
          record.revision,
          indexedAt(next),
          entry ? kindOf(entry) : '',
          entry ? JSON.stringify(entry) : '',
          set.length / 2,
          drop.length,
          ...errandScores(patch),
          erases ? '1' : '',
          left.length,
          unlessPaused ? '1' : '',
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
      await readyFor([lookup], contacts);
      await orUnavailable(async () => {
        const key = lookupKey(keys, shop, lookup, contacts);
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
      await readyFor([lookup], contacts);
      const sets = lookupKeys(keys, shop, lookup, contacts);
      const members = await orUnavailable(() => Promise.all(sets.map((key) => redis.smembers(key))));
      return [...new Set(members.flat())].filter((member) => !member.startsWith('!'));
    },

    list: (shop, { state, limit, cursor }) =>
      orUnavailable(() =>
        readPage(redis, keys, state ? keys.inState(shop, state) : keys.all(shop), limit, cursor, vault),
      ),

    ids: (shop, { state, limit, cursor }) =>
      orUnavailable(() => readIds(redis, state ? keys.inState(shop, state) : keys.all(shop), limit, cursor)),

    unlink: (shop, ids, lookups) =>
      orUnavailable(async () => {
        if (ids.length === 0) return;
        await readyFor(lookups, contacts);
        const sets = lookups.flatMap((lookup) => lookupKeys(keys, shop, lookup, contacts));
        await Promise.all(sets.map((set) => redis.srem(set, ...ids)));
        // There they stand by the same names; a webhook that still counts writes it anew.
        await Promise.all(ids.map((id) => redis.hdel(keys.recovery(id), 'lookups')));
      }),

    drop: (shop, id) =>
      orUnavailable(async () => {
        await redis.del(keys.recovery(id));
        await dropFromIndexes(shop, id);
      }),

    unlinkAll: (shop) =>
      orUnavailable(async () => {
        await removeMatching(redis, keys.foundBy(shop));
        await removeMatching(redis, keys.claimed(shop));
      }),

    idsBefore: (shop, state, until, limit) =>
      orUnavailable(() => redis.zrange(keys.inState(shop, state), '-inf', String(until), 'BYSCORE', 'LIMIT', 0, limit)),

    idsWithErrands: (shop, until, limit) =>
      orUnavailable(() => redis.zrange(keys.errands(shop), '-inf', String(until), 'BYSCORE', 'LIMIT', 0, limit)),

    idsWithFailedErrands: (shop, limit) =>
      orUnavailable(() => redis.zrange(keys.failedErrands(shop), '0', String(limit - 1), 'REV')),

    idsErasable: (shop, until, limit) =>
      orUnavailable(() => redis.zrange(keys.erasable(shop), '-inf', String(until), 'BYSCORE', 'LIMIT', 0, limit)),

    erasableSince: (shop, id, since) =>
      orUnavailable(async () => {
        if (since === null) await redis.zrem(keys.erasable(shop), id);
        // Only what is still there: somebody may have erased it meanwhile.
        else await redis.zadd(keys.erasable(shop), 'XX', since, id);
      }),

    claim: (shop, name, id) =>
      orUnavailable(async () => {
        const key = keys.claim(shop, name);
        const owner = await redis.set(key, id, 'PX', ttlMs, 'NX', 'GET');
        return owner === null || owner === id;
      }),

    ownerOf: (shop, name) => orUnavailable(() => redis.get(keys.claim(shop, name))),

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
          await dropFromIndexes(shop, id);
          pruned++;
        }
        return pruned;
      }),
  };

  async function dropFromIndexes(shop: string, id: string): Promise<void> {
    const indexes = [keys.all(shop), keys.errands(shop), keys.failedErrands(shop), keys.erasable(shop)];
    const states = RECOVERY_STATES.map((state) => keys.inState(shop, state));
    for (const index of [...indexes, ...states]) await redis.zrem(index, id);
  }
}

/** When the errands are due next, and whether one has failed; as the script wants it. */
function errandScores({ errands }: RecoveryChange['patch']): [string, string] {
  if (errands === undefined) return ['', ''];
  return [String(errandsDueAt(errands) ?? '-'), hasFailedErrand(errands) ? '1' : ''];
}
