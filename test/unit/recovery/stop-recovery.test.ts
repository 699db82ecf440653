/** What a purchase, a deletion or an operator does to a recovery in every state it can be in. */
import { describe, expect, it } from 'vitest';
import { OPEN_STATES, RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { CALL_ID, told } from '../../support/a-call-event.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';

const NOW = ELEVEN_IN_BENGALURU;
const asha = { shop: SHOP, token: TOKEN };
const order = { at: NOW - 5_000, name: '#1001', total: '1955.00', currency: 'INR', match: 'checkout' } as const;
const known = {
  orderedAt: NOW - 5_000,
  orderName: '#1001',
  orderTotal: '1955.00',
  orderCurrency: 'INR',
  orderMatch: 'checkout',
};
const LIVE = new Set(['dialing', 'unknown', 'called']);

describe.each(RECOVERY_STATES)('an order for a recovery that is %s', (state) => {
  const before = { state, reason: 'before', alarm: 1, alarmAt: NOW };

  it('stops it, or is noted beside it', async () => {
    const world = aWorld({ record: before });
    await world.alarms.set(ID, 1, NOW, SHOP);
    const after = await world.stop(asha, 'ordered', order);
    const open = OPEN_STATES.has(state);
    expect(after).toBe(open ? 'cancelled' : state);
    expect(world.asha()).toMatchObject({
      state: after,
      reason: open ? 'ordered' : 'before',
      stopReason: LIVE.has(state) ? 'ordered' : null,
      ...known,
    });
    expect(world.asha().errands).toEqual(LIVE.has(state) ? { abort: anErrand({ dueAt: NOW }) } : {});
    expect(world.alarms.pending.size).toBe(after === 'cancelled' ? 0 : 1);
    expect(await world.store.find(SHOP, { kind: 'order', value: '#1001' })).toEqual([ID]);
  });

  it('is no news when it comes again', async () => {
    const world = aWorld({ record: before });
    await world.stop(asha, 'ordered', order);
    const once = world.asha();
    const lines = world.store.timeline(ID).length;
    await world.stop(asha, 'ordered', order);
    expect(world.asha()).toEqual(once);
    expect(world.store.timeline(ID)).toHaveLength(lines);
  });

  it('is not taken back by another stop', async () => {
    const world = aWorld({ record: before });
    await world.stop(asha, 'ordered', order);
    const once = world.asha();
    await world.stop(asha, 'checkout_deleted');
    await world.stop(asha, 'ordered', { ...order, at: NOW, name: '#1002' });
    const { revision: _a, changedAt: _b, ...facts } = world.asha();
    expect(once).toMatchObject(facts);
  });
});

describe('a stop', () => {
  it('of an order that comes before its checkout is remembered for it', async () => {
    const world = aWorld();
    expect(await world.stop(asha, 'ordered', order)).toBe('cancelled');
    expect(world.asha()).toMatchObject({
      shop: SHOP,
      checkoutToken: TOKEN,
      state: 'cancelled',
      reason: 'ordered',
      ...known,
    });
  });

  it('by an operator of what nobody knows leaves nothing behind', async () => {
    const world = aWorld();
    expect(await world.stop(asha, 'operator')).toBe('cancelled');
    expect(await world.store.load(ID)).toBeNull();
    expect(world.journal.lines).toEqual([]);
  });

  it('by a deletion of what nobody knows yet is remembered', async () => {
    const world = aWorld();
    await world.stop(asha, 'checkout_deleted');
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'checkout_deleted' });
  });

  it('that brings an order learns what an earlier one did not say', async () => {
    const world = aWorld({ record: { state: 'scheduled' } });
    await world.stop(asha, 'ordered', { ...order, name: null, total: null, currency: null });
    await world.stop(asha, 'ordered', order);
    expect(world.asha()).toMatchObject({ state: 'cancelled', ...known });
  });

  it('decides again when the dial begins in that moment: then the call is aborted', async () => {
    const world = aWorld({ record: { state: 'scheduled', dueAt: NOW } });
    world.store.before('commit', () => world.ring(ID, 1));
    expect(await world.stop(asha, 'ordered', order)).toBe('called');
    expect(world.asha()).toMatchObject({ state: 'called', stopReason: 'ordered', ...known });
    expect(world.voice.calls).toHaveLength(1);
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual([CALL_ID]);
  });

  it('says in the timeline what it was, without the person', async () => {
    const world = aWorld({ record: { state: 'scheduled' } });
    await world.stop(asha, 'ordered', order);
    expect(world.store.timeline(ID)).toEqual([
      { at: NOW, event: 'ordered', state: 'cancelled', reason: 'ordered', detail: '#1001' },
    ]);
  });

  it('by a cart stops every recovery of that cart, in that shop', async () => {
    const world = aWorld();
    const cart = { kind: 'cart', value: 'cart-1' } as const;
    const ids = ['a', 'b', 'c'].map((token) => recoveryIdOf(SHOP, token));
    for (const id of ids) {
      world.store.put({ ...aWorld({ record: { id, state: 'waiting' } }).store.record(id) });
      const record = world.store.record(id);
      const lookups = id === ids[2] ? [] : [cart];
      await world.store.commit({ record, patch: {}, at: NOW, lookups });
    }
    await world.stopByLookup(SHOP, cart, 'ordered', order);
    expect(ids.map((id) => world.store.record(id).state)).toEqual(['cancelled', 'cancelled', 'waiting']);
  });
});

