/** What the sweep mends, and what it leaves alone. It never dials. */
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../src/domain/duration.ts';
import { ERRAND_TIME_LIMIT_MS } from '../../../src/domain/errand.ts';
import { RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { aHeldCheckout, ELEVEN_IN_BENGALURU, factsOf } from '../../support/a-record.ts';
import {
  aWorld,
  CLOSE_AFTER_MS,
  DIAL_TIME_LIMIT_MS,
  ID,
  SHOP,
  UNKNOWN_DEADLINE_MS,
} from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';

const NOW = ELEVEN_IN_BENGALURU;
const nothing = {
  ...{ interrupted: 0, rearmed: 0, expired: 0, presumed: 0, closed: 0 },
  ...{ reminded: 0, erased: 0, unneeded: 0, pruned: 0 },
};
const worlds: ReturnType<typeof aWorld>[] = [];

type Options = NonNullable<Parameters<typeof aWorld>[0]>;

function swept(record: NonNullable<Options['record']> = {}, rules: NonNullable<Options['rules']> = {}) {
  const world = aWorld({ record, rules });
  worlds.push(world);
  return world;
}

afterEach(() => {
  // Whatever was swept: nobody was phoned by it.
  expect(worlds.splice(0).flatMap((world) => world.voice.calls)).toEqual([]);
});

describe('a dial that never came back', () => {
  const begun = NOW - DIAL_TIME_LIMIT_MS;

  it('is of unknown fate, and never dialled again', async () => {
    const world = swept({ state: 'dialing', dialingAt: begun, changedAt: begun });
    expect(await world.sweep()).toEqual({ ...nothing, interrupted: 1 });
    expect(world.asha()).toMatchObject({ state: 'unknown', reason: 'dial_interrupted' });
    expect(world.store.timeline(ID)).toEqual([
      { at: NOW, event: 'sweep', state: 'unknown', reason: 'dial_interrupted' },
    ]);
    expect(await world.sweep()).toEqual(nothing);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'unknown' });
  });

  it('is left alone while it may still come back', async () => {
    const world = swept({ state: 'dialing', dialingAt: begun + 1, changedAt: begun + 1 });
    expect(await world.sweep()).toEqual(nothing);
    expect(world.asha().state).toBe('dialing');
  });

  it('is left alone when it comes back in that moment', async () => {
    const world = swept({ state: 'dialing', dialingAt: begun, changedAt: begun });
    world.store.before('commit', () => world.store.put({ ...world.asha(), state: 'called', revision: 5 }));
    expect(await world.sweep()).toEqual(nothing);
    expect(world.asha().state).toBe('called');
  });
});

describe('an alarm in the other direction', () => {
  const later = NOW + HOUR;

  it.each(['called', 'unknown', 'ended', 'cancelled', 'rejected'] as const)(
    'whose record is %s is removed: it would ring for nothing',
    async (state) => {
      const world = swept({ state, dialingAt: NOW, calledAt: NOW, changedAt: NOW });
      await world.alarms.set(ID, 1, later, SHOP);
      expect(await world.sweep()).toEqual({ ...nothing, unneeded: 1 });
      expect(world.alarms.pending.size).toBe(0);
      expect(await world.sweep()).toEqual(nothing);
    },
  );

  it('whose record is gone is removed', async () => {
    const world = swept({ state: 'ended' });
    await world.alarms.set('fenwick-lantern.gone', 3, later, SHOP);
    expect(await world.sweep()).toEqual({ ...nothing, unneeded: 1 });
  });

  it.each(['waiting', 'scheduled', 'skipped', 'dialing'] as const)(
    'whose record is %s stays: a webhook or a result may count on it',
    async (state) => {
      const world = swept({ state, dueAt: later, lastActivityAt: NOW, dialingAt: NOW, alarm: 1, alarmAt: later });
      await world.alarms.set(ID, 1, later, SHOP);
      expect(await world.sweep()).toEqual(nothing);
      expect(world.alarms.pending.size).toBe(1);
    },
  );

  it('is found also behind hundreds that are needed, a run or two later', async () => {
    const world = swept({ state: 'scheduled', dueAt: later, alarm: 1, alarmAt: later });
    for (let n = 0; n < 450; n++) await world.alarms.set(ID, n, later + n, SHOP);
    await world.alarms.set('fenwick-lantern.gone', 1, later + 1_000, SHOP);
    const removed = [];
    for (let run = 0; run < 3; run++) removed.push((await world.sweep()).unneeded);
    expect(removed).toEqual([0, 0, 1]);
  });
});

