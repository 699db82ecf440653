/** The do-not-call list at work: whoever goes on it has everything stopped that is under way to them. */
import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { MINUTE } from '../../../src/domain/duration.ts';
import type { RecoveryRecord, RecoveryState } from '../../../src/domain/recovery.ts';
import type { Suppressions } from '../../../src/domain/suppression.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { doNotCall } from '../../../src/recovery/suppress.ts';
import { CALL_ID } from '../../support/a-call-event.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const { phone, payload } = aRecord();
const ASHA = [phone ?? '', payload?.customer.email?.toLowerCase() ?? ''];
const OTHER = `${SHOP.split('.')[0]}.00000000000000000000000000`;

const theAccount = { ...aCheckout().customer, email: 'asha.rao@mail.example' } as Checkout['customer'];

/** Asha's recovery and another of hers, both found by both contacts. */
async function worldWith(first: Partial<RecoveryRecord>, second: Partial<RecoveryRecord> | null = null) {
  const world = aWorld({ record: first });
  if (second) world.store.put(aRecord({ ...second, id: OTHER }));
  for (const id of second ? [ID, OTHER] : [ID]) {
    const lookups = ASHA.map((value) => ({ kind: 'contact', value }) as const);
    await world.store.commit({ record: world.store.record(id), patch: {}, at: NOW, lookups });
  }
  return world;
}

const called = { state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: CALL_ID, calledAt: NOW - 1_000 } as const;

