/** What keeps a due dial from beginning although the shopper may be called: it stays scheduled, with a reason, and nothing is spent. */
import { describe, expect, it } from 'vitest';
import { BREAKER_LIMITS } from '../../../src/domain/breaker.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { namesOf } from '../../../src/domain/intents.ts';
import { personOf } from '../../../src/domain/person.ts';
import { inGoodTime, MOST_SKEW_MS } from '../../../src/recovery/guard-clock.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';
import { fakeAdmin } from '../../support/fakes.ts';

const NOW = ELEVEN_IN_BENGALURU;
const PERSON = personOf(aRecord());
const due = { state: 'scheduled', dueAt: NOW, alarm: 1, alarmAt: NOW } as const;
const discount = {
  kind: 'mint',
  terms: { value: { kind: 'percentage', percent: 10 }, description: '10% off', applyAs: 'additional' },
  validMs: 48 * HOUR,
  notAgainMs: 90 * 24 * HOUR,
} as const;

/** Everything a dial spends or claims before its request leaves. */
async function expectNothingSpent(world: ReturnType<typeof aWorld>): Promise<void> {
  expect(world.voice.calls).toEqual([]);
  expect(world.asha()).toMatchObject({
    state: 'scheduled',
    attempts: 0,
    attemptId: null,
    discount: null,
    notPlaced: 0,
  });
  expect(world.histories.known(PERSON).calls).toEqual([]);
  expect(world.intents.remembered).toEqual([]);
  // The checkout is anybody's still.
  expect(await world.store.claim(SHOP, `checkout:${world.asha().checkoutId}`, 'another')).toBe(true);
}

/** Dials of other recoveries end without an answer until the breaker opens. */
async function vendorInTrouble(world: ReturnType<typeof aWorld>): Promise<void> {
  world.voice.result = { kind: 'unknown', cause: 'vendor_500' };
  for (let n = 0; n < BREAKER_LIMITS.opensAfter; n++) {
    const person = { phone: `+9190909091${n}0`, payload: null, checkoutId: `${n}` };
    const other = aRecord({ ...due, id: `${ID}${n}`, checkoutToken: `other-${n}` });
    world.store.put({ ...other, checkoutId: person.checkoutId });
    await world.ring(other.id, 1);
    await world.histories.releaseCall(PERSON, other.id);
    world.intents.forget(other.id, 1);
  }
  world.voice.calls.splice(0);
  expect(world.journal.alarms()).toEqual(['vendor_in_trouble']);
}

describe('a clock that disagrees with the store’s', () => {
  it.each([2 * HOUR, -2 * HOUR, MOST_SKEW_MS + 1])(
    'by %i ms holds a due dial, and this process stands still',
    async (aheadMs) => {
      const admin = fakeAdmin();
      const world = aWorld({ record: { ...due, dueAt: NOW - 3 * HOUR }, admin, discount });
      world.storeClock.aheadMs = aheadMs;
      expect(await world.ring(ID, 1)).toEqual({ kind: 'stand_still', forMs: 15 * SECOND, decision: 'clock_skew' });
      expect(world.asha()).toMatchObject({ reason: 'clock_skew', dueAt: NOW - 3 * HOUR });
      // Told by the store's clock: ours is in doubt.
      expect(world.store.timeline(ID)).toEqual([
        { at: NOW + aheadMs, event: 'ring', state: 'scheduled', reason: 'clock_skew' },
      ]);
      await expectNothingSpent(world);
      expect(admin.asked).toEqual([]);
      expect(world.journal.lines).toContainEqual(['held', { recoveryId: ID, reason: 'clock_skew' }]);
    },
  );

  it('is told once, until they have agreed again', async () => {
    const world = aWorld({ record: due });
    const skews = [HOUR, HOUR, 0, -HOUR];
    for (const aheadMs of skews) {
      world.store.put({ ...world.asha(), state: 'scheduled', dueAt: NOW + 2 * HOUR });
      world.storeClock.aheadMs = aheadMs;
      await world.ring(ID, 1);
    }
    expect(world.journal.alarms()).toEqual(['clock_skew', 'clock_skew']);
  });

  it('leaves a ring alone that is early by the store’s clock', async () => {
    const world = aWorld({ record: { ...due, dueAt: NOW + HOUR } });
    world.clock.at = NOW + 2 * HOUR;
    world.storeClock.aheadMs = -2 * HOUR;
    expect(await world.ring(ID, 1)).toMatchObject({ kind: 'stand_still' });
    expect(world.asha()).toMatchObject({ reason: null, dueAt: NOW + HOUR });
    expect(world.store.timeline(ID)).toEqual([]);
  });

  it('does not give up a dial that is young by the store’s clock', async () => {
    const world = aWorld({ record: { ...due, state: 'dialing', dialingAt: NOW } });
    world.clock.at = NOW + 2 * HOUR;
    world.storeClock.aheadMs = -2 * HOUR;
    await world.ring(ID, 1);
    expect(world.asha().state).toBe('dialing');
  });

  it.each([0, MOST_SKEW_MS, -MOST_SKEW_MS])('by %i ms is close enough', async (aheadMs) => {
    const world = aWorld({ record: due });
    world.storeClock.aheadMs = aheadMs;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });

  it('gives back what was claimed when it goes wrong between two looks', async () => {
    const world = aWorld({ record: due });
    world.store.before('commit', () => {
      world.storeClock.aheadMs = HOUR;
      world.store.put({ ...world.asha(), revision: 7 });
    });
    expect(await world.ring(ID, 1)).toMatchObject({ kind: 'stand_still' });
    expect(world.histories.known(PERSON).calls).toEqual([]);
  });

  it.each([
    [HOUR, 'clock_skew'],
    [0, 'swept'],
  ])('of %i ms: the upkeep answers %s', async (skewMs, answer) => {
    const guard = { skew: async () => (skewMs === 0 ? null : skewMs) };
    expect(await inGoodTime(guard, async () => 'swept')()).toBe(answer);
  });
});

