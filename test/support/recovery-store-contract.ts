/**
 * What every RecoveryStore does, the one on Redis and the fake one alike. A use case that is tested on the fake is thereby
 * tested on what the real one promises. Expiry and the bound of the timeline are the real one's alone.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/duration.ts';
import type { People } from '../../src/domain/people.ts';
import { DEFAULT_CAPS, MANY_CHECKOUTS, type PersonHistories } from '../../src/domain/person-history.ts';
import type { CheckoutIntake, RecoveryStore, ShutReason } from '../../src/domain/ports.ts';
import {
  type CheckoutFacts,
  EMPTY_RECORD,
  FINAL_SKIPS,
  OPEN_STATES,
  RECOVERY_STATES,
  type RecoveryRecord,
} from '../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../src/domain/recovery-id.ts';
import type { Suppressions } from '../../src/domain/suppression.ts';
import { asHeld } from '../../src/domain/transition/dial-result.ts';
import { aRecord } from './a-record.ts';
import { anErrand } from './an-errand.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 0);
const OLDER = NOW - 60_000;
const DUE = NOW + 900_000;

let shops = 0;

/** A shop that no other case uses, so that indexes and lookups begin empty. */
function aShop() {
  shops++;
  const shop = `shop-${shops}.myshopify.com`;
  return { shop, idOf: (token: string) => recoveryIdOf(shop, token) };
}

let persons = 0;

/** Contacts that no other case uses. */
function aPerson(): [phone: string, email: string] {
  persons++;
  return [`+1415555${String(persons).padStart(4, '0')}`, `contract-${persons}@example.com`];
}

function factsOf(shop: string, token: string, changes: Partial<CheckoutFacts> = {}): CheckoutFacts {
  const { payload, phone, person, candidate, cartValue } = aRecord();
  const ids = { shop, checkoutToken: token, cartToken: null, checkoutId: '44001100220033' };
  return { ...ids, payload, phone, person, candidate, cartValue, priority: false, ...changes };
}

function intakeOf(shop: string, token: string, changes: Partial<CheckoutIntake> = {}): CheckoutIntake {
  const { state = 'scheduled', reason = null, now = NOW } = changes;
  return {
    id: recoveryIdOf(shop, token),
    now,
    checkoutUpdatedAt: NOW,
    lastActivityAt: NOW,
    state,
    reason,
    dueAt: state === 'scheduled' ? DUE : null,
    facts: factsOf(shop, token),
    lookups: [{ kind: 'contact', value: '+919090909090' }],
    entry: { at: now, event: 'checkout_received', state, ...(reason ? { reason } : {}) },
    ifStranger: false,
    ...changes,
  };
}

export interface OpenedStore {
  readonly store: RecoveryStore;
  /** As the switch does it; null: as when it is released. */
  shut(reason: ShutReason | null): Promise<void>;
  /** What remembers people, on the same store. */
  readonly memory: {
    readonly histories: PersonHistories;
    readonly people: People;
    readonly suppressions: Suppressions;
  };
  close(): Promise<void>;
}

