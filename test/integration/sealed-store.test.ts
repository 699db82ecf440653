/**
 * Sealed on a real Redis: the key of the contacts and who may use it, what a process without the right DATA_KEY cannot harm, and
 * everything sealed anew while others write.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { EMPTY_KNOWLEDGE } from '../../src/domain/call-knowledge.ts';
import { DAY, HOUR } from '../../src/domain/duration.ts';
import type { ParkedDelivery } from '../../src/domain/parked.ts';
import { DEFAULT_CAPS, MANY_CHECKOUTS, type PersonHistory } from '../../src/domain/person-history.ts';
import type { CheckoutIntake, RecoveryStore } from '../../src/domain/ports.ts';
import type { HeldCheckout, RecoveryRecord } from '../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../src/domain/recovery-id.ts';
import { SealedTextError, StoreUnavailableError } from '../../src/errors.ts';
import type { KeptContactDigests } from '../../src/store/contact-digests.ts';
import { type Keys, keysBelow } from '../../src/store/keys.ts';
import { parkedStore } from '../../src/store/parked-store.ts';
import { peopleStore } from '../../src/store/people-store.ts';
import { personHistoryStore } from '../../src/store/person-history-store.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { reencrypt } from '../../src/store/reencrypt.ts';
import { suppressionStore } from '../../src/store/suppression-store.ts';
import type { DataKeys } from '../../src/store/vault.ts';
import { aDataKey } from '../support/a-data-key.ts';
import { aRecord } from '../support/a-record.ts';
import { sealsWith } from '../support/seals-with.ts';

const TTL_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 3, 12, 0, 0);
const SHOP = 'fenwick-lantern.myshopify.com';
const PHONE = '+14155550142';
const EMAIL = 'odile.marrable@example.com';

let redis: Redis;
/** An installation per test. */
let keys: Keys;
const prefixes: string[] = [];

beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
});
beforeEach(anotherInstallation);
afterAll(async () => {
  for (const prefix of prefixes) {
    for await (const found of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
      if (found.length > 0) await redis.unlink(...(found as string[]));
    }
  }
  redis.disconnect();
});

function anotherInstallation(): void {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  prefixes.push(prefix);
  keys = keysBelow(prefix);
}

/** Everything that holds somebody, as a process with these keys has it; null: without any. */
function aProcess(dataKeys: DataKeys | null) {
  const { vault, contacts } = sealsWith(redis, keys, dataKeys);
  return {
    ...{ vault, contacts },
    store: recoveryStore(redis, keys, TTL_MS, { vault, contacts }),
    people: peopleStore(redis, keys, TTL_MS, contacts),
    histories: personHistoryStore(redis, keys, 60 * DAY, contacts),
    suppressions: suppressionStore(redis, keys, contacts),
    parked: parkedStore(redis, keys, undefined, vault),
    reencrypt: reencrypt({ redis, keys, vault, contacts }),
  };
}

const only = (current: string): DataKeys => ({ current, old: [] });
const id = (token: string): string => recoveryIdOf(SHOP, token);

function anIntake(token: string, changes: Partial<CheckoutIntake> = {}): CheckoutIntake {
  const { payload, phone, person, candidate, cartValue, priority } = aRecord();
  return {
    ...{ id: id(token), now: NOW, checkoutUpdatedAt: NOW, lastActivityAt: NOW, ifStranger: false },
    ...{ state: 'scheduled', reason: null, dueAt: NOW + 600_000 },
    facts: {
      ...{ shop: SHOP, checkoutToken: token, cartToken: null, checkoutId: null },
      ...{ payload, phone, person, candidate, cartValue, priority },
    },
    lookups: [
      { kind: 'cart', value: `cart-of-${token}` },
      { kind: 'contact', value: PHONE },
      { kind: 'contact', value: EMAIL },
    ],
    entry: { at: NOW, event: 'checkout_received', state: 'scheduled' },
    ...changes,
  };
}

async function recordIn(store: RecoveryStore, token: string): Promise<RecoveryRecord> {
  const recovery = await store.load(id(token));
  if (!recovery) throw new Error(`no record of ${token}`);
  return recovery.record;
}

