/**
 * ParkedStore on Redis: signed bodies nobody could read yet, kept whole for a while, sealed. Both the number and the bytes are
 * capped, and then the oldest goes: what is parked must never fill the Redis that the calls live in.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { DAY } from '../domain/duration.ts';
import type { ParkedDelivery, ParkedStore } from '../domain/parked.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { CLEAR_VAULT, type Vault } from './vault.ts';

/** With webhooks of at most 1 MiB this bounds the worst case; real ones are around 4 kB. Sealed, bytes take up a third more. */
export interface ParkedCap {
  readonly bodies: number;
  readonly bytes: number;
  /** How long a body is kept. Milliseconds. */
  readonly forMs: number;
}

export const PARKED_CAP: ParkedCap = Object.freeze({ bodies: 5_000, bytes: 64 * 1024 * 1024, forMs: 7 * DAY });

/** Where a parked body stands, for the vault. */
export function placeOfParked(id: string): string {
  return `parked:${id}`;
}

export function parkedStore(
  redis: Redis,
  keys: Keys,
  cap: ParkedCap = PARKED_CAP,
  vault: Vault = CLEAR_VAULT,
): ParkedStore {
  return {
    park: (shop, delivery) =>
      orUnavailable(async () => {
        const id = idOf(delivery);
        const { body, source, topic, apiVersion, receivedAt, field } = delivery;
        const member = `${id}.${Buffer.byteLength(body)}`;
        await redis
          .multi()
          .hset(keys.parkedBody(shop, id), {
            body: vault.seal(placeOfParked(id), body),
            source,
            topic,
            apiVersion: apiVersion ?? '',
            receivedAt,
            field,
            member,
          })
          .pexpire(keys.parkedBody(shop, id), cap.forMs)
          .zadd(keys.parked(shop), receivedAt, member)
          .exec();
        return { id, dropped: await dropOverCap(shop) };
      }),

    list: (shop, limit) =>
      orUnavailable(async () => {
        const members = await redis.zrange(keys.parked(shop), '0', String(limit - 1));
        const ids = members.map(idIn);
        const hashes = await Promise.all(ids.map((id) => redis.hgetall(keys.parkedBody(shop, id))));
        return hashes.flatMap((hash, i) => (hash.body === undefined ? [] : [rowOf(ids[i] ?? '', hash)]));
      }),

    async read(shop, id) {
      const hash = await orUnavailable(() => redis.hgetall(keys.parkedBody(shop, id)));
      if (hash.body === undefined) return null;
      return { ...rowOf(id, hash), body: vault.open(placeOfParked(id), hash.body) };
    },

    ids: (shop) => orUnavailable(async () => (await redis.zrange(keys.parked(shop), '0', '-1')).map(idIn)),

    removeAll: (shop) =>
      orUnavailable(async () => {
        for (const member of await redis.zrange(keys.parked(shop), '0', '-1')) await drop(shop, member);
      }),

    remove: (shop, id) =>
      orUnavailable(async () => {
        const member = await redis.hget(keys.parkedBody(shop, id), 'member');
        if (member !== null) await drop(shop, member);
      }),

    count: (shop) => orUnavailable(() => redis.zcard(keys.parked(shop))),

    expire: (shop, now) =>
      orUnavailable(async () => {
        // With their bodies, which may have been parked when they were to be kept for longer.
        const over = await redis.zrange(keys.parked(shop), '-inf', String(now - cap.forMs), 'BYSCORE');
        for (const member of over) await drop(shop, member);
        return over.length;
      }),
  };

  /** The index holds `<id>.<bytes>`, so one read of it tells how much is parked. */
  async function dropOverCap(shop: string): Promise<number> {
    const members = await redis.zrange(keys.parked(shop), '0', '-1');
    let bytes = members.reduce((sum, member) => sum + sizeIn(member), 0);
    let dropped = 0;
    for (const member of members) {
      if (members.length - dropped <= cap.bodies && bytes <= cap.bytes) break;
      await drop(shop, member);
      bytes -= sizeIn(member);
      dropped++;
    }
    return dropped;
  }

  async function drop(shop: string, member: string): Promise<void> {
    const id = idIn(member);
    await redis.multi().del(keys.parkedBody(shop, id)).zrem(keys.parked(shop), member).exec();
  }
}

function rowOf(id: string, hash: Readonly<Record<string, string>>): Omit<ParkedDelivery, 'body'> {
  return {
    id,
    source: hash.source === 'call-events' ? 'call-events' : 'shopify',
    topic: hash.topic ?? '',
    apiVersion: hash.apiVersion || null,
    receivedAt: Number(hash.receivedAt),
    field: hash.field ?? '',
  };
}

function idIn(member: string): string {
  return member.slice(0, member.lastIndexOf('.'));
}

function sizeIn(member: string): number {
  return Number(member.slice(member.lastIndexOf('.') + 1));
}

/** The same bytes of the same topic are one parked delivery, however often they are sent. */
function idOf({ source, topic, body }: Omit<ParkedDelivery, 'id'>): string {
  return createHash('sha256').update(`${source}\0${topic}\0${body}`).digest('base64url').slice(0, 22);
}
