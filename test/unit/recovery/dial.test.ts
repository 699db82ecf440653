/** What a dial leaves behind for every result, whatever else happens to the record while the request is on the wire. */
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import type { DialResult } from '../../../src/domain/voice-calls.ts';
import { RecordContendedError, StoreUnavailableError } from '../../../src/errors.ts';
import { told } from '../../support/a-call-event.ts';
import { ELEVEN_IN_BENGALURU, factsOf } from '../../support/a-record.ts';
import { aWorld, DIAL_TIME_LIMIT_MS, ID, SHOP, TOKEN } from '../../support/a-recovery-world.ts';

const NOW = ELEVEN_IN_BENGALURU;
const CALL = '68f0c0ffee0000000000ca11';
const placed: DialResult = { kind: 'placed', callId: CALL, vendorStatus: 'initiate' };
const refusedConnection: DialResult = { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null };
const throttled = (retryAfterMs: number | null): DialResult => ({
  kind: 'not_placed',
  cause: 'throttled',
  retryAfterMs,
});
const timeout: DialResult = { kind: 'unknown', cause: 'timeout' };

/** Asha's recovery with the intent to dial just written, three seconds before now. */
function dialling(record: Partial<RecoveryRecord> = {}, result: DialResult = placed) {
  const attempt = {
    state: 'dialing',
    attempts: 1,
    attemptId: `${ID}.1`,
    dialingAt: NOW,
    dueAt: NOW - 3 * SECOND,
  } as const;
  const world = aWorld({ record: { ...attempt, ...record } });
  world.voice.result = result;
  return world;
}

const calledEvent = told('in-progress', { callId: CALL });
const address = { recoveryId: ID, pathAttemptId: null };

