/** The last questions before a dial: each gate, their order, and that the shop is asked once per ring. */
import { describe, expect, it } from 'vitest';
import type { DiscountPolicy } from '../../../src/domain/discount.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import type { RecoveryDiscount, RecoveryRecord } from '../../../src/domain/recovery.ts';
import { foundTokenOf, recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import type { LastLook, ShopFault } from '../../../src/domain/shop-admin.ts';
import { clearDial, type LastLookRules } from '../../../src/recovery/clear-dial.ts';
import { NAMELESS } from '../../../src/recovery/record-order.ts';
import { aCheckout } from '../../support/a-checkout.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';
import { fakeStore } from '../../support/fake-store.ts';
import { type FakeAdmin, fakeAdmin, fakeJournal, fakePeople } from '../../support/fakes.ts';

const NOW = ELEVEN_IN_BENGALURU;
/** Her cart is older than what she did with it last. */
const asha = aRecord({ createdAt: NOW - 2 * HOUR });
const LEFT = asha.lastActivityAt as number;
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
  readonly admin?: FakeAdmin | null;
  readonly lastLook?: LastLookRules | null;
  readonly holdoutPercent?: number;
  readonly discount?: DiscountPolicy;
}

function gates(given: Given = {}) {
  const store = fakeStore();
  const people = fakePeople();
  const journal = fakeJournal();
  const admin = given.admin === undefined ? fakeAdmin() : given.admin;
  const newClearance = clearDial({
    store,
    people,
    admin,
    lastLook: given.lastLook === undefined ? { onSilence: 'call', timeoutMs: 2 * SECOND } : given.lastLook,
    holdoutPercent: given.holdoutPercent ?? 0,
    discount: given.discount ?? { kind: 'off' },
    newCode: () => 'RBTESTCODE',
    journal,
  });
  const clear = (record: Partial<RecoveryRecord> = {}) => newClearance()({ ...asha, ...record }, NOW);
  return { store, people, journal, admin, newClearance, clear };
}

const looking = (look: Partial<LastLook>) =>
  fakeAdmin({ lastLook: { ok: true, value: { completedAt: null, ordered: false, inStock: true, ...look } } });

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
    expect(await world.clear(found)).toEqual({ kind: 'stop', reason: 'superseded', order: null });
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
    expect(await world.clear({ id: ID })).toEqual({ kind: 'skip', reason: 'duplicate_checkout' });
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
    expect(await world.clear(second)).toEqual({ kind: 'skip', reason: 'duplicate_checkout' });
    expect(await world.clear({ ...first, attempts: 1 })).toEqual({ kind: 'dial' });
  });

  it('can be claimed by nobody who does not know its id', async () => {
    const world = gates();
    for (const id of [ID, found.id]) expect(await world.clear({ id, checkoutId: null })).toEqual({ kind: 'dial' });
  });
});

describe('a person who bought by another way', () => {
  const stop = (at: number, name: string | null = '#1001') => ({
    kind: 'stop',
    reason: 'ordered',
    order: { at, name, total: null, currency: null, match: 'person' },
  });

  it.each([
    ['by the number', PHONE, LEFT, stop(LEFT)],
    ['by the address', EMAIL, NOW, stop(NOW)],
    ['before she left the cart', PHONE, LEFT - 1, { kind: 'dial' }],
    ['and is somebody else', '+919191919191', NOW, { kind: 'dial' }],
  ])('%s', async (_what, contact, at, expected) => {
    const world = gates();
    await world.people.note(SHOP, [contact], 'order', '#1001', at);
    expect(await world.clear()).toEqual(expected);
  });

  it('is counted from when the record began, where nothing was ever left', async () => {
    const world = gates();
    await world.people.note(SHOP, [PHONE], 'order', '#1001', asha.createdAt);
    expect(await world.clear({ lastActivityAt: null })).toMatchObject({ kind: 'stop' });
  });

  it('without the name of an order is told without one', async () => {
    const world = gates();
    await world.people.note(SHOP, [PHONE], 'order', NAMELESS, NOW);
    expect(await world.clear()).toEqual(stop(NOW, null));
  });

  it('in another shop has nothing to do with it', async () => {
    const world = gates();
    await world.people.note('river-tea.myshopify.com', [PHONE], 'order', '#1001', NOW);
    expect(await world.clear()).toEqual({ kind: 'dial' });
  });
});

describe('the last look', () => {
  const bought = (at: number, match = 'checkout') => ({
    kind: 'stop',
    reason: 'ordered',
    order: { at, name: null, total: null, currency: null, match },
  });

  it.each<[string, Partial<LastLook>, unknown]>([
    ['was completed', { completedAt: NOW - HOUR }, bought(NOW - HOUR)],
    ['was completed and ordered', { completedAt: NOW - HOUR, ordered: true }, bought(NOW - HOUR)],
    ['was ordered, or another one by the same customer', { ordered: true }, bought(NOW, 'person')],
    ['can be bought no more', { inStock: false }, { kind: 'skip', reason: 'out_of_stock' }],
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
    for (let n = 0; n < 3; n++) expect(await clear(asha, NOW + n)).toEqual(expected);
    expect(admin.asked).toHaveLength(1);
    expect(world.journal.lines.length).toBeLessThanOrEqual(1);
    await world.newClearance()(asha, NOW);
    expect(admin.asked).toHaveLength(2);
  });
});