export function recoveryStoreContract(open: () => Promise<OpenedStore>): void {
  let store: RecoveryStore;
  let shut: OpenedStore['shut'];
  let memory: OpenedStore['memory'];
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, shut, memory, close } = await open());
  });
  afterAll(() => close());

  async function recordOf(id: string): Promise<RecoveryRecord> {
    const recovery = await store.load(id);
    if (!recovery) throw new Error(`no record ${id}`);
    return recovery.record;
  }

  /** A record in any state, by the way a writer would bring it there. */
  async function bring(shop: string, token: string, changes: Partial<RecoveryRecord> = {}): Promise<RecoveryRecord> {
    const { state = 'scheduled', ...rest } = changes;
    await store.receive(intakeOf(shop, token));
    const record = await recordOf(recoveryIdOf(shop, token));
    if (Object.keys(changes).length > 0) await store.commit({ record, patch: { state, ...rest }, at: NOW });
    return recordOf(record.id);
  }

  describe('a decision that holds for strangers alone', () => {
    const facts: [string, (shop: string, contact: string) => Promise<unknown>][] = [
      ['called', (_shop, contact) => memory.histories.claimCall([contact], 'another', NOW - 60_000, DEFAULT_CAPS)],
      ['who refused', (_shop, contact) => memory.histories.noteRefusal([contact], 'another.1', NOW - 60_000)],
      ['who withdrew consent', (shop, contact) => memory.histories.noteConsentWithdrawn(shop, [contact], NOW - 60_000)],
      ['who ordered', (shop, contact) => memory.people.note(shop, [contact], 'order', '#1', NOW - 60_000)],
      ['not to be called', (_shop, contact) => listed(contact)],
      ['who had a burst of checkouts', (shop, contact) => haveCheckouts(shop, contact, MANY_CHECKOUTS)],
    ];

    async function listed(contact: string): Promise<void> {
      await memory.suppressions.add([
        { id: memory.suppressions.idOf(contact), source: 'operator', reason: 'asked', at: NOW },
      ]);
    }

    async function haveCheckouts(shop: string, contact: string, count: number): Promise<void> {
      for (let n = 0; n < count; n++) {
        await store.receive(intakeOf(shop, `other-${n}`, { lookups: [{ kind: 'contact', value: contact }] }));
      }
    }

    it.each(facts)('is not taken for somebody %s, by whichever contact', async (_who, known) => {
      const { shop, idOf } = aShop();
      const [phone, email] = aPerson();
      await known(shop, email);
      const lookups = [phone, email].map((value) => ({ kind: 'contact', value }) as const);
      const decided = intakeOf(shop, 'a', { lookups, ifStranger: true });
      expect(await store.receive(decided)).toMatchObject({ outcome: 'no_stranger', nextAlarm: null });
      expect(await store.load(idOf('a'))).toBeNull();
      expect(await store.receive({ ...decided, ifStranger: false })).toMatchObject({ outcome: 'created' });
      const later = { ...decided, checkoutUpdatedAt: NOW + 1, lastActivityAt: NOW + 1 };
      expect(await store.receive(later)).toMatchObject({ outcome: 'no_stranger', state: 'scheduled' });
      expect((await recordOf(idOf('a'))).checkoutUpdatedAt).toBe(NOW);
    });

    it.each(facts)('is taken until it is somebody %s', async (_who, known) => {
      const { shop } = aShop();
      const [phone, email] = aPerson();
      const lookups = [phone, email].map((value) => ({ kind: 'contact', value }) as const);
      const at = (later: number) => ({ lookups, checkoutUpdatedAt: NOW + later, lastActivityAt: NOW + later });
      for (const later of [0, 1, 2]) {
        const { outcome } = await store.receive(intakeOf(shop, 'a', { ...at(later), ifStranger: true }));
        expect(outcome).toBe(later === 0 ? 'created' : 'updated');
      }
      await known(shop, email);
      const decided = intakeOf(shop, 'a', { ...at(3), ifStranger: true });
      expect(await store.receive(decided)).toMatchObject({ outcome: 'no_stranger' });
      // What was known and is decided on does not make a stranger of them.
      expect(await store.receive({ ...decided, ifStranger: false })).toMatchObject({ outcome: 'updated' });
      expect(await store.receive(intakeOf(shop, 'a', { ...at(4), ifStranger: true }))).toMatchObject({
        outcome: 'no_stranger',
      });
    });

    it('is not taken when a contact came along unasked of somebody who is known already', async () => {
      const { shop } = aShop();
      const [phone, email] = aPerson();
      await listed(email);
      const told = [
        { lookups: [phone], ifStranger: true },
        { lookups: [phone, email] },
        { lookups: [phone, email], ifStranger: true },
      ];
      const outcomes: string[] = [];
      for (const [n, { lookups, ifStranger = false }] of told.entries()) {
        const at = { checkoutUpdatedAt: NOW + n, lastActivityAt: NOW + n };
        const contacts = lookups.map((value) => ({ kind: 'contact', value }) as const);
        outcomes.push((await store.receive(intakeOf(shop, 'a', { ...at, lookups: contacts, ifStranger }))).outcome);
      }
      expect(outcomes).toEqual(['created', 'updated', 'no_stranger']);
    });

    it('is not taken when a contact comes along of somebody who is known already', async () => {
      const { shop } = aShop();
      const [phone, email] = aPerson();
      await listed(email);
      const [own, both] = [[phone], [phone, email]].map((all) =>
        all.map((value) => ({ kind: 'contact', value }) as const),
      );
      await store.receive(intakeOf(shop, 'a', { lookups: own ?? [], ifStranger: true }));
      const later = { lookups: both ?? [], checkoutUpdatedAt: NOW + 1, lastActivityAt: NOW + 1, ifStranger: true };
      expect(await store.receive(intakeOf(shop, 'a', later))).toMatchObject({ outcome: 'no_stranger' });
    });

    it.each(facts)('is taken when it is another one %s', async (_who, known) => {
      const { shop } = aShop();
      const [phone, email] = aPerson();
      await known(shop, email);
      const lookups = [{ kind: 'contact', value: phone }] as const;
      expect(await store.receive(intakeOf(shop, 'a', { lookups, ifStranger: true }))).toMatchObject({
        outcome: 'created',
      });
    });

    it('is taken of whom nobody can tell who it is, and of somebody with a few checkouts', async () => {
      const { shop } = aShop();
      const [phone] = aPerson();
      expect(await store.receive(intakeOf(shop, 'a', { lookups: [], ifStranger: true }))).toMatchObject({
        outcome: 'created',
      });
      await haveCheckouts(shop, phone, MANY_CHECKOUTS - 1);
      const lookups = [{ kind: 'contact', value: phone }] as const;
      const sixth = await store.receive(intakeOf(shop, 'sixth', { lookups, ifStranger: true }));
      expect(sixth.outcome).toBe('created');
      const seventh = await store.receive(intakeOf(shop, 'seventh', { lookups, ifStranger: true }));
      expect(seventh.outcome).toBe('no_stranger');
    });
  });

  describe('what webhooks say again and again', () => {
    const at = (later: number) => ({ checkoutUpdatedAt: NOW + later, lastActivityAt: NOW + later });

    it('stays on the record, and the time moves', async () => {
      const { shop, idOf } = aShop();
      for (const later of [0, 1, 2]) await store.receive(intakeOf(shop, 'a', at(later)));
      expect(await recordOf(idOf('a'))).toMatchObject({ ...factsOf(shop, 'a'), ...at(2), revision: 3 });
    });

    it('follows every change, there and back', async () => {
      const { shop, idOf } = aShop();
      for (const [later, cartValue] of ['1.00 EUR', '2.00 EUR', '2.00 EUR', '1.00 EUR'].entries()) {
        await store.receive(intakeOf(shop, 'a', { ...at(later), facts: factsOf(shop, 'a', { cartValue }) }));
        expect((await recordOf(idOf('a'))).cartValue).toBe(cartValue);
      }
    });

    it.each<[string, (record: RecoveryRecord) => Promise<unknown>]>([
      ['changed', (record) => store.commit({ record, patch: { payload: null, phone: null }, at: NOW })],
      ['erased', (record) => store.commit({ record, patch: { payload: null, phone: null, erasedAt: NOW }, at: NOW })],
      ['forgotten', (record) => store.drop(record.shop, record.id)],
    ])('is there in full after somebody has %s it meanwhile', async (_what, meddle) => {
      const { shop, idOf } = aShop();
      await store.receive(intakeOf(shop, 'a'));
      await store.receive(intakeOf(shop, 'a', at(1)));
      await meddle(await recordOf(idOf('a')));
      const { outcome } = await store.receive(intakeOf(shop, 'a', at(2)));
      expect(['created', 'updated']).toContain(outcome);
      expect(await recordOf(idOf('a'))).toMatchObject({ ...factsOf(shop, 'a'), ...at(2) });
    });

    it('is held in full while the dial is under way', async () => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a', { state: 'dialing' });
      expect(await store.receive(intakeOf(shop, 'a', at(1)))).toMatchObject({ outcome: 'closed' });
      expect((await recordOf(id)).held).toMatchObject({ facts: factsOf(shop, 'a'), ...at(1) });
    });
  });

  describe('a checkout never seen', () => {
    it('is nowhere', async () => {
      const { shop, idOf } = aShop();
      expect(await store.load(idOf('a'))).toBeNull();
      expect(await store.alarmOf(idOf('a'))).toEqual({ number: null, at: null });
      expect(await store.find(shop, { kind: 'contact', value: '+919090909090' })).toEqual([]);
      expect(await store.idsBefore(shop, 'scheduled', NOW, 10)).toEqual([]);
      expect(new Set(Object.values(await store.countByState(shop)))).toEqual(new Set([0]));
      expect(await store.list(shop, { state: null, limit: 10, cursor: null })).toEqual({
        recoveries: [],
        nextCursor: null,
      });
    });

    it('is not brought into being by a note or an alarm', async () => {
      const { idOf } = aShop();
      await store.note(idOf('a'), { at: NOW, event: 'alarm_missing' });
      await store.alarmSet(idOf('a'), 1, DUE);
      expect(await store.alarmSpent(idOf('a'), 1)).toBe(true);
      expect(await store.load(idOf('a'))).toBeNull();
    });

    it('is taken in whole', async () => {
      const { shop, idOf } = aShop();
      const result = await store.receive(intakeOf(shop, 'a'));
      const alarm = { number: null, at: null };
      expect(result).toEqual({ outcome: 'created', state: 'scheduled', reason: null, dueAt: DUE, alarm, nextAlarm: 1 });
      expect(await store.load(idOf('a'))).toEqual({
        record: {
          ...EMPTY_RECORD,
          ...factsOf(shop, 'a'),
          id: idOf('a'),
          revision: 1,
          state: 'scheduled',
          dueAt: DUE,
          createdAt: NOW,
          changedAt: NOW,
          checkoutUpdatedAt: NOW,
          lastActivityAt: NOW,
          contacts: [expect.stringMatching(/./)],
        },
        timeline: [{ at: NOW, event: 'checkout_received', state: 'scheduled' }],
      });
    });

    const MANY = Array.from({ length: MANY_CHECKOUTS }, (_, n) => n);

    /** When a contact had a burst, after checkouts of theirs were first heard of so long after NOW, in this order. */
    async function burstOf(afterMs: readonly number[], heardAt?: number): Promise<number | null> {
      const { shop } = aShop();
      const [phone, email] = aPerson();
      const lookups = [phone, email].map((value) => ({ kind: 'contact', value }) as const);
      for (const [n, after] of afterMs.entries()) {
        const at = NOW + after;
        const begun = intakeOf(shop, `burst-${n}`, { lookups, now: heardAt ?? at, lastActivityAt: at });
        await store.receive(begun);
        // Whoever goes on with one begins no other.
        await store.receive({ ...begun, checkoutUpdatedAt: begun.checkoutUpdatedAt + 1 });
      }
      const { burstAt } = await memory.histories.historyOf(shop, [email, phone], NOW + DAY);
      return burstAt === null ? null : burstAt - NOW;
    }

    it.each<[string, number[], number | null]>([
      ['five within a minute', MANY.slice(1).map((n) => n * 10_000), null],
      ['six within ten minutes', MANY.map((n) => n * 119_999), 5 * 119_999],
      ['six within ten minutes and a bit', MANY.map((n) => n * 120_000), null],
      ['six at once', MANY.map(() => 0), 0],
      ['six that are heard of backwards', MANY.map((n) => -n * 60_000), 0],
      ['six, and one an hour later', [...MANY.map((n) => n * 1_000), 3_600_000], 5_000],
      ['two bursts', [...MANY, ...MANY.map((n) => 3_600_000 + n)], 3_600_005],
      ['six after one of long before', [-3_600_000, ...MANY], 5],
    ])('is noted with its contacts: %s', async (_what, afterMs, burst) => {
      expect(await burstOf(afterMs)).toBe(burst);
    });

    it('is noted also of contacts that come with a later webhook, by when the checkout began', async () => {
      const { shop } = aShop();
      const [phone] = aPerson();
      const later = (n: number, afterMs: number) =>
        intakeOf(shop, `late-${n}`, {
          ...{ now: NOW + afterMs, lastActivityAt: NOW + afterMs, checkoutUpdatedAt: NOW + afterMs },
          lookups: [{ kind: 'contact', value: phone }],
        });
      const burstAt = async () => (await memory.histories.historyOf(shop, [phone], NOW + DAY)).burstAt;
      for (const n of MANY) await store.receive(intakeOf(shop, `late-${n}`, { lookups: [], now: NOW + n }));
      for (const n of MANY.slice(1)) await store.receive(later(n, 60_000 + n));
      expect(await burstAt()).toBeNull();
      await store.receive(later(0, 120_000));
      expect(await burstAt()).toBe(NOW + MANY.length - 1);
    });

    it('is not noted of old checkouts that are gone back to within minutes', async () => {
      const { shop } = aShop();
      const [phone, email] = aPerson();
      const old = (n: number) => NOW + n * 3_600_000;
      const from = (value: string) => [{ kind: 'contact', value }] as const;
      for (const n of MANY)
        await store.receive(intakeOf(shop, `old-${n}`, { lookups: from(phone), now: old(n), lastActivityAt: old(n) }));
      for (const n of MANY) {
        const at = NOW + DAY + n;
        await store.receive(
          intakeOf(shop, `old-${n}`, { lookups: from(email), now: at, lastActivityAt: at, checkoutUpdatedAt: at }),
        );
      }
      expect((await memory.histories.historyOf(shop, [phone, email], NOW + DAY)).burstAt).toBeNull();
    });

    it('is noted by when it was left, not by when it was heard of: after an outage all come at once', async () => {
      expect(
        await burstOf(
          MANY.map((n) => -n * 3_600_000),
          NOW,
        ),
      ).toBeNull();
      expect(await burstOf([...MANY], NOW + 3_600_000)).toBe(5);
    });

    it('may begin with a change, once', async () => {
      const { shop, idOf } = aShop();
      const record = { ...EMPTY_RECORD, id: idOf('a'), shop, checkoutToken: 'a', createdAt: NOW, changedAt: NOW };
      const patch = { state: 'cancelled', reason: 'ordered', orderedAt: OLDER } as const;
      expect(await store.commit({ record, patch, at: NOW })).toBe(true);
      expect(await store.commit({ record, patch, at: NOW })).toBe(false);
      expect(await recordOf(record.id)).toEqual({ ...record, ...patch, revision: 1 });
      expect((await store.receive(intakeOf(shop, 'a'))).outcome).toBe('closed');
    });
  });

  describe('a webhook', () => {
    it.each([
      { what: 'later', known: {}, news: { checkoutUpdatedAt: NOW + 1 }, outcome: 'updated' },
      { what: 'earlier', known: {}, news: { checkoutUpdatedAt: NOW - 1 }, outcome: 'stale' },
      { what: 'of the same instant with other facts', known: {}, news: {}, outcome: 'updated' },
      {
        what: 'of the same instant that cannot be called, after one that can',
        known: {},
        news: { state: 'waiting', reason: 'no_phone' },
        outcome: 'stale',
      },
      {
        what: 'of the same instant that can be called, after one that cannot',
        known: { state: 'waiting', reason: 'no_phone' },
        news: {},
        outcome: 'updated',
      },
      {
        what: 'of the same instant with another reason',
        known: { state: 'waiting', reason: 'no_phone' },
        news: { state: 'waiting', reason: 'no_total' },
        outcome: 'updated',
      },
      {
        what: 'of the same instant that says no, after one that can be called',
        known: {},
        news: { state: 'skipped', reason: 'no_consent' },
        outcome: 'updated',
      },
      {
        what: 'later and not callable any more',
        known: {},
        news: { checkoutUpdatedAt: NOW + 1, state: 'skipped', reason: 'no_consent' },
        outcome: 'updated',
      },
    ] as const)('$what: $outcome', async ({ known, news, outcome }) => {
      const { shop, idOf } = aShop();
      await store.receive(intakeOf(shop, 'a', known));
      const before = await store.load(idOf('a'));
      const facts = factsOf(shop, 'a', { cartValue: '2000.00 INR' });
      const told = intakeOf(shop, 'a', { ...news, now: NOW + 5, facts });
      const result = await store.receive(told);
      const after = await store.load(idOf('a'));
      expect(result.outcome).toBe(outcome);
      expect(result).toMatchObject({
        state: after?.record.state,
        reason: after?.record.reason,
        dueAt: after?.record.dueAt,
      });
      if (outcome === 'updated') {
        const { state, reason, dueAt, checkoutUpdatedAt } = told;
        expect(after?.record).toMatchObject({ state, reason, dueAt, checkoutUpdatedAt, cartValue: '2000.00 INR' });
        expect(after?.record).toMatchObject({ revision: 2, createdAt: NOW, changedAt: NOW + 5 });
      } else {
        expect(after?.record).toEqual(before?.record);
        expect(after?.timeline.at(-1)).toEqual({ at: NOW + 5, event: 'checkout_nothing_new' });
      }
    });

    it.each(RECOVERY_STATES)('finds a recovery that is %s open or closed, as the domain says', async (state) => {
      const { shop } = aShop();
      const before = await bring(shop, 'a', { state });
      const { outcome } = await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }));
      expect(outcome).toBe(OPEN_STATES.has(state) ? 'updated' : 'closed');
      const underWay = state === 'dialing' || state === 'unknown';
      if (outcome === 'closed' && !underWay) expect(await recordOf(before.id)).toEqual(before);
    });

    it('that says the same again is a duplicate, also after a ring or an operator gave it another reason', async () => {
      const { shop } = aShop();
      const before = await bring(shop, 'a', { reason: 'outside_hours', dueAt: DUE + 1 });
      const again = await store.receive(intakeOf(shop, 'a', { now: NOW + 5 }));
      expect(again).toMatchObject({ outcome: 'duplicate', reason: 'outside_hours', dueAt: DUE + 1 });
      expect(await recordOf(before.id)).toEqual(before);
    });

    it.each(['dialing', 'unknown'] as const)(
      'that comes while the recovery is %s is held, the newest one',
      async (state) => {
        const { shop } = aShop();
        const before = await bring(shop, 'a', { state });
        const facts = factsOf(shop, 'a', { cartValue: '2000.00 INR' });
        const newest = { checkoutUpdatedAt: NOW + 2, lastActivityAt: NOW + 2, dueAt: DUE + 2, facts };
        await store.receive(intakeOf(shop, 'a', newest));
        await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }));
        const held = { state: 'scheduled', reason: null, ...newest };
        expect(await recordOf(before.id)).toEqual({ ...before, held, revision: before.revision + 1 });
      },
    );

    it('that comes after its stop is stopped from the start', async () => {
      const { shop, idOf } = aShop();
      const cart = { kind: 'cart', value: 'cart-1' } as const;
      await store.stopAhead(shop, cart, 'ordered');
      expect(await store.find(shop, cart)).toEqual([]);
      const told = await store.receive(intakeOf(shop, 'a', { lookups: [cart] }));
      expect(told).toMatchObject({ outcome: 'created', state: 'cancelled', reason: 'ordered', dueAt: null });
      expect(await store.load(idOf('a'))).toMatchObject({
        record: { state: 'cancelled', reason: 'ordered', dueAt: null },
        timeline: [{ event: 'stopped_before', state: 'cancelled', reason: 'ordered' }],
      });
      expect((await store.countByState(shop)).cancelled).toBe(1);
      expect((await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }))).outcome).toBe('closed');
      expect((await store.receive(intakeOf(shop, 'b'))).state).toBe('scheduled');
    });

    it.each([
      ['that says yes after one that said no', [false, true], 'stale'],
      ['that says no after one that said yes', [true, false], 'updated'],
      ['that says yes after one that said yes', [true, true], 'duplicate'],
    ] as const)('of the same second %s', async (_what, [first, second], outcome) => {
      const { shop } = aShop();
      const saying = (yes: boolean) => {
        const { candidate } = aRecord();
        const consent = candidate && yes ? candidate.consent : null;
        const facts = factsOf(shop, 'a', { candidate: candidate && { ...candidate, consent } });
        return intakeOf(shop, 'a', yes ? { facts } : { facts, state: 'skipped', reason: 'no_consent' });
      };
      await store.receive(saying(first));
      const result = await store.receive(saying(second));
      expect(result.outcome).toBe(outcome);
      const isNo = !first || !second;
      expect(result.state).toBe(isNo ? 'skipped' : 'scheduled');
      // A second later the shopper may have changed their mind.
      const later = { ...saying(true), checkoutUpdatedAt: NOW + 1_000 };
      expect(await store.receive(later)).toMatchObject({ outcome: 'updated', state: 'scheduled' });
    });

    it('that says no and is held during a dial is not undone by a yes of the same second, once it decides', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a', { state: 'dialing' });
      const yes = intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 });
      const { candidate } = yes.facts;
      const facts = { ...yes.facts, candidate: candidate && { ...candidate, consent: null } };
      await store.receive({ ...yes, state: 'skipped', reason: 'no_consent', dueAt: null, facts });
      const { held } = await recordOf(record.id);
      if (held === null) throw new Error('nothing was held');
      await store.commit({ record: await recordOf(record.id), patch: asHeld(held, DUE), at: NOW + 2 });
      expect(await store.receive(yes)).toMatchObject({ outcome: 'stale', state: 'skipped', reason: 'no_consent' });
      const later = { ...yes, checkoutUpdatedAt: NOW + 1_000 };
      expect(await store.receive(later)).toMatchObject({ outcome: 'updated', state: 'scheduled' });
    });

    it('of the same second that says no and lacks something besides is obeyed', async () => {
      const { shop } = aShop();
      await bring(shop, 'a');
      const { candidate } = aRecord();
      const facts = factsOf(shop, 'a', { candidate: candidate && { ...candidate, consent: null } });
      const lacking = { state: 'waiting', reason: 'no_line_items' } as const;
      expect((await store.receive(intakeOf(shop, 'a', lacking))).outcome).toBe('stale');
      expect(await store.receive(intakeOf(shop, 'a', { ...lacking, facts }))).toMatchObject({
        outcome: 'updated',
        state: 'waiting',
      });
    });

    it('is not taken in while the shop is shut, whether its checkout is known or not', async () => {
      const { shop, idOf } = aShop();
      const known = await bring(shop, 'a');
      await shut('uninstalled');
      const later = { checkoutUpdatedAt: NOW + 1, lookups: [{ kind: 'cart', value: 'cart-1' }] } as const;
      const none = { number: null, at: null };
      expect(await store.receive(intakeOf(shop, 'a', later))).toEqual({
        ...{ outcome: 'shut', state: 'scheduled', reason: null, dueAt: null, alarm: none, nextAlarm: null },
      });
      expect(await store.receive(intakeOf(shop, 'b', later))).toEqual({
        ...{ outcome: 'shut', state: 'skipped', reason: 'uninstalled', dueAt: null, alarm: none, nextAlarm: null },
      });
      expect(await recordOf(known.id)).toEqual(known);
      expect(await store.load(idOf('b'))).toBeNull();
      expect(await store.find(shop, later.lookups[0])).toEqual([]);
      await shut(null);
      expect((await store.receive(intakeOf(shop, 'b', later))).outcome).toBe('created');
    });

    it.each(['dialing', 'unknown'] as const)(
      'is held while the recovery is %s, unless a stop decides what follows',
      async (state) => {
        const { shop } = aShop();
        const { id } = await bring(shop, 'a', { state });
        const stopped = await bring(shop, 'b', { state, stopReason: 'redacted' });
        for (const token of ['a', 'b']) await store.receive(intakeOf(shop, token, { checkoutUpdatedAt: NOW + 1 }));
        expect((await recordOf(id)).held).toMatchObject({ checkoutUpdatedAt: NOW + 1 });
        expect(await recordOf(stopped.id)).toEqual(stopped);
      },
    );

    it.each([...FINAL_SKIPS])('finds a recovery closed whose one call was not made for good: %s', async (reason) => {
      const { shop } = aShop();
      const before = await bring(shop, 'a', { state: 'skipped', reason });
      expect(await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }))).toMatchObject({
        outcome: 'closed',
        state: 'skipped',
        reason,
      });
      expect(await recordOf(before.id)).toEqual(before);
      expect((await store.load(before.id))?.timeline.at(-1)).toEqual({ at: NOW, event: 'checkout_closed' });
    });

    it('that brings nothing new is counted, whatever it is: the timeline stays readable in a storm', async () => {
      const { shop, idOf } = aShop();
      await store.receive(intakeOf(shop, 'a'));
      for (const back of [0, 1, 0, 2])
        await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW - back, now: NOW + back }));
      expect((await store.load(idOf('a')))?.timeline.slice(1)).toEqual([
        { at: NOW, event: 'checkout_nothing_new', times: 4, lastAt: NOW + 2 },
      ]);
    });

    it('leaves alone what it does not speak of', async () => {
      const { shop } = aShop();
      const known = await bring(shop, 'a', { attempts: 2, notPlaced: 2, orderName: '#1001' });
      await store.alarmSet(known.id, 3, DUE);
      const { alarm } = await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }));
      expect(alarm).toEqual({ number: 3, at: DUE });
      expect(await recordOf(known.id)).toMatchObject({ attempts: 2, notPlaced: 2, orderName: '#1001', alarm: 3 });
    });

    it('makes the recovery findable by what it brings, in its shop alone', async () => {
      const { shop, idOf } = aShop();
      const other = aShop();
      const email = { kind: 'contact', value: 'asha.rao@mail.example' } as const;
      const cart = { kind: 'cart', value: 'cart-1' } as const;
      await store.receive(intakeOf(shop, 'a', { lookups: [cart] }));
      await store.receive(intakeOf(shop, 'b', { lookups: [cart] }));
      await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1, lookups: [cart, email] }));
      expect([...(await store.find(shop, cart))].sort()).toEqual([idOf('a'), idOf('b')].sort());
      expect(await store.find(shop, email)).toEqual([idOf('a')]);
      expect(await store.find(shop, { ...email, kind: 'call' })).toEqual([]);
      expect(await store.find(other.shop, cart)).toEqual([]);
    });

    it('may come at the same moment as many others', async () => {
      const { shop } = aShop();
      const tokens = Array.from({ length: 150 }, (_, n) => `token-${n}`);
      const intakes = tokens.flatMap((token) => [intakeOf(shop, token), intakeOf(shop, token)]);
      const outcomes = (await Promise.all(intakes.map((intake) => store.receive(intake)))).map(
        ({ outcome }) => outcome,
      );
      expect(outcomes).toEqual(tokens.flatMap(() => ['created', 'duplicate']));
      expect((await store.countByState(shop)).scheduled).toBe(150);
    });
  });

  describe('a change', () => {
    it('is made on the record that was read, and only on that', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      const patch = { state: 'dialing', attempts: 1, attemptId: `${record.id}.1`, dialingAt: NOW } as const;
      const entry = { at: NOW + 1, event: 'dial_begun', state: 'dialing' } as const;
      expect(await store.commit({ record, patch, at: NOW + 1, entry })).toBe(true);
      expect(await store.commit({ record, patch: { state: 'cancelled' }, at: NOW + 2 })).toBe(false);
      const after = await store.load(record.id);
      expect(after?.record).toEqual({ ...record, ...patch, changedAt: NOW + 1, revision: record.revision + 1 });
      expect(after?.timeline.at(-1)).toEqual(entry);
    });

    it('that must not be made while dialling is paused is made when it goes on, and any other meanwhile', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      const change = { record, patch: { state: 'dialing' }, at: NOW + 1, unlessPaused: true } as const;
      await shut('uninstalled');
      expect(await store.commit(change)).toBe(false);
      expect(await recordOf(record.id)).toEqual(record);
      const other = await bring(shop, 'b').catch(() => null);
      expect(other).toBeNull();
      await shut(null);
      expect(await store.commit(change)).toBe(true);
      await shut('uninstalled');
      const dialling = await recordOf(record.id);
      expect(await store.commit({ record: dialling, patch: { state: 'called' }, at: NOW + 2 })).toBe(true);
      await shut(null);
    });

    it('loses against a webhook that came in between', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }));
      expect(await store.commit({ record, patch: { state: 'dialing' }, at: NOW })).toBe(false);
      expect((await recordOf(record.id)).state).toBe('scheduled');
    });

    it('does not lose against a note, a stale webhook or an alarm', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      await store.note(record.id, { at: NOW, event: 'alarm_missing' });
      await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: OLDER }));
      await store.alarmSet(record.id, 1, DUE);
      expect(await store.commit({ record, patch: { state: 'dialing' }, at: NOW })).toBe(true);
    });

    it('keeps every kind of fact as it is', async () => {
      const { shop } = aShop();
      const facts: Partial<RecoveryRecord> = {
        state: 'ended',
        reason: 'vendor_422',
        dueAt: null,
        attempts: 3,
        callId: 'ca11',
        calledAt: NOW,
        callStatus: 'completed',
        finalStatus: 'completed',
        vendorStatus: 'initiate',
        vendorMessage: 'später: "…" \n',
        outcomes: { 'end-of-call': { analysis: { success: true, empty: {}, none: null, list: [] } } },
        stopReason: 'ordered',
        orderedAt: NOW,
        orderName: '#1001',
        alarm: 7,
        alarmAt: DUE,
        orderTotal: '1955.00',
        orderCurrency: 'INR',
        orderMatch: 'person',
        attributed: true,
        arm: 'holdout',
        armAt: NOW,
        discount: { code: 'TEA 5', state: 'minted', shopId: 'gid://shopify/DiscountCodeNode/7', endsAt: DUE },
        lastEventAt: NOW,
        errands: {
          'forward:action:a:1': anErrand({ kind: 'forward', state: 'done', note: 'taken', about: 'action:a' }),
        },
      };
      expect(await bring(shop, 'a', facts)).toMatchObject(facts);
    });

    it('forgets what it sets to null', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a', { reason: 'timeout', callId: 'ca11', dueAt: DUE });
      await store.commit({ record, patch: { reason: null, callId: null, dueAt: null }, at: NOW });
      expect(await recordOf(record.id)).toMatchObject({ reason: null, callId: null, dueAt: null });
    });

    it('makes the recovery findable by what it brings', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      const lookups = [{ kind: 'call', value: 'ca11' }] as const;
      await store.commit({ record, patch: { callId: 'ca11' }, at: NOW, lookups });
      expect(await store.find(shop, lookups[0])).toEqual([record.id]);
    });

    it('has one winner among many', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      const tries = Array.from({ length: 20 }, () => store.commit({ record, patch: { state: 'dialing' }, at: NOW }));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    });
  });

  describe('personal data', () => {
    const contact = { kind: 'contact', value: '+919090909090' } as const;
    const erased = { payload: null, phone: null, outcomes: {}, held: null, erasedAt: NOW + 9 };

    it('is looked for from the record’s first day on, by any way it began, longest kept first', async () => {
      const { shop, idOf } = aShop();
      await store.receive(intakeOf(shop, 'b', { now: NOW + 1 }));
      const record = { ...EMPTY_RECORD, id: idOf('a'), shop, checkoutToken: 'a', createdAt: NOW, changedAt: NOW };
      await store.commit({ record, patch: { state: 'cancelled' }, at: NOW });
      await store.receive(intakeOf(shop, 'b', { now: NOW + 7, checkoutUpdatedAt: NOW + 7 }));
      expect(await store.idsErasable(shop, NOW - 1, 10)).toEqual([]);
      expect(await store.idsErasable(shop, NOW + 1, 10)).toEqual([idOf('a'), idOf('b')]);
      expect(await store.idsErasable(shop, NOW + 1, 1)).toEqual([idOf('a')]);
    });

    it('is looked for again when somebody said so, and never again when there is none', async () => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a');
      await store.erasableSince(shop, id, NOW + 5);
      expect(await store.idsErasable(shop, NOW + 4, 10)).toEqual([]);
      expect(await store.idsErasable(shop, NOW + 5, 10)).toEqual([id]);
      await store.erasableSince(shop, id, null);
      await store.erasableSince(shop, id, NOW);
      expect(await store.idsErasable(shop, NOW + 99, 10)).toEqual([]);
    });

    it('that is erased is gone, and its record is found as before', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a', { state: 'ended', outcomes: { 'end-of-call': { summary: 'x' } } });
      expect(await store.commit({ record, patch: erased, at: NOW + 9 })).toBe(true);
      const { contacts } = record;
      expect(await recordOf(record.id)).toMatchObject({
        ...erased,
        contacts,
        state: 'ended',
        cartValue: '1955.00 INR',
      });
      expect(contacts).toHaveLength(1);
      expect(await store.idsErasable(shop, NOW + 99, 10)).toEqual([]);
      expect(await store.find(shop, contact)).toEqual([record.id]);
    });

    it('takes the digests along when it must: nobody finds the record by its contact any more', async () => {
      const { shop, idOf } = aShop();
      await store.receive(intakeOf(shop, 'b'));
      const record = await bring(shop, 'a', { state: 'ended' });
      await store.commit({ record, patch: { ...erased, contacts: [] }, at: NOW + 9 });
      expect((await recordOf(record.id)).contacts).toEqual([]);
      expect(await store.find(shop, contact)).toEqual([idOf('b')]);
    });

    it.each(['dialing', 'unknown', 'called'] as const)('does not come back with a webhook while %s', async (state) => {
      const { shop } = aShop();
      const record = await bring(shop, 'a', { state });
      await store.commit({ record, patch: erased, at: NOW + 9 });
      const before = await recordOf(record.id);
      const told = await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 10 }));
      expect(told).toMatchObject({ outcome: 'closed', state });
      expect(await recordOf(record.id)).toEqual(before);
    });

    it('does not come back with the webhook it came with, but with a newer one of a checkout that is still open', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a', { state: 'skipped', reason: 'too_old' });
      await store.commit({ record, patch: { ...erased, contacts: [] }, at: NOW + 9 });
      expect((await store.receive(intakeOf(shop, 'a'))).outcome).toBe('stale');
      expect(await recordOf(record.id)).toMatchObject({ erasedAt: NOW + 9, phone: null });
      const again = await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 10, now: NOW + 20 }));
      expect(again).toMatchObject({ outcome: 'updated', state: 'scheduled' });
      expect(await recordOf(record.id)).toMatchObject({
        erasedAt: null,
        phone: aRecord().phone,
        contacts: record.contacts,
      });
      expect(await store.idsErasable(shop, NOW + 20, 10)).toEqual([record.id]);
      expect(await store.find(shop, contact)).toEqual([record.id]);
    });
  });

  describe('an alarm', () => {
    it('is remembered unless a higher number was set', async () => {
      const { shop } = aShop();
      const { id, revision } = await bring(shop, 'a');
      const states: unknown[] = [];
      for (const [number, at] of [
        [1, DUE],
        [3, DUE + 3],
        [2, DUE + 2],
        [3, DUE + 4],
      ] as const) {
        await store.alarmSet(id, number, at);
        states.push(await store.alarmOf(id));
      }
      const third = { number: 3, at: DUE + 3 };
      expect(states).toEqual([{ number: 1, at: DUE }, third, third, third]);
      expect(await recordOf(id)).toMatchObject({ alarm: 3, alarmAt: DUE + 3, revision });
    });

    it('is given its number by the webhook that needs one', async () => {
      const { shop, idOf } = aShop();
      const numbers: unknown[] = [];
      for (const [i, [dueAt, state]] of (
        [
          [DUE, 'scheduled'], // none is set
          [DUE + 60_000, 'scheduled'], // the one set rings early, and snoozes
          [DUE - 60_000, 'scheduled'], // the one set rings late
          [null, 'waiting'],
        ] as const
      ).entries()) {
        const { nextAlarm } = await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + i, dueAt, state }));
        if (nextAlarm === 1) await store.alarmSet(idOf('a'), nextAlarm, DUE);
        numbers.push(nextAlarm);
      }
      expect(numbers).toEqual([1, null, 2, null]);
      expect(await store.alarmNumber(idOf('a'))).toBe(3);
    });

    it.each([
      { state: 'scheduled', set: 1, rang: 1, spent: false, after: { number: 1, at: DUE } },
      { state: 'waiting', set: 1, rang: 1, spent: true, after: { number: null, at: null } },
      { state: 'skipped', set: 1, rang: 1, spent: true, after: { number: null, at: null } },
      { state: 'waiting', set: 2, rang: 1, spent: true, after: { number: 2, at: DUE } },
      { state: 'waiting', set: 1, rang: 2, spent: true, after: { number: 1, at: DUE } },
      { state: 'waiting', set: null, rang: 1, spent: true, after: { number: null, at: null } },
    ] as const)(
      '$rang that rang for nothing, of a recovery $state with alarm $set',
      async ({ state, set, rang, spent, after }) => {
        const { shop } = aShop();
        const { id, revision } = await bring(shop, 'a', { state });
        if (set !== null) await store.alarmSet(id, set, DUE);
        expect(await store.alarmSpent(id, rang)).toBe(spent);
        expect(await store.alarmOf(id)).toEqual(after);
        expect((await recordOf(id)).revision).toBe(revision);
      },
    );
  });

  describe('the timeline', () => {
    it('counts what is the same in a row, and begins a new line for what differs', async () => {
      const { shop, idOf } = aShop();
      const line = (at: number, reason?: string) => ({ at, event: 'ring', ...(reason ? { reason } : {}) });
      await store.receive(intakeOf(shop, 'a'));
      for (const entry of [line(1), line(2), line(3), line(4, 'outside_hours'), line(5)])
        await store.note(idOf('a'), entry);
      expect((await store.load(idOf('a')))?.timeline.slice(1)).toEqual([
        { at: 1, event: 'ring', times: 3, lastAt: 3 },
        { at: 4, event: 'ring', reason: 'outside_hours' },
        { at: 5, event: 'ring' },
      ]);
    });
  });

  describe('the lists', () => {
    it('of what is due are by due time, up to and with an instant, and no longer than asked', async () => {
      const { shop, idOf } = aShop();
      for (const [token, dueAt] of [
        ['late', DUE + 2],
        ['soon', DUE],
        ['next', DUE + 1],
      ] as const) {
        await store.receive(intakeOf(shop, token, { dueAt }));
      }
      expect(await store.idsBefore(shop, 'scheduled', DUE + 1, 10)).toEqual([idOf('soon'), idOf('next')]);
      expect(await store.idsBefore(shop, 'scheduled', DUE + 9, 2)).toEqual([idOf('soon'), idOf('next')]);
      expect(await store.idsBefore(shop, 'scheduled', DUE - 1, 10)).toEqual([]);
    });

    it('follow a recovery from state to state', async () => {
      const { shop, idOf } = aShop();
      const places: unknown[] = [];
      const look = async () => {
        const counts = Object.entries(await store.countByState(shop)).filter(([, count]) => count > 0);
        const [state] = counts[0] as [RecoveryRecord['state'], number];
        places.push([counts.length, state, await store.idsBefore(shop, state, NOW + 99_999_999, 10)]);
      };
      await store.receive(intakeOf(shop, 'a', { state: 'waiting', reason: 'no_phone' }));
      await look();
      await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }));
      await look();
      for (const state of ['dialing', 'called', 'ended'] as const) {
        await store.commit({ record: await recordOf(idOf('a')), patch: { state }, at: NOW });
        await look();
      }
      const ids = [idOf('a')];
      expect(places).toEqual(['waiting', 'scheduled', 'dialing', 'called', 'ended'].map((state) => [1, state, ids]));
    });

    it('follow the due time of a recovery', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      await store.commit({ record, patch: { dueAt: DUE + 5 }, at: NOW });
      expect(await store.idsBefore(shop, 'scheduled', DUE + 4, 10)).toEqual([]);
      expect(await store.idsBefore(shop, 'scheduled', DUE + 5, 10)).toEqual([record.id]);
    });

    it('page through everything newest first, each exactly once, also within one instant', async () => {
      const { shop, idOf } = aShop();
      const tokens = Array.from({ length: 7 }, (_, n) => `token-${n}`);
      for (const [n, token] of tokens.entries())
        await store.receive(intakeOf(shop, token, { now: NOW + Math.floor(n / 3) }));
      const seen: string[] = [];
      const created: number[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.list(shop, { state: null, limit: 2, cursor });
        seen.push(...page.recoveries.map(({ id }) => id));
        created.push(...page.recoveries.map(({ createdAt }) => createdAt));
        cursor = page.nextCursor;
      } while (cursor !== null && seen.length < 20);
      expect([...seen].sort()).toEqual(tokens.map(idOf).sort());
      expect(created).toEqual([...created].sort((a, b) => b - a));
    });

    it('may be of one state alone', async () => {
      const { shop, idOf } = aShop();
      await bring(shop, 'a', { state: 'cancelled' });
      await bring(shop, 'b');
      const page = await store.list(shop, { state: 'cancelled', limit: 10, cursor: null });
      expect(page.recoveries.map(({ id }) => id)).toEqual([idOf('a')]);
    });
  });

  describe('a state that is timed', () => {
    // An errand of a record is tried again and again; each try changes it, and makes its dial no younger.
    it.each(['dialing', 'unknown'] as const)('is indexed by its dial, whatever changes later: %s', async (state) => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a', { state, dialingAt: NOW - 5 });
      await store.commit({ record: await recordOf(id), patch: { errands: { abort: anErrand() } }, at: NOW + 99 });
      expect(await store.idsBefore(shop, state, NOW - 6, 10)).toEqual([]);
      expect(await store.idsBefore(shop, state, NOW - 5, 10)).toEqual([id]);
    });

    it('is indexed by what was heard of a call last', async () => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a', { state: 'called', dialingAt: NOW - 9, calledAt: NOW - 8 });
      expect(await store.idsBefore(shop, 'called', NOW - 8, 10)).toEqual([id]);
      await store.commit({ record: await recordOf(id), patch: { lastEventAt: NOW - 3 }, at: NOW + 99 });
      expect(await store.idsBefore(shop, 'called', NOW - 4, 10)).toEqual([]);
      expect(await store.idsBefore(shop, 'called', NOW - 3, 10)).toEqual([id]);
    });
  });

  describe('errands', () => {
    const due = (dueAt: number) => ({ abort: anErrand({ dueAt }) });
    const failed = { abort: anErrand({ state: 'failed', tries: 30 }) };
    const done = { abort: anErrand({ state: 'done' }) };

    async function change(id: string, patch: Partial<RecoveryRecord>, at = NOW): Promise<void> {
      expect(await store.commit({ record: await recordOf(id), patch, at })).toBe(true);
    }

    it('are found when they are due, the longest first, and no more than asked', async () => {
      const { shop, idOf } = aShop();
      for (const [token, at] of [
        ['late', DUE + 2],
        ['soon', DUE],
        ['next', DUE + 1],
      ] as const) {
        await bring(shop, token, { errands: due(at) });
      }
      await bring(shop, 'none');
      expect(await store.idsWithErrands(shop, DUE - 1, 10)).toEqual([]);
      expect(await store.idsWithErrands(shop, DUE + 1, 10)).toEqual([idOf('soon'), idOf('next')]);
      expect(await store.idsWithErrands(shop, DUE + 9, 2)).toEqual([idOf('soon'), idOf('next')]);
      expect(await store.idsWithErrands(aShop().shop, DUE + 9, 10)).toEqual([]);
    });

    it('of a recovery count by the one that is due first', async () => {
      const { shop } = aShop();
      const errands = { ...due(DUE + 5), 'forward:ended:1': anErrand({ kind: 'forward', dueAt: DUE }) };
      const { id } = await bring(shop, 'a', { errands });
      expect(await store.idsWithErrands(shop, DUE, 10)).toEqual([id]);
    });

    it('that somebody is at are found when they must have been left', async () => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a', { errands: { abort: anErrand({ state: 'doing', doingAt: NOW }) } });
      expect(await store.idsWithErrands(shop, NOW + 119_999, 10)).toEqual([]);
      expect(await store.idsWithErrands(shop, NOW + 120_000, 10)).toEqual([id]);
    });

    it('that are over are found no more, and those opened anew are found again', async () => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a', { errands: due(DUE) });
      await change(id, { errands: done });
      expect(await store.idsWithErrands(shop, DUE + 9, 10)).toEqual([]);
      await change(id, { errands: due(DUE + 1) });
      expect(await store.idsWithErrands(shop, DUE + 9, 10)).toEqual([id]);
    });

    it('stay found whatever else changes', async () => {
      const { shop } = aShop();
      const { id } = await bring(shop, 'a', { errands: { ...due(DUE), forward: anErrand({ state: 'failed' }) } });
      await change(id, { state: 'called', reason: null });
      await store.receive(intakeOf(shop, 'a', { checkoutUpdatedAt: NOW + 1 }));
      expect(await store.idsWithErrands(shop, DUE, 10)).toEqual([id]);
      expect(await store.idsWithFailedErrands(shop, 10)).toEqual([id]);
    });

    it('may be there from the first line of a record', async () => {
      const { shop, idOf } = aShop();
      const record = { ...EMPTY_RECORD, id: idOf('a'), shop, checkoutToken: 'a', createdAt: NOW, changedAt: NOW };
      const errands = { ...due(DUE), forward: anErrand({ state: 'failed' }) };
      await store.commit({ record, patch: { state: 'cancelled', reason: 'ordered', errands }, at: NOW });
      expect(await store.idsWithErrands(shop, DUE, 10)).toEqual([idOf('a')]);
      expect(await store.idsWithFailedErrands(shop, 10)).toEqual([idOf('a')]);
    });

    it('of a change that lost are not found', async () => {
      const { shop } = aShop();
      const record = await bring(shop, 'a');
      await change(record.id, { reason: 'operator' });
      const lost = { ...due(DUE), forward: anErrand({ state: 'failed' }) };
      expect(await store.commit({ record, patch: { errands: lost }, at: NOW })).toBe(false);
      expect(await store.idsWithErrands(shop, DUE + 9, 10)).toEqual([]);
      expect(await store.idsWithFailedErrands(shop, 10)).toEqual([]);
    });

    it('that failed are found by the newest failure, whatever changed since, and no more than asked', async () => {
      const { shop, idOf } = aShop();
      for (const token of ['first', 'second', 'third']) await bring(shop, token);
      await change(idOf('first'), { errands: failed }, NOW + 1);
      await change(idOf('second'), { errands: failed }, NOW + 2);
      await change(idOf('third'), { errands: failed }, NOW + 3);
      // Neither another change nor another errand makes a failure younger.
      await change(idOf('first'), { reason: 'ordered' }, NOW + 4);
      await change(idOf('second'), { errands: { ...failed, ...{ forward: anErrand() } } }, NOW + 5);
      expect(await store.idsWithFailedErrands(shop, 10)).toEqual([idOf('third'), idOf('second'), idOf('first')]);
      expect(await store.idsWithFailedErrands(shop, 2)).toEqual([idOf('third'), idOf('second')]);
      expect(await store.idsWithFailedErrands(aShop().shop, 10)).toEqual([]);
    });

    it('that failed are forgotten when they are tried again, and remembered when they fail again', async () => {
      const { shop, idOf } = aShop();
      for (const token of ['first', 'second']) await bring(shop, token);
      await change(idOf('first'), { errands: failed }, NOW + 1);
      await change(idOf('second'), { errands: failed }, NOW + 2);
      await change(idOf('first'), { errands: due(DUE) }, NOW + 3);
      expect(await store.idsWithFailedErrands(shop, 10)).toEqual([idOf('second')]);
      await change(idOf('first'), { errands: failed }, NOW + 4);
      expect(await store.idsWithFailedErrands(shop, 10)).toEqual([idOf('first'), idOf('second')]);
    });
  });

  describe('a claim', () => {
    it('is the first one’s, for good', async () => {
      const { shop, idOf } = aShop();
      const made: boolean[] = [];
      for (const token of ['a', 'b', 'a', 'b']) made.push(await store.claim(shop, 'checkout:1', idOf(token)));
      expect(made).toEqual([true, false, true, false]);
      expect(await store.ownerOf(shop, 'checkout:1')).toBe(idOf('a'));
      expect(await store.ownerOf(shop, 'checkout:2')).toBeNull();
    });

    it('is of one thing in one shop', async () => {
      const [{ shop, idOf }, other] = [aShop(), aShop()];
      await store.claim(shop, 'checkout:1', idOf('a'));
      expect(await store.claim(shop, 'checkout:2', idOf('b'))).toBe(true);
      expect(await store.claim(other.shop, 'checkout:1', idOf('b'))).toBe(true);
    });

    it('has one winner among many', async () => {
      const { shop, idOf } = aShop();
      const tries = Array.from({ length: 20 }, (_, n) => store.claim(shop, 'checkout:1', idOf(`token-${n}`)));
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    });
  });
}
