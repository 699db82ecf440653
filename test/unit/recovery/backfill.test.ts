/** What the shop's own lists add to its webhooks, page by page, from where the last pass ended. */
import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { RECOVERY_STATES, type RecoveryRecord } from '../../../src/domain/recovery.ts';
import { foundTokenOf, recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import type { Answer, FoundCheckout, Page, ShopFault, ShopOrder } from '../../../src/domain/shop-admin.ts';
import { type BackfillReport, backfill } from '../../../src/recovery/backfill.ts';
import { aCheckout } from '../../support/a-checkout.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, SHOP, TOKEN } from '../../support/a-recovery-world.ts';
import { fakeAdmin, fakeMarks } from '../../support/fakes.ts';

const NOW = ELEVEN_IN_BENGALURU;
const OVERLAP = 10 * MINUTE;
const GRACE = 2 * MINUTE;
const LOOK_BACK = DAY;
const CHECKOUT_ID = aCheckout().id as string;
const FOUND_ID = recoveryIdOf(SHOP, foundTokenOf(CHECKOUT_ID));
const nothing = { seen: 0, missed: 0, unreadable: 0, complete: true };

/** As the list shows Asha's checkout: without a token, left half an hour ago. */
const left = (changes: Partial<Checkout> = {}): FoundCheckout => ({
  checkout: aCheckout({ token: '', cartToken: null, updatedAt: NOW - 30 * MINUTE, ...changes }),
});
const anOrder = (changes: Partial<ShopOrder> = {}): ShopOrder => ({
  id: null,
  name: '#1001',
  checkoutToken: TOKEN,
  cartToken: null,
  checkoutId: null,
  createdAt: NOW - HOUR,
  total: '1955.00',
  currency: 'INR',
  emails: [],
  phones: [],
  discountCodes: [],
  ...changes,
});
const page = <T>(items: readonly T[], nextCursor: string | null = null, unreadable = 0): Answer<Page<T>> => ({
  ok: true,
  value: { items, nextCursor, unreadable },
});
const fault = (what: ShopFault): Answer<never> => ({ ok: false, fault: what });
const silent: ShopFault = { kind: 'unavailable', cause: 'timeout', retryAfterMs: null };

interface Given {
  readonly record?: Partial<RecoveryRecord>;
  /** Answered in this order, the last one for ever. */
  readonly checkouts?: readonly Answer<Page<FoundCheckout>>[];
  readonly orders?: readonly Answer<Page<ShopOrder>>[];
  readonly owner?: string;
  /** The first pass of an installation: it has no gap yet. */
  readonly first?: boolean;
}

function pass({
  record,
  checkouts = [page([])],
  orders = [page([])],
  owner = 'this-process',
  first = true,
}: Given = {}) {
  const world = aWorld(record ? { record } : {});
  const admin = fakeAdmin();
  const on = { asked: () => {} };
  const script = <T>(answers: readonly T[], question: 'checkoutsSince' | 'ordersSince') => {
    let n = 0;
    return async (since: number, cursor: string | null) => {
      admin.asked.push([question, since, cursor]);
      on.asked();
      return answers[Math.min(n++, answers.length - 1)] as T;
    };
  };
  const marks = fakeMarks();
  if (!first)
    for (const of of ['checkouts', 'orders'] as const) marks.marks.set(of, { readUpTo: NOW - LOOK_BACK, under: null });
  const closing = new AbortController();
  const pauses: number[] = [];
  const run = backfill({
    admin: {
      ...admin,
      checkoutsSince: script(checkouts, 'checkoutsSince'),
      ordersSince: script(orders, 'ordersSince'),
    },
    marks,
    store: world.store,
    shop: SHOP,
    firstLookBackMs: LOOK_BACK,
    receiveCheckout: world.receive,
    recordOrder: world.order,
    stop: world.stopById,
    clock: world.clock,
    journal: world.journal,
    owner,
    closing: closing.signal,
    pause: async (ms) => void pauses.push(ms),
  });
  const asked = (question: string) => admin.asked.filter(([what]) => what === question).map(([, ...said]) => said);
  return { ...world, run, marks, closing, pauses, asked, admin, on };
}

const reported = async (running: Promise<BackfillReport | null>): Promise<BackfillReport> => {
  const report = await running;
  if (report === null) throw new Error('somebody else was at it');
  return report;
};

describe('a checkout that no webhook told of', () => {
  it('is taken in under the name that the list gives it, and an operator is told of the gap', async () => {
    const world = pass({ checkouts: [page([left()])], first: false });
    expect((await reported(world.run())).checkouts).toEqual({ ...nothing, seen: 1, missed: 1 });
    expect(world.store.record(FOUND_ID)).toMatchObject({
      state: 'scheduled',
      dueAt: NOW,
      checkoutToken: foundTokenOf(CHECKOUT_ID),
      checkoutId: CHECKOUT_ID,
    });
    expect(world.alarms.pending.size).toBe(1);
    expect(world.journal.lines).toContainEqual(['alarm', { name: 'backfill_gap', what: 'checkouts', missed: 1 }]);
    expect(world.journal.lines).toContainEqual([
      'backfilled',
      { what: 'checkouts', seen: 1, missed: 1, unreadable: 0, tookMs: 0 },
    ]);
  });

  it('is taken in under its own token where its link has one', async () => {
    const world = pass({ checkouts: [page([left({ token: TOKEN })])] });
    await world.run();
    expect(world.asha()).toMatchObject({ state: 'scheduled', checkoutToken: TOKEN });
  });

  it.each([
    ['a moment ago', NOW - GRACE + 1, 0],
    ['long enough ago', NOW - GRACE, 1],
    ['nobody knows when', null, 1],
  ])('and changed %s is left to its webhook, or not', async (_what, updatedAt, missed) => {
    const world = pass({ checkouts: [page([left({ updatedAt })])] });
    expect((await reported(world.run())).checkouts).toMatchObject({ seen: 1, missed });
    expect(await world.store.load(FOUND_ID)).toEqual(missed ? expect.anything() : null);
  });

  it('is decided on as any other: too old to be called, or bought', async () => {
    const world = pass({
      checkouts: [page([left({ updatedAt: NOW - 2 * DAY }), left({ id: '7', completedAt: NOW - HOUR })])],
    });
    expect((await reported(world.run())).checkouts.missed).toBe(2);
    expect(world.store.record(FOUND_ID)).toMatchObject({ state: 'skipped', reason: 'too_old' });
    expect(world.store.record(recoveryIdOf(SHOP, foundTokenOf('7')))).toMatchObject({
      state: 'cancelled',
      reason: 'ordered',
      orderedAt: NOW - HOUR,
    });
  });

  it('and has no name at all is nothing that anybody could find again', async () => {
    const world = pass({ checkouts: [page([left({ id: null })])] });
    expect((await reported(world.run())).checkouts).toMatchObject({ seen: 1, missed: 0 });
  });
});

describe('a checkout that is known', () => {
  const byCart = { cartToken: aCheckout().cartToken };

  async function known(record: Partial<RecoveryRecord>, found: Partial<Checkout>) {
    const world = pass({ record, checkouts: [page([left(found)])] });
    const lookups = [
      { kind: 'checkout', value: CHECKOUT_ID },
      { kind: 'cart', value: byCart.cartToken ?? '' },
    ] as const;
    await world.store.commit({ record: world.asha(), patch: {}, at: NOW - HOUR, lookups });
    return { ...world, before: world.asha() };
  }

  it.each<[string, Partial<Checkout>]>([
    ['id', {}],
    ['token', { token: TOKEN, id: null }],
    ['cart', { ...byCart, id: null }],
  ])('by its %s is no news', async (_what, found) => {
    const world = await known({}, found);
    expect((await reported(world.run())).checkouts).toEqual({ ...nothing, seen: 1 });
    expect(world.asha()).toEqual(world.before);
    expect(await world.store.load(FOUND_ID)).toBeNull();
    expect(world.journal.alarms()).toEqual([]);
  });

  it.each<[string, Partial<Checkout>]>([
    ['id', {}],
    ['token', { token: TOKEN, id: null }],
    ['cart', { ...byCart, id: null }],
  ])('by its %s, and was bought meanwhile, is stopped', async (_what, found) => {
    const world = await known({}, { ...found, completedAt: NOW - MINUTE });
    expect((await reported(world.run())).checkouts).toMatchObject({ seen: 1, missed: 1 });
    expect(world.asha()).toMatchObject({
      state: 'cancelled',
      reason: 'ordered',
      orderedAt: NOW - MINUTE,
      orderMatch: 'checkout',
    });
  });

  it('and that it was bought is known, too, is no news', async () => {
    const world = await known({ state: 'cancelled', orderedAt: NOW - HOUR }, { completedAt: NOW - MINUTE });
    expect((await reported(world.run())).checkouts.missed).toBe(0);
    expect(world.asha()).toEqual(world.before);
  });

  const mended = { updatedAt: NOW - 5 * MINUTE };
  const waiting = { state: 'waiting', reason: 'no_phone', phone: null, payload: null, dueAt: null } as const;

  it('and lacked something that the list has by now can be called', async () => {
    const world = await known(waiting, mended);
    expect((await reported(world.run())).checkouts.missed).toBe(1);
    expect(world.asha()).toMatchObject({ state: 'scheduled', phone: '+919090909090', checkoutToken: TOKEN });
    expect(world.alarms.pending.size).toBe(1);
  });

  it.each<[string, Partial<Checkout>]>([
    ['that the list lacks, too', { ...mended, phone: null }],
    ['and did not change since', { updatedAt: NOW - 30 * MINUTE }],
    ['and changed a moment ago', { updatedAt: NOW - GRACE + 1 }],
  ])('and lacks something %s goes on waiting', async (_what, found) => {
    const world = await known(waiting, found);
    expect((await reported(world.run())).checkouts.missed).toBe(0);
    expect(world.asha().state).toBe('waiting');
  });

  it.each(RECOVERY_STATES.filter((state) => state !== 'waiting'))(
    'and is %s is left to its webhooks, which say more',
    async (state) => {
      const world = await known({ state }, { updatedAt: NOW - 5 * MINUTE });
      expect((await reported(world.run())).checkouts.missed).toBe(0);
      expect(world.asha()).toEqual(world.before);
    },
  );
});

describe('the first pass of an installation', () => {
  it('takes in what was there before it, which is no gap', async () => {
    const world = pass({ checkouts: [page([left()])] });
    expect((await reported(world.run())).checkouts).toMatchObject({ missed: 1 });
    expect(world.journal.alarms()).toEqual([]);
  });
});

describe('an order', () => {
  it('that no webhook told of stops what it must, and an operator is told of the gap', async () => {
    const world = pass({ record: {}, orders: [page([anOrder()])], first: false });
    expect((await reported(world.run())).orders).toEqual({ ...nothing, seen: 1, missed: 1 });
    expect(world.asha()).toMatchObject({ state: 'cancelled', orderName: '#1001' });
    expect(world.journal.lines).toContainEqual(['alarm', { name: 'backfill_gap', what: 'orders', missed: 1 }]);
  });

  it.each<[string, Partial<ShopOrder>, Partial<RecoveryRecord>]>([
    ['was told of', {}, { state: 'cancelled', orderedAt: NOW - HOUR, orderMatch: 'checkout', orderTotal: '1955.00' }],
    ['is so young that its webhook is on the way', { createdAt: NOW - GRACE + 1 }, {}],
    ['came from no checkout', { checkoutToken: null }, {}],
    ['is older than what is read: it was shipped, not placed', { createdAt: NOW - LOOK_BACK - OVERLAP - 1 }, {}],
    ['was placed nobody knows when', { createdAt: null }, {}],
  ])('that %s is no gap', async (_what, order, record) => {
    const world = pass({ record, orders: [page([anOrder(order)])] });
    expect((await reported(world.run())).orders).toMatchObject({ seen: 1, missed: 0 });
    expect(world.journal.alarms()).toEqual([]);
  });

  it.each([
    ['just long enough ago', NOW - GRACE],
    ['as long ago as is read', NOW - LOOK_BACK - OVERLAP],
  ])('that was placed %s is one', async (_what, createdAt) => {
    const world = pass({ record: {}, orders: [page([anOrder({ createdAt })])] });
    expect((await reported(world.run())).orders.missed).toBe(1);
  });

  it('is obeyed although it is no gap', async () => {
    const world = pass({ record: {}, orders: [page([anOrder({ createdAt: NOW })])] });
    await world.run();
    expect(world.asha().state).toBe('cancelled');
  });

  it('is read before the checkouts, which need not be taken in only to be stopped', async () => {
    const world = pass({
      orders: [page([anOrder({ checkoutToken: null, checkoutId: CHECKOUT_ID })])],
      checkouts: [page([left()])],
    });
    await world.run();
    expect(world.admin.asked.map(([question]) => question)).toEqual(['ordersSince', 'checkoutsSince']);
    expect(world.store.record(FOUND_ID)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
    expect(world.alarms.pending.size).toBe(0);
  });
});

describe('a pass', () => {
  it('looks back, the first time, as far as a checkout is fresh', async () => {
    const world = pass();
    await world.run();
    expect(world.asked('checkoutsSince')).toEqual([[NOW - LOOK_BACK - OVERLAP, null]]);
    expect(world.asked('ordersSince')).toEqual([[NOW - LOOK_BACK - OVERLAP, null]]);
  });

  it('begins where the last one did, and a little before: the shop’s list is behind', async () => {
    const world = pass();
    await world.run();
    expect(world.marks.marks.get('checkouts')).toEqual({ readUpTo: NOW, under: null });
    world.clock.at = NOW + HOUR;
    await world.run();
    expect(world.asked('checkoutsSince')[1]).toEqual([NOW - OVERLAP, null]);
    expect(world.marks.marks.get('checkouts')).toEqual({ readUpTo: NOW + HOUR, under: null });
  });

  it('reads page after page, and remembers each', async () => {
    const marks: unknown[] = [];
    const world = pass({ checkouts: [page([left()], 'second'), page([left({ id: '7' })], 'third'), page([])] });
    const { save } = world.marks;
    world.marks.save = async (shop, subject, mark) => {
      if (subject === 'checkouts') marks.push(mark);
      // Time goes by; what is read up to is when the pass began.
      world.clock.at += MINUTE;
      await save(shop, subject, mark);
    };
    const said: unknown[] = [];
    const report = await reported(world.run((subject, sofar) => said.push([subject, { ...sofar }])));
    expect(report.checkouts).toMatchObject({ seen: 2, missed: 2, complete: true });
    const since = NOW + MINUTE - LOOK_BACK - OVERLAP;
    expect(world.asked('checkoutsSince')).toEqual([
      [since, null],
      [since, 'second'],
      [since, 'third'],
    ]);
    expect(marks).toEqual([
      { readUpTo: null, under: { since, startedAt: NOW + MINUTE, cursor: 'second' } },
      { readUpTo: null, under: { since, startedAt: NOW + MINUTE, cursor: 'third' } },
      { readUpTo: NOW + MINUTE, under: null },
    ]);
    expect(said).toMatchObject([
      ['orders', { seen: 0 }],
      ['checkouts', { seen: 1, missed: 1 }],
      ['checkouts', { seen: 2, missed: 2 }],
      ['checkouts', { seen: 2, missed: 2 }],
    ]);
  });

  it('that was broken off goes on at its page, from its own beginning', async () => {
    const world = pass();
    const under = { since: NOW - 3 * HOUR, startedAt: NOW - HOUR, cursor: 'the-second-page' };
    world.marks.marks.set('checkouts', { readUpTo: NOW - 2 * HOUR, under });
    await world.run();
    expect(world.asked('checkoutsSince')).toEqual([[NOW - 3 * HOUR, 'the-second-page']]);
    expect(world.marks.marks.get('checkouts')).toEqual({ readUpTo: NOW - HOUR, under: null });
  });

  it('counts what cannot be read, and tells an operator', async () => {
    const world = pass({ checkouts: [page([], 'second', 2), page([], null, 1)] });
    expect((await reported(world.run())).checkouts).toEqual({ ...nothing, unreadable: 3 });
    expect(world.journal.lines).toContainEqual([
      'alarm',
      { name: 'backfill_unreadable', what: 'checkouts', unreadable: 3 },
    ]);
  });

  it('that finds nothing amiss says so and raises nothing', async () => {
    const world = pass();
    expect(await world.run()).toEqual({ checkouts: nothing, orders: nothing });
    expect(world.journal.alarms()).toEqual([]);
    expect(world.journal.lines.map(([method]) => method)).toEqual(['backfilled', 'backfilled']);
  });
});

describe('a shop that does not answer', () => {
  it('is asked again after a while that grows, and the pass goes on', async () => {
    const answers = [fault(silent), fault(silent), page([left()])];
    const world = pass({ checkouts: answers });
    expect((await reported(world.run())).checkouts).toMatchObject({ seen: 1, complete: true });
    expect(world.pauses).toEqual([2 * SECOND, 4 * SECOND]);
    expect(new Set(world.asked('checkoutsSince').map((said) => JSON.stringify(said))).size).toBe(1);
  });

  it.each([
    [3 * SECOND, 3 * SECOND],
    [HOUR, 30 * SECOND],
  ])('and wants %d ms of patience gets %d', async (retryAfterMs, waits) => {
    const throttled = fault({ ...silent, cause: 'throttled', retryAfterMs });
    const world = pass({ checkouts: [throttled, page([])] });
    await world.run();
    expect(world.pauses).toEqual([waits]);
  });

  it('is left alone after five tries: the pass is broken off and remembered', async () => {
    const world = pass({ checkouts: [page([left()], 'second'), fault(silent)] });
    const { orders, checkouts } = await reported(world.run());
    expect(orders).toEqual(nothing);
    expect(checkouts).toMatchObject({ seen: 1, complete: false });
    expect(world.asked('checkoutsSince')).toHaveLength(1 + 5);
    expect(world.pauses).toHaveLength(4);
    expect(world.marks.marks.get('checkouts')?.under).toMatchObject({ cursor: 'second' });
    expect(world.journal.lines).toContainEqual([
      'alarm',
      { name: 'backfill_broken_off', what: 'checkouts', kind: 'unavailable' },
    ]);
  });

  it('for the orders is still asked for the checkouts', async () => {
    const world = pass({ orders: [fault(silent)], checkouts: [page([left()])] });
    const { orders, checkouts } = await reported(world.run());
    expect([orders.complete, checkouts.complete]).toEqual([false, true]);
    expect(world.marks.marks.has('orders')).toBe(false);
  });

  it('because it denies is not asked again, and the place is kept', async () => {
    const world = pass({ checkouts: [page([], 'second'), fault({ kind: 'denied', cause: 'no_scope' })] });
    expect((await reported(world.run())).checkouts.complete).toBe(false);
    expect(world.pauses).toEqual([]);
    expect(world.marks.marks.get('checkouts')?.under?.cursor).toBe('second');
  });

  it('because it knows the page no more is read anew from the beginning next time', async () => {
    const world = pass({ checkouts: [fault({ kind: 'refused', message: 'invalid cursor' }), page([])] });
    const under = { since: 1, startedAt: NOW - HOUR, cursor: 'expired' };
    world.marks.marks.set('checkouts', { readUpTo: NOW - 2 * HOUR, under });
    await world.run();
    expect(world.marks.marks.get('checkouts')).toEqual({ readUpTo: NOW - 2 * HOUR, under: null });
    await world.run();
    expect(world.asked('checkoutsSince')).toEqual([
      [1, 'expired'],
      [NOW - 2 * HOUR - OVERLAP, null],
    ]);
  });
});

describe('whose turn it is', () => {
  it('is told by a lock: two do not read at once', async () => {
    const world = pass();
    world.marks.owner = 'another-process';
    expect(await world.run()).toBeNull();
    expect(world.admin.asked).toEqual([]);
    expect(world.marks.owner).toBe('another-process');
  });

  it('holds within one process, too', async () => {
    const world = pass();
    const both = await Promise.all([world.run(), world.run()]);
    expect(both.filter((report) => report === null)).toHaveLength(1);
  });

  it('is given back at the end, also when something fails', async () => {
    const world = pass({ checkouts: [page([left()])] });
    await world.run();
    expect(world.marks.owner).toBeNull();
    world.marks.load = async () => {
      throw new Error('connection lost');
    };
    await expect(world.run()).rejects.toThrow('connection lost');
    expect(world.marks.owner).toBeNull();
  });

  it('is over when somebody took it away: that one reads on', async () => {
    const world = pass({ checkouts: [page([], 'second'), page([left()])] });
    const { save } = world.marks;
    world.marks.save = async (shop, subject, mark) => {
      await save(shop, subject, mark);
      if (subject === 'checkouts') world.marks.owner = 'another-process';
    };
    expect((await reported(world.run())).checkouts).toMatchObject({ seen: 0, complete: false });
    expect(world.marks.owner).toBe('another-process');
  });
});

describe('a process that must end', () => {
  it('finishes its page and leaves the rest to the next pass', async () => {
    const world = pass({ checkouts: [page([left()], 'second'), page([left({ id: '7' })])], first: false });
    const { save } = world.marks;
    world.marks.save = async (shop, subject, mark) => {
      await save(shop, subject, mark);
      if (subject === 'checkouts') world.closing.abort();
    };
    expect((await reported(world.run())).checkouts).toMatchObject({ seen: 1, complete: false });
    expect(world.asked('checkoutsSince')).toHaveLength(1);
    expect(world.marks.marks.get('checkouts')?.under).toMatchObject({ cursor: 'second' });
    expect(world.marks.owner).toBeNull();
    expect(world.journal.alarms()).toEqual(['backfill_gap']);
  });

  it('does not go on asking a shop that is silent', async () => {
    const world = pass({ orders: [fault(silent)] });
    world.on.asked = () => world.closing.abort();
    const report = await reported(world.run());
    expect(report.orders.complete).toBe(false);
    expect(world.admin.asked).toHaveLength(1);
    expect(world.journal.alarms()).toEqual([]);
  });
});
