/** Whom an order stops: the checkout it came from by whatever it names, and what else the same person had left open. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { RECOVERY_STATES, type RecoveryRecord } from '../../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import type { ShopOrder } from '../../../src/domain/shop-admin.ts';
import { aCheckout } from '../../support/a-checkout.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';

const NOW = ELEVEN_IN_BENGALURU;
const OTHER = recoveryIdOf(SHOP, 'other-token');

/** Of nobody, for nothing. */
const anOrder = (changes: Partial<ShopOrder> = {}): ShopOrder => ({
  id: null,
  name: '#1001',
  checkoutToken: null,
  cartToken: null,
  checkoutId: null,
  createdAt: NOW,
  total: '1955.00',
  currency: 'INR',
  emails: [],
  phones: [],
  discountCodes: [],
  ...changes,
});
const byPhone = { phones: [{ number: '090909 09090', country: 'IN' }] };
const byEmail = { emails: ['Asha.Rao@mail.example'] };

/** A shop where Asha left one cart, and perhaps another. */
async function shop(record: Partial<RecoveryRecord> | null = {}, other: Partial<RecoveryRecord> | null = null) {
  const world = aWorld();
  const left = async (one: RecoveryRecord) => {
    world.store.put(one);
    const lookups = [
      { kind: 'cart', value: one.cartToken ?? 'none' },
      { kind: 'checkout', value: one.checkoutId ?? 'none' },
      { kind: 'contact', value: '+919090909090' },
      { kind: 'contact', value: 'asha.rao@mail.example' },
    ] as const;
    await world.store.commit({ record: one, patch: {}, at: one.changedAt, lookups });
  };
  if (record) await left(aRecord(record));
  if (other) {
    const ids = { id: OTHER, checkoutToken: 'other-token', cartToken: 'other-cart', checkoutId: '44' };
    await left(aRecord({ ...ids, ...other }));
  }
  return { ...world, other: () => world.store.record(OTHER) };
}

describe('an order', () => {
  const { cartToken, checkoutId } = aRecord();

  it.each<[string, Partial<ShopOrder>]>([
    ['its token', { checkoutToken: TOKEN }],
    ['its cart', { cartToken }],
    ['its id', { checkoutId }],
    ['all of them', { checkoutToken: TOKEN, cartToken, checkoutId }],
  ])('stops the checkout that it came from, by %s', async (_what, names) => {
    const world = await shop();
    expect(await world.order(anOrder(names))).toBe(1);
    expect(world.asha()).toMatchObject({
      state: 'cancelled',
      reason: 'ordered',
      orderedAt: NOW,
      orderName: '#1001',
      orderTotal: '1955.00',
      orderCurrency: 'INR',
      orderMatch: 'checkout',
    });
  });

  it.each<[string, Partial<ShopOrder>]>([
    ['number', byPhone],
    ['address', byEmail],
    ['number and address', { ...byPhone, ...byEmail }],
  ])('stops what the same person left by another way, by the %s', async (_what, names) => {
    const world = await shop();
    expect(await world.order(anOrder(names))).toBe(1);
    expect(world.asha()).toMatchObject({ state: 'cancelled', orderMatch: 'person', orderName: '#1001' });
  });

  it('of this checkout says so also where the person is the same', async () => {
    const world = await shop({}, {});
    expect(await world.order(anOrder({ checkoutToken: TOKEN, ...byPhone, ...byEmail }))).toBe(2);
    expect([world.asha().orderMatch, world.other().orderMatch]).toEqual(['checkout', 'person']);
  });

  it.each<[string, Partial<ShopOrder>]>([
    ['by another token', { checkoutToken: 'unheard-of' }],
    ['by another cart', { cartToken: 'unheard-of' }],
    ['by another id', { checkoutId: '1' }],
    ['by another person', { emails: ['dev@mail.example'], phones: [{ number: '+919191919191', country: null }] }],
    ['by a number that is none', { phones: [{ number: '090909 09090', country: null }] }],
    ['by nobody', {}],
  ])('%s leaves it alone', async (_what, names) => {
    const world = await shop();
    await world.order(anOrder(names));
    expect(world.asha().state).toBe('scheduled');
  });

  it('without an instant was placed now', async () => {
    const world = await shop();
    await world.order(anOrder({ checkoutToken: TOKEN, createdAt: null }));
    expect(world.asha().orderedAt).toBe(NOW);
  });
});