describe('a vendor in trouble', () => {
  it('holds a due dial until the breaker’s time is over; then one tries, and the others go on when it had an answer', async () => {
    const world = aWorld({ record: { ...due, checkoutId: '77' }, admin: fakeAdmin(), discount: { kind: 'off' } });
    await vendorInTrouble(world);
    const until = NOW + BREAKER_LIMITS.firstOpenMs;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until, decision: 'vendor_in_trouble' });
    expect(world.asha()).toMatchObject({ reason: 'vendor_in_trouble', dueAt: until, alarmAt: until });
    await expectNothingSpent(world);

    world.store.put({ ...world.asha(), checkoutId: '78' });
    world.clock.at = until;
    world.voice.result = { kind: 'placed', callId: '68f0c0ffee0000000000ca11', vendorStatus: null };
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
    expect(world.journal.alarms()).toEqual(['vendor_in_trouble']);
  });

  it('that says it is in maintenance is not dialled to find out', async () => {
    const world = aWorld({ record: { ...due, checkoutId: '77' } });
    await vendorInTrouble(world);
    world.voice.healthResult = 'maintenance';
    world.clock.at = NOW + BREAKER_LIMITS.firstOpenMs;
    const until = world.clock.at + MINUTE;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until, decision: 'vendor_maintenance' });
    await expectNothingSpent(world);
    expect(world.journal.alarms()).toEqual(['vendor_in_trouble', 'vendor_maintenance']);

    world.clock.at = until;
    expect(await world.ring(ID, 1)).toMatchObject({ decision: 'vendor_maintenance' });
    // Told once.
    expect(world.journal.alarms()).toHaveLength(2);
    world.voice.healthResult = 'up';
    world.voice.result = { kind: 'placed', callId: '68f0c0ffee0000000000ca11', vendorStatus: null };
    world.store.put({ ...world.asha(), checkoutId: '79' });
    world.clock.at += MINUTE;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });

  it('whose health is not to be had is tried all the same', async () => {
    const world = aWorld({ record: { ...due, checkoutId: '77' } });
    await vendorInTrouble(world);
    world.voice.healthResult = 'away';
    world.clock.at = NOW + BREAKER_LIMITS.firstOpenMs;
    await world.ring(ID, 1);
    expect(world.voice.calls).toHaveLength(1);
    expect(world.asha()).toMatchObject({ state: 'unknown' });
  });

  it('is tried by the next one when the one that was to try is not dialled', async () => {
    const world = aWorld({ record: { ...due, checkoutId: '77' } });
    await vendorInTrouble(world);
    world.clock.at = NOW + BREAKER_LIMITS.firstOpenMs;
    const taken = aRecord({ ...due, id: `${ID}x`, checkoutToken: 'taken', checkoutId: '77' });
    world.store.put(taken);
    await world.store.claim(SHOP, 'checkout:77', 'somebody');
    expect(await world.ring(taken.id, 1)).toEqual({ kind: 'done', decision: 'skipped: duplicate_checkout' });
    world.store.put({ ...world.asha(), checkoutId: '78' });
    await world.ring(ID, 1);
    expect(world.voice.calls).toHaveLength(1);
  });
});

