/** What time alone does, to the millisecond; and that an index by these instants finds whatever is overdue. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../../../src/domain/recovery.ts';
import { indexedAt } from '../../../../src/domain/transition/deadline.ts';
import type { FollowUpRules } from '../../../../src/domain/transition/event.ts';
import { aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU, factsOf } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { anyRecord } from '../../../support/any-recovery.ts';
import { aCalledRecord, aDialledRecord, LIMITS, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const pass = (record: RecoveryRecord, rules: Partial<FollowUpRules> = {}) =>
  moved(record, { kind: 'deadline', limits: LIMITS }, rules);
const redial = { redialPresumed: true };
const ago = (ms: number) => NOW - ms;
const doubtful = aDialledRecord({
  state: 'unknown',
  reason: 'timeout',
  dialingAt: ago(DAY),
  alarm: 1,
  alarmAt: ago(DAY),
});
const forgotten = aCalledRecord({ dialingAt: ago(4 * DAY), calledAt: ago(3 * DAY) });

describe('the deadline of', () => {
  it.each<[string, (instant: number) => RecoveryRecord, number, object]>([
    [
      'a dial',
      (dialingAt) => aDialledRecord({ dialingAt }),
      LIMITS.dialingMs,
      { state: 'unknown', reason: 'dial_interrupted' },
    ],
    [
      'a checkout that waits',
      (lastActivityAt) => aRecord({ state: 'waiting', reason: 'no_phone', lastActivityAt }),
      LIMITS.waitingMs,
      { state: 'skipped', reason: 'too_old' },
    ],
    [
      'a checkout that waits and never told when it was left',
      (changedAt) => aRecord({ state: 'waiting', lastActivityAt: null, changedAt }),
      LIMITS.waitingMs,
      { state: 'skipped', reason: 'too_old' },
    ],
    [
      'a doubt',
      (dialingAt) => ({ ...doubtful, dialingAt }),
      LIMITS.unknownMs,
      { state: 'cancelled', reason: 'presumed_not_placed' },
    ],
    [
      'a call of which nothing was heard since it was placed',
      (calledAt) => ({ ...forgotten, calledAt }),
      LIMITS.calledMs,
      { state: 'ended', reason: 'no_final_event' },
    ],
    [
      'a call of which something was heard',
      (lastEventAt) => ({ ...forgotten, lastEventAt }),
      LIMITS.calledMs,
      { state: 'ended', reason: 'no_final_event' },
    ],
    [
      'a call that an operator told of',
      (dialingAt) => ({ ...forgotten, dialingAt, calledAt: null }),
      LIMITS.calledMs,
      { state: 'ended', reason: 'no_final_event' },
    ],
  ])('%s is met to the millisecond', (_what, since, limitMs, after) => {
    expect(pass(since(NOW - limitMs)).next).toMatchObject(after);
    const young = since(NOW - limitMs + 1);
    expect(pass(young)).toMatchObject({ next: young, patch: null });
  });

  it.each([
    ['a dial', aDialledRecord({ dialingAt: null }), 'unknown'],
    ['a doubt', { ...doubtful, dialingAt: null }, 'cancelled'],
    ['a call', { ...forgotten, dialingAt: null, calledAt: null }, 'ended'],
  ])('%s that nobody knows the beginning of is over', (_what, record, state) => {
    expect(pass(record).next.state).toBe(state);
  });
});

describe('a doubt that nothing ever ended', () => {
  it('is presumed not to have been placed: cancelled, with a sign', () => {
    const { next, entry, signs } = pass(doubtful);
    expect(next).toEqual({ ...doubtful, state: 'cancelled', reason: 'presumed_not_placed', dueAt: null });
    expect(entry).toEqual({
      at: NOW,
      event: 'presumed_not_placed',
      state: 'cancelled',
      reason: 'presumed_not_placed',
    });
    expect(signs).toEqual(['presumed_not_placed']);
  });

  it.each([{}, redial])('and was stopped meanwhile ends by that stop, with nothing to abort (%j)', (rules) => {
    const errands = { abort: anErrand({ dueAt: NOW + 1 }) };
    const { next } = pass({ ...doubtful, stopReason: 'ordered', errands }, rules);
    expect(next).toMatchObject({ state: 'cancelled', reason: 'ordered' });
    expect(next.errands).toEqual({});
  });

  it('takes its code back, which nobody heard of', () => {
    const discount = { code: 'RBTESTCODE', state: 'minted', shopId: 'gid', endsAt: NOW + DAY } as const;
    expect(pass({ ...doubtful, discount }).next.errands.discount_delete).toMatchObject({ state: 'open', dueAt: NOW });
  });

  it('is dialled once more where the merchant allowed that: due now, for an alarm that is still to be set', () => {
    const { next, entry, signs } = pass(doubtful, redial);
    expect(next).toEqual({
      ...doubtful,
      state: 'scheduled',
      reason: 'presumed_not_placed',
      dueAt: NOW,
      alarm: null,
      alarmAt: null,
      redialled: true,
    });
    expect(entry).toEqual({ at: NOW, event: 'sweep', state: 'scheduled', reason: 'presumed_not_placed' });
    expect(signs).toEqual(['presumed_not_placed']);
  });

  it('is dialled once more and no oftener, whatever gets lost', () => {
    expect(pass({ ...doubtful, redialled: true }, redial).next).toMatchObject({
      state: 'cancelled',
      reason: 'presumed_not_placed',
    });
  });

  it.each([
    ['payload', { payload: null }],
    ['number', { phone: null }],
  ])('is not dialled without a %s', (_what, gone) => {
    expect(pass({ ...doubtful, ...gone }, redial).next.state).toBe('cancelled');
  });

  it('is not dialled when the shopper took the consent back meanwhile', () => {
    const nobody = factsOf(aRecord({ payload: null, phone: null, candidate: null }));
    const held = aHeldCheckout({ state: 'skipped', reason: 'no_consent', dueAt: null, facts: nobody });
    const { next, entry } = pass({ ...doubtful, held }, redial);
    expect(next).toMatchObject({ state: 'skipped', reason: 'no_consent', dueAt: null, phone: null, held: null });
    expect(entry).toEqual({
      at: NOW,
      event: 'sweep',
      state: 'skipped',
      reason: 'no_consent',
      detail: 'presumed_not_placed',
    });
  });

  it('is dialled for the cart that was left meanwhile, when that is due', () => {
    const held = aHeldCheckout({ dueAt: NOW + MINUTE, facts: factsOf(aRecord({ cartValue: '9.00 INR' })) });
    expect(pass({ ...doubtful, held }, redial).next).toMatchObject({
      state: 'scheduled',
      dueAt: NOW + MINUTE,
      cartValue: '9.00 INR',
      checkoutUpdatedAt: NOW,
      held: null,
      alarm: null,
      alarmAt: null,
    });
  });
});

describe('a call whose last word never came', () => {
  it('is over, with a sign', () => {
    const { next, entry, signs } = pass(forgotten);
    expect(next).toEqual({ ...forgotten, state: 'ended', reason: 'no_final_event' });
    expect(entry).toEqual({ at: NOW, event: 'sweep', state: 'ended', reason: 'no_final_event' });
    expect(signs).toEqual(['no_final_event']);
  });

  it('leaves the shopper her code as long as was said', () => {
    const discount = { code: 'RBTESTCODE', state: 'minted', shopId: 'gid', endsAt: NOW + HOUR } as const;
    expect(pass({ ...forgotten, discount }).next.errands.discount_delete).toMatchObject({ dueAt: NOW + HOUR });
  });
});

describe('an index by what deadlines count from', () => {
  it.each<[string, Partial<RecoveryRecord>, number]>([
    ['scheduled by when it is due', { state: 'scheduled', dueAt: 5 }, 5],
    ['scheduled without a time by its change', { state: 'scheduled', dueAt: null }, 9],
    ['dialing by its dial', { state: 'dialing', dialingAt: 3 }, 3],
    ['unknown by its dial', { state: 'unknown', dialingAt: 3 }, 3],
    ['unknown without a dial by its change', { state: 'unknown', dialingAt: null }, 9],
    ['called by what was heard last', { state: 'called', dialingAt: 3, calledAt: 4, lastEventAt: 6 }, 6],
    ['called by its answer', { state: 'called', dialingAt: 3, calledAt: 4 }, 4],
    ['called by nothing at all by its change', { state: 'called' }, 9],
    ['waiting by its change', { state: 'waiting', lastActivityAt: 2 }, 9],
    ['ended by its change', { state: 'ended', dialingAt: 3, lastEventAt: 6 }, 9],
  ])('finds one that is %s', (_what, record, at) => {
    expect(indexedAt(aRecord({ changedAt: 9, ...record }))).toBe(at);
  });

  // An errand that waits changes its record every few seconds; by the time of change it would always look young.
  it('finds whatever is overdue, however recently an errand changed it', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const known = { ...record, changedAt: NOW };
        const dialled = known.dialingAt !== null || known.calledAt !== null || known.lastEventAt !== null;
        const { dialingMs, unknownMs, calledMs } = LIMITS;
        const limitMs = { dialing: dialingMs, unknown: unknownMs, called: calledMs }[known.state as 'dialing'];
        if (limitMs === undefined || !dialled || (known.state !== 'called' && known.dialingAt === null)) return;
        const isOver = pass(known).patch !== null;
        expect(indexedAt(known) <= NOW - limitMs).toBe(isOver);
      }),
      { numRuns: 500 },
    );
  });
});
