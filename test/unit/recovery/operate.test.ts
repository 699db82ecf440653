/** What an operator may do, state by state; and that the machine's own gate still stands behind it. */
import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/domain/duration.ts';
import { RECOVERY_STATES } from '../../../src/domain/recovery.ts';
import { told } from '../../support/a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../support/a-record.ts';
import { aWorld, ID, SHOP } from '../../support/a-recovery-world.ts';
import { anErrand } from '../../support/an-errand.ts';

const NOW = ELEVEN_IN_BENGALURU;
const CALL = '68f0c0ffee0000000000ca11';

/** What each action makes of each state; `refused` keeps it. A live call is cancelled by an errand, and keeps its state until that has its effect. */
const table = {
  waiting: { cancel: 'cancelled', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
  scheduled: { cancel: 'cancelled', callNow: 'scheduled', placed: 'refused', notPlaced: 'refused' },
  dialing: { cancel: 'dialing', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
  called: { cancel: 'called', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
  unknown: { cancel: 'unknown', callNow: 'refused', placed: 'called', notPlaced: 'cancelled' },
  ended: { cancel: 'refused', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
  cancelled: { cancel: 'cancelled', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
  skipped: { cancel: 'cancelled', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
  rejected: { cancel: 'refused', callNow: 'refused', placed: 'refused', notPlaced: 'refused' },
} as const;

describe.each(RECOVERY_STATES)('a recovery that is %s', (state) => {
  it.each(['cancel', 'callNow', 'placed', 'notPlaced'] as const)('takes %s as the table says', async (action) => {
    const world = aWorld({ record: { state, reason: 'before' } });
    const { operate } = world;
    const acts = {
      cancel: () => operate.cancel(ID),
      callNow: () => operate.callNow(ID),
      placed: () => operate.settle(ID, { placed: true, callId: CALL }),
      notPlaced: () => operate.settle(ID, { placed: false }),
    };
    const expected = table[state][action];
    const operated = await acts[action]();
    if (expected === 'refused') {
      expect(operated).toEqual({ kind: 'refused', state });
      expect(world.asha()).toMatchObject({ state, reason: 'before', callId: null });
    } else {
      expect(operated).toEqual({ kind: 'done', state: expected });
      expect(world.asha().state).toBe(expected);
    }
    expect(world.voice.calls).toEqual([]);
  });
});

describe('an action', () => {
  it('on what does not exist finds nothing', async () => {
    const { operate } = aWorld();
    const found = [
      operate.cancel(ID),
      operate.callNow(ID),
      operate.settle(ID, { placed: false }),
      operate.retryErrand(ID, 'abort'),
    ];
    expect(await Promise.all(found)).toEqual(Array(4).fill({ kind: 'not_found' }));
  });

  it('is told to the journal', async () => {
    const world = aWorld();
    world.store.put(aRecord({ state: 'unknown' }));
    await world.operate.settle(ID, { placed: false });
    expect(world.journal.lines).toEqual([
      ['decided', { recoveryId: ID, shop: SHOP, trigger: 'operator', state: 'cancelled', reason: null }],
    ]);
  });
});

describe('a live call that is cancelled', () => {
  const called = { state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: CALL, calledAt: NOW } as const;

  it('is aborted', async () => {
    const world = aWorld({ record: called });
    expect(await world.operate.cancel(ID)).toEqual({ kind: 'done', state: 'called' });
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual([CALL]);
    expect(world.asha()).toMatchObject({ state: 'called', stopReason: 'operator', callStatus: 'aborted' });
  });

  it('twice is aborted once', async () => {
    const world = aWorld({ record: called });
    await world.operate.cancel(ID);
    await world.seeTo(ID);
    expect(await world.operate.cancel(ID)).toEqual({ kind: 'done', state: 'called' });
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual([CALL]);
  });

  it('and ends in that moment is refused: there is nothing to cancel', async () => {
    const world = aWorld({ record: called });
    world.store.before('commit', () => world.store.put({ ...world.asha(), state: 'ended', revision: 9 }));
    expect(await world.operate.cancel(ID)).toEqual({ kind: 'refused', state: 'ended' });
  });
});

describe('an errand that failed', () => {
  const failed = { abort: anErrand({ state: 'failed', tries: 30, note: 'vendor_401' }) };
  const called = { state: 'called', attempts: 1, attemptId: `${ID}.1`, callId: CALL, calledAt: NOW } as const;

  it('is tried again when an operator wants it', async () => {
    const world = aWorld({ record: { ...called, stopReason: 'ordered', errands: failed } });
    expect(await world.seeTo(ID)).toBeNull();
    expect(await world.operate.retryErrand(ID, 'abort')).toEqual({ kind: 'done', state: 'called' });
    await world.seeTo(ID);
    expect(world.voice.aborts).toEqual([CALL]);
    expect(world.store.timeline(ID)[0]).toEqual({ at: NOW, event: 'operator_retried', detail: 'abort' });
  });

  it('is none when it is tried already, or never was', async () => {
    const world = aWorld({ record: { ...called, errands: { abort: anErrand() } } });
    for (const key of ['abort', 'unheard-of']) {
      expect(await world.operate.retryErrand(ID, key)).toEqual({ kind: 'refused', state: 'called' });
    }
  });
});

describe('a cancelled recovery', () => {
  it('is not called any more', async () => {
    const world = aWorld({ record: { alarm: 1, alarmAt: NOW } });
    await world.alarms.set(ID, 1, NOW, SHOP);
    await world.operate.cancel(ID);
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'operator', dueAt: null });
    expect(world.alarms.pending.size).toBe(0);
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
  });

  it('while it was being dialled is not called again when nothing was placed', async () => {
    const world = aWorld({ record: { state: 'dialing', attempts: 1, attemptId: `${ID}.1`, dialingAt: NOW } });
    world.voice.result = { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null };
    world.voice.meanwhile = () => world.operate.cancel(ID);
    await world.dial(world.asha());
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'operator' });
  });
});

describe('a recovery to be called now', () => {
  const later = { dueAt: NOW + HOUR, alarm: 1, alarmAt: NOW + HOUR } as const;

  it('gets a new alarm for this moment, and the ring dials', async () => {
    const world = aWorld({ record: later });
    await world.alarms.set(ID, 1, NOW + HOUR, SHOP);
    await world.operate.callNow(ID);
    expect(world.asha()).toMatchObject({ dueAt: NOW, reason: 'operator', alarm: 2, alarmAt: NOW });
    expect([...world.alarms.pending]).toEqual([[`${ID}-2`, { at: NOW, label: `${SHOP} 1955.00 INR` }]]);
    expect(await world.ring(ID, 2)).toMatchObject({ decision: 'called' });
    expect(world.store.timeline(ID)[0]).toEqual({
      at: NOW,
      event: 'operator_call_now',
      state: 'scheduled',
      reason: 'operator',
    });
  });

  it('is not called at night for it', async () => {
    const world = aWorld({ record: { ...later, lastActivityAt: NOW } });
    world.clock.at = NOW + 9 * HOUR;
    await world.operate.callNow(ID);
    expect(await world.ring(ID, 2)).toMatchObject({ kind: 'snooze', decision: 'outside_hours' });
    expect(world.voice.calls).toEqual([]);
  });

  it('is not called when the dial has begun in that moment', async () => {
    const world = aWorld({ record: { ...later, dueAt: NOW } });
    world.store.before('commit', () => world.ring(ID, 1));
    expect(await world.operate.callNow(ID)).toEqual({ kind: 'refused', state: 'called' });
    expect(world.voice.calls).toHaveLength(1);
  });
});

describe('an unknown dial', () => {
  const unknown = { state: 'unknown', reason: 'timeout', attempts: 1, attemptId: `${ID}.1` } as const;

  it.each([
    ['with the call id the operator found', { ...unknown }, CALL, CALL],
    ['without one', { ...unknown }, null, null],
    ['with the call id it knew before', { ...unknown, callId: 'known' }, CALL, 'known'],
  ])('settled as placed is called, %s', async (_what, record, given, callId) => {
    const world = aWorld({ record });
    expect(await world.operate.settle(ID, { placed: true, callId: given })).toEqual({ kind: 'done', state: 'called' });
    expect(world.asha()).toMatchObject({ state: 'called', reason: 'operator_placed', callId });
    if (callId) expect(await world.store.find(SHOP, { kind: 'call', value: callId })).toEqual([ID]);
  });

  it('settled as not placed is over: it is not dialled again', async () => {
    const world = aWorld({ record: unknown });
    await world.operate.settle(ID, { placed: false });
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'operator_not_placed' });
    expect(await world.ring(ID, 1)).toEqual({ kind: 'done', decision: 'cancelled' });
    expect(world.voice.calls).toEqual([]);
  });

  it('that a call event settled in that moment is not settled again', async () => {
    const world = aWorld({ record: unknown });
    const event = told('busy', { callId: CALL });
    world.store.before('commit', () => world.record(event, { recoveryId: ID, pathAttemptId: null }));
    expect(await world.operate.settle(ID, { placed: false })).toEqual({ kind: 'refused', state: 'called' });
    expect(world.asha()).toMatchObject({ state: 'called', callId: CALL });
  });
});