describe('the result of a dial', () => {
  it.each<{ result: DialResult; record: Partial<RecoveryRecord>; outcome: unknown }>([
    {
      result: placed,
      record: { state: 'called', reason: null, callId: CALL, calledAt: NOW, vendorStatus: 'initiate', notPlaced: 0 },
      outcome: { kind: 'done', decision: 'called' },
    },
    {
      result: timeout,
      record: { state: 'unknown', reason: 'timeout', callId: null },
      outcome: { kind: 'done', decision: 'unknown: timeout' },
    },
    {
      result: { kind: 'refused', status: 422, message: 'no such assistant' },
      record: { state: 'rejected', reason: 'vendor_422', vendorMessage: 'no such assistant' },
      outcome: { kind: 'done', decision: 'rejected: vendor_422' },
    },
    {
      result: { kind: 'barred', status: 402 },
      record: { state: 'scheduled', reason: 'vendor_402', dueAt: NOW + MINUTE, alarmAt: NOW + MINUTE, notPlaced: 0 },
      outcome: { kind: 'snooze', until: NOW + MINUTE, decision: 'scheduled: vendor_402' },
    },
    {
      result: refusedConnection,
      record: { state: 'scheduled', reason: 'econnrefused', dueAt: NOW + 2_500, alarmAt: NOW + 2_500, notPlaced: 1 },
      outcome: { kind: 'snooze', until: NOW + 2_500, decision: 'scheduled: econnrefused' },
    },
    {
      result: throttled(7 * SECOND),
      record: { state: 'scheduled', reason: 'throttled', dueAt: NOW + 7 * SECOND, notPlaced: 0 },
      outcome: { kind: 'throttle', forMs: 7 * SECOND, decision: 'scheduled: throttled' },
    },
  ])('$result.kind is on the record', async ({ result, record, outcome }) => {
    const world = dialling({}, result);
    expect(await world.dial(world.asha())).toEqual(outcome);
    expect(world.asha()).toMatchObject({ ...record, attempts: 1 });
    expect(world.voice.calls).toHaveLength(1);
    expect(world.store.timeline(ID).at(-1)).toMatchObject({ at: NOW, state: record.state });
  });

  it.each([
    ['no wish', null, 5 * SECOND],
    ['a wish for no time at all', 0, SECOND],
    ['a wish for a day', 86_400_000, 5 * MINUTE],
  ])('throttled with %s slows the queue down within bounds', async (_what, retryAfterMs, forMs) => {
    const world = dialling({}, throttled(retryAfterMs));
    expect(await world.dial(world.asha())).toMatchObject({ kind: 'throttle', forMs });
    expect(world.asha()).toMatchObject({ dueAt: NOW + forMs });
  });

  it('not placed is followed by what the shopper did meanwhile: a newer time, a newer cart', async () => {
    const world = dialling({}, throttled(SECOND));
    const facts = { ...factsOf(world.asha()), cartValue: '9.00 INR' };
    const verdict = { state: 'scheduled', reason: null, checkoutUpdatedAt: NOW + 1, lastActivityAt: NOW + 1 } as const;
    world.store.put({ ...world.asha(), held: { ...verdict, dueAt: NOW + 15 * MINUTE, facts } });
    await world.dial(world.asha());
    expect(world.asha()).toMatchObject({ ...verdict, cartValue: '9.00 INR', dueAt: NOW + 15 * MINUTE, held: null });
  });

  it('not placed is not tried again when a webhook took the consent back meanwhile', async () => {
    const world = dialling({}, refusedConnection);
    const { shop, checkoutToken, cartToken, checkoutId, cartValue, candidate } = world.asha();
    const nobody = {
      ...{ payload: null, phone: null, person: [], priority: false },
      candidate: candidate && { ...candidate, consent: null },
    };
    const facts = { shop, checkoutToken, cartToken, checkoutId, cartValue, ...nobody };
    const verdict = {
      state: 'skipped',
      reason: 'no_consent',
      checkoutUpdatedAt: NOW + 1,
      lastActivityAt: NOW + 1,
    } as const;
    world.store.put({ ...world.asha(), held: { ...verdict, dueAt: null, facts } });
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'skipped: no_consent' });
    expect(world.asha()).toMatchObject({ ...verdict, dueAt: null, alarm: null, phone: null });
  });

  it('not placed is waited for longer each time, and a call that is placed ends the count', async () => {
    const waits: number[] = [];
    let notPlaced = 0;
    for (let n = 0; n < 4; n++) {
      const world = dialling({ notPlaced }, refusedConnection);
      await world.dial(world.asha());
      ({ notPlaced } = world.asha());
      waits.push((world.asha().dueAt ?? 0) - NOW);
    }
    expect(waits).toEqual([2_500, 5_000, 10_000, 20_000]);
    const world = dialling({ notPlaced });
    await world.dial(world.asha());
    expect(world.asha().notPlaced).toBe(0);
  });

  it.each([401, 402, 403])('of %d pauses all dialling and says so', async (status) => {
    const world = dialling({}, { kind: 'barred', status });
    await world.dial(world.asha());
    expect(world.dialSwitch.reason).toBe(`vendor_${status}`);
    expect(world.journal.alarms()).toEqual(['dialling_barred']);
  });

  it('can be found by the call id', async () => {
    const world = dialling();
    await world.dial(world.asha());
    expect(await world.store.find(SHOP, { kind: 'call', value: CALL })).toEqual([ID]);
  });

  it('is told with how long it took and how late it was', async () => {
    const world = dialling();
    world.voice.meanwhile = () => {
      world.clock.at = NOW + 250;
    };
    await world.dial(world.asha());
    expect(world.journal.lines[0]).toEqual([
      'dialled',
      { recoveryId: ID, attemptId: `${ID}.1`, result: 'placed', cause: null, tookMs: 250, lateMs: 3 * SECOND },
    ]);
  });

  it('tells the journal nothing of the person', async () => {
    for (const result of [
      placed,
      timeout,
      refusedConnection,
      { kind: 'refused', status: 422, message: 'Asha' } as const,
    ]) {
      const world = dialling({}, result);
      await world.dial(world.asha());
      expect(JSON.stringify(world.journal.lines)).not.toMatch(/Asha|90909|mail\.example|Cubbon/);
    }
  });
});

describe('a process that was frozen between claim and dial', () => {
  const half = DIAL_TIME_LIMIT_MS / 2;

  it('sends nothing any more: the next ring decides anew', async () => {
    const world = dialling({ dialingAt: NOW - half - 1 });
    const outcome = await world.dial(world.asha());
    expect(world.voice.calls).toEqual([]);
    expect(outcome).toEqual({ kind: 'snooze', until: NOW + 2_500, decision: 'scheduled: stalled' });
    expect(world.asha()).toMatchObject({ state: 'scheduled', reason: 'stalled', callId: null });
    expect(world.journal.lines[0]).toMatchObject(['dialled', { result: 'not_placed', cause: 'stalled' }]);
  });

  it('sends nothing for a dial that the sweep has given up meanwhile', async () => {
    const world = dialling({ dialingAt: NOW - DIAL_TIME_LIMIT_MS });
    const claimed = world.asha();
    world.store.put({ ...claimed, state: 'unknown', reason: 'dial_interrupted', revision: 7 });
    await world.dial(claimed);
    expect(world.voice.calls).toEqual([]);
    expect(world.asha()).toMatchObject({ state: 'scheduled', reason: 'stalled' });
  });

  it.each([
    ['half the time limit', NOW - half],
    ['no time at all', NOW],
  ])('still dials after %s', async (_what, dialingAt) => {
    const world = dialling({ dialingAt });
    await world.dial(world.asha());
    expect(world.asha()).toMatchObject({ state: 'called', callId: CALL });
  });
});