describe('the holdout', () => {
  /** The least percentage at which this person is held out; null: at none there is. */
  const heldOutFrom = async (record: Partial<RecoveryRecord>) => {
    for (let percent = 0; percent <= 50; percent++) {
      if ((await gates({ holdoutPercent: percent }).clear(record)).kind === 'hold_out') return percent;
    }
    return null;
  };
  const number = (n: number) => `+9190909${String(n).padStart(5, '0')}`;

  it('holds nobody out at 0 per cent, and a part of the people at 50, for good', async () => {
    const at = async (holdoutPercent: number) => {
      const drawn = Array.from({ length: 60 }, (_, n) => gates({ holdoutPercent }).clear({ phone: number(n) }));
      return (await Promise.all(drawn)).map(({ kind }) => kind);
    };
    expect(new Set(await at(0))).toEqual(new Set(['dial']));
    const half = await at(50);
    expect(half.filter((kind) => kind === 'hold_out').length).toBeGreaterThan(15);
    expect(half.filter((kind) => kind === 'dial').length).toBeGreaterThan(15);
    expect(await at(50)).toEqual(half);
  });

  it('is drawn by the number: the same for all of a person’s checkouts and addresses', async () => {
    const phones = Array.from({ length: 8 }, (_, n) => number(n));
    const lots = await Promise.all(phones.map((phone) => heldOutFrom({ phone })));
    expect(new Set(lots).size).toBeGreaterThan(3);
    const elsewhere = { id: 'another', checkoutToken: 'another', checkoutId: null };
    const customer = { firstName: 'A.', email: 'other@mail.example', phone: PHONE };
    const payload = asha.payload && { ...asha.payload, customer };
    expect(await Promise.all(phones.map((phone) => heldOutFrom({ ...elsewhere, payload, phone })))).toEqual(lots);
  });

  it('comes after everything else was positive, and before a discount', async () => {
    let n = 0;
    const heldOut = async () => (await gates({ holdoutPercent: 50 }).clear({ phone: number(n) })).kind === 'hold_out';
    while (!(await heldOut())) n++;
    const record = { phone: number(n) };
    const given = { holdoutPercent: 50, discount: minting } as const;
    expect(await gates({ ...given, admin: looking({ inStock: false }) }).clear(record)).toMatchObject({ kind: 'skip' });
    const world = gates(given);
    expect(await world.clear(record)).toEqual({ kind: 'hold_out' });
    expect(world.admin?.asked.map(([question]) => question)).toEqual(['lastLook']);
    // Another recovery of the same checkout is in neither group.
    expect(await world.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another')).toBe(false);
  });

  it('is not drawn a second time: who was drawn to be called stays so when the dial has to be tried again', async () => {
    let n = 0;
    const held = (more: object) => gates({ holdoutPercent: 50 }).clear({ phone: number(n), ...more });
    while ((await held({})).kind !== 'hold_out') n++;
    expect(await held({ arm: 'call', armAt: NOW, attempts: 1 })).toEqual({ kind: 'dial' });
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
  it('is: bought by another way, the shop, the lot, the discount, the claim', async () => {
    const world = gates({ admin: looking({ completedAt: NOW - HOUR }), discount: fixed });
    await world.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another');
    await world.people.note(SHOP, [PHONE], 'order', '#1001', NOW);
    expect(await world.clear()).toMatchObject({ kind: 'stop', order: { match: 'person' } });
    expect(world.admin?.asked).toEqual([]);

    const later = gates({ admin: looking({ inStock: false }), discount: fixed });
    await later.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another');
    expect(await later.clear()).toEqual({ kind: 'skip', reason: 'out_of_stock' });

    const last = gates({ discount: fixed });
    await last.store.claim(SHOP, `checkout:${asha.checkoutId}`, 'another');
    expect(await last.clear()).toMatchObject({ kind: 'prepare_discount' });
    expect(await last.clear({ discount: { code: 'TEA', state: 'fixed', shopId: null, endsAt: null } })).toEqual({
      kind: 'skip',
      reason: 'duplicate_checkout',
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
    admin.answers.lastLook = { ok: true, value: { completedAt: null, ordered: false, inStock: null } };
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
      aWorld({ record: { ...due, phone: `+9190909${String(n).padStart(5, '0')}` }, holdoutPercent: 50 });
    let world = held();
    while ((await world.ring(ID, 1)).decision !== 'skipped: holdout') {
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
});