describe('an order of the same person', () => {
  const window = 30 * DAY;

  it.each([
    ['left at that moment', NOW, true],
    ['left just after it: a new abandonment', NOW + 1, false],
    ['left as long before it as it may be', NOW - window, true],
    ['left longer ago', NOW - window - 1, false],
  ])('settles what was %s', async (_what, lastActivityAt, settled) => {
    const world = await shop({ lastActivityAt });
    expect(await world.order(anOrder(byPhone))).toBe(settled ? 1 : 0);
    expect(world.asha().state).toBe(settled ? 'cancelled' : 'scheduled');
  });

  it.each([
    ['within the window', NOW - window, true],
    ['longer ago', NOW - window - 1, false],
  ])('goes by when the record began where nothing was ever left: %s', async (_what, createdAt, settled) => {
    const world = await shop({ lastActivityAt: null, createdAt });
    await world.order(anOrder(byPhone));
    expect(world.asha().state).toBe(settled ? 'cancelled' : 'scheduled');
  });

  it('has the call aborted that is out already', async () => {
    const world = await shop({ state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: 'ca11', calledAt: NOW });
    await world.order(anOrder(byEmail));
    expect(world.asha()).toMatchObject({ stopReason: 'ordered', errands: { abort: anErrand({ dueAt: NOW }) } });
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual(['ca11']);
  });

  it.each(RECOVERY_STATES)('is known of a recovery that is %s', async (state) => {
    const world = await shop({ state, armAt: NOW - HOUR, arm: 'call' });
    await world.order(anOrder(byPhone));
    expect(world.asha()).toMatchObject({ orderMatch: 'person', attributed: true });
  });

  it('keeps a checkout from being called whose webhook is still to come', async () => {
    const world = await shop(null);
    expect(await world.order(anOrder(byPhone))).toBe(0);
    world.clock.at = NOW + 1;
    // Left before the order; the webhook was slow.
    await world.receive(aCheckout({ updatedAt: NOW - HOUR }));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'ordered_since', phone: null });
    expect(world.alarms.pending.size).toBe(0);
  });

  it('that nobody told the recovery of is met at its ring', async () => {
    const world = await shop(null);
    await world.receive(aCheckout({ updatedAt: NOW - HOUR }));
    await world.people.note(SHOP, ['+919090909090'], 'order', '#1001', NOW - MINUTE);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled: ordered' });
    expect(world.asha()).toMatchObject({ orderMatch: 'person', orderedAt: NOW - MINUTE });
    expect(world.voice.calls).toEqual([]);
  });

  it('without a name leaves no token in the place of one', async () => {
    const world = await shop({ state: 'scheduled' });
    await world.order(anOrder({ ...byPhone, name: null, checkoutToken: 'a-token-that-opens-a-checkout' }));
    expect(world.asha()).toMatchObject({ state: 'cancelled', orderName: null });
    expect(JSON.stringify([world.store.timeline(ID), world.journal.lines])).not.toContain('a-token-that-opens');
  });
});

describe('an order that comes before its checkout', () => {
  it('is remembered under the token', async () => {
    const world = await shop(null);
    await world.order(anOrder({ checkoutToken: TOKEN }));
    expect(await world.receive(aCheckout())).toMatchObject({ outcome: 'closed', state: 'cancelled' });
  });

  it.each<[string, Partial<ShopOrder>]>([
    ['cart', { cartToken: aCheckout().cartToken }],
    ['id', { checkoutId: aCheckout().id }],
  ])('is remembered under the %s', async (_what, names) => {
    const world = await shop(null);
    await world.order(anOrder(names));
    expect(await world.receive(aCheckout())).toMatchObject({ outcome: 'created', state: 'cancelled' });
    expect(world.alarms.pending.size).toBe(0);
  });
});

describe('an order that comes again', () => {
  it('changes nothing, and says the same', async () => {
    const world = await shop({}, {});
    const order = anOrder({ checkoutToken: TOKEN, cartToken: aRecord().cartToken, ...byPhone });
    const first = await world.order(order);
    const known = [world.asha(), world.other()];
    expect(await world.order(order)).toBe(first);
    expect([world.asha(), world.other()]).toEqual(known);
  });
});