describe('an order that comes while the request is on the wire', () => {
  const order = { at: NOW, name: '#1001', total: '1955.00', currency: 'INR', match: 'checkout' } as const;
  const known = { orderedAt: NOW, orderName: '#1001', orderTotal: '1955.00', orderMatch: 'checkout' };

  it.each([
    ['refused connection', refusedConnection, { kind: 'done' }],
    ['barred', { kind: 'barred', status: 402 } as const, { kind: 'done' }],
    ['throttled, which still holds for the queue', throttled(SECOND), { kind: 'throttle', forMs: SECOND }],
  ])('ends the recovery when nothing was placed: %s', async (_what, result, outcome) => {
    const world = dialling({}, result);
    world.voice.meanwhile = () => world.stop({ shop: SHOP, token: TOKEN }, 'ordered', order);
    expect(await world.dial(world.asha())).toEqual({ ...outcome, decision: 'cancelled: ordered' });
    expect(world.asha()).toMatchObject({ state: 'cancelled', reason: 'ordered', dueAt: null, ...known });
    expect(world.asha().errands).toEqual({});
  });

  it.each([
    ['placed', placed, 'called'],
    ['of unknown fate', timeout, 'unknown'],
    ['refused', { kind: 'refused', status: 400, message: '' } as const, 'rejected'],
  ])('is noted beside a call that was %s', async (_what, result, state) => {
    const world = dialling({}, result);
    world.voice.meanwhile = () => world.stop({ shop: SHOP, token: TOKEN }, 'ordered', order);
    await world.dial(world.asha());
    expect(world.asha()).toMatchObject({ state, stopReason: 'ordered', ...known });
  });
});

describe('a call event that is faster than the answer', () => {
  it('has said that the call was placed: the answer adds what it knows', async () => {
    const world = dialling();
    world.voice.meanwhile = () => world.record(calledEvent, address);
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'called' });
    expect(world.asha()).toMatchObject({
      state: 'called',
      callId: CALL,
      callStatus: 'in-progress',
      vendorStatus: 'initiate',
    });
    expect(world.journal.alarms()).toEqual([]);
  });

  it.each([
    ['no answer', timeout],
    ['an answer that says otherwise', refusedConnection],
    ['a refusal', { kind: 'refused', status: 409, message: '' } as const],
  ])('knows better than %s: there is a call', async (_what, result) => {
    const world = dialling({}, result);
    world.voice.meanwhile = () => world.record(calledEvent, address);
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'called' });
    expect(world.asha()).toMatchObject({ state: 'called', callId: CALL });
  });

  it('and was the last one leaves the recovery ended', async () => {
    const world = dialling();
    const over = { ...calledEvent, type: 'call.lifecycle-ended', status: null, final: true, finalStatus: 'completed' };
    world.voice.meanwhile = () => world.record(over, address);
    await world.dial(world.asha());
    expect(world.asha()).toMatchObject({ state: 'ended', callStatus: 'completed', callId: CALL });
  });

  it('with another call id is a conflict: an alarm, and the first id stays', async () => {
    const world = dialling();
    world.voice.meanwhile = () => world.record({ ...calledEvent, callId: 'another' }, address);
    await world.dial(world.asha());
    expect(world.journal.alarms()).toEqual(['duplicate_call_id']);
    expect(world.asha()).toMatchObject({ state: 'called', callId: 'another' });
    expect(world.store.timeline(ID).at(-1)).toMatchObject({
      event: 'dial_placed',
      reason: 'duplicate_call_id',
      detail: CALL,
    });
    // Events of either call find the recovery.
    expect(await world.store.find(SHOP, { kind: 'call', value: CALL })).toEqual([ID]);
  });
});

describe('a call id that another recovery has already', () => {
  const twin = { id: `${ID}x`, attemptId: `${ID}x.1` };

  it('raises an alarm that names both, and is saved all the same', async () => {
    const world = dialling();
    const first = { ...world.asha(), ...twin };
    world.store.put(first);
    await world.dial(first);
    expect(world.journal.alarms()).toEqual([]);
    await world.dial(world.asha());
    expect(world.journal.lines).toContainEqual([
      'alarm',
      { name: 'shared_call_id', recoveryId: ID, attemptId: `${ID}.1`, sharedWith: twin.id },
    ]);
    expect(world.asha()).toMatchObject({ state: 'called', callId: CALL });
  });

  it('costs nothing when the store does not say', async () => {
    const world = dialling();
    Object.assign(world.store, { find: () => Promise.reject(new StoreUnavailableError('away')) });
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'called' });
    expect(world.journal.alarms()).toEqual([]);
  });
});

