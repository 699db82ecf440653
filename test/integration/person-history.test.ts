/** What is remembered of people, in a real Redis: across contacts and shops, for as long as it is asked about, and one call at a time. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import {
  type CallCaps,
  capFor,
  DEFAULT_CAPS,
  MANY_CHECKOUTS,
  type PersonHistories,
} from '../../src/domain/person-history.ts';
import type { RecoveryStore } from '../../src/domain/ports.ts';
import { StoreUnavailableError } from '../../src/errors.ts';
import { PLAIN_DIGESTS } from '../../src/store/contact-digests.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { peopleStore } from '../../src/store/people-store.ts';
import { personHistoryStore } from '../../src/store/person-history-store.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { suppressionStore } from '../../src/store/suppression-store.ts';
import { aDataKey } from '../support/a-data-key.ts';
import { everythingIn } from '../support/everything-in-redis.ts';
import { sealsWith } from '../support/seals-with.ts';

const NOW = Date.UTC(2026, 10, 3, 12);
const SHOP = 'fenwick-lantern.myshopify.com';
const OTHER_SHOP = 'hill-coffee.myshopify.com';
const prefix = `test-${randomBytes(6).toString('hex')}`;
const keys = keysBelow(prefix);

let redis: Redis;
let other: Redis;
let store: RecoveryStore;
let histories: PersonHistories;
/** The same person as another worker sees them. */
let elsewhere: PersonHistories;

let people = 0;
let phone: string;
let email: string;
/** A person of their own per test. */
let person: readonly string[];

beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
  other = new Redis(inject('redisUrl'));
  store = recoveryStore(redis, keys, DAY);
  histories = personHistoryStore(redis, keys, 60 * DAY);
  elsewhere = personHistoryStore(other, keys, 60 * DAY);
});
beforeEach(() => {
  people++;
  phone = `+1415555${String(people).padStart(4, '0')}`;
  email = `shopper-${people}@example.com`;
  person = [phone, email];
});
afterAll(async () => {
  for await (const found of redis.scanStream({ match: `*${prefix}:*`, count: 1_000 })) {
    if (found.length > 0) await redis.unlink(...(found as string[]));
  }
  redis.disconnect();
  other.disconnect();
});

const NOTHING_KNOWN = {
  ...{
    calls: [],
    lastRefusalAt: null,
    consentWithdrawnAt: null,
    suppressed: null,
    lastOrderAt: null,
    burstAt: null,
  },
};

const isOfAPerson = (key: string): boolean => /:(?:contact|person|suppressions):?/.test(key) && !key.includes(':find:');

/** A checkout of theirs was heard of, for the first time. */
async function noteCheckout(shop: string, contacts: readonly string[], recoveryId: string, at: number): Promise<void> {
  await store.receive({
    ...{ id: `${recoveryId}.${people}`, now: at, checkoutUpdatedAt: at, lastActivityAt: at, ifStranger: false },
    ...{ state: 'waiting', reason: 'no_phone', dueAt: null },
    facts: {
      ...{ shop, checkoutToken: recoveryId, cartToken: null, checkoutId: null, cartValue: null, candidate: null },
      ...{ payload: null, phone: null, person: [], priority: false },
    },
    lookups: contacts.map((value) => ({ kind: 'contact', value })),
    entry: { at, event: 'checkout_received', state: 'waiting' },
  });
}

/** As many checkouts of theirs at once as nobody leaves. */
async function noteBurst(shop: string, contacts: readonly string[], at: number): Promise<void> {
  for (let n = 0; n < MANY_CHECKOUTS; n++) await noteCheckout(shop, contacts, `shop.burst-${n}`, at);
}

const historyOf = (contacts = person, shop = SHOP, now = NOW) => histories.historyOf(shop, contacts, now);

