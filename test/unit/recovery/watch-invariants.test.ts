/** What an operator is told after a sweep, when it has lasted, and not every minute. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/domain/duration.ts';
import { OVERDUE_MS, STUCK_AFTER_MS, UNKNOWN_GROWTH, watchInvariants } from '../../../src/recovery/watch-invariants.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;

function watched(record: Parameters<typeof aRecord>[0] = {}) {
  const world = aWorld({ record });
  const watch = watchInvariants({ ...world, shop: SHOP });
  /** A look after so long. */
  const lookAfter = async (ms: number): Promise<readonly string[]> => {
    world.clock.at += ms;
    await watch();
    return world.journal.alarms();
  };
  return Object.assign(world, { lookAfter });
}

describe('recoveries that are overdue', () => {
  const overdue = { state: 'scheduled', dueAt: NOW - OVERDUE_MS } as const;

  it('are told of when the same one still is after a while, and how late it is', async () => {
    const world = watched(overdue);
    expect(await world.lookAfter(0)).toEqual([]);
    expect(await world.lookAfter(STUCK_AFTER_MS - 1)).toEqual([]);
    expect(await world.lookAfter(1)).toEqual(['recoveries_overdue']);
    const facts = { recoveryId: ID, overdueMs: OVERDUE_MS + STUCK_AFTER_MS };
    expect(world.journal.lines.at(-1)).toEqual(['alarm', { name: 'recoveries_overdue', ...facts }]);
  });

  it('are told of again after a quarter of an hour, not every minute', async () => {
    const world = watched(overdue);
    for (let n = 0; n < 30; n++) await world.lookAfter(MINUTE);
    expect(world.journal.alarms()).toEqual(['recoveries_overdue', 'recoveries_overdue']);
  });

  it('are on their way after a standstill, as long as it is not the same one each time', async () => {
    const world = watched(overdue);
    await world.lookAfter(0);
    world.store.put({ ...world.asha(), state: 'called', revision: 9 });
    world.store.put(aRecord({ ...overdue, id: 'the next one', checkoutToken: 'next' }));
    expect(await world.lookAfter(STUCK_AFTER_MS)).toEqual([]);
  });

  it('are nothing to tell while dialling is paused, which is told elsewhere', async () => {
    const world = watched(overdue);
    world.dialSwitch.reason = 'operator';
    await world.lookAfter(0);
    expect(await world.lookAfter(STUCK_AFTER_MS)).toEqual([]);
    // What became overdue meanwhile begins when it is over.
    world.dialSwitch.reason = null;
    expect(await world.lookAfter(MINUTE)).toEqual([]);
    expect(await world.lookAfter(STUCK_AFTER_MS)).toEqual(['recoveries_overdue']);
  });

  it('by less than that are normal', async () => {
    const world = watched({ ...overdue, dueAt: NOW - OVERDUE_MS + 10 * MINUTE });
    await world.lookAfter(0);
    expect(await world.lookAfter(STUCK_AFTER_MS)).toEqual([]);
  });
});

describe('dials of unknown fate', () => {
  const more = (world: ReturnType<typeof watched>, from: number, count: number) => {
    for (let n = from; n < from + count; n++) {
      world.store.put(aRecord({ id: `unknown-${n}`, checkoutToken: `${n}`, state: 'unknown', dialingAt: NOW }));
    }
  };

  it('that become many within a quarter of an hour are told of', async () => {
    const world = watched({ state: 'ended' });
    more(world, 0, 7);
    // Those that were there before are no growth.
    expect(await world.lookAfter(0)).toEqual([]);
    more(world, 7, UNKNOWN_GROWTH - 1);
    expect(await world.lookAfter(MINUTE)).toEqual([]);
    more(world, 20, 1);
    expect(await world.lookAfter(MINUTE)).toEqual(['unknown_grows']);
    expect(world.journal.lines.at(-1)).toEqual([
      'alarm',
      { name: 'unknown_grows', count: 7 + UNKNOWN_GROWTH, more: UNKNOWN_GROWTH },
    ]);
    expect(await world.lookAfter(MINUTE)).toEqual(['unknown_grows']);
  });

  it('that come now and then are not', async () => {
    const world = watched({ state: 'ended' });
    for (let n = 0; n < 20; n++) {
      more(world, n, 1);
      await world.lookAfter(4 * MINUTE + SECOND);
    }
    expect(world.journal.alarms()).toEqual([]);
  });
});