describe('an overdue recovery', () => {
  const overdue = { state: 'scheduled', dueAt: NOW - 10 * SECOND } as const;

  it.each([
    ['was never set', { alarm: null, alarmAt: null }, `${ID}-1`],
    ['was lost', { alarm: 4, alarmAt: overdue.dueAt }, `${ID}-5`],
  ])('whose alarm %s gets a new one, and an operator is told', async (_what, alarm, name) => {
    const world = swept({ ...overdue, ...alarm });
    expect(await world.sweep()).toEqual({ ...nothing, rearmed: 1 });
    expect([...world.alarms.pending]).toEqual([[name, { at: overdue.dueAt, label: `${SHOP} 1955.00 INR` }]]);
    expect(world.journal.alarms()).toEqual(['alarm_missing']);
    expect(world.store.timeline(ID)).toEqual([
      { at: NOW, event: 'alarm_missing', state: 'scheduled', reason: 'rearmed' },
    ]);
    expect(await world.sweep()).toEqual(nothing);
  });

  it('whose alarm rang and was swallowed gets one of a number never used', async () => {
    const world = swept({ ...overdue, alarm: 1, alarmAt: overdue.dueAt });
    world.alarms.spend(ID, 1);
    await world.sweep();
    expect([...world.alarms.pending.keys()]).toEqual([`${ID}-2`]);
  });

  it('whose alarm still waits for its turn is left alone', async () => {
    const world = swept({ ...overdue, alarm: 1, alarmAt: overdue.dueAt });
    await world.alarms.set(ID, 1, overdue.dueAt, SHOP);
    expect(await world.sweep()).toEqual(nothing);
    expect(world.journal.alarms()).toEqual([]);
  });

  it('that is hardly late is left alone: its alarm may be on its way', async () => {
    const world = swept({ ...overdue, dueAt: NOW - 10 * SECOND + 1 });
    expect(await world.sweep()).toEqual(nothing);
  });

  it('that was only just scheduled for a time gone by is left alone: its alarm is about to be set', async () => {
    const world = swept({ ...overdue, changedAt: NOW - 10 * SECOND + 1 });
    expect(await world.sweep()).toEqual(nothing);
    world.clock.at = NOW + 1;
    expect(await world.sweep()).toEqual({ ...nothing, rearmed: 1 });
  });

  it('that was dialled in that moment gets no alarm', async () => {
    const world = swept(overdue);
    world.store.before('load', () => world.store.put({ ...world.asha(), state: 'dialing', revision: 5 }));
    expect(await world.sweep()).toEqual(nothing);
    expect(world.alarms.pending.size).toBe(0);
  });

  it('that was stopped in that moment gets no alarm', async () => {
    const world = swept(overdue);
    world.store.before('load', () => world.stop({ shop: SHOP, token: world.asha().checkoutToken }, 'ordered'));
    expect(await world.sweep()).toEqual(nothing);
    expect(world.alarms.pending.size).toBe(0);
  });
});

describe('a recovery that waits', () => {
  const asOldAsItMayBe = NOW - 24 * HOUR;

  it('for something that never came is too old', async () => {
    const world = swept({
      state: 'waiting',
      reason: 'no_phone',
      lastActivityAt: asOldAsItMayBe,
      changedAt: asOldAsItMayBe,
    });
    expect(await world.sweep()).toEqual({ ...nothing, expired: 1 });
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'too_old' });
    expect(await world.sweep()).toEqual(nothing);
  });

  it('and is fresh goes on waiting', async () => {
    const world = swept({ state: 'waiting', lastActivityAt: asOldAsItMayBe + 1, changedAt: asOldAsItMayBe + 1 });
    expect(await world.sweep()).toEqual(nothing);
  });
});

describe('a doubt', () => {
  const begun = NOW - UNKNOWN_DEADLINE_MS;
  const doubtful = {
    state: 'unknown',
    reason: 'timeout',
    attempts: 1,
    attemptId: `${ID}.1`,
    dialingAt: begun,
    lastActivityAt: NOW - HOUR,
    alarm: 1,
    alarmAt: begun,
  } as const;

  it('that nothing ended in time is presumed not to have been placed, and an operator is told', async () => {
    const world = swept(doubtful);
    expect(await world.sweep()).toEqual({ ...nothing, presumed: 1 });
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'presumed_not_placed' });
    expect(world.journal.lines).toEqual([
      ['alarm', { name: 'presumed_not_placed', recoveryId: ID, attemptId: `${ID}.1`, state: 'cancelled' }],
      ['decided', { recoveryId: ID, shop: SHOP, trigger: 'sweep', state: 'cancelled', reason: 'presumed_not_placed' }],
    ]);
    expect(await world.sweep()).toEqual(nothing);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
  });

  it('that may still end by itself is left alone', async () => {
    expect(await swept({ ...doubtful, dialingAt: begun + 1 }).sweep()).toEqual(nothing);
  });

  it('ends in time although an errand waits for it and changes it again and again', async () => {
    const world = swept({ ...doubtful, dialingAt: NOW });
    await world.stop({ shop: SHOP, token: world.asha().checkoutToken }, 'ordered');
    for (let at = NOW; at < NOW + UNKNOWN_DEADLINE_MS; at += 15 * SECOND) {
      world.clock.at = at;
      await world.seeTo(ID);
    }
    expect(world.asha()).toMatchObject({ state: 'unknown', errands: { abort: { state: 'open', tries: 0 } } });
    world.clock.at = NOW + UNKNOWN_DEADLINE_MS;
    expect(await world.sweep()).toMatchObject({ presumed: 1 });
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'ordered' });
    expect(world.asha().errands).toEqual({});
  });

  it('is dialled once more where the merchant allowed that, by an alarm of its own', async () => {
    const world = swept(doubtful, { redialPresumed: true });
    world.alarms.spend(ID, 1);
    expect(await world.sweep()).toEqual({ ...nothing, presumed: 1 });
    expect(world.asha()).toMatchObject({ state: 'scheduled', reason: 'presumed_not_placed', alarm: 2, alarmAt: NOW });
    expect([...world.alarms.pending]).toEqual([[`${ID}-2`, { at: NOW, label: `${SHOP} 1955.00 INR` }]]);
    expect(world.journal.alarms()).toEqual(['presumed_not_placed']);
  });

  it('whose shopper changed her mind meanwhile gets no alarm', async () => {
    const nobody = factsOf({ ...swept(doubtful).asha(), payload: null, phone: null });
    const held = aHeldCheckout({ state: 'skipped', reason: 'no_consent', dueAt: null, facts: nobody });
    const world = swept({ ...doubtful, held }, { redialPresumed: true });
    await world.sweep();
    expect(world.asha()).toMatchObject({ state: 'skipped', reason: 'no_consent' });
    expect(world.alarms.pending.size).toBe(0);
  });
});

