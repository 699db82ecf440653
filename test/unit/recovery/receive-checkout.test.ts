/** A checkout webhook ends in a decision on the record and, where a call is due, in exactly one alarm. */
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { jitterOf } from '../../../src/domain/recovery-id.ts';
import { CALL_ID } from '../../support/a-call-event.ts';
import { aCheckout, aLineItem } from '../../support/a-checkout.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const DELAY = 30 * MINUTE;
const left = (secondsAgo: number, changes = {}) => aCheckout({ updatedAt: NOW - secondsAgo * 1_000, ...changes });

describe('a checkout', () => {
  it('that can be called about is scheduled, with one alarm for when it is due', async () => {
    const world = aWorld();
    expect(await world.receive(left(60))).toEqual({ recoveryId: ID, outcome: 'created', state: 'scheduled' });
    const dueAt = NOW - MINUTE + DELAY;
    expect(world.asha()).toMatchObject({ state: 'scheduled', dueAt, alarm: 1, alarmAt: dueAt, phone: '+919090909090' });
    expect([...world.alarms.pending]).toEqual([[`${ID}-1`, { at: dueAt, label: `${SHOP} 1955.00 INR` }]]);
    expect(world.store.timeline(ID)).toEqual([
      {
        ...{ at: NOW, event: 'checkout_received', state: 'scheduled' },
        ...{ rule: 'CALL_DELAY@2026-11', detail: 'due 2026-11-03T05:59:00.000Z' },
      },
    ]);
  });

  it('that cannot be called about yet waits, without an alarm and without the person', async () => {
    const world = aWorld();
    await world.receive(left(60, { phone: null }));
    expect(world.asha()).toMatchObject({
      state: 'waiting',
      reason: 'no_phone',
      payload: null,
      phone: null,
      alarm: null,
    });
    expect(world.alarms.pending.size).toBe(0);
  });

  it('that must not be called about is skipped, and a later one re-opens it', async () => {
    const world = aWorld({ policy: { consent: { kind: 'sms_marketing' } } });
    await world.receive(left(60));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'no_consent', payload: null });
    await world.receive(left(30, { smsMarketing: { accepted: true, phone: null } }));
    expect(world.asha()).toMatchObject({ state: 'scheduled', reason: null });
    expect([...world.alarms.pending.keys()]).toEqual([`${ID}-1`]);
  });

  it('that is not called says why and by which rule in its timeline', async () => {
    const world = aWorld({ policy: { minValue: '2000' } });
    await world.receive(left(60));
    expect(world.store.timeline(ID)).toEqual([
      {
        at: NOW,
        event: 'checkout_received',
        state: 'skipped',
        reason: 'below_minimum',
        rule: 'CALL_MIN_VALUE, CALL_MAX_VALUE@2026-11',
        detail: '1955.00 INR, at least 2000',
      },
    ]);
  });

  it('of a person who bought since they left it is skipped, and called when they come back to it', async () => {
    const world = aWorld();
    await world.people.note(SHOP, ['asha.rao@mail.example'], 'order', '#1001', NOW - 30_000);
    await world.receive(left(60));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'ordered_since' });
    await world.receive(left(10));
    expect(world.asha()).toMatchObject({ state: 'scheduled', reason: null });
  });

  it('that follows six others of the person within minutes is taken for a script’s', async () => {
    const world = aWorld();
    for (let n = 1; n <= 6; n++) await world.receive(left(60, { token: `many-${n}`, id: null, cartToken: null }));
    await world.receive(left(60));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'bot_like' });
  });

  it('is found again by its cart, its id, its contacts and the customer’s id', async () => {
    const world = aWorld();
    await world.receive(left(60));
    const { cartToken, id, customer } = aCheckout();
    for (const lookup of [
      { kind: 'cart', value: cartToken ?? '' },
      { kind: 'checkout', value: id ?? '' },
      { kind: 'contact', value: '+919090909090' },
      { kind: 'contact', value: 'asha.rao@mail.example' },
      { kind: 'customer', value: customer?.id ?? '' },
    ] as const) {
      expect([lookup.kind, await world.store.find(SHOP, lookup)]).toEqual([lookup.kind, [ID]]);
    }
  });

  it('of a shop that is gone leaves no trace, and sets no alarm', async () => {
    const world = aWorld();
    world.store.shut('uninstalled');
    expect(await world.receive(left(60))).toEqual({ recoveryId: ID, outcome: 'shut', state: 'skipped' });
    expect(await world.store.load(ID)).toBeNull();
    expect(world.alarms.pending.size).toBe(0);
    expect(world.journal.lines).toEqual([
      ['decided', expect.objectContaining({ outcome: 'shut', state: 'skipped', reason: 'uninstalled' })],
    ]);
  });

  it('that changes often keeps its first alarm: only the record moves', async () => {
    const world = aWorld();
    for (const secondsAgo of [600, 400, 200, 0]) await world.receive(left(secondsAgo));
    expect(world.asha().dueAt).toBe(NOW + DELAY);
    expect([...world.alarms.pending]).toEqual([[`${ID}-1`, expect.objectContaining({ at: NOW - 600_000 + DELAY })]]);
  });

  it('that is due earlier than its alarm gets a new one, and the old one goes', async () => {
    const world = aWorld();
    const elsewhere = left(600, {
      shippingAddress: { ...aCheckout().shippingAddress, countryCode: 'AT', zip: '1010' },
    });
    await world.receive(elsewhere);
    // Ten in Vienna, and the recovery's own share of the quarter of an hour that follows.
    const nine = Date.UTC(2026, 10, 3, 9) + Math.floor(jitterOf(ID) * 15 * MINUTE);
    expect(world.asha()).toMatchObject({ reason: 'outside_hours', dueAt: nine, alarm: 1 });
    await world.receive(left(300));
    expect(world.asha()).toMatchObject({ reason: null, dueAt: NOW - 300_000 + DELAY, alarm: 2 });
    expect([...world.alarms.pending.keys()]).toEqual([`${ID}-2`]);
  });

  it.each([
    ['twice', left(60), 'duplicate'],
    ['after a later one', left(120), 'stale'],
  ])('that comes %s changes nothing, and its alarm is there', async (_what, again, outcome) => {
    const world = aWorld();
    await world.receive(left(60));
    const before = world.asha();
    expect(await world.receive(again)).toMatchObject({ outcome, state: 'scheduled' });
    expect(world.asha()).toEqual(before);
    expect([...world.alarms.pending.keys()]).toEqual([`${ID}-1`]);
  });

  it('of which a crash left no alarm gets it with the next delivery of the same', async () => {
    const world = aWorld();
    const set = world.alarms.set;
    world.alarms.set = async () => {
      throw new Error('the process died here');
    };
    await expect(world.receive(left(60))).rejects.toThrow('died');
    expect(world.asha()).toMatchObject({ state: 'scheduled', alarm: null });
    world.alarms.set = set;
    expect(await world.receive(left(60))).toMatchObject({ outcome: 'duplicate' });
    expect([...world.alarms.pending.keys()]).toEqual([`${ID}-2`]);
  });

  it('is the same recovery whether it is created or updated, and in whatever order that comes', async () => {
    const [one, other] = [aWorld(), aWorld()];
    const [create, update] = [left(120, { phone: null }), left(60)];
    for (const checkout of [create, update]) await one.receive(checkout);
    for (const checkout of [update, create]) await other.receive(checkout);
    const { revision: _one, createdAt: _a, ...first } = one.asha();
    const { revision: _other, createdAt: _b, ...second } = other.asha();
    expect(second).toEqual(first);
  });

  it.each([
    ['a clock ahead of ours', NOW + HOUR, NOW + DELAY],
    ['no instant at all', null, NOW + DELAY],
  ])('with %s was left now: activity never lies in the future', async (_what, updatedAt, dueAt) => {
    const world = aWorld();
    await world.receive(aCheckout({ updatedAt }));
    expect(world.asha()).toMatchObject({ lastActivityAt: NOW, dueAt });
  });

  it.each([
    ['token of its cart', 'cart', 'cart-hill-coffee-1'],
    ['id', 'checkout', '44001100220033'],
    ['phone number', 'contact', '+919090909090'],
    ['e-mail address in small letters', 'contact', 'asha.rao@mail.example'],
  ] as const)('is found by the %s', async (_what, kind, value) => {
    const world = aWorld();
    await world.receive(left(60, { email: 'Asha.Rao@mail.example' }));
    expect(await world.store.find(SHOP, { kind, value })).toEqual([ID]);
  });

  it('is told to the journal, the timeline and the queue board without the person', async () => {
    const world = aWorld();
    await world.receive(left(60));
    const told = JSON.stringify([world.journal.lines, world.store.timeline(ID), [...world.alarms.pending]]);
    expect(told).not.toMatch(/Asha|Rao|90909|mail\.example|Cubbon|560001|recover\?/);
    expect(told).not.toContain(TOKEN);
    expect(world.journal.lines).toEqual([
      [
        'decided',
        {
          recoveryId: ID,
          shop: SHOP,
          trigger: 'checkout',
          outcome: 'created',
          state: 'scheduled',
          reason: null,
          dueAt: NOW - MINUTE + DELAY,
        },
      ],
    ]);
  });

  it.each([
    ['an amount below', '1955.01', false],
    ['that very amount', '1955.00', true],
    ['that amount written otherwise', '1955', true],
    ['an amount that is greater and sorts before', '500', true],
    ['any amount when none is set', null, false],
  ])('jumps the queue by its value: %s', async (_what, priorityFrom, priority) => {
    const world = aWorld({ policy: { priorityFrom } });
    await world.receive(left(60));
    expect(world.asha().priority).toBe(priority);
  });

  it('whose number for texts is typed without a country code is read as it is when it is dialled', async () => {
    const world = aWorld({ policy: { consent: { kind: 'sms_marketing' } } });
    await world.receive(left(60, { phone: null, smsMarketing: { accepted: true, phone: '90909 09091' } }));
    expect(world.asha()).toMatchObject({ state: 'scheduled', phone: '+919090909091' });
  });

  it('whose tick stands for a number that cannot be called has no consent for another one', async () => {
    const world = aWorld({ policy: { consent: { kind: 'sms_marketing' } } });
    await world.receive(left(60, { smsMarketing: { accepted: true, phone: '+19002345678' } }));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'no_consent', phone: null });
  });
});