describe('the history of a person', () => {
  it('is empty before anything is noted, and of nobody', async () => {
    expect(await historyOf()).toEqual(NOTHING_KNOWN);
    expect(await historyOf([])).toEqual(NOTHING_KNOWN);
  });

  it('is the same by the digests that a record keeps when the contacts themselves are gone', async () => {
    await histories.claimCall([phone], 'shop.first', NOW - 2 * DAY, DEFAULT_CAPS);
    await histories.noteRefusal([email], 'shop.first.1', NOW - DAY);
    const digests = person.map(PLAIN_DIGESTS.of);
    expect(await histories.historyOfDigests(SHOP, digests, NOW)).toEqual(await historyOf());
    expect((await histories.historyOfDigests(SHOP, digests, NOW, 'shop.first')).calls).toEqual([]);
    expect(await histories.historyOfDigests(SHOP, [], NOW)).toEqual(NOTHING_KNOWN);
  });

  it('by digests of before there was a DATA_KEY knows also what came since', async () => {
    const apart = keysBelow(`keyed-${prefix}`);
    const { contacts } = sealsWith(redis, apart, { current: aDataKey(), old: [] });
    const keyed = personHistoryStore(redis, apart, 60 * DAY, contacts);
    await keyed.noteRefusal([phone], 'shop.first.1', NOW - DAY);
    const known = await keyed.historyOfDigests(SHOP, [PLAIN_DIGESTS.of(phone)], NOW);
    expect(known.lastRefusalAt).toBe(NOW - DAY);
  });

  it('gathers what was noted of any of their contacts', async () => {
    await histories.claimCall([phone], 'shop.first', NOW - 2 * DAY, DEFAULT_CAPS);
    await histories.noteRefusal([email], 'shop.first.1', NOW - DAY);
    await histories.noteConsentWithdrawn(SHOP, [email], NOW - HOUR);
    await suppressionStore(redis, keys).add([
      { id: suppressionStore(redis, keys).idOf(phone), source: 'call', reason: 'call.skip', at: NOW - MINUTE },
    ]);
    await peopleStore(redis, keys, 30 * DAY).note(SHOP, [phone], 'order', '#1017', NOW - 3 * DAY);
    await noteBurst(SHOP, [email], NOW - MINUTE);
    expect(await historyOf()).toEqual({
      calls: [NOW - 2 * DAY],
      lastRefusalAt: NOW - DAY,
      consentWithdrawnAt: NOW - HOUR,
      suppressed: { source: 'call', at: NOW - MINUTE },
      lastOrderAt: NOW - 3 * DAY,
      burstAt: NOW - MINUTE,
    });
  });

  it('follows the person from shop to shop in calls, refusals and the list, and in nothing else', async () => {
    await histories.claimCall(person, 'shop.first', NOW - HOUR, DEFAULT_CAPS);
    await histories.noteRefusal(person, 'shop.first.1', NOW - HOUR);
    await histories.noteConsentWithdrawn(SHOP, person, NOW - HOUR);
    await noteBurst(SHOP, person, NOW - MINUTE);
    await peopleStore(redis, keys, 30 * DAY).note(SHOP, person, 'order', '#1018', NOW - HOUR);
    expect(await historyOf(person, OTHER_SHOP)).toEqual({
      ...NOTHING_KNOWN,
      calls: [NOW - HOUR],
      lastRefusalAt: NOW - HOUR,
    });
  });

  it('counts a call once that stands under several contacts, and lists calls newest first', async () => {
    const often = { ...DEFAULT_CAPS, perDay: 9, perWeek: 9, perMonth: 9 };
    await histories.claimCall(person, 'shop.a', NOW - 2 * HOUR, often);
    await histories.claimCall([phone], 'shop.b', NOW - HOUR, often);
    await histories.claimCall([email], 'shop.c', NOW - 3 * HOUR, often);
    expect((await historyOf()).calls).toEqual([NOW - HOUR, NOW - 2 * HOUR, NOW - 3 * HOUR]);
  });

  it('leaves out the call of the recovery that asks', async () => {
    await histories.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS);
    expect((await histories.historyOf(SHOP, person, NOW, 'shop.a')).calls).toEqual([]);
    expect((await histories.historyOf(SHOP, person, NOW, 'shop.b')).calls).toEqual([NOW]);
  });

  it.each<[string, number, number]>([
    ['a millisecond less than 30 days', 30 * DAY - 1, 1],
    ['30 days', 30 * DAY, 0],
  ])('holds a call for %s', async (_what, since, count) => {
    await histories.claimCall(person, 'shop.a', NOW - since, DEFAULT_CAPS);
    expect((await historyOf()).calls).toHaveLength(count);
  });

  it('does not grow without end by the checkouts of one contact', async () => {
    for (let i = 0; i < 130; i++) await noteCheckout(SHOP, [email], `shop.${i}`, NOW - 1_000 + i);
    expect((await historyOf()).burstAt).toBe(NOW - 1_000 + 129);
    const checkouts = keys.person(SHOP, 'checkout', PLAIN_DIGESTS.of(email));
    expect(await redis.zcard(checkouts)).toBe(100);
  });

  it('keeps the first telling of a refusal, and the latest of several', async () => {
    expect(await histories.noteRefusal(person, 'shop.a.1', NOW)).toBe(true);
    expect(await histories.noteRefusal(person, 'shop.a.1', NOW + HOUR)).toBe(false);
    expect((await historyOf()).lastRefusalAt).toBe(NOW);
    expect(await histories.noteRefusal(person, 'shop.b.1', NOW + 2 * HOUR)).toBe(true);
    expect((await historyOf()).lastRefusalAt).toBe(NOW + 2 * HOUR);
  });

  it('keeps the latest withdrawal of consent, whichever is told first', async () => {
    await histories.noteConsentWithdrawn(SHOP, person, NOW);
    await histories.noteConsentWithdrawn(SHOP, person, NOW - DAY);
    expect((await historyOf()).consentWithdrawnAt).toBe(NOW);
  });

  it('is forgotten: every key of it expires, and none later than a year', async () => {
    await histories.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS);
    await histories.noteRefusal(person, 'shop.a.1', NOW);
    await histories.noteConsentWithdrawn(SHOP, person, NOW);
    await noteBurst(SHOP, person, NOW);
    const kept: Record<string, number> = {};
    for await (const found of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
      for (const key of (found as string[]).filter((one) => isOfAPerson(one) && !one.includes(':suppressions'))) {
        const days = Math.round((await redis.pttl(key)) / DAY);
        expect([key, days >= 0]).toEqual([key, true]);
        const fact = /:(calls|refusals|withdrawal|order|checkout|burst):/.exec(key)?.[1] ?? 'unknown';
        kept[fact] = Math.max(kept[fact] ?? 0, days);
      }
    }
    expect(kept).toEqual({ calls: 30, refusals: 60, withdrawal: 365, order: 30, checkout: 0, burst: 30 });
  });

  it('holds contacts in no key and no value', async () => {
    const text = await everythingIn(redis, prefix, isOfAPerson);
    expect(text).toContain('shop.first');
    expect(text).not.toMatch(/@|example\.com|415\D*555|shopper-\d/);
  });

  it('cannot be asked while Redis is away', async () => {
    const gone = new Redis(inject('redisUrl'), { lazyConnect: true, enableOfflineQueue: false });
    const away = personHistoryStore(gone, keys, DAY);
    await expect(away.historyOf(SHOP, person, NOW)).rejects.toThrow(StoreUnavailableError);
    await expect(away.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS)).rejects.toThrow(StoreUnavailableError);
    await expect(away.noteRefusal(person, 'shop.a.1', NOW)).rejects.toThrow(StoreUnavailableError);
    gone.disconnect();
  });
});

