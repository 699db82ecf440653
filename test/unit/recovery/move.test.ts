/** One event, decided on the record as it stands, and told to an operator where he must hear of it. */
import { describe, expect, it } from 'vitest';
import { RecordContendedError } from '../../../src/errors.ts';
import { CALL_ID, told } from '../../support/a-call-event.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const stop = { kind: 'stop', reason: 'operator', order: null } as const;
const heard = { kind: 'call_event', event: told('busy') } as const;
const called = { state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: CALL_ID } as const;

describe('a move', () => {
  it('tells what was, what is, and that it changed something', async () => {
    const world = aWorld({ record: {} });
    const before = world.asha();
    const moved = await world.move(ID, stop, NOW);
    expect(moved).toMatchObject({ before, after: { state: 'cancelled' }, changed: true });
    expect(world.asha()).toEqual({ ...moved?.after, revision: before.revision + 1, changedAt: NOW });
    expect(world.store.timeline(ID)).toHaveLength(1);
  });

  it('of what does not fit writes nothing', async () => {
    const world = aWorld({ record: { ...called, stopReason: 'ordered' } });
    const before = world.asha();
    expect(await world.move(ID, stop, NOW)).toMatchObject({ before, after: before, changed: false });
    expect(world.asha()).toEqual(before);
  });

  it('that is no news is counted on the timeline, and changed nothing', async () => {
    const world = aWorld({ record: called });
    await world.move(ID, heard, NOW);
    expect(await world.move(ID, heard, NOW + 1)).toMatchObject({ changed: false });
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'call.busy', times: 2, lastAt: NOW + 1 }]);
  });

  it('finds nothing where there is no record, unless it may begin one', async () => {
    const world = aWorld();
    expect(await world.move(ID, stop, NOW)).toBeNull();
    expect(await world.store.load(ID)).toBeNull();
    const moved = await world.move(ID, stop, NOW, { shop: SHOP, checkoutToken: TOKEN });
    expect(moved).toMatchObject({ before: { revision: 0 }, after: { state: 'cancelled', createdAt: NOW } });
    expect(world.asha()).toMatchObject({ id: ID, shop: SHOP, checkoutToken: TOKEN, state: 'cancelled' });
  });

  it('decides again when the record changes in that moment, and tells of what it found', async () => {
    const world = aWorld({ record: {} });
    world.store.before('commit', () => world.store.put({ ...world.asha(), ...called, revision: 9 }));
    expect(await world.move(ID, stop, NOW)).toMatchObject({ before: { state: 'called' }, after: { state: 'called' } });
    expect(world.asha()).toMatchObject({ state: 'called', stopReason: 'operator' });
  });

  it('gives up on a record that never stops changing', async () => {
    const world = aWorld({ record: {} });
    world.store.commit = async () => false;
    await expect(world.move(ID, stop, NOW)).rejects.toBeInstanceOf(RecordContendedError);
  });

  it('makes what it brings findable', async () => {
    const world = aWorld({ record: { ...called, callId: null } });
    await world.move(ID, heard, NOW);
    expect(await world.store.find(SHOP, { kind: 'call', value: CALL_ID })).toEqual([ID]);
  });

  it('raises the alarm that a sign stands for, once it is committed', async () => {
    const world = aWorld({ record: called });
    for (let n = 0; n < 3; n++) {
      world.store.before('commit', () => world.store.put({ ...world.asha(), revision: world.asha().revision + 1 }));
    }
    await world.move(ID, { kind: 'call_event', event: told('busy', { callId: 'another-call' }) }, NOW);
    expect(world.journal.lines).toEqual([
      ['alarm', { name: 'duplicate_call_id', recoveryId: ID, attemptId: `${ID}.1`, state: 'called' }],
    ]);
  });

  it('follows what the merchant configured', async () => {
    const world = aWorld({ record: called, rules: { forward: { actions: false, outcomes: true } } });
    await world.move(ID, { kind: 'call_event', event: { ...told('completed'), final: true } }, NOW);
    expect(Object.keys(world.asha().errands)).toEqual([`forward:ended:${ID}.1`]);
  });
});
