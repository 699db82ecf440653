/** A cart that changes when the call is with the vendor already. */
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../../src/domain/duration.ts';
import { RECOVERY_STATES, type RecoveryRecord } from '../../../../src/domain/recovery.ts';
import { aFullerCart, aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU, factsOf } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { aCalledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const called = aCalledRecord();
const change = (record: RecoveryRecord, checkout = aFullerCart()) => moved(record, { kind: 'cart_changed', checkout });
const replace = (errand = {}) => ({ replace_payload: anErrand({ kind: 'replace_payload', dueAt: NOW, ...errand }) });

describe('another cart', () => {
  it('is on the record, and the vendor is to be told', () => {
    const { next, entry } = change(called);
    expect(next).toMatchObject({
      state: 'called',
      cartValue: '2455.00 INR',
      checkoutUpdatedAt: NOW,
      lastActivityAt: NOW,
      errands: replace(),
    });
    expect(next.payload?.lineItems.map(({ title }) => title)).toEqual(['Monsooned Malabar, 1 kg', 'A paper filter']);
    expect(entry).toEqual({ at: NOW, event: 'cart_changed', state: 'called' });
  });

  it('keeps the number that is being dialled, on the record and in the payload', () => {
    const { next } = change(called);
    expect([next.phone, next.payload?.customer.phone]).toEqual([called.phone, called.payload?.customer.phone]);
  });

  it.each([
    ['done', {}],
    ['doing', { doingAt: NOW - 1 }],
    ['failed', { tries: 30 }],
  ] as const)('is told again after one that was %s', (state, errand) => {
    const { next } = change({ ...called, errands: replace({ state, dueAt: NOW - MINUTE, ...errand }) });
    expect(next.errands).toEqual(replace());
  });

  it('waits for the turn of the one before when that is still to be told', () => {
    const errands = replace({ dueAt: NOW + MINUTE, tries: 4 });
    expect(change({ ...called, errands }).next.errands).toEqual(errands);
  });

  it.each([null, 'initiate'])('can still be told while the call is %s', (callStatus) => {
    expect(change({ ...called, callStatus }).next.errands).toEqual(replace());
  });

  it.each(['busy', 'no-answer', 'in-progress', 'completed', 'ringing'])(
    'comes too late when the call is %s',
    (callStatus) => {
      const record = { ...called, callStatus };
      expect(change(record)).toMatchObject({ next: record, patch: null });
    },
  );

  it.each(RECOVERY_STATES.filter((state) => state !== 'called'))('is not told of a recovery that is %s', (state) => {
    const record = { ...called, state };
    expect(change(record)).toMatchObject({ next: record, patch: null });
  });

  it.each([
    ['that is not newer', called, aFullerCart({ checkoutUpdatedAt: called.checkoutUpdatedAt ?? 0 })],
    ['that says the same', called, aHeldCheckout()],
    ['of a call that is not wanted any more', { ...called, stopReason: 'ordered' } as const, aFullerCart()],
    [
      'that cannot be called about',
      called,
      aHeldCheckout({ state: 'waiting', facts: factsOf(aRecord({ payload: null })) }),
    ],
    ['of a record without a payload', { ...called, payload: null }, aFullerCart()],
    ['of a record without a number', { ...called, phone: null }, aFullerCart()],
  ])('%s is not told', (_what, record, checkout) => {
    expect(change(record, checkout)).toEqual({ next: record, patch: null, entry: null, lookups: [], signs: [] });
  });
});

describe('consent that is taken back', () => {
  const noConsent = aHeldCheckout({
    state: 'skipped',
    reason: 'no_consent',
    dueAt: null,
    facts: factsOf(aRecord({ payload: null, phone: null, candidate: null })),
  });

  it.each([null, 'busy', 'in-progress'])('stops a call that is %s', (callStatus) => {
    const { next, entry } = change({ ...called, callStatus }, noConsent);
    expect(next).toMatchObject({
      state: 'called',
      stopReason: 'opted_out',
      errands: { abort: anErrand({ dueAt: NOW }) },
    });
    expect(entry).toEqual({ at: NOW, event: 'opted_out' });
  });

  it('in an older webhook was given again since', () => {
    const older = { ...noConsent, checkoutUpdatedAt: (called.checkoutUpdatedAt ?? 0) - 1 };
    expect(change(called, older).patch).toBeNull();
  });

  it('is obeyed within the second of the webhook before it: which came last nobody knows', () => {
    const same = { ...noConsent, checkoutUpdatedAt: called.checkoutUpdatedAt ?? 0 };
    expect(change(called, same).next.stopReason).toBe('opted_out');
  });

  it('is not what any other reason to skip means', () => {
    expect(change(called, { ...noConsent, reason: 'too_old' }).patch).toBeNull();
  });
});
