/** Personal data is gone in time, and at once when somebody asks: the use case, and the sweep that watches the clock. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../../src/domain/recovery-id.ts';
import { SealedTextError } from '../../../src/errors.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, RETENTION_MS, SHOP } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;

const ended: Partial<RecoveryRecord> = {
  ...{ state: 'ended', attempts: 1, calledAt: NOW, lastEventAt: NOW + 3 * MINUTE },
  outcomes: { 'end-of-call': { summary: 'Asha said yes' } },
};

describe('erasing', () => {
  it('empties the record and says so, to the operator and in the timeline', async () => {
    const world = aWorld({ record: ended });
    expect(await world.erase(ID, 'retention')).toBe(true);
    expect(world.asha()).toMatchObject({ payload: null, phone: null, outcomes: {}, erasedAt: NOW, state: 'ended' });
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'erased', reason: 'retention' }]);
    expect(world.journal.lines).toEqual([
      ['decided', { recoveryId: ID, shop: SHOP, trigger: 'erase', state: 'ended', reason: 'retention' }],
    ]);
  });

  it.each([
    ['what was erased', ended, ID],
    ['what nobody knows', ended, recoveryIdOf(SHOP, 'never-seen')],
  ])('finds nothing in %s', async (_what, record, id) => {
    const world = aWorld({ record });
    await world.erase(ID, 'retention');
    expect(await world.erase(id, 'retention')).toBe(false);
  });

  it('of a shopper who asks ends her recovery: her alarm rings for nothing', async () => {
    const world = aWorld({ record: {} });
    expect(await world.erase(ID, 'redacted')).toBe(true);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
    expect(world.voice.calls).toEqual([]);
  });

  it('decides again when the record changes in that moment', async () => {
    const world = aWorld({ record: {} });
    world.store.before('commit', () => world.store.put({ ...world.asha(), state: 'called', revision: 7 }));
    await world.erase(ID, 'redacted');
    expect(world.asha()).toMatchObject({ state: 'called', stopReason: 'redacted', payload: null });
  });
});

describe('the sweep', () => {
  async function sweptAt(at: number, record: Partial<RecoveryRecord>) {
    const world = aWorld({ record });
    world.clock.at = at;
    const { erased } = await world.sweep();
    return { erased, world };
  }

  it('erases what was kept long enough, to the millisecond, and only once', async () => {
    const { erased, world } = await sweptAt(NOW + 3 * MINUTE + RETENTION_MS - 1, ended);
    expect([erased, world.asha().erasedAt]).toEqual([0, null]);
    world.clock.at++;
    expect((await world.sweep()).erased).toBe(1);
    expect(world.asha()).toMatchObject({ erasedAt: world.clock.at, phone: null, payload: null });
    world.clock.at += DAY;
    expect((await world.sweep()).erased).toBe(0);
  });

  it.each([
    { state: 'ended' },
    { state: 'cancelled' },
    { state: 'rejected' },
    { state: 'skipped' },
    { state: 'waiting' },
    { state: 'scheduled' },
  ] as const)('erases one that is $state', async ({ state }) => {
    const { erased, world } = await sweptAt(NOW + RETENTION_MS, { state });
    expect(erased).toBe(1);
    expect(world.asha()).toMatchObject({ phone: null, payload: null });
  });

  it.each(['dialing', 'unknown', 'called'] as const)(
    'looks at one that is %s again within the hour, until it is over',
    async (state) => {
      const stuck = NOW + RETENTION_MS;
      const { erased, world } = await sweptAt(stuck, { state, dialingAt: stuck, calledAt: stuck });
      expect([erased, world.asha().erasedAt]).toEqual([0, null]);
      expect(await world.store.idsErasable(SHOP, stuck - RETENTION_MS + HOUR, 10)).toEqual([ID]);
      expect(await world.store.idsErasable(SHOP, stuck - RETENTION_MS + HOUR - 1, 10)).toEqual([]);
    },
  );

  it('counts anew when the shopper was active since', async () => {
    const again = NOW + 20 * DAY;
    const { erased, world } = await sweptAt(NOW + RETENTION_MS, { state: 'cancelled', lastActivityAt: again });
    expect(erased).toBe(0);
    world.clock.at = again + RETENTION_MS;
    expect((await world.sweep()).erased).toBe(1);
  });

  it('tells of one that it cannot read, leaves it, and goes on with the others', async () => {
    const world = aWorld({ record: ended });
    const other = aRecord({ ...ended, id: recoveryIdOf(SHOP, 'other'), checkoutToken: 'other' });
    world.store.put(other);
    world.clock.at = NOW + 2 * RETENTION_MS;
    world.store.before('load', () => {
      throw new SealedTextError('DATA_KEY_UNKNOWN');
    });
    expect((await world.sweep()).erased).toBe(1);
    expect(world.journal.alarms()).toEqual(['record_unreadable']);
    // Not at every sweep again.
    expect((await world.sweep()).erased).toBe(0);
    world.clock.at += HOUR;
    expect((await world.sweep()).erased).toBe(1);
    expect([world.asha().phone, world.store.record(other.id).phone]).toEqual([null, null]);
  });
});