describe('a call to a person', () => {
  it('is the recovery’s that claims it first, for all of the person’s contacts', async () => {
    expect(await histories.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS)).toEqual({ ok: true });
    const refused = { ok: false, cap: 'day', until: NOW + DAY };
    for (const contacts of [person, [phone], [email], [phone, 'another@example.com']]) {
      expect(await elsewhere.claimCall(contacts, 'shop.b', NOW, DEFAULT_CAPS)).toEqual(refused);
    }
    expect((await historyOf(['another@example.com'])).calls).toEqual([]);
  });

  it('is claimed again by the same recovery, and counts once', async () => {
    for (const at of [NOW, NOW + 1, NOW + MINUTE]) {
      expect(await histories.claimCall(person, 'shop.a', at, DEFAULT_CAPS)).toEqual({ ok: true });
    }
    expect((await historyOf(person, SHOP, NOW + MINUTE)).calls).toEqual([NOW + MINUTE]);
    expect(await histories.claimCall(person, 'shop.b', NOW + DAY + MINUTE, DEFAULT_CAPS)).toEqual({ ok: true });
  });

  it('is not the same recovery’s again when somebody else has called meanwhile', async () => {
    await histories.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS);
    await histories.claimCall(person, 'shop.b', NOW + DAY, DEFAULT_CAPS);
    const again = await histories.claimCall(person, 'shop.a', NOW + DAY + HOUR, DEFAULT_CAPS);
    expect(again).toEqual({ ok: false, cap: 'day', until: NOW + 2 * DAY });
  });

  it('that was not placed is given back, and does not count', async () => {
    await histories.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS);
    await histories.releaseCall(person, 'shop.b');
    expect((await historyOf()).calls).toEqual([NOW]);
    await histories.releaseCall(person, 'shop.a');
    expect((await historyOf()).calls).toEqual([]);
    expect(await histories.claimCall(person, 'shop.b', NOW, DEFAULT_CAPS)).toEqual({ ok: true });
  });

  it('is forbidden after a refusal, told to whichever contact, also to the recovery that has it', async () => {
    await histories.claimCall(person, 'shop.a', NOW - HOUR, DEFAULT_CAPS);
    await histories.noteRefusal([email], 'shop.a.1', NOW - HOUR);
    const refused = { ok: false, cap: 'refusal', until: NOW - HOUR + 60 * DAY };
    expect(await histories.claimCall(person, 'shop.a', NOW, DEFAULT_CAPS)).toEqual(refused);
    expect(await histories.claimCall([phone], 'shop.b', NOW + DAY, DEFAULT_CAPS)).toEqual({ ok: true });
  });

  it('to nobody is nobody’s business', async () => {
    expect(await histories.claimCall([], 'shop.a', NOW, DEFAULT_CAPS)).toEqual({ ok: true });
    await histories.releaseCall([], 'shop.a');
  });

  it('is one recovery’s alone, of two that ring in the same moment on two workers, in every one of 300 rounds', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < 300; round++) {
      const contacts = [`+1206555${String(round).padStart(4, '0')}`, `racer-${round}@example.com`];
      const ask = (worker: PersonHistories, id: string) => worker.claimCall(contacts, id, NOW, DEFAULT_CAPS);
      // Both orders, so that neither connection is always the first to write.
      const claims =
        round % 2 === 0
          ? [ask(histories, 'shop.a'), ask(elsewhere, 'shop.b')]
          : [ask(elsewhere, 'shop.b'), ask(histories, 'shop.a')].reverse();
      const [a, b] = await Promise.all(claims);
      expect([a?.ok, b?.ok].filter(Boolean)).toHaveLength(1);
      winners.add(a?.ok ? 'a' : 'b');
      expect((await historyOf(contacts)).calls).toEqual([NOW]);
    }
    expect([...winners].sort()).toEqual(['a', 'b']);
  });

  it('is one recovery’s alone also where the two know the person by different contacts', async () => {
    for (let round = 0; round < 100; round++) {
      const [number, address] = [`+1312555${String(round).padStart(4, '0')}`, `half-${round}@example.com`];
      const asks = [
        async () => ({ both: (await histories.claimCall([number, address], 'shop.a', NOW, DEFAULT_CAPS)).ok }),
        async () => ({ one: (await elsewhere.claimCall([number], 'shop.b', NOW, DEFAULT_CAPS)).ok }),
        async () => ({ other: (await elsewhere.claimCall([address], 'shop.c', NOW, DEFAULT_CAPS)).ok }),
      ];
      const answers = await Promise.all((round % 2 === 0 ? asks : asks.reverse()).map((ask) => ask()));
      const { both, one, other: third }: Record<string, boolean> = Object.assign({}, ...answers);
      // The second and the third know nothing of each other; each excludes the first, and the first both.
      expect({ round, both }).toEqual({ round, both: !one && !third });
    }
  });

  it('is judged as the pure rule judges, whatever happened before and whatever the caps are', async () => {
    const anyCaps = fc.record({
      perDay: fc.integer({ min: 1, max: 3 }),
      perWeek: fc.integer({ min: 1, max: 4 }),
      perMonth: fc.integer({ min: 1, max: 5 }),
      refusalSilenceMs: fc.integer({ min: 0, max: 70 * DAY }),
    });
    const unlimited: CallCaps = { perDay: 99, perWeek: 99, perMonth: 99, refusalSilenceMs: 0 };
    const before = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 * DAY }), fc.constantFrom(0, 1, 2)), {
      maxLength: 8,
    });
    const refusal = fc.option(fc.integer({ min: 0, max: 70 * DAY }));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(before, refusal, anyCaps, async (earlier, refused, caps) => {
        const [number, address] = [`+1602555${String(++run).padStart(4, '0')}`, `rule-${run}@example.com`];
        const known = [[number, address], [number], [address]] as const;
        for (const [i, [since, which]] of earlier.toSorted(([one], [two]) => two - one).entries()) {
          await histories.claimCall(known[which] ?? [], `shop.${i}`, NOW - since, unlimited);
        }
        if (refused !== null) await histories.noteRefusal([address], 'shop.0.1', NOW - refused);
        const both = [number, address];
        const hit = capFor(await historyOf(both), caps, NOW);
        const claim = await histories.claimCall(both, 'shop.mine', NOW, caps);
        expect(claim).toEqual(hit === null ? { ok: true } : { ok: false, ...hit });
      }),
      { numRuns: 150 },
    );
  });
});