describe('a sweep that gave the dial up too early', () => {
  const givenUp = { state: 'unknown', reason: 'dial_interrupted' } as const;

  it.each([
    ['placed', placed, { state: 'called', reason: null }],
    ['not placed', refusedConnection, { state: 'scheduled', reason: 'econnrefused' }],
    ['unknown', timeout, { state: 'unknown', reason: 'timeout' }],
  ])('is corrected by the answer: %s', async (_what, result, expected) => {
    const world = dialling({}, result);
    world.voice.meanwhile = () => world.store.put({ ...world.asha(), ...givenUp, revision: 7 });
    await world.dial(world.asha());
    expect(world.asha()).toMatchObject(expected);
  });

  it('and an operator who settled it are not overruled by an answer that nothing was sent', async () => {
    const world = dialling({}, refusedConnection);
    world.voice.meanwhile = async () => {
      world.store.put({ ...world.asha(), ...givenUp, revision: 7 });
      await world.operate.settle(ID, { placed: false });
    };
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'cancelled: operator_not_placed' });
  });
});

describe('saving the result', () => {
  const unavailable = () => {
    throw new StoreUnavailableError(new Error('connection lost'));
  };

  it('is tried until it works; the request is not', async () => {
    const world = dialling();
    for (let n = 0; n < 3; n++) world.store.before('load', unavailable);
    for (let n = 0; n < 2; n++) world.store.before('commit', unavailable);
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'called' });
    expect(world.pauses).toEqual([1, 2, 3, 4, 5]);
    expect(world.voice.calls).toHaveLength(1);
    expect(world.asha()).toMatchObject({ state: 'called', callId: CALL });
  });

  it('that was done although the store did not say so is not done twice', async () => {
    const world = dialling({}, refusedConnection);
    const commit = world.store.commit;
    let lost = false;
    world.store.commit = async (change) => {
      const done = await commit(change);
      if (!lost) {
        lost = true;
        unavailable();
      }
      return done;
    };
    const outcome = await world.dial(world.asha());
    expect(world.asha()).toMatchObject({ state: 'scheduled', notPlaced: 1, dueAt: NOW + 2_500 });
    expect(outcome).toEqual({ kind: 'snooze', until: NOW + 2_500, decision: 'scheduled: econnrefused' });
  });

  it('ends when the process must: the sweep will find the record dialing', async () => {
    const world = dialling();
    for (let n = 0; n < 99; n++) world.store.before('load', unavailable);
    world.pauseBeforeSavingAgain = async (tries) => {
      if (tries === 4) throw new Error('the process ends');
    };
    await expect(world.dial(world.asha())).rejects.toThrow('the process ends');
    expect(world.asha().state).toBe('dialing');
  });

  it('starts over when the record has changed', async () => {
    const world = dialling();
    for (let n = 0; n < 24; n++) {
      world.store.before('commit', () => world.store.put({ ...world.asha(), revision: world.asha().revision + 1 }));
    }
    await world.dial(world.asha());
    expect(world.asha().state).toBe('called');
  });

  it('pauses when the record keeps changing, and is tried again: a call id must not be lost', async () => {
    const world = dialling();
    const commit = world.store.commit;
    let contended = 0;
    world.store.commit = async (change) => {
      if (contended++ < 2) throw new RecordContendedError();
      return commit(change);
    };
    expect(await world.dial(world.asha())).toEqual({ kind: 'done', decision: 'called' });
    expect(world.pauses).toEqual([1, 2]);
    expect(world.voice.calls).toHaveLength(1);
    expect(world.asha()).toMatchObject({ state: 'called', callId: CALL });
  });

  it('does not spin when the record never stops changing', async () => {
    const world = dialling();
    world.store.commit = async () => false;
    world.pauseBeforeSavingAgain = async (tries) => {
      if (tries === 3) throw new Error('the process ends');
    };
    await expect(world.dial(world.asha())).rejects.toThrow('the process ends');
    expect(world.pauses).toEqual([1, 2, 3]);
  });

  it('passes on a fault that trying again cannot mend', async () => {
    const world = dialling();
    world.store.before('load', () => {
      throw new TypeError('a spoilt record');
    });
    await expect(world.dial(world.asha())).rejects.toThrow('a spoilt record');
    expect(world.pauses).toEqual([]);
  });

  it('is a fault for a record that was never complete', async () => {
    const world = dialling({ payload: null });
    await expect(world.dial(world.asha())).rejects.toThrow(/without payload/);
    expect(world.voice.calls).toEqual([]);
  });
});