describe('a person who must not be called any more', () => {
  it('is put on the list with every contact, once', async () => {
    const world = await worldWith({});
    expect(await world.doNotCall.suppress([...ASHA, ASHA[0] ?? ''], 'operator', 'asked_by_mail')).toMatchObject({
      added: 2,
    });
    for (const contact of ASHA) {
      expect(world.suppressions.listed(contact)).toMatchObject({
        source: 'operator',
        reason: 'asked_by_mail',
        at: NOW,
      });
    }
    expect(await world.doNotCall.suppress(ASHA, 'call', null)).toEqual({ added: 0, stopped: 0 });
    expect(world.suppressions.listed(ASHA[0] ?? '')?.source).toBe('operator');
  });

  it.each<RecoveryState>(['waiting', 'scheduled'])('has what is %s cancelled, and is told by whom', async (state) => {
    const world = await worldWith({ state, alarm: 1, alarmAt: NOW });
    expect(await world.doNotCall.suppress([ASHA[0] ?? ''], 'operator', null)).toEqual({ added: 1, stopped: 1 });
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'opted_out', dueAt: null });
    expect(world.store.timeline(ID).at(-1)).toMatchObject({ event: 'opted_out', detail: 'by operator' });
  });

  it.each(['frequency_cap', 'invalid_phone', 'no_consent', 'holdout'])(
    'leaves what is skipped (%s) with its reason, and no later webhook opens it',
    async (reason) => {
      const world = await worldWith({ state: 'skipped', reason });
      expect(await world.doNotCall.suppress([ASHA[0] ?? ''], 'operator', null)).toEqual({ added: 1, stopped: 0 });
      expect(world.asha()).toMatchObject({ state: 'skipped', reason });
      await world.receive(aCheckout({ updatedAt: NOW }));
      expect(world.asha().state).toBe('skipped');
    },
  );

  it.each<RecoveryState>(['dialing', 'unknown', 'called'])('has the call aborted that is %s', async (state) => {
    const world = await worldWith({ ...called, state });
    expect((await world.doNotCall.suppress([ASHA[1] ?? ''], 'operator', null)).stopped).toBe(1);
    expect(world.asha()).toMatchObject({
      state,
      stopReason: 'opted_out',
      errands: { abort: { state: 'open', dueAt: NOW } },
    });
  });

  it.each<RecoveryState>(['ended', 'cancelled', 'rejected', 'skipped'])(
    'has what is %s left as it is',
    async (state) => {
      const world = await worldWith({ ...called, state });
      const before = world.asha();
      expect(await world.doNotCall.suppress(ASHA, 'operator', null)).toEqual({ added: 2, stopped: 0 });
      expect(world.asha()).toEqual(before);
    },
  );

  it('has all recoveries stopped, each once, and one line in the journal', async () => {
    const world = await worldWith({}, called);
    expect(await world.doNotCall.suppress(ASHA, 'operator', null)).toEqual({ added: 2, stopped: 2 });
    expect(world.asha().state).toBe('cancelled');
    expect(world.store.record(OTHER).stopReason).toBe('opted_out');
    const lines = world.journal.lines.filter(([method]) => method === 'suppression');
    expect(lines).toEqual([
      ['suppression', { change: 'added', source: 'operator', reason: null, contacts: 2, stopped: 2 }],
    ]);
    await world.doNotCall.suppress(ASHA, 'operator', null);
    expect(world.journal.lines.filter(([method]) => method === 'suppression')).toHaveLength(1);
  });

  it.each<[string, Partial<Checkout>]>([
    ['typed with blanks and capitals', { email: ' Asha.Rao@Mail.Example ' }],
    ['the account’s, because the one typed is none', { email: 'asha at mail', customer: theAccount }],
  ])('is found by the address that the vendor is told, also %s', async (_what, checkout) => {
    const world = aWorld();
    await world.receive(aCheckout({ ...checkout, updatedAt: NOW }));
    expect(world.asha().state).toBe('scheduled');
    expect((await world.doNotCall.suppress(['asha.rao@mail.example'], 'operator', null)).stopped).toBe(1);
  });

  it('is on the list before anything is stopped, and what an outage broke off is done at the next asking', async () => {
    const world = await worldWith({});
    world.store.before('commit', () => {
      expect(world.suppressions.listed(ASHA[0] ?? '')).not.toBeNull();
      throw new StoreUnavailableError('away');
    });
    await expect(world.doNotCall.suppress(ASHA, 'call', null)).rejects.toThrow(StoreUnavailableError);
    expect(world.asha().state).toBe('scheduled');
    expect(await world.doNotCall.suppress(ASHA, 'call', null)).toEqual({ added: 0, stopped: 1 });
    expect(world.asha().state).toBe('cancelled');
  });

  it('is not kept on the phone by a record that cannot be read', async () => {
    const world = await worldWith({}, called);
    world.store.before('load', () => {
      throw new SyntaxError('Unexpected token in "Asha"');
    });
    expect((await world.doNotCall.suppress(ASHA, 'operator', null)).stopped).toBe(1);
    expect(world.journal.alarms()).toEqual(['record_unreadable']);
    expect(world.store.record(OTHER).stopReason).toBe('opted_out');
  });

  it('is known under an id from before there was a data key: listed once, stopped all the same, and taken off', async () => {
    const world = await worldWith({});
    const { suppressions, store } = world;
    const [phone = ''] = ASHA;
    const former = suppressions.idOf(phone);
    const keyed: Suppressions = {
      ...suppressions,
      idOf: (contact) => `k-${suppressions.idOf(contact)}`,
      idsOf: (contact) => [`k-${suppressions.idOf(contact)}`, suppressions.idOf(contact)],
      recoveriesOf: async (shop, id) => (id.startsWith('k-') ? [] : suppressions.recoveriesOf(shop, id)),
    };
    const list = doNotCall({ ...world, suppressions: keyed, store, shop: SHOP, stop: world.stopById });
    await keyed.add([{ id: former, source: 'import', reason: null, at: NOW }]);
    expect(await list.suppress([phone], 'operator', null)).toEqual({ added: 0, stopped: 1 });
    expect(await keyed.count()).toBe(1);
    expect(await list.liftContact(phone, 'operator')).toBe(true);
    expect(await list.liftContact(phone, 'operator')).toBe(false);
    expect(await keyed.count()).toBe(0);
  });

  it('is met however their Argentine mobile is typed: with the 9 of calls from abroad or without', async () => {
    const world = aWorld();
    const fifteenInBuenosAires = Date.parse('2026-11-03T18:00Z');
    world.clock.at = fifteenInBuenosAires;
    await world.doNotCall.suppress(['+5491168217035'], 'call', null);
    const argentina = {
      country: 'Argentina',
      countryCode: 'AR',
      province: 'Buenos Aires',
      provinceCode: 'B',
      zip: 'B1602',
    };
    const address = anAddress({ ...argentina, phone: '11 6821-7035' });
    const left = {
      phone: null,
      email: 'vera@mail.example',
      shippingAddress: address,
      updatedAt: world.clock.at - 30 * MINUTE,
    };
    await world.receive(aCheckout(left));
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'suppressed' });
  });

  it('may be called again when an operator says so; what was stopped stays so', async () => {
    const world = await worldWith({});
    await world.doNotCall.suppress(ASHA, 'operator', null);
    const id = world.suppressions.idOf(ASHA[0] ?? '');
    expect(await world.doNotCall.lift(id, 'operator')).toBe(true);
    expect(world.suppressions.listed(ASHA[0] ?? '')).toBeNull();
    expect(world.suppressions.listed(ASHA[1] ?? '')).not.toBeNull();
    expect(await world.doNotCall.lift(id, 'operator')).toBe(false);
    expect(world.asha().state).toBe('cancelled');
    expect(world.journal.lines.filter(([method]) => method === 'suppression')).toHaveLength(2);
  });
});