describe('intents that cannot be written', () => {
  it('hold a due dial before anything is claimed', async () => {
    const world = aWorld({ record: due });
    world.intents.works = false;
    const until = NOW + 15 * SECOND;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'snooze', until, decision: 'intents_unwritable' });
    await expectNothingSpent(world);
  });

  it('give a dial back whose line the disk did not take', async () => {
    const world = aWorld({ record: due });
    world.intents.remember = async () => {
      throw new Error('the disk is full');
    };
    expect(await world.ring(ID, 1)).toMatchObject({ kind: 'snooze', decision: 'scheduled: intent_not_written' });
    expect(world.voice.calls).toEqual([]);
    expect(world.histories.known(PERSON).calls).toEqual([]);
  });
});

describe('a mark that is not known to be on the disk', () => {
  it('sends nothing: the dial is given back', async () => {
    const world = aWorld({ record: due });
    world.marker.says = 'late';
    expect(await world.ring(ID, 1)).toMatchObject({ kind: 'snooze', decision: 'scheduled: mark_not_durable' });
    expect(world.voice.calls).toEqual([]);
    expect(world.intents.remembered).toEqual([]);
    expect(world.histories.known(PERSON).calls).toEqual([]);
    expect(world.journal.alarms()).toEqual(['mark_not_durable']);
  });

  it.each(['confirmed', 'unsupported'] as const)('%s: the call is placed', async (says) => {
    const world = aWorld({ record: due });
    world.marker.says = says;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });
});

describe('a dial that only the intents know of', () => {
  it('is never made again: the record takes it over as one of unknown fate', async () => {
    const world = aWorld({ record: due });
    await world.intents.remember({ recoveryId: ID, attempt: 2, names: PERSON });
    world.clock.at = NOW + MINUTE;
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'unknown: intent_without_record' });
    expect(world.voice.calls).toEqual([]);
    expect(world.asha()).toMatchObject({
      ...{ state: 'unknown', reason: 'intent_without_record', attempts: 2, attemptId: `${ID}.2`, dialingAt: NOW },
      ...{ alarm: null, redialled: true },
    });
    expect(world.journal.alarms()).toEqual(['intent_without_record']);
    expect(world.histories.known(PERSON).calls).toEqual([]);
  });

  it('is not made once more when its deadline has passed, whatever UNKNOWN_REDIAL says', async () => {
    const world = aWorld({ record: due, rules: { redialPresumed: true } });
    await world.intents.remember({ recoveryId: ID, attempt: 1, names: PERSON });
    await world.ring(ID, 1);
    world.clock.at = NOW + 48 * HOUR;
    await world.sweep();
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'presumed_not_placed' });
  });

  it('counts against the caps of its person through another recovery', async () => {
    const world = aWorld({ record: due, policy: { caps: { ...aWorld().policy.caps, perDay: 1 } } });
    await world.intents.remember({ recoveryId: 'of another checkout', attempt: 1, names: [PERSON[1] ?? ''] });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'skipped: frequency_cap' });
    expect(world.store.timeline(ID).at(-1)).toMatchObject({
      rule: 'CALLS_PER_DAY@2026-11',
      detail: expect.stringMatching(/^day, until .*, by the intents$/),
    });
  });

  it('under another recovery of the same checkout is not made again: the shop’s list knows no tokens', async () => {
    const world = aWorld({ record: { ...due, checkoutId: '42' } });
    const names = [`checkout ${SHOP} 42`];
    await world.intents.remember({ recoveryId: 'lost', attempt: 1, names });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'skipped: duplicate_checkout' });
    expect(world.journal.alarms()).toEqual(['intent_without_record']);
    expect(world.voice.calls).toEqual([]);
  });

  it('of the same checkout is no alarm when its record is there: nothing was lost', async () => {
    const world = aWorld({ record: { ...due, checkoutId: '42' } });
    world.store.put(aRecord({ id: 'there', checkoutToken: 'there', state: 'called', attempts: 1 }));
    await world.intents.remember({ recoveryId: 'there', attempt: 1, names: [`checkout ${SHOP} 42`] });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'skipped: duplicate_checkout' });
    expect(world.journal.alarms()).toEqual([]);
  });

  it.each([
    ['not placed', { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null }],
    ['barred', { kind: 'barred', status: 401 }],
    ['refused', { kind: 'refused', status: 422, message: '' }],
  ] as const)('is forgotten when it was %s', async (_what, result) => {
    const world = aWorld({ record: due });
    world.voice.result = result;
    await world.ring(ID, 1);
    expect(world.intents.remembered).toEqual([]);
  });

  it('is remembered before the request leaves, and stays so when it was placed', async () => {
    const world = aWorld({ record: due });
    let before: unknown;
    world.voice.meanwhile = () => {
      before = [...world.intents.remembered];
    };
    await world.ring(ID, 1);
    expect(before).toMatchObject([{ recoveryId: ID, attempt: 1, names: namesOf(aRecord()) }]);
    expect(world.intents.remembered).toHaveLength(1);
    // The record knows it: nothing is lost.
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
  });
});