describe('a stop by the id of a recovery', () => {
  it('is one like any other', async () => {
    const world = aWorld({ record: { alarm: 1, alarmAt: NOW } });
    await world.alarms.set(ID, 1, NOW, SHOP);
    expect(await world.stopById(ID, 'ordered', order)).toBe('cancelled');
    expect(world.asha()).toMatchObject({ state: 'cancelled', ...known });
    expect(world.alarms.pending.size).toBe(0);
    expect(world.journal.lines).toEqual([
      ['decided', { recoveryId: ID, shop: SHOP, trigger: 'stop', state: 'cancelled', reason: 'ordered' }],
    ]);
  });

  it('that nobody knows leaves nothing behind', async () => {
    const world = aWorld();
    expect(await world.stopById(ID, 'ordered', order)).toBeNull();
    expect(await world.store.load(ID)).toBeNull();
    expect(world.journal.lines).toEqual([]);
  });
});

describe('a call that is not wanted any more', () => {
  const placed = { kind: 'placed', callId: CALL_ID, vendorStatus: 'initiate' } as const;
  const dialling = { state: 'dialing', attempts: 1, attemptId: `${ID}.1`, dialingAt: NOW } as const;
  const ours = { recoveryId: ID, pathAttemptId: null };

  it('is aborted as soon as its id is known: the answer comes after the order', async () => {
    const world = aWorld({ record: dialling });
    world.voice.result = placed;
    world.voice.meanwhile = async () => {
      world.voice.meanwhile = () => {};
      await world.stop(asha, 'ordered', order);
      expect(await world.seeTo(ID)).toBe(NOW + 15_000);
      expect(world.voice.aborts).toEqual([]);
    };
    await world.dial(world.asha());
    expect(await world.seeTo(ID)).toBeNull();
    expect(world.voice.aborts).toEqual([CALL_ID]);
    expect(world.asha()).toMatchObject({ state: 'called', callStatus: 'aborted' });
  });

  it('is aborted again between the tries of the vendor', async () => {
    const world = aWorld({ record: { ...dialling, state: 'called', callId: CALL_ID, calledAt: NOW } });
    world.voice.abortResult = { kind: 'not_abortable', message: 'in progress' };
    await world.stop(asha, 'ordered', order);
    await world.seeTo(ID);
    await world.record(told('in-progress'), ours);
    await world.seeTo(ID);
    expect(world.voice.aborts).toHaveLength(1);
    world.voice.abortResult = { kind: 'aborted' };
    await world.record(told('rescheduled'), ours);
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual([CALL_ID, CALL_ID]);
    expect(world.asha()).toMatchObject({ state: 'called', callStatus: 'aborted' });
  });

  it('and was never placed is aborted by nobody', async () => {
    const world = aWorld({ record: dialling });
    world.voice.result = { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null };
    world.voice.meanwhile = () => world.stop(asha, 'ordered', order);
    await world.dial(world.asha());
    expect(await world.seeTo(ID)).toBeNull();
    expect(world.voice.aborts).toEqual([]);
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'ordered' });
  });
});
