/** What the sweep mends, and what it leaves alone. It never dials. */
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../src/domain/duration.ts';
import { RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, DIAL_TIME_LIMIT_MS, ID, SHOP } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const nothing = { interrupted: 0, rearmed: 0, expired: 0, pruned: 0 };
const worlds: ReturnType<typeof aWorld>[] = [];

function swept(record: NonNullable<Parameters<typeof aWorld>[0]>['record'] = {}) {
  const world = aWorld({ record });
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

describe('everything else', () => {
  it.each(RECOVERY_STATES.filter((state) => !['dialing', 'scheduled', 'waiting'].includes(state)))(
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
    const world = swept({ state: 'dialing', dialingAt: begun, changedAt: begun - 1 });
    const other = { ...world.asha(), id: `${ID.slice(0, -1)}z`, changedAt: begun };
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
