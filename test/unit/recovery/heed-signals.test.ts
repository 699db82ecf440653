/** What a shopper says in a call about being called: heard once, kept for all their contacts, and obeyed in the same call. */
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../src/domain/call-event.ts';
import { parseSignal, type Signal, type SignalNames } from '../../../src/domain/call-signals.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { aCallEvent, CALL_ID, told } from '../../support/a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU, TIMES } from '../../support/a-record.ts';
import { aWorld, ID } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const address = { recoveryId: ID, pathAttemptId: null };
const { phone, payload } = aRecord();
const ASHA = [phone ?? '', payload?.customer.email?.toLowerCase() ?? ''];

const named = (...written: string[]): Signal[] => written.map((word) => parseSignal(word) as Signal);
const signals: SignalNames = {
  doNotCall: named('call.skip', 'insights.do_not_call', 'action:do_not_call'),
  refusal: named('insights.not_interested'),
};
const called = {
  ...({ state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: CALL_ID, calledAt: NOW - 1_000 } as const),
};

function calledWorld() {
  return aWorld({ record: called, signals });
}

function analysis(insights: Record<string, unknown>): CallEvent {
  const nothing = { success: null, summary: null, requiredActions: [], outcome: null };
  const data = { analysis: { insights } };
  return aCallEvent({ type: 'end-of-call', analysis: { ...nothing, insights }, outcome: { key: 'end-of-call', data } });
}

const linesOf = (world: ReturnType<typeof aWorld>, method: string) =>
  world.journal.lines.filter(([name]) => name === method).map(([, line]) => line);

describe('a shopper who wants no calls any more', () => {
  it.each<[string, CallEvent, string]>([
    ['an event of the vendor', told('skip'), 'call.skip'],
    ['the analysis', analysis({ do_not_call: true }), 'end-of-call'],
    [
      'an action',
      aCallEvent({ type: 'action', action: { name: 'do_not_call', reason: null, payload: null } }),
      'action',
    ],
    ['an event of a type that is a sentence', told('skip', { type: 'Asha said no' }), 'call_event'],
  ])('is heard in %s, and goes on the list with every contact', async (_what, event, reason) => {
    const world = calledWorld();
    expect(await world.record(event, address)).toBe('applied');
    for (const contact of ASHA) {
      expect(world.suppressions.listed(contact)).toMatchObject({ source: 'call', reason, at: NOW });
    }
    expect(linesOf(world, 'signal')).toEqual([{ recoveryId: ID, shop: aRecord().shop, signal: 'do_not_call' }]);
  });

  it('has the vendor kept from trying again', async () => {
    const world = calledWorld();
    const record = world.asha();
    const lookups = [{ kind: 'contact', value: ASHA[0] ?? '' } as const];
    await world.store.commit({ record, patch: {}, at: NOW, lookups });
    await world.record(told('skip'), address);
    expect(world.asha()).toMatchObject({ stopReason: 'opted_out', errands: { abort: { state: 'open' } } });
  });

  it('is heard once, however often the event comes', async () => {
    const world = calledWorld();
    for (let times = 0; times < 3; times++) await world.record(analysis({ do_not_call: true }), address);
    expect(linesOf(world, 'signal')).toHaveLength(1);
    expect(linesOf(world, 'suppression')).toHaveLength(1);
    const told = world.store.timeline(ID).filter(({ event }) => event === 'signal_do_not_call');
    expect(told).toEqual([{ at: NOW, event: 'signal_do_not_call' }]);
  });

  it('is heard at the second coming of an event that an outage broke off', async () => {
    const world = calledWorld();
    world.store.before('find', () => {
      throw new StoreUnavailableError('away');
    });
    await expect(world.record(analysis({ do_not_call: true }), address)).rejects.toThrow(StoreUnavailableError);
    await world.record(analysis({ do_not_call: true }), address);
    expect(world.suppressions.listed(ASHA[0] ?? '')).not.toBeNull();
  });

  it('is not taken at the word of an event of a recovery that was never dialled', async () => {
    const world = aWorld({ record: { state: 'scheduled' }, signals });
    expect(await world.record(told('skip'), address)).toBe('unmatched');
    expect(world.suppressions.listed(ASHA[0] ?? '')).toBeNull();
  });

  it.each(['do_not_call', 'not_interested'])(
    'or no call now, and is erased meanwhile, is listed by the digests that are left: %s',
    async (insight) => {
      const nobody = { phone: null, payload: null, person: [], erasedAt: NOW };
      const world = aWorld({ record: { ...called, ...nobody, contacts: ['one', 'other'] }, signals });
      await world.record(analysis({ [insight]: true }), address);
      const { suppressions } = await world.suppressions.list({ limit: 9, cursor: null });
      expect(suppressions.map(({ id, source }) => [id, source]).toSorted()).toEqual([
        ['one', 'call'],
        ['other', 'call'],
      ]);
    },
  );

  it('leaves nothing behind when the record knows no contact any more', async () => {
    const world = aWorld({ record: { ...called, phone: null, payload: null, person: [] }, signals });
    await world.record(told('skip'), address);
    expect(await world.suppressions.count()).toBe(0);
    expect(linesOf(world, 'signal')).toEqual([]);
  });
});

describe('a shopper who refuses', () => {
  it('is remembered with every contact from the first telling on', async () => {
    const world = calledWorld();
    await world.record(analysis({ not_interested: 'yes' }), address);
    world.clock.at = NOW + 3_600_000;
    await world.record(analysis({ not_interested: 'yes' }), address);
    for (const contact of ASHA) expect(world.histories.known([contact]).lastRefusalAt).toBe(NOW);
    expect(linesOf(world, 'signal')).toEqual([{ recoveryId: ID, shop: aRecord().shop, signal: 'refusal' }]);
    expect(await world.suppressions.count()).toBe(0);
    expect(world.asha().stopReason).toBeNull();
  });

  it('and wants no calls any more, is heard in both', async () => {
    const world = calledWorld();
    await world.record(analysis({ not_interested: true, do_not_call: 1 }), address);
    expect(linesOf(world, 'signal').map(({ signal }) => signal)).toEqual(['do_not_call', 'refusal']);
  });

  it('in a country where that holds for good goes on the list', async () => {
    const whereabouts = TIMES.whereabouts([{ country: 'AE', province: null, zip: null }], null);
    const { candidate } = aRecord();
    const inDubai = { ...called, candidate: candidate && { ...candidate, whereabouts } };
    const world = aWorld({ record: inDubai, signals });
    await world.record(analysis({ not_interested: true }), address);
    for (const contact of ASHA) expect(world.suppressions.listed(contact)).toMatchObject({ source: 'call' });
    const elsewhere = calledWorld();
    await elsewhere.record(analysis({ not_interested: true }), address);
    for (const contact of ASHA) expect(elsewhere.suppressions.listed(contact)).toBeNull();
  });

  it('is not heard where nobody said so', async () => {
    const world = calledWorld();
    await world.record(analysis({ not_interested: false, mood: 'yes' }), address);
    expect(linesOf(world, 'signal')).toEqual([]);
    expect(world.histories.known(ASHA)).toEqual({ calls: [], lastRefusalAt: null });
  });
});
