/** The last questions before a dial: each of them, their order, that the shop is asked once per ring, and what is claimed. */
import { describe, expect, it } from 'vitest';
import type { DiscountPolicy } from '../../../src/domain/discount.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { DEFAULT_CAPS } from '../../../src/domain/person-history.ts';
import type { RecoveryDiscount, RecoveryRecord } from '../../../src/domain/recovery.ts';
import { foundTokenOf, recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { LAST_LOOK_RULE, ONE_CALL_RULE } from '../../../src/domain/rules-beside-gates.ts';
import type { LastLook, ShopFault } from '../../../src/domain/shop-admin.ts';
import type { ShopCalls } from '../../../src/domain/shop-calls.ts';
import { clearDial, type LastLookRules, type OptOutRules } from '../../../src/recovery/clear-dial.ts';
import { aCheckout } from '../../support/a-checkout.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';
import { fakeHistories } from '../../support/fake-people-memory.ts';
import { fakeStore } from '../../support/fake-store.ts';
import { type FakeAdmin, fakeAdmin, fakeJournal, fakePeople, NO_SHOP_CAP } from '../../support/fakes.ts';

const NOW = ELEVEN_IN_BENGALURU;
/** Her cart is older than what she did with it last. */
const asha = aRecord({ createdAt: NOW - 2 * HOUR });
const PHONE = '+919090909090';
const EMAIL = 'asha.rao@mail.example';

const silent: ShopFault = { kind: 'unavailable', cause: 'timeout', retryAfterMs: null };
const tenPercent = {
  value: { kind: 'percentage', percent: 10 },
  description: '10% off',
  applyAs: 'additional',
} as const;
const minting: DiscountPolicy = { kind: 'mint', terms: tenPercent, validMs: 2 * DAY, notAgainMs: 90 * DAY };
const fixed: DiscountPolicy = { kind: 'fixed', code: 'TEA', terms: tenPercent };

interface Given {
  readonly shopCalls?: ShopCalls;
  readonly admin?: FakeAdmin | null;
  readonly lastLook?: LastLookRules | null;
  readonly optOut?: OptOutRules;
  readonly discount?: DiscountPolicy;
}

function gates(given: Given = {}) {
  const store = fakeStore();
  const people = fakePeople();
  const journal = fakeJournal();
  const admin = given.admin === undefined ? fakeAdmin() : given.admin;
  const histories = fakeHistories();
  const listed: unknown[] = [];
  const doNotCall = {
    async suppress(...said: unknown[]) {
      listed.push(said);
      return { added: 1, stopped: 0 };
    },
    suppressDigests: () => Promise.reject(new Error('a ring knows the person')),
    suppressAll: () => Promise.reject(new Error('a ring lists one person')),
    lift: () => Promise.reject(new Error('a ring lifts nobody')),
    liftContact: () => Promise.reject(new Error('a ring lifts nobody')),
  };
  const newClearance = clearDial({
    store,
    people,
    histories,
    doNotCall,
    admin,
    lastLook: given.lastLook === undefined ? { onSilence: 'call', timeoutMs: 2 * SECOND } : given.lastLook,
    capsFor: () => DEFAULT_CAPS,
    ruleOfCap: (_whereabouts, cap) => `cap of the ${cap}@2026-11`,
    shopCalls: given.shopCalls ?? NO_SHOP_CAP,
    optOut: given.optOut ?? { bySmsConsent: false, tags: new Set() },
    discount: given.discount ?? { kind: 'off' },
    newCode: () => 'RBTESTCODE',
    journal,
  });
  const clear = (record: Partial<RecoveryRecord> = {}, heldOut = false) =>
    newClearance().ask({ ...asha, ...record }, NOW, heldOut);
  return { store, people, histories, listed, journal, admin, newClearance, clear };
}

const NOTHING_SEEN: LastLook = { completedAt: null, ordered: false, inStock: true, customer: null };
const looking = (look: Partial<LastLook>) => fakeAdmin({ lastLook: { ok: true, value: { ...NOTHING_SEEN, ...look } } });

describe('a dial', () => {
  it('that nothing speaks against is clear', async () => {
    const world = gates();
    expect(await world.clear()).toEqual({ kind: 'dial' });
    expect(world.admin?.asked).toEqual([
      ['lastLook', { checkoutId: asha.checkoutId, checkoutToken: asha.checkoutToken }, 2 * SECOND],
    ]);
    expect(world.journal.lines).toEqual([]);
  });

  it.each<[string, Given]>([
    ['where there is no access to the shop', { admin: null }],
    ['where the merchant does not want it asked', { lastLook: null }],
  ])('needs no word of the shop %s', async (_what, given) => {
    const world = gates(given);
    expect(await world.clear()).toEqual({ kind: 'dial' });
    expect(world.admin?.asked ?? []).toEqual([]);
  });
});

describe('a checkout that a backfill found', () => {
  const found = {
    checkoutToken: foundTokenOf('44001100220033'),
    id: recoveryIdOf(SHOP, foundTokenOf('44001100220033')),
  };
  const carries = async (world: ReturnType<typeof gates>, id: string, checkoutId = '44001100220033') => {
    world.store.put(aRecord({ id }));
    const lookups = [{ kind: 'checkout', value: checkoutId }] as const;
    await world.store.commit({ record: world.store.record(id), patch: {}, at: NOW, lookups });
  };

  it('gives way to the shop’s own webhook of the same checkout', async () => {
    const world = gates();
    await carries(world, found.id);
    await carries(world, ID);
    expect(await world.clear(found)).toEqual({ kind: 'stop', reason: 'superseded', order: null, rule: ONE_CALL_RULE });
    expect(world.admin?.asked).toEqual([]);
  });

  it('is called when no other is known', async () => {
    const world = gates();
    await carries(world, found.id);
    await carries(world, ID, 'another');
    expect(await world.clear(found)).toEqual({ kind: 'dial' });
  });

  it('and that was dialled before is the one to go on with: the other will find it claimed', async () => {
    const world = gates();
    await carries(world, found.id);
    expect(await world.clear(found)).toEqual({ kind: 'dial' });
    await carries(world, ID);
    expect(await world.clear({ ...found, attempts: 1 })).toEqual({ kind: 'dial' });
    expect(await world.clear({ id: ID })).toEqual({ kind: 'skip', reason: 'duplicate_checkout', rule: ONE_CALL_RULE });
  });

  it('is the only one that gives way: a token of the shop’s own does not', async () => {
    const world = gates();
    await carries(world, found.id);
    expect(await world.clear()).toEqual({ kind: 'dial' });
  });

  it.each([
    ['the one that asks first', [found, { id: ID }]],
    ['either of them', [{ id: ID }, found]],
  ])('and the same one by its webhook, ringing at once, are called once: %s', async (_what, [first, second]) => {
    const world = gates();
    expect(await world.clear(first)).toEqual({ kind: 'dial' });
    expect(await world.clear(second)).toEqual({ kind: 'skip', reason: 'duplicate_checkout', rule: ONE_CALL_RULE });
    expect(await world.clear({ ...first, attempts: 1 })).toEqual({ kind: 'dial' });
  });

  it('and was cleared before its webhook came keeps the checkout: the other one was told so', async () => {
    let room = false;
    const shopCalls = { claim: async () => (room ? null : NOW + MINUTE), release: async () => {} };
    const world = gates({ shopCalls });
    const first = { ...asha, ...found };
    const known = { kind: 'checkout', value: first.checkoutId ?? '' } as const;
    world.store.put(first);
    await world.store.commit({ record: world.store.record(first.id), patch: {}, at: NOW, lookups: [known] });
    expect(await world.clear(first)).toMatchObject({ kind: 'hold' });
    world.store.put(asha);
    await world.store.commit({ record: world.store.record(asha.id), patch: {}, at: NOW, lookups: [known] });
    room = true;
    expect(await world.clear()).toEqual({ kind: 'skip', reason: 'duplicate_checkout', rule: ONE_CALL_RULE });
    expect(await world.clear(first)).toMatchObject({ kind: 'dial' });
  });

  it('can be claimed by nobody who does not know its id', async () => {
    const world = gates();
    const nameless = { checkoutId: null, payload: null, person: [] };
    expect(await world.clear({ ...nameless, id: ID })).toEqual({ kind: 'dial' });
    expect(await world.clear({ ...nameless, id: found.id, phone: '+919191919191' })).toEqual({ kind: 'dial' });
  });
});

describe('the last look', () => {
  const bought = (at: number, match = 'checkout') => ({
    kind: 'stop',
    reason: 'ordered',
    order: { at, name: null, total: null, currency: null, match },
    rule: LAST_LOOK_RULE,
  });

  it.each<[string, Partial<LastLook>, unknown]>([
    ['was completed', { completedAt: NOW - HOUR }, bought(NOW - HOUR)],
    ['was completed and ordered', { completedAt: NOW - HOUR, ordered: true }, bought(NOW - HOUR)],
    ['was ordered, or another one by the same customer', { ordered: true }, bought(NOW, 'person')],
    ['can be bought no more', { inStock: false }, { kind: 'skip', reason: 'out_of_stock', rule: LAST_LOOK_RULE }],
    ['was bought, and can be no more', { ordered: true, inStock: false }, bought(NOW, 'person')],
    ['can be bought', { inStock: true }, { kind: 'dial' }],
    ['may be in stock or not', { inStock: null }, { kind: 'dial' }],
  ])('sees that the cart %s', async (_what, look, expected) => {
    expect(await gates({ admin: looking(look) }).clear()).toEqual(expected);
  });

  it.each<[ShopFault, 'call' | 'wait', unknown]>([
    [silent, 'call', { kind: 'dial' }],
    [silent, 'wait', { kind: 'wait_for_shop', until: NOW + MINUTE }],
    [{ kind: 'denied', cause: 'no_scope' }, 'wait', { kind: 'wait_for_shop', until: NOW + MINUTE }],
    [{ kind: 'refused', message: 'Asha' }, 'call', { kind: 'dial' }],
  ])('that gets %j for an answer, where the merchant wants to %s', async (fault, onSilence, expected) => {
    const admin = fakeAdmin({ lastLook: { ok: false, fault } });
    const world = gates({ admin, lastLook: { onSilence, timeoutMs: SECOND } });
    expect(await world.clear()).toEqual(expected);
    expect(world.journal.lines).toEqual([['alarm', { name: 'shop_silent', recoveryId: ID, kind: fault.kind }]]);
  });

  it.each<[string, FakeAdmin, unknown]>([
    ['nothing against it', looking({}), { kind: 'dial' }],
    ['a purchase', looking({ completedAt: NOW }), bought(NOW)],
    ['no answer', fakeAdmin({ lastLook: { ok: false, fault: silent } }), { kind: 'dial' }],
  ])('is asked for once per ring, however often the record is decided anew: %s', async (_what, admin, expected) => {
    const world = gates({ admin });
    const clear = world.newClearance();
    for (let n = 0; n < 3; n++) expect(await clear.ask(asha, NOW + n, false)).toEqual(expected);
    expect(admin.asked).toHaveLength(1);
    expect(world.journal.lines.length).toBeLessThanOrEqual(1);
    await world.newClearance().ask(asha, NOW, false);
    expect(admin.asked).toHaveLength(2);
  });
});

describe('the customer’s account', () => {
  const optOut: OptOutRules = { bySmsConsent: true, tags: new Set(['do_not_call', 'no robots']) };
  const account = (customer: LastLook['customer'], given: Partial<OptOutRules> = {}) =>
    gates({ admin: looking({ customer }), optOut: { ...optOut, ...given } });
  const optedOut = (seen: string) => ({ kind: 'stop', reason: 'opted_out', order: null, rule: LAST_LOOK_RULE, seen });

  it.each(['do_not_call', ' Do_Not_Call ', 'NO ROBOTS'])(
    'with the tag %j puts the person on the do-not-call list, with every contact, and stops',
    async (tag) => {
      const world = account({ smsConsent: 'given', tags: ['vip', tag] });
      expect(await world.clear()).toEqual(optedOut('a tag of the account'));
      expect(world.listed).toEqual([[[PHONE, EMAIL], 'shopify', 'customer_tag']]);
      // Nothing was claimed for a call that is not placed.
      expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
    },
  );

  it.each([[[]], [['vip']], [['do_not_call_me_names']], [['']]])('with the tags %j says nothing', async (tags) => {
    const world = account({ smsConsent: null, tags });
    expect(await world.clear()).toEqual({ kind: 'dial' });
    expect(world.listed).toEqual([]);
  });

  it('where SMS consent was taken back stops, and it is remembered of every contact', async () => {
    const world = account({ smsConsent: 'withdrawn', tags: [] });
    expect(await world.clear()).toEqual(optedOut('consent taken back in the account'));
    for (const contact of [PHONE, EMAIL]) {
      expect(await world.histories.historyOf(SHOP, [contact], NOW)).toMatchObject({ consentWithdrawnAt: NOW });
    }
    expect(world.listed).toEqual([]);
  });

  it.each([
    ['given', true],
    [null, true],
    ['withdrawn', false],
  ] as const)('where SMS consent is %s, which counts: %s, says nothing', async (smsConsent, bySmsConsent) => {
    const world = account({ smsConsent, tags: [] }, { bySmsConsent });
    expect(await world.clear()).toEqual({ kind: 'dial' });
    expect(await world.histories.historyOf(SHOP, [PHONE], NOW)).toMatchObject({ consentWithdrawnAt: null });
  });

  it('is heeded even where the cart was bought: the wish outlasts this call', async () => {
    const admin = looking({ completedAt: NOW, customer: { smsConsent: null, tags: ['do_not_call'] } });
    const world = gates({ admin, optOut });
    expect(await world.clear()).toEqual(optedOut('a tag of the account'));
    expect(world.listed).toHaveLength(1);
  });
});

describe('the holdout', () => {
  it('comes after everything else was positive, and before a discount and the claims', async () => {
    const given = { discount: minting } as const;
    expect(await gates({ ...given, admin: looking({ inStock: false }) }).clear({}, true)).toMatchObject({
      kind: 'skip',
      reason: 'out_of_stock',
    });
    const world = gates(given);
    expect(await world.clear({}, true)).toEqual({ kind: 'hold_out' });
    expect(world.admin?.asked.map(([question]) => question)).toEqual(['lastLook']);
    // Another recovery of the same checkout is in neither group.
    expect(await world.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another')).toBe(false);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
  });
});

describe('the cap of the shop', () => {
  it('holds a dial until there is room, and keeps nothing of the person', async () => {
    const released: string[] = [];
    const shopCalls = {
      claim: async () => NOW + MINUTE,
      release: async (_shop: string, id: string) => void released.push(id),
    };
    const world = gates({ shopCalls });
    const clearance = world.newClearance();
    expect(await clearance.ask(asha, NOW, false)).toEqual({ kind: 'hold', reason: 'shop_cap', until: NOW + MINUTE });
    expect(world.journal.alarms()).toEqual(['shop_cap_reached']);
    await clearance.abandon(asha);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
    expect(released).toEqual([asha.id]);
  });
});

describe('a shop whose cap leaves no room for hours', () => {
  it('is looked at again in a quarter of an hour: the cap may be raised', async () => {
    const world = gates({ shopCalls: { claim: async () => NOW + 9 * HOUR, release: async () => {} } });
    expect(await world.clear()).toEqual({ kind: 'hold', reason: 'shop_cap', until: NOW + 15 * MINUTE });
  });
});

describe('the claim of the call', () => {
  const other = { id: 'another', checkoutToken: 'another', checkoutId: '7', attempts: 0 };
  const elsewhere = (changes: { phone?: string; email?: string }) => {
    const phone = changes.phone ?? PHONE;
    const customer = { firstName: 'A.', email: changes.email ?? EMAIL, phone };
    return { ...other, phone, person: [], payload: asha.payload && { ...asha.payload, customer } };
  };

  it.each([
    ['by the number', elsewhere({ email: 'other@mail.example' })],
    ['by the address, in capitals', elsewhere({ phone: '+919191919191', email: 'ASHA.RAO@mail.example' })],
  ])('is one a day for a person, whatever the checkout: %s', async (_what, record) => {
    const world = gates();
    expect(await world.clear()).toEqual({ kind: 'dial' });
    expect(await world.clear(record)).toEqual({
      ...{ kind: 'skip', reason: 'frequency_cap', rule: 'cap of the day@2026-11' },
      seen: `day, until ${new Date(NOW + DAY).toISOString()}`,
    });
  });

  it('leaves somebody else alone', async () => {
    const world = gates();
    expect(await world.clear()).toEqual({ kind: 'dial' });
    const stranger = elsewhere({ phone: '+919191919191', email: 'other@mail.example' });
    expect(await world.clear(stranger)).toEqual({ kind: 'dial' });
  });

  it('is the recovery’s own however often it asks, and counts once', async () => {
    const world = gates();
    for (let n = 0; n < 3; n++) expect(await world.clear()).toEqual({ kind: 'dial' });
    expect(world.histories.known([PHONE])).toMatchObject({ calls: [NOW] });
  });

  it('heeds a refusal that was heard while the record was decided on', async () => {
    const world = gates();
    await world.histories.noteRefusal([EMAIL], 'a call of another shop', NOW);
    expect(await world.clear()).toMatchObject({
      ...{ kind: 'skip', reason: 'frequency_cap', rule: 'cap of the refusal@2026-11' },
    });
  });

  it('is given back when nothing is dialled after all', async () => {
    const world = gates();
    const clearance = world.newClearance();
    expect(await clearance.ask(asha, NOW, false)).toEqual({ kind: 'dial' });
    await clearance.abandon(asha);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
    expect(await world.clear(other)).toEqual({ kind: 'dial' });
  });

  it('is not given back by a ring that never had it', async () => {
    const world = gates();
    expect(await world.clear()).toEqual({ kind: 'dial' });
    const silentOne = world.newClearance();
    await silentOne.abandon(asha);
    const refused = world.newClearance();
    await refused.ask({ ...asha, ...other }, NOW, false);
    await refused.abandon({ ...asha, ...other });
    expect(world.histories.known([PHONE]).calls).toEqual([NOW]);
  });
});

describe('a discount', () => {
  const prepared = (discount: RecoveryDiscount) => ({ kind: 'prepare_discount', discount });
  const own: RecoveryDiscount = { code: 'RBTESTCODE', state: 'minting', shopId: null, endsAt: NOW + 2 * DAY };
  const minted: RecoveryDiscount = { ...own, state: 'minted', shopId: 'gid://shopify/DiscountCodeNode/7' };
  const teas: RecoveryDiscount = { code: 'TEA', state: 'fixed', shopId: null, endsAt: null };

  it('of the merchant’s own goes on the record once', async () => {
    const world = gates({ discount: fixed, admin: null });
    expect(await world.clear()).toEqual(prepared(teas));
    expect(await world.clear({ discount: teas })).toEqual({ kind: 'dial' });
  });

  it('of a call’s own is on the record before it exists, then made, then offered', async () => {
    const world = gates({ discount: minting, lastLook: null });
    expect(await world.clear()).toEqual(prepared(own));
    expect(world.admin?.asked).toEqual([]);
    expect(await world.clear({ discount: own })).toEqual(prepared(minted));
    expect(world.admin?.asked).toEqual([
      [
        'createDiscount',
        { code: 'RBTESTCODE', title: `Ringback ${ID}`, value: tenPercent.value, startsAt: NOW, endsAt: NOW + 2 * DAY },
      ],
    ]);
    expect(await world.clear({ discount: minted })).toEqual({ kind: 'dial' });
    expect(world.admin?.asked).toHaveLength(1);
  });

  it('that was taken back is made anew', async () => {
    const world = gates({ discount: minting });
    expect(await world.clear({ discount: { ...minted, code: 'OLD', state: 'deleted' } })).toEqual(prepared(own));
  });

  it.each([silent, { kind: 'denied', cause: 'no_scope' }, { kind: 'refused', message: 'Asha' }] as ShopFault[])(
    'that cannot be made costs no call: $kind',
    async (fault) => {
      const world = gates({ discount: minting, admin: fakeAdmin({ createDiscount: { ok: false, fault } }) });
      expect(await world.clear({ discount: own })).toEqual({ kind: 'dial' });
      expect(world.journal.lines).toEqual([
        ['alarm', { name: 'discount_not_minted', recoveryId: ID, kind: fault.kind }],
      ]);
      // Nobody got one.
      expect(await world.people.latest(SHOP, [PHONE], 'discount', 0)).toBeNull();
    },
  );

  it.each([
    ['at the last instant', NOW - 90 * DAY, { kind: 'dial' }],
    ['a moment later', NOW - 90 * DAY - 1, prepared(own)],
  ])('is not given again to a person who got one, %s', async (_what, at, expected) => {
    const world = gates({ discount: minting });
    await world.people.note(SHOP, [EMAIL], 'discount', 'an earlier recovery', at);
    expect(await world.clear()).toEqual(expected);
  });

  it('that was made is remembered of the person, by every contact', async () => {
    const world = gates({ discount: minting });
    await world.clear({ discount: own });
    for (const contact of [PHONE, EMAIL]) {
      expect(await world.people.latest(SHOP, [contact], 'discount', NOW)).toEqual({ name: ID, at: NOW });
    }
    expect(await world.people.latest(SHOP, [PHONE], 'order', 0)).toBeNull();
  });

  it.each<[string, Given]>([
    ['switched off', { discount: { kind: 'off' } }],
    ['without access to the shop', { discount: minting, admin: null }],
  ])('is none %s', async (_what, given) => {
    expect(await gates(given).clear()).toEqual({ kind: 'dial' });
  });
});

describe('the order of the questions', () => {
  it('is: the shop, the discount, the claim of the checkout, the claim of the call', async () => {
    const later = gates({ admin: looking({ inStock: false }), discount: fixed });
    await later.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another');
    expect(await later.clear()).toEqual({ kind: 'skip', reason: 'out_of_stock', rule: LAST_LOOK_RULE });

    const last = gates({ discount: fixed });
    await last.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another');
    expect(await last.clear()).toMatchObject({ kind: 'prepare_discount' });
    expect(await last.clear({ discount: { code: 'TEA', state: 'fixed', shopId: null, endsAt: null } })).toEqual({
      kind: 'skip',
      reason: 'duplicate_checkout',
      rule: ONE_CALL_RULE,
    });
  });
});

describe('a ring', () => {
  const due = { alarm: 1, alarmAt: NOW };

  it('offers the agent the code that it has just made', async () => {
    const world = aWorld({ record: due, admin: fakeAdmin(), discount: minting });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
    expect(world.voice.calls[0]?.metadata).toMatchObject({
      recoveryId: ID,
      discount: { code: 'RBTESTCODE', value: 10, codeType: '%tage', applyAs: 'additional' },
    });
    expect(world.asha().discount?.state).toBe('minted');
    expect(world.store.timeline(ID).map(({ event }) => event)).toEqual([
      'discount_minting',
      'discount_minted',
      'dial_begun',
      'dial_placed',
    ]);
  });

  it('offers nothing that could not be made, and calls all the same', async () => {
    const admin = fakeAdmin({ createDiscount: { ok: false, fault: silent } });
    const world = aWorld({ record: due, admin, discount: minting });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
    expect(world.voice.calls[0]?.metadata).not.toHaveProperty('discount');
    // It may exist: it is looked for when it would have ended.
    expect(world.asha().discount?.state).toBe('minting');
  });

  it('offers no code that an earlier ring made and that is over by now', async () => {
    const discount = { code: 'OLD', state: 'minted', shopId: 'gid', endsAt: NOW } as const;
    const world = aWorld({ record: { ...due, discount, attempts: 1 }, admin: fakeAdmin(), discount: minting });
    await world.ring(ID, 1);
    expect(world.voice.calls).toHaveLength(1);
    expect(world.voice.calls[0]?.metadata).not.toHaveProperty('discount');
  });

  it('asks the shop once although the record changes under it, and obeys what it finds then', async () => {
    const admin = fakeAdmin();
    const world = aWorld({ record: due, admin });
    world.store.before('commit', () => world.stop({ shop: SHOP, token: asha.checkoutToken }, 'ordered'));
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
    expect(admin.asked).toHaveLength(1);
    expect(world.voice.calls).toEqual([]);
  });

  it('ends a recovery whose cart was bought meanwhile', async () => {
    const world = aWorld({ record: due, admin: looking({ completedAt: NOW - MINUTE }) });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled: ordered' });
    expect(world.asha()).toMatchObject({ state: 'cancelled', orderedAt: NOW - MINUTE, orderMatch: 'checkout' });
    expect(world.voice.calls).toEqual([]);
  });

  it('waits for a silent shop, and asks again', async () => {
    const admin = fakeAdmin({ lastLook: { ok: false, fault: silent } });
    const world = aWorld({ record: due, admin, onSilence: 'wait' });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until: NOW + MINUTE, decision: 'shop_silent' });
    expect(world.asha()).toMatchObject({ state: 'scheduled', reason: 'shop_silent', dueAt: NOW + MINUTE });
    expect(world.voice.calls).toEqual([]);
    world.clock.at = NOW + MINUTE;
    admin.answers.lastLook = { ok: true, value: { ...NOTHING_SEEN, inStock: null } };
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });

  it('takes back in an hour the code of a cart that is out of stock by the next ring', async () => {
    const discount = { code: 'OLD', state: 'minted', shopId: 'gid', endsAt: NOW + DAY } as const;
    const world = aWorld({ record: { ...due, discount }, admin: looking({ inStock: false }), discount: minting });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'skipped: out_of_stock' });
    expect(world.asha().errands).toEqual({
      discount_delete: anErrand({ kind: 'discount_delete', dueAt: NOW + HOUR }),
    });
  });

  it('holds out: nobody is called, and nothing the shopper does opens it again', async () => {
    let n = 0;
    const held = () =>
      aWorld({ record: { ...due, phone: `+9190909${String(n).padStart(5, '0')}` }, policy: { holdoutPercent: 50 } });
    let world = held();
    // A lot of one in two that falls the same way a hundred times is no lot.
    while ((await world.ring(ID, 1)).decision !== 'skipped: holdout' && n < 100) {
      n++;
      world = held();
    }
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'holdout', arm: 'holdout', armAt: NOW });
    expect(world.voice.calls).toEqual([]);
    expect(await world.receive(aCheckout({ updatedAt: NOW }))).toMatchObject({
      outcome: 'closed',
      state: 'skipped',
    });
  });

  it('puts a customer with the tag on the list, and everything under way to them is stopped', async () => {
    const admin = looking({ customer: { smsConsent: null, tags: ['Do_Not_Call'] } });
    const world = aWorld({ record: due, admin });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled: opted_out' });
    expect(world.suppressions.listed(PHONE)).toMatchObject({ source: 'shopify', reason: 'customer_tag' });
    expect(world.suppressions.listed(EMAIL)).toMatchObject({ source: 'shopify' });
    expect(world.voice.calls).toEqual([]);
  });

  it('that is cleared and then overtaken by an order gives its call back', async () => {
    const world = aWorld({ record: due });
    world.store.before('commit', () => world.stop({ shop: SHOP, token: asha.checkoutToken }, 'ordered'));
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual([]);
  });

  it.each([
    ['that was placed counts', { kind: 'placed', callId: 'a-call', vendorStatus: 'initiate' }, [NOW]],
    ['whose fate is unknown counts', { kind: 'unknown', cause: 'timeout' }, [NOW]],
    ['that was not placed does not', { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null }, []],
    ['that the vendor refused does not', { kind: 'refused', status: 400, message: 'no' }, []],
    ['that the vendor barred does not', { kind: 'barred', status: 402 }, []],
  ] as const)('ends in a dial %s against the person', async (_what, result, calls) => {
    const world = aWorld({ record: due });
    world.voice.result = result as typeof world.voice.result;
    await world.ring(ID, 1);
    expect(world.voice.calls).toHaveLength(1);
    expect(world.histories.known([PHONE, EMAIL]).calls).toEqual(calls);
  });
});
