/** How a call event finds its recovery, and what it leaves there. How events fold is told in domain/fold-call-event.test.ts. */
import { describe, expect, it } from 'vitest';
import { RecordContendedError } from '../../../src/errors.ts';
import { aCallEvent, CALL_ID as CALL, told } from '../../support/a-call-event.ts';
import { ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';
import { permutations } from '../../support/permutations.ts';

const NOW = ELEVEN_IN_BENGALURU;
const dialled = { state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: CALL, calledAt: NOW - 1_000 } as const;
const nowhere = { recoveryId: null, pathAttemptId: null };
const ours = { recoveryId: ID, pathAttemptId: `${ID}.1` };
const STRANGER = 'hill-coffee.00000000000000000000000000';

const over = aCallEvent({ type: 'call.lifecycle-ended', final: true, finalStatus: 'completed' });
const analysis = aCallEvent({ type: 'end-of-call', outcome: { key: 'end-of-call', data: { analysis: {} } } });

describe('a call event', () => {
  it.each([
    ['our id in its metadata', { recoveryId: ID, pathAttemptId: null }],
    ['our attempt in its path', { recoveryId: null, pathAttemptId: `${ID}.1` }],
    ['both', ours],
    ['an id of ours that is known by its path alone', { recoveryId: STRANGER, pathAttemptId: `${ID}.1` }],
    ['metadata that is no id, and the path', { recoveryId: '../../etc', pathAttemptId: `${ID}.1` }],
  ])('is found by %s', async (_what, address) => {
    const world = aWorld({ record: dialled });
    expect(await world.record(told('in-progress'), address)).toBe('applied');
    expect(world.asha().callStatus).toBe('in-progress');
  });

  it('is found by its call id when it carries nothing of ours', async () => {
    const world = aWorld({ record: dialled });
    const record = world.asha();
    await world.store.commit({ record, patch: {}, at: NOW, lookups: [{ kind: 'call', value: CALL }] });
    expect(await world.record(told('busy'), nowhere)).toBe('applied');
    expect(await world.record(told('busy', { callId: 'another' }), nowhere)).toBe('unmatched');
  });

  it.each([
    ['nothing of ours and an unknown call', nowhere],
    ['an id that looks like ours', { recoveryId: STRANGER, pathAttemptId: null }],
    ['an attempt that is none', { recoveryId: null, pathAttemptId: `${ID}.x` }],
    ['a recovery id for an attempt', { recoveryId: null, pathAttemptId: ID }],
  ])('with %s matches nothing and changes nothing', async (_what, address) => {
    const world = aWorld({ record: dialled });
    const before = world.asha();
    expect(await world.record(told('busy'), address)).toBe('unmatched');
    expect(world.asha()).toEqual(before);
    expect(world.journal.lines).toEqual([
      ['callEvent', { recoveryId: null, type: 'call.busy', outcome: 'unmatched', callStatus: 'busy' }],
    ]);
  });

  it('of a recovery that was never dialled is not believed', async () => {
    const world = aWorld({ record: { state: 'scheduled', attempts: 0 } });
    expect(await world.record(told('completed'), ours)).toBe('unmatched');
    expect(world.asha().state).toBe('scheduled');
  });

  it.each(['dialing', 'unknown'] as const)('proves that a call was placed which was %s', async (state) => {
    const world = aWorld({ record: { ...dialled, state, reason: 'timeout', callId: null, calledAt: null } });
    await world.record(told('initiate'), ours);
    expect(world.asha()).toMatchObject({
      state: 'called',
      reason: null,
      callId: CALL,
      calledAt: NOW,
      callStatus: 'initiate',
    });
    expect(await world.store.find(SHOP, { kind: 'call', value: CALL })).toEqual([ID]);
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'call.initiate', state: 'called' }]);
  });

  it('stops the next dial when the vendor placed a call after all', async () => {
    const record = { state: 'scheduled', reason: 'throttled', attempts: 1, attemptId: `${ID}.1`, dueAt: NOW } as const;
    const world = aWorld({ record });
    await world.record(told('initiate'), ours);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'called' });
    expect(world.voice.calls).toEqual([]);
  });

  it('that comes again is a duplicate, counted and not repeated', async () => {
    const world = aWorld({ record: dialled });
    expect(await world.record(told('busy'), ours)).toBe('applied');
    const { revision: _r, ...once } = world.asha();
    expect(await world.record(told('busy'), ours)).toBe('duplicate');
    expect(world.asha()).toMatchObject(once);
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'call.busy', times: 2, lastAt: NOW }]);
  });

  it('of another call of the same attempt raises an alarm, and that call is taken back', async () => {
    const world = aWorld({ record: dialled });
    const { revision: _r, errands: _e, lastEventAt: _l, ...before } = world.asha();
    await world.record(told('completed', { callId: 'another' }), ours);
    expect(world.asha()).toMatchObject({ ...before, changedAt: NOW });
    expect(world.journal.alarms()).toEqual(['duplicate_call_id']);
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'call.completed', reason: 'duplicate_call_id' }]);
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual(['another']);
  });

  it('shows a status that its name does not tell', async () => {
    const world = aWorld({ record: dialled });
    await world.record(told('completed', { status: 'archived' }), ours);
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'call.completed', detail: 'archived' }]);
  });

  it('with names beyond all measure does not fill the timeline', async () => {
    const world = aWorld({ record: dialled });
    await world.record(told('x'.repeat(200), { type: 'y'.repeat(200) }), ours);
    expect(world.store.timeline(ID)).toEqual([{ at: NOW, event: 'y'.repeat(60), detail: 'x'.repeat(60) }]);
  });

  it('says nothing of the conversation in the timeline or the journal', async () => {
    const world = aWorld({ record: dialled });
    const outcome = { key: 'end-of-call', data: { analysis: { summary: 'Asha will call back on +919090909090' } } };
    await world.record({ ...analysis, outcome }, ours);
    expect(JSON.stringify([world.journal.lines, world.store.timeline(ID)])).not.toMatch(/Asha|90909/);
    expect(world.asha().outcomes).toEqual({ 'end-of-call': outcome.data });
  });

  it('decides again when the record changes in that moment', async () => {
    const world = aWorld({ record: dialled });
    world.store.before('commit', () => world.record(over, ours));
    await world.record(told('in-progress'), ours);
    expect(world.asha()).toMatchObject({ state: 'ended', callStatus: 'completed' });
  });

  it('is a fault when the record never stops changing: the vendor, or we, come again', async () => {
    const world = aWorld({ record: dialled });
    for (let n = 0; n < 30; n++) {
      world.store.before('commit', () => world.store.put({ ...world.asha(), revision: world.asha().revision + 1 }));
    }
    await expect(world.record(told('busy'), ours)).rejects.toBeInstanceOf(RecordContendedError);
  });
});

describe('all events of a call, and the answer to its dial', () => {
  it('end in one and the same record, in whatever order they come', async () => {
    const events = [told('initiate'), told('in-progress'), told('completed'), analysis, over];
    const ends = new Set<string>();
    for (const order of permutations([...events, null])) {
      const world = aWorld({ record: { state: 'dialing', attempts: 1, attemptId: `${ID}.1`, dialingAt: NOW } });
      // The null is the moment at which the vendor's answer arrives; what comes before it overtakes it.
      const answer = order.indexOf(null);
      world.voice.meanwhile = async () => {
        for (const event of order.slice(0, answer)) if (event) await world.record(event, ours);
      };
      await world.dial(world.asha());
      for (const event of order.slice(answer)) if (event) await world.record(event, ours);
      const { revision: _revision, outcomes, ...facts } = world.asha();
      ends.add(JSON.stringify([facts, Object.entries(outcomes).sort()]));
    }
    expect(ends.size).toBe(1);
    expect([...ends][0]).toContain('"state":"ended"');
  });
});