describe('a checkout that was bought', () => {
  const bought = left(0, { completedAt: NOW - 5_000 });

  it('is cancelled, and its alarm taken away', async () => {
    const world = aWorld();
    await world.receive(left(60));
    expect(await world.receive(bought)).toEqual({ recoveryId: ID, outcome: 'stopped', state: 'cancelled' });
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'ordered', orderedAt: NOW - 5_000, dueAt: null });
    expect(world.alarms.pending.size).toBe(0);
  });

  it('stays bought when its earlier webhooks come late', async () => {
    const world = aWorld();
    await world.receive(bought);
    expect(await world.receive(left(60))).toMatchObject({ outcome: 'closed', state: 'cancelled' });
    expect(world.alarms.pending.size).toBe(0);
  });
});

describe('a checkout whose call is with the vendor', () => {
  const called = {
    state: 'called',
    attempts: 1,
    attemptId: `${ID}.1`,
    callId: CALL_ID,
    calledAt: NOW - MINUTE,
  } as const;
  const fuller = left(0, { lineItems: [aLineItem(), aLineItem({ title: 'A paper filter', quantity: 2 })] });

  it('and that has another cart by now is told of to the vendor', async () => {
    const world = aWorld({ record: called });
    expect(await world.receive(fuller)).toEqual({ recoveryId: ID, outcome: 'closed', state: 'called' });
    await world.seeTo(ID);
    expect(world.voice.replacements).toEqual([{ callId: CALL_ID, payload: world.asha().payload }]);
    expect(world.asha().payload?.lineItems.map(({ title }) => title)).toContain('A paper filter');
    expect(world.alarms.pending.size).toBe(0);
  });

  it('and whose consent is taken back has it aborted', async () => {
    const world = aWorld({ record: called, policy: { consent: { kind: 'sms_marketing' } } });
    await world.receive(fuller);
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual([CALL_ID]);
    expect(world.asha()).toMatchObject({ state: 'called', stopReason: 'opted_out' });
  });

  it.each(['ended', 'cancelled', 'rejected'] as const)('or was, and is %s, says nothing to anybody', async (state) => {
    const world = aWorld({ record: { ...called, state } });
    const before = world.asha();
    await world.receive(fuller);
    expect(world.asha()).toEqual(before);
  });

  it('is held back while it is being dialled, and told as soon as the call is known', async () => {
    const world = aWorld({ record: { ...called, state: 'dialing', callId: null, dialingAt: NOW } });
    world.voice.meanwhile = () => {
      world.voice.meanwhile = () => {};
      return world.receive(fuller);
    };
    await world.dial(world.asha());
    await world.seeTo(ID);
    expect(world.voice.replacements.map(({ payload }) => payload.lineItems)).toEqual([
      [expect.anything(), { title: 'A paper filter', quantity: 2, variant: expect.anything() }],
    ]);
  });
});