async function causeOf(run: () => Promise<unknown>): Promise<string> {
  const error: unknown = await run().then(
    () => null,
    (fault: unknown) => fault,
  );
  if (error instanceof StoreUnavailableError) return `unavailable: ${causedBy(error)}`;
  return error instanceof SealedTextError ? error.code : String(error);
}

function causedBy({ cause }: Error): string {
  return cause instanceof SealedTextError ? cause.code : cause instanceof Error ? cause.message : '';
}

/** All that an observer of Redis sees of this installation: names, contents. */
async function dump(): Promise<string> {
  const parts: string[] = [];
  for await (const found of redis.scanStream({ match: keys.everything, count: 1_000 })) {
    for (const key of found as string[]) parts.push(key, JSON.stringify(await contentOf(key)));
  }
  return parts.sort().join('\n');
}

async function contentOf(key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return Object.entries(await redis.hgetall(key)).sort();
    case 'set':
      return (await redis.smembers(key)).sort();
    case 'zset':
      return redis.zrange(key, '0', '-1', 'WITHSCORES');
    default:
      return redis.get(key);
  }
}

/** No short words: among the letters of sealed texts they turn up by chance. */
const seen = (text: string): boolean => /14155550142|919090909090|marrable|firstName|Asha (is|will|, )/.test(text);

describe('the key of the contacts', () => {
  it('is one, however many processes begin at once, and lies there sealed', async () => {
    const dataKeys = only(aDataKey());
    const all = Array.from({ length: 8 }, () => aProcess(dataKeys).contacts);
    await Promise.all(all.map((contacts) => contacts.load()));
    expect(new Set(all.map((contacts) => contacts.of(PHONE))).size).toBe(1);
    expect(await redis.get(keys.contactKey)).toMatch(/^v1\./);
    expect(await redis.pttl(keys.contactKey)).toBe(-1);
  });

  it('makes digests that are nobody else’s: of another installation, or of SHA-256 alone', async () => {
    const dataKeys = only(aDataKey());
    const here = await loaded(dataKeys);
    keys = keysBelow(`${prefixes.at(-1)}-2`);
    prefixes.push(`${prefixes.at(-1)}-2`);
    const there = await loaded(dataKeys);
    expect(new Set([here.of(PHONE), there.of(PHONE), here.former(PHONE)]).size).toBe(3);
    expect(here.of(PHONE)).toMatch(/^k[\w-]{43}$/);
  });

  it('outlives a rotation of the DATA_KEY: the digests stay', async () => {
    const [old, current] = [aDataKey(), aDataKey()];
    const before = (await loaded(only(old))).of(PHONE);
    const during = aProcess({ current, old: [old] });
    await during.contacts.load();
    expect(during.contacts.of(PHONE)).toBe(before);
    await during.reencrypt();
    expect((await loaded(only(current))).of(PHONE)).toBe(before);
  });

  it('is put back into a Redis that was emptied, as it was', async () => {
    const dataKeys = only(aDataKey());
    const contacts = await loaded(dataKeys);
    const before = contacts.of(PHONE);
    await redis.del(keys.contactKey);
    await contacts.check();
    expect((await loaded(dataKeys)).of(PHONE)).toBe(before);
  });

  it('is Redis’s own where that has another: it came from a backup, or somebody was first', async () => {
    const dataKeys = only(aDataKey());
    const contacts = await loaded(dataKeys);
    await redis.del(keys.contactKey);
    const other = (await loaded(dataKeys)).of(PHONE);
    expect(contacts.of(PHONE)).not.toBe(other);
    await contacts.check();
    expect(contacts.of(PHONE)).toBe(other);
  });

  it('has a name, by which a digest of another installation is told', async () => {
    const here = await loaded(only(aDataKey()));
    const own = here.keyOf(here.of(PHONE));
    expect(own).toMatch(/^[\w-]{8}$/);
    expect(here.keyOf(here.former(PHONE) ?? '')).toBe('');
    expect(here.keyOf('x'.repeat(43))).toBeNull();

    anotherInstallation();
    const there = await loaded(only(aDataKey()));
    expect(there.keyOf(here.of(PHONE))).not.toBe(own);

    anotherInstallation();
    const inClear = aProcess(null).contacts;
    await inClear.load();
    expect(inClear.keyOf(here.of(PHONE))).toBeNull();
  });

  it.each([
    ['with a key', only(aDataKey())],
    ['without one', null],
  ])('gives both spellings of an Argentine mobile one digest: %s', async (_what, dataKeys) => {
    const { contacts, histories, suppressions, store } = aProcess(dataKeys);
    await contacts.load();
    const [abroad, home] = ['+5491168217035', '+541168217035'];
    expect(contacts.of(abroad)).toBe(contacts.of(home));
    expect(contacts.of('+541168217036')).not.toBe(contacts.of(home));
    await suppressions.add([{ id: contacts.of(abroad), source: 'operator', reason: null, at: NOW }]);
    await store.receive(anIntake('a', { lookups: [{ kind: 'contact', value: abroad }] }));
    await histories.claimCall([abroad, home], id('a'), NOW, DEFAULT_CAPS);
    expect(await histories.historyOf(SHOP, [home], NOW + 1)).toMatchObject({
      calls: [NOW],
      suppressed: { source: 'operator' },
    });
    expect(await histories.claimCall([home], id('b'), NOW + 1, DEFAULT_CAPS)).toMatchObject({ ok: false, cap: 'day' });
    expect(await store.find(SHOP, { kind: 'contact', value: home })).toEqual([id('a')]);
  });

  it('that is not loaded stops what needs it, and nothing else', async () => {
    const { contacts, store } = aProcess(only(aDataKey()));
    expect(() => contacts.of(PHONE)).toThrow(StoreUnavailableError);
    expect(await store.load(id('a'))).toBeNull();
    expect(await store.find(SHOP, { kind: 'cart', value: 'x' })).toEqual([]);
    expect(contacts.isLoaded).toBe(false);
    // Whoever needs it loads it.
    expect(await store.find(SHOP, { kind: 'contact', value: PHONE })).toEqual([]);
    expect(contacts.isLoaded).toBe(true);
  });

  async function loaded(dataKeys: DataKeys): Promise<KeptContactDigests> {
    const { contacts } = aProcess(dataKeys);
    await contacts.load();
    return contacts;
  }
});