describe('a call', () => {
  const called = { state: 'called', attempts: 1, attemptId: `${ID}.1`, dialingAt: 1, calledAt: 1 } as const;

  it('of which nothing was heard for too long is over, and an operator is told', async () => {
    const world = swept({ ...called, lastEventAt: NOW - CLOSE_AFTER_MS });
    expect(await world.sweep()).toEqual({ ...nothing, closed: 1 });
    expect(world.asha()).toMatchObject({ state: 'ended', reason: 'no_final_event' });
    expect(world.journal.alarms()).toEqual(['no_final_event']);
    expect(await world.sweep()).toEqual(nothing);
  });

  it('of which something was heard is left alone, however long ago it was placed', async () => {
    expect(await swept({ ...called, lastEventAt: NOW - CLOSE_AFTER_MS + 1 }).sweep()).toEqual(nothing);
  });
});

describe('an errand', () => {
  const errands = { abort: anErrand({ dueAt: NOW - 10 * SECOND }) };
  const ended = { state: 'ended', errands } as const;

  it('that nobody sees to has somebody woken', async () => {
    const world = swept(ended);
    expect(await world.sweep()).toEqual({ ...nothing, reminded: 1 });
    expect(world.errandAlarms.woken).toEqual([{ id: ID, at: NOW }]);
  });

  it('that somebody is about to see to is none of its business', async () => {
    const world = swept(ended);
    world.errandAlarms.remind = async () => false;
    expect(await world.sweep()).toEqual(nothing);
  });

  it('that is hardly late is left to its own alarm', async () => {
    const world = swept({ ...ended, errands: { abort: anErrand({ dueAt: NOW - 10 * SECOND + 1 }) } });
    expect(await world.sweep()).toEqual(nothing);
    expect(world.errandAlarms.woken).toEqual([]);
  });

  it('that its process left lying is seen to by another', async () => {
    const doingAt = NOW - ERRAND_TIME_LIMIT_MS - 10 * SECOND;
    const world = swept({ ...ended, errands: { abort: anErrand({ state: 'doing', doingAt }) } });
    expect(await world.sweep()).toEqual({ ...nothing, reminded: 1 });
  });
});

describe('everything else', () => {
  it.each(RECOVERY_STATES.filter((state) => !['dialing', 'scheduled', 'waiting', 'unknown', 'called'].includes(state)))(
    'is left as it is: %s',
    async (state) => {
      const world = swept({ state, dueAt: 0, dialingAt: 0, lastActivityAt: 0, changedAt: 0 });
      const before = world.asha();
      expect(await world.sweep()).toEqual(nothing);
      expect(world.asha()).toEqual(before);
    },
  );
});

describe('a record that cannot be read', () => {
  it('is told to an operator, and does not keep the sweep from the others', async () => {
    const begun = NOW - DIAL_TIME_LIMIT_MS;
    const world = swept({ state: 'dialing', dialingAt: begun - 1, changedAt: begun });
    const other = { ...world.asha(), id: `${ID.slice(0, -1)}z`, dialingAt: begun };
    world.store.put(other);
    world.store.before('load', () => {
      throw new SyntaxError('Unexpected token in "Asha"');
    });
    expect(await world.sweep()).toEqual({ ...nothing, interrupted: 1 });
    expect(world.journal.lines).toContainEqual(['alarm', { name: 'record_unreadable', recoveryId: ID }]);
  });

  it('is not blamed when the store is away: then the whole sweep comes again', async () => {
    const begun = NOW - DIAL_TIME_LIMIT_MS;
    const world = swept({ state: 'dialing', dialingAt: begun, changedAt: begun });
    world.store.before('load', () => {
      throw new StoreUnavailableError(new Error('connection is closed'));
    });
    await expect(world.sweep()).rejects.toThrow(StoreUnavailableError);
    expect(world.journal.alarms()).toEqual([]);
  });
});
