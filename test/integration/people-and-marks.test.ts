/** What is remembered beside the records, in a real Redis: facts of people, and how far the shop was read. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { BackfillMarks } from '../../src/domain/backfill-marks.ts';
import type { People } from '../../src/domain/people.ts';
import { backfillMarks } from '../../src/store/backfill-marks.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { peopleStore } from '../../src/store/people-store.ts';
import { until } from '../support/settled.ts';

const KEPT_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 3, 12, 0, 0);
const prefix = `test-${randomBytes(6).toString('hex')}`;
const keys = keysBelow(prefix);

let redis: Redis;
let people: People;
let marks: BackfillMarks;
let shop: string;
let shops = 0;

beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
  people = peopleStore(redis, keys, KEPT_MS);
  marks = backfillMarks(redis, keys);
});
beforeEach(() => {
  shop = `shop-${++shops}.myshopify.com`;
});
afterAll(async () => {
  for await (const found of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    if (found.length > 0) await redis.unlink(...(found as string[]));
  }
  redis.disconnect();
});

const ODILE = ['+14155550142', 'odile.marrable@example.com'];

describe('a fact of a person', () => {
  it('is known by each of her contacts, since any instant up to its own', async () => {
    await people.note(shop, ODILE, 'order', '#1001', NOW);
    for (const contact of ODILE) {
      expect(await people.latest(shop, [contact, '+12065550100'], 'order', NOW)).toEqual({ name: '#1001', at: NOW });
    }
    expect(await people.latest(shop, ODILE, 'order', NOW + 1)).toBeNull();
    expect(await people.latest(shop, ['+12065550100'], 'order', 0)).toBeNull();
    expect(await people.latest(shop, [], 'order', 0)).toBeNull();
  });

  it('is one of its kind and its shop', async () => {
    await people.note(shop, ODILE, 'order', '#1001', NOW);
    expect(await people.latest(shop, ODILE, 'discount', 0)).toBeNull();
    expect(await people.latest('other.myshopify.com', ODILE, 'order', 0)).toBeNull();
  });

  it('gives way to a later one, whichever of her contacts that names, and in whatever order they are told', async () => {
    const [phone = '', email = ''] = ODILE;
    await people.note(shop, [phone], 'order', '#1002', NOW + 5);
    await people.note(shop, [email], 'order', '#1001', NOW);
    expect(await people.latest(shop, ODILE, 'order', 0)).toEqual({ name: '#1002', at: NOW + 5 });
    // An older one without a name of its own does not hide a newer one without a name.
    await people.note(shop, [phone], 'order', '', NOW + 9);
    await people.note(shop, [phone], 'order', '', NOW + 1);
    expect(await people.latest(shop, ODILE, 'order', NOW + 6)).toMatchObject({ at: NOW + 9 });
  });

  it('leaves room for a hundred, the newest', async () => {
    for (let n = 0; n < 120; n++) await people.note(shop, ODILE.slice(0, 1), 'order', `#${n}`, NOW + n);
    const [key = ''] = await redis.keys(`${prefix}:shop:${shop}:person:order:*`);
    expect(await redis.zcard(key)).toBe(100);
    expect(await redis.zrange(key, '0', '0')).toEqual(['#20']);
  });

  it('is kept under a digest, and forgotten when its time is over', async () => {
    await people.note(shop, ODILE, 'order', '#1001', NOW);
    const names = await redis.keys(`${prefix}:shop:${shop}:*`);
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(name).not.toMatch(/4155550142|odile/i);
      expect(await redis.pttl(name)).toBeGreaterThan(KEPT_MS - 60_000);
      expect(await redis.pttl(name)).toBeLessThanOrEqual(KEPT_MS);
    }
  });
});

describe('how far the shop was read', () => {
  it('is told by subject as it was saved, and as never read before', async () => {
    expect(await marks.load(shop, 'orders')).toEqual({ readUpTo: null, under: null });
    const mark = { readUpTo: NOW, under: { since: NOW - 5, startedAt: NOW + 5, cursor: 'abc' } };
    await marks.save(shop, 'orders', mark);
    expect(await marks.load(shop, 'orders')).toEqual(mark);
    expect(await marks.load(shop, 'checkouts')).toEqual({ readUpTo: null, under: null });
    expect(await marks.load('other.myshopify.com', 'orders')).toEqual({ readUpTo: null, under: null });
  });

  it('and cannot be understood counts as never read', async () => {
    await redis.set(keys.backfill(shop, 'orders'), '{"readUpTo":"yesterday"}');
    expect(await marks.load(shop, 'orders')).toEqual({ readUpTo: null, under: null });
  });
});

describe('the lock', () => {
  it('is one reader’s until he gives it back, and nobody else can do that', async () => {
    expect(await marks.lock(shop, 'one', 60_000)).toBe(true);
    expect(await marks.lock(shop, 'other', 60_000)).toBe(false);
    await marks.unlock(shop, 'other');
    expect(await marks.lock(shop, 'other', 60_000)).toBe(false);
    expect(await marks.lock('other.myshopify.com', 'other', 60_000)).toBe(true);
    await marks.unlock(shop, 'one');
    expect(await marks.lock(shop, 'other', 60_000)).toBe(true);
  });

  it('of a reader who is dead is free when its time is up, which a living one prolongs', async () => {
    await marks.lock(shop, 'one', 60_000);
    expect(await marks.lock(shop, 'one', 80)).toBe(true);
    expect(await marks.lock(shop, 'other', 60_000)).toBe(false);
    await until('it is free', () => marks.lock(shop, 'other', 60_000));
    expect(await marks.lock(shop, 'one', 60_000)).toBe(false);
  });
});