describe('a process without the right DATA_KEY', () => {
  const right = aDataKey();
  const others = [
    { who: 'another key', dataKeys: only(aDataKey()) },
    { who: 'no key', dataKeys: null },
  ];

  it.each(others)('with $who: cannot read, find, note or take in, and changes nothing', async ({ dataKeys }) => {
    const { store, parked } = aProcess(only(right));
    await store.receive(anIntake('a'));
    const { id: parkedId } = await parked.park(SHOP, aParked('{"name":"Marrable"}'));
    const before = await dump();
    const wrong = aProcess(dataKeys);
    const contact = { kind: 'contact', value: PHONE } as const;
    for (const run of [
      () => wrong.store.receive(anIntake('a', { checkoutUpdatedAt: NOW + 1 })),
      () => wrong.store.receive(anIntake('b')),
      () => wrong.store.find(SHOP, contact),
      () => wrong.people.note(SHOP, [PHONE], 'order', '#1', NOW),
      () => wrong.people.latest(SHOP, [PHONE], 'order', 0),
      () => wrong.histories.historyOf(SHOP, [PHONE], NOW),
      () => wrong.histories.claimCall([PHONE], id('a'), NOW, DEFAULT_CAPS),
      () => wrong.suppressions.add([{ id: 'k'.repeat(44), source: 'operator', reason: null, at: NOW }]),
      () => wrong.contacts.check(),
      () => wrong.reencrypt(),
    ]) {
      expect(await causeOf(run)).toBe('unavailable: DATA_KEY_UNKNOWN');
    }
    expect(await causeOf(() => wrong.store.load(id('a')))).toBe('DATA_KEY_UNKNOWN');
    expect(await causeOf(() => wrong.parked.read(SHOP, parkedId))).toBe('DATA_KEY_UNKNOWN');
    expect(await wrong.store.list(SHOP, { state: null, limit: 10, cursor: null })).toMatchObject({ recoveries: [] });
    expect(await dump()).toBe(before);
  });

  it('that has the key of the contacts all the same does not replace a record that it cannot read', async () => {
    const { store, contacts } = aProcess(only(right));
    await store.receive(anIntake('a'));
    const wrongKey = aDataKey();
    const wrong = aProcess(only(wrongKey));
    // As after a rotation that was broken off: the small key is sealed anew, the record is not.
    const known = await redis.get(keys.contactKey);
    await redis.set(
      keys.contactKey,
      wrong.vault.seal('contact-key', aProcess(only(right)).vault.open('contact-key', known ?? '')),
    );
    await wrong.contacts.load();
    expect(wrong.contacts.of(PHONE)).toBe(contacts.of(PHONE));
    const before = await dump();
    expect(await causeOf(() => wrong.store.receive(anIntake('a', { checkoutUpdatedAt: NOW + 1 })))).toBe(
      'DATA_KEY_UNKNOWN',
    );
    expect(await dump()).toBe(before);
    // Others in the same batch are taken.
    const [refused, taken] = await Promise.allSettled([
      wrong.store.receive(anIntake('a', { checkoutUpdatedAt: NOW + 1 })),
      wrong.store.receive(anIntake('b')),
    ]);
    expect([refused.status, taken.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('stops as soon as it notices: the key of the contacts was sealed with one that it does not know', async () => {
    const process = aProcess(only(right));
    await process.contacts.load();
    await aProcess({ current: aDataKey(), old: [right] }).reencrypt();
    expect(await causeOf(() => process.contacts.check())).toBe('unavailable: DATA_KEY_UNKNOWN');
    expect(await causeOf(() => process.store.receive(anIntake('a')))).toBe('unavailable: DATA_KEY_UNKNOWN');
  });
});

describe('an installation that had no DATA_KEY', () => {
  it('still finds everybody once it has one: under the old digest and the new', async () => {
    const before = aProcess(null);
    await before.store.receive(anIntake('a'));
    await before.people.note(SHOP, [EMAIL], 'order', '#1001', NOW);
    const now = aProcess(only(aDataKey()));
    await now.store.receive(anIntake('b'));
    await now.people.note(SHOP, [PHONE], 'order', '#1002', NOW - 5);
    const found = await now.store.find(SHOP, { kind: 'contact', value: PHONE });
    expect([...found].sort()).toEqual([id('a'), id('b')].sort());
    expect(await now.people.latest(SHOP, [PHONE, EMAIL], 'order', 0)).toEqual({ name: '#1001', at: NOW });
    expect(await recordIn(now.store, 'a')).toMatchObject({ phone: aRecord().phone });
  });

  it('takes a webhook again for the same that it had in clear: news once, then a duplicate', async () => {
    await aProcess(null).store.receive(anIntake('a'));
    const { store } = aProcess(only(aDataKey()));
    const outcomes: string[] = [];
    for (let n = 0; n < 3; n++) outcomes.push((await store.receive(anIntake('a'))).outcome);
    expect(outcomes).toEqual(['updated', 'duplicate', 'duplicate']);
  });
});

describe('what was known of people before there was a DATA_KEY', () => {
  const ENTRY = { source: 'operator', reason: null } as const;
  const KNOWN: Omit<PersonHistory, 'suppressed'> = {
    calls: [NOW - HOUR],
    lastRefusalAt: NOW - 2 * DAY,
    consentWithdrawnAt: NOW - 3 * DAY,
    lastOrderAt: NOW - 4 * DAY,
    burstAt: NOW,
  };

  /** A call, a refusal, a withdrawal, an order, a burst of checkouts, and a place on the list. */
  async function hearOf({ store, histories, suppressions, people }: ReturnType<typeof aProcess>): Promise<void> {
    expect(await histories.claimCall([PHONE], id('a'), NOW - HOUR, DEFAULT_CAPS)).toEqual({ ok: true });
    await histories.noteRefusal([EMAIL], `${id('a')}.1`, NOW - 2 * DAY);
    await histories.noteConsentWithdrawn(SHOP, [PHONE], NOW - 3 * DAY);
    await people.note(SHOP, [EMAIL], 'order', '#1001', NOW - 4 * DAY);
    for (let n = 0; n < MANY_CHECKOUTS; n++) {
      await store.receive(anIntake(`b-${n}`, { lookups: [{ kind: 'contact', value: EMAIL }] }));
    }
    await suppressions.add([{ ...ENTRY, id: suppressions.idOf(PHONE), at: NOW - DAY }]);
  }

  async function aLoaded(dataKeys: DataKeys | null): Promise<ReturnType<typeof aProcess>> {
    const process = aProcess(dataKeys);
    await process.contacts.load();
    return process;
  }

  it('counts on, before everything is sealed anew and after, and nothing is left under plain digests', async () => {
    await hearOf(await aLoaded(null));
    const now = aProcess(only(aDataKey()));
    const known = { ...KNOWN, suppressed: { source: 'operator', at: NOW - DAY } };
    expect(await now.histories.historyOf(SHOP, [PHONE, EMAIL], NOW)).toEqual(known);
    const { carriedOver } = await now.reencrypt();
    expect(carriedOver).toBe(8);
    expect(await now.histories.historyOf(SHOP, [PHONE, EMAIL], NOW)).toEqual(known);
    const everything = await dump();
    for (const contact of [PHONE, EMAIL]) expect(everything).not.toContain(now.contacts.former(contact));
  });

  it('bars a call as before, and gives back one that was claimed', async () => {
    await aProcess(null).histories.claimCall([PHONE], id('a'), NOW - HOUR, DEFAULT_CAPS);
    const { histories, contacts } = aProcess(only(aDataKey()));
    const claim = () => histories.claimCall([PHONE], id('b'), NOW, DEFAULT_CAPS);
    expect(await claim()).toEqual({ ok: false, cap: 'day', until: NOW - HOUR + DAY });
    await histories.releaseCall([PHONE], id('a'));
    expect(await claim()).toEqual({ ok: true });
    // What is new is keyed.
    expect(await redis.exists(keys.contact('calls', contacts.of(PHONE)))).toBe(1);
    expect(await redis.exists(keys.contact('calls', String(contacts.former(PHONE))))).toBe(0);
  });

  it('stays on the do-not-call list, is found there by either digest, and comes off it', async () => {
    const before = await aLoaded(null);
    const plain = before.suppressions.idOf(PHONE);
    await before.suppressions.add([{ ...ENTRY, id: plain, at: NOW }]);
    await before.store.receive(anIntake('a'));
    const { suppressions, store, contacts } = await aLoaded(only(aDataKey()));
    await store.receive(anIntake('b'));
    const [keyed] = suppressions.idsOf(PHONE);
    expect(suppressions.idsOf(PHONE)).toEqual([contacts.of(PHONE), plain]);
    expect(await suppressions.find(suppressions.idsOf(PHONE))).toEqual([null, { ...ENTRY, id: plain, at: NOW }]);
    expect([...(await suppressions.recoveriesOf(SHOP, plain))].sort()).toEqual([id('a'), id('b')].sort());
    expect(await suppressions.recoveriesOf(SHOP, String(keyed))).toEqual([id('b')]);
    expect(await suppressions.remove(plain)).toBe(true);
    expect(await suppressions.count()).toBe(0);
  });

  it('is imported from a plain export under keyed digests', async () => {
    const plain = (await aLoaded(null)).suppressions.idOf(EMAIL);
    const { suppressions, contacts } = aProcess(only(aDataKey()));
    expect(await suppressions.add([{ ...ENTRY, id: plain, at: NOW }])).toBe(1);
    expect(await suppressions.find([contacts.of(EMAIL)])).toEqual([{ ...ENTRY, id: contacts.of(EMAIL), at: NOW }]);
  });

  it('is carried over in its order; of two entries of one contact the older stays', async () => {
    const { suppressions: before } = await aLoaded(null);
    const now = await aLoaded(only(aDataKey()));
    const enlist = (list: typeof before, contact: string, at: number) =>
      list.add([{ ...ENTRY, id: list.idOf(contact), at }]);
    await enlist(before, PHONE, NOW);
    await enlist(before, EMAIL, NOW + 2);
    await enlist(now.suppressions, PHONE, NOW + 5);
    await enlist(now.suppressions, EMAIL, NOW + 1);
    await enlist(now.suppressions, 'third@example.com', NOW + 3);
    expect((await now.reencrypt()).carriedOver).toBe(2);
    const { suppressions: list } = await now.suppressions.list({ limit: 10, cursor: null });
    const of = now.contacts.of;
    expect(list.map(({ id: digest, at }) => [digest, at])).toEqual([
      [of('third@example.com'), NOW + 3],
      [of(EMAIL), NOW + 1],
      [of(PHONE), NOW],
    ]);
    expect(await redis.zcard(keys.suppressionOrder)).toBe(3);
  });
});

describe('sealing everything anew', () => {
  const TOKENS = Array.from({ length: 40 }, (_, n) => `token-${n}`);

  /** Records with all that they can hold, parked bodies, and facts about people. */
  async function fill({ store, parked, people }: ReturnType<typeof aProcess>): Promise<void> {
    for (const [n, token] of TOKENS.entries()) {
      await store.receive(anIntake(token));
      const record = await recordIn(store, token);
      if (n % 2 === 0) continue;
      const call = { ...EMPTY_KNOWLEDGE, summary: 'Asha will buy' };
      const outcomes = { 'end-of-call': { who: 'Asha will buy' } };
      const patch = { state: 'unknown', attempts: 1, vendorMessage: 'Asha is away', outcomes, call } as const;
      await store.commit({ record, patch, at: NOW });
      await store.receive(anIntake(token, { checkoutUpdatedAt: NOW + 5 }));
    }
    for (let n = 0; n < 5; n++) await parked.park(SHOP, aParked(`{"name":"Marrable ${n}"}`));
    await people.note(SHOP, [PHONE, EMAIL], 'order', '#1001', NOW);
  }

  async function everythingIn({ store, parked }: ReturnType<typeof aProcess>): Promise<unknown> {
    const records = await Promise.all(TOKENS.map((token) => recordIn(store, token)));
    const list = await parked.list(SHOP, 100);
    const bodies = await Promise.all(list.map((row) => parked.read(SHOP, row.id)));
    return { records: records.map(({ contacts: _contacts, ...record }) => record), bodies };
  }

  it('would be missed by this test, were it not done', async () => {
    await fill(aProcess(null));
    expect(seen(await dump())).toBe(true);
  });

  it.each([
    { from: 'no key', old: null },
    { from: 'an old key', old: aDataKey() },
  ])('leaves nothing of what was there with $from, and changes nothing that is said', async ({ old }) => {
    const before = aProcess(old === null ? null : only(old));
    await fill(before);
    const said = await everythingIn(before);
    const ttl = await redis.pttl(keys.recovery(id('token-1')));
    const current = aDataKey();
    const rotated = aProcess({ current, old: old === null ? [] : [old] });
    const progress: [number, number][] = [];
    const report = await rotated.reencrypt((done, total) => progress.push([done, total]));
    expect(report).toMatchObject({ resealed: 45, current: 0, unreadable: 0, carriedOver: old === null ? 8 : 0 });
    expect(progress.at(-1)?.[0]).toBeGreaterThan(45);
    // Whoever has the new key alone reads everything; an observer nothing.
    const after = aProcess(only(current));
    expect(await everythingIn(after)).toEqual(said);
    expect(seen(await dump())).toBe(false);
    expect(await redis.pttl(keys.recovery(id('token-1')))).toBeLessThanOrEqual(ttl);
    expect(await after.store.find(SHOP, { kind: 'contact', value: EMAIL })).toHaveLength(TOKENS.length);
    expect(await after.people.latest(SHOP, [PHONE], 'order', 0)).toEqual({ name: '#1001', at: NOW });
    expect((await recordIn(after.store, 'token-0')).contacts).toEqual([
      after.contacts.of(PHONE),
      after.contacts.of(EMAIL),
    ]);
    expect((await dump()).includes(String(after.contacts.former(PHONE)))).toBe(false);
    expect(await rotated.reencrypt()).toEqual({ resealed: 0, current: 45, unreadable: 0, carriedOver: 0 });
  });

  it('goes on where it was broken off', async () => {
    const old = aDataKey();
    await fill(aProcess(only(old)));
    const current = aDataKey();
    const rotated = aProcess({ current, old: [old] });
    const enough = new Error('the operator has seen enough');
    const brokenOff = rotated.reencrypt(() => {
      throw enough;
    });
    await expect(brokenOff).rejects.toBe(enough);
    const { resealed, current: already } = await rotated.reencrypt();
    expect(resealed + already).toBe(45);
    expect(await everythingIn(aProcess(only(current)))).toEqual(await everythingIn(rotated));
  });

  it('leaves what it cannot open, and says how many', async () => {
    const [lost, current] = [aDataKey(), aDataKey()];
    await aProcess(only(current)).contacts.load();
    const writer = sealsWith(redis, keys, only(lost));
    const { contacts } = aProcess(only(current));
    const store = recoveryStore(redis, keys, TTL_MS, { vault: writer.vault, contacts });
    await store.receive(anIntake('a'));
    await redis.hset(keys.recovery(id('spoilt')), { state: 'scheduled', held: 'no JSON at all' });
    const before = await dump();
    expect(await aProcess(only(current)).reencrypt()).toEqual({
      resealed: 0,
      current: 0,
      unreadable: 2,
      carriedOver: 0,
    });
    expect(await dump()).toBe(before);
  });

  it('leaves what was written between its reading and its writing', async () => {
    const [old, current] = [aDataKey(), aDataKey()];
    await aProcess(only(old)).store.receive(anIntake('a'));
    const service = aProcess({ current, old: [old] });
    const { facts } = anIntake('a');
    const meanwhile = async () => {
      const news = anIntake('a', { checkoutUpdatedAt: NOW + 1, facts: { ...facts, cartValue: '77.00 INR' } });
      await service.store.receive(news);
    };
    const { vault, contacts } = service;
    const interrupted = reencrypt({ redis: afterFirstRead(meanwhile), keys, vault, contacts });
    expect(await interrupted()).toMatchObject({ unreadable: 0 });
    expect(await recordIn(aProcess(only(current)).store, 'a')).toMatchObject({ cartValue: '77.00 INR', revision: 2 });
  });

  it('loses nothing that is written meanwhile', async () => {
    const old = aDataKey();
    await fill(aProcess(only(old)));
    const current = aDataKey();
    const service = aProcess({ current, old: [old] });
    const last = new Map<string, Partial<RecoveryRecord>>();
    let running = true;
    const traffic = (async () => {
      for (let n = 0; running || n < 200; n++) {
        const token = TOKENS[n % TOKENS.length] as string;
        const record = await recordIn(service.store, token);
        if (record.state === 'unknown') {
          const vendorMessage = `Asha, time ${n}`;
          expect(await service.store.commit({ record, patch: { vendorMessage }, at: NOW + n })).toBe(true);
          last.set(token, { vendorMessage });
        } else {
          const { facts, ...intake } = anIntake(token, { checkoutUpdatedAt: NOW + 1 + n });
          const cartValue = `${n}.00 INR`;
          const { outcome } = await service.store.receive({ ...intake, facts: { ...facts, cartValue } });
          expect(outcome).toBe('updated');
          last.set(token, { cartValue });
        }
      }
    })();
    const cli = aProcess({ current, old: [old] });
    for (let n = 0; n < 5; n++) expect((await cli.reencrypt()).unreadable).toBe(0);
    running = false;
    await traffic;
    expect((await cli.reencrypt()).resealed).toBe(0);
    const after = aProcess(only(current));
    expect(last.size).toBe(TOKENS.length);
    for (const [token, said] of last) expect(await recordIn(after.store, token)).toMatchObject(said);
    const held: (HeldCheckout | null)[] = [];
    for (const token of TOKENS) held.push((await recordIn(after.store, token)).held);
    expect(held.filter(Boolean)).toHaveLength(TOKENS.length / 2);
    expect(seen(await dump())).toBe(false);
  });
});

/** The connection; but the first record that is read on it is written by somebody else before the reader gets it. */
function afterFirstRead(meanwhile: () => Promise<unknown>): Redis {
  let first = true;
  return new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'hmget') return value.bind(target);
      return async (...args: unknown[]) => {
        const values: unknown = await value.apply(target, args);
        if (first) await meanwhile();
        first = false;
        return values;
      };
    },
  });
}

function aParked(body: string): Omit<ParkedDelivery, 'id'> {
  return { source: 'shopify', topic: 'orders/create', apiVersion: '2026-10', receivedAt: NOW, field: 'name', body };
}
