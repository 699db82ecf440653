/** What a dial's result leaves on a record to which something else happened while the request was on the wire. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../../../src/domain/recovery.ts';
import { throttleMs } from '../../../../src/domain/transition/dial-result.ts';
import type { DialResult } from '../../../../src/domain/voice-calls.ts';
import { CALL_ID } from '../../../support/a-call-event.ts';
import { aFullerCart, aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU, factsOf } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { aCalledRecord, aDialledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const BACKOFF = 2_500;
const placed: DialResult = { kind: 'placed', callId: CALL_ID, vendorStatus: 'initiate' };
const notPlaced: DialResult = { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null };
const barred: DialResult = { kind: 'barred', status: 402 };
const refused: DialResult = { kind: 'refused', status: 422, message: 'no such assistant' };
const unknown: DialResult = { kind: 'unknown', cause: 'timeout' };

const dialling = aDialledRecord({ notPlaced: 2, alarm: 1, alarmAt: NOW - MINUTE });
const ended = (record: RecoveryRecord, result: DialResult, attemptId = `${record.id}.1`) =>
  moved(record, { kind: 'dial_result', attemptId, result, backoffMs: BACKOFF });

const noConsent = aHeldCheckout({
  state: 'skipped',
  reason: 'no_consent',
  dueAt: null,
  facts: factsOf(aRecord({ payload: null, phone: null, candidate: null })),
});
const waitingFor = aHeldCheckout({ ...noConsent, state: 'waiting', reason: 'no_phone' });
const abort = (errand = {}) => ({ abort: anErrand({ dueAt: NOW, ...errand }) });

describe('a call that was placed', () => {
  it('is on the record, and found by its id', () => {
    const { next, entry, lookups, signs } = ended(dialling, placed);
    const told = { state: 'called', reason: null, callId: CALL_ID, calledAt: NOW, vendorStatus: 'initiate' };
    expect(next).toEqual({ ...dialling, ...told, notPlaced: 0 });
    expect(entry).toEqual({ at: NOW, event: 'dial_placed', state: 'called', detail: CALL_ID });
    expect(lookups).toEqual([{ kind: 'call', value: CALL_ID }]);
    expect(signs).toEqual([]);
  });

  it.each([
    ['at once', {}],
    ['sooner than it would have been looked at', { dueAt: NOW + 15 * SECOND, note: 'no_call_id_yet' }],
  ])('and was stopped meanwhile is aborted %s', (_what, errand) => {
    const { next } = ended({ ...dialling, stopReason: 'ordered', errands: abort(errand) }, placed);
    expect(next).toMatchObject({ state: 'called', stopReason: 'ordered' });
    expect(next.errands).toEqual(abort({ ...errand, dueAt: NOW }));
  });

  it('and was stopped is told of no other cart', () => {
    const { next } = ended({ ...dialling, stopReason: 'ordered', held: aFullerCart() }, placed);
    expect(next.payload).toEqual(dialling.payload);
    expect(next).toMatchObject({ held: null, errands: abort() });
  });

  it('is told of the cart that was left meanwhile', () => {
    const held = aFullerCart();
    const { next } = ended({ ...dialling, held }, placed);
    expect(next).toMatchObject({ state: 'called', held: null, cartValue: '2455.00 INR', checkoutUpdatedAt: NOW });
    expect(next.payload?.lineItems).toHaveLength(2);
    expect(next.errands).toEqual({ replace_payload: anErrand({ kind: 'replace_payload', dueAt: NOW }) });
  });

  it('is told nothing of a cart that is the same', () => {
    const { next } = ended({ ...dialling, held: aHeldCheckout() }, placed);
    expect([next.held, next.errands]).toEqual([null, {}]);
  });

  it('and whose consent was taken back meanwhile is aborted', () => {
    const { next } = ended({ ...dialling, held: noConsent }, placed);
    expect(next).toMatchObject({ state: 'called', stopReason: 'opted_out', held: null, errands: abort() });
  });

  it('corrects whoever gave the dial up too early', () => {
    const givenUp = { ...dialling, state: 'unknown', reason: 'dial_interrupted' } as const;
    expect(ended(givenUp, placed).next).toMatchObject({ state: 'called', reason: null, callId: CALL_ID });
  });

  it('is aborted, with a sign, when somebody ended the doubt by then', () => {
    const settled = { ...dialling, state: 'cancelled', reason: 'operator_not_placed' } as const;
    const { next, signs } = ended(settled, placed);
    expect(next).toMatchObject({ state: 'cancelled', callId: CALL_ID, errands: abort() });
    expect(signs).toEqual(['call_after_all']);
  });

  it('adds to a call that its own events told of first', () => {
    const known = aCalledRecord({ callStatus: 'in-progress', calledAt: NOW - SECOND, vendorStatus: null });
    const { next, signs } = ended(known, placed);
    expect(next).toEqual({ ...known, vendorStatus: 'initiate' });
    expect(signs).toEqual([]);
  });

  it('and is another one than its events told of is a sign; the first id stays', () => {
    const known = aCalledRecord({ callId: 'another-call' });
    const { next, entry, lookups, signs } = ended(known, placed);
    expect(next.callId).toBe('another-call');
    expect(entry).toMatchObject({ reason: 'duplicate_call_id', detail: CALL_ID });
    expect(lookups).toEqual([{ kind: 'call', value: CALL_ID }]);
    expect(signs).toEqual(['duplicate_call_id']);
  });
});

describe.each([
  ['nothing was sent', notPlaced, 'econnrefused', BACKOFF, 3],
  ['throttled', { ...notPlaced, cause: 'throttled', retryAfterMs: 7 * SECOND } as DialResult, 'throttled', 7_000, 2],
  ['barred', barred, 'vendor_402', MINUTE, 2],
] as const)('a call that was not placed: %s', (_what, result, reason, waitMs, failures) => {
  it('is scheduled again, no sooner than the wait is over', () => {
    const { next, entry } = ended(dialling, result);
    const at = NOW + waitMs;
    expect(next).toEqual({ ...dialling, state: 'scheduled', reason, dueAt: at, alarmAt: at, notPlaced: failures });
    expect(entry).toEqual({
      at: NOW,
      event: 'dial_not_placed',
      state: 'scheduled',
      reason,
      detail: `again ${new Date(at).toISOString()}`,
    });
  });

  it('and was stopped meanwhile is cancelled, with nothing to abort', () => {
    const { next, entry } = ended({ ...dialling, stopReason: 'ordered', errands: abort() }, result);
    expect(next).toMatchObject({ state: 'cancelled', reason: 'ordered', dueAt: null });
    expect(next.errands).toEqual({});
    expect(entry).toEqual({ at: NOW, event: 'dial_not_placed', state: 'cancelled', reason: 'ordered' });
  });

  it('and was stopped takes its code back', () => {
    const discount = { code: 'RBTESTCODE', state: 'minted', shopId: 'gid', endsAt: NOW + DAY } as const;
    const { next } = ended({ ...dialling, stopReason: 'ordered', discount, errands: abort() }, result);
    expect(next.errands).toEqual({ discount_delete: anErrand({ kind: 'discount_delete', dueAt: NOW }) });
  });

  it.each([
    ['sooner than the wait', NOW + 1, NOW + waitMs],
    ['later than the wait', NOW + HOUR, NOW + HOUR],
  ])('follows the webhook that was held back: due %s', (_what, dueAt, expected) => {
    const held = aFullerCart({ dueAt, reason: 'outside_hours' });
    const { next, entry } = ended({ ...dialling, held }, result);
    expect(next).toMatchObject({
      state: 'scheduled',
      reason: 'outside_hours',
      dueAt: expected,
      alarmAt: expected,
      cartValue: '2455.00 INR',
      // Nothing was placed: this time the new number is dialled.
      phone: '+919191919191',
      checkoutUpdatedAt: NOW,
      notPlaced: failures,
      held: null,
    });
    expect(entry).toMatchObject({ state: 'scheduled', reason: 'outside_hours', detail: reason });
  });

  it.each([noConsent, waitingFor])('is not dialled again when the webhook that was held back says so', (held) => {
    const { next } = ended({ ...dialling, held }, result);
    expect(next).toMatchObject({ state: held.state, reason: held.reason, dueAt: null, alarm: null, alarmAt: null });
    expect(next).toMatchObject({ phone: null, payload: null, held: null });
  });
});

describe('a call that was refused', () => {
  it('is rejected, with the vendor’s words', () => {
    const { next, entry } = ended(dialling, refused);
    expect(next).toEqual({
      ...dialling,
      state: 'rejected',
      reason: 'vendor_422',
      vendorMessage: 'no such assistant',
    });
    expect(entry).toEqual({ at: NOW, event: 'dial_refused', state: 'rejected', reason: 'vendor_422' });
  });

  it('leaves nothing to abort, and takes its code back', () => {
    const discount = { code: 'RBTESTCODE', state: 'minting', shopId: null, endsAt: NOW + DAY } as const;
    const { next } = ended({ ...dialling, stopReason: 'ordered', discount, errands: abort() }, refused);
    expect(Object.keys(next.errands)).toEqual(['discount_delete']);
    expect(next.errands.discount_delete?.dueAt).toBe(NOW);
  });
});

describe('a call of unknown fate', () => {
  it('is unknown, and keeps what came meanwhile', () => {
    const record = { ...dialling, stopReason: 'ordered', held: aFullerCart(), errands: abort() } as const;
    expect(ended(record, unknown).next).toEqual({ ...record, state: 'unknown', reason: 'timeout' });
  });
});

describe('the result of another attempt', () => {
  it.each([notPlaced, barred, refused, unknown])('changes nothing: $kind', (result) => {
    for (const record of [dialling, { ...dialling, state: 'unknown' } as const]) {
      expect(ended(record, result, `${record.id}.2`)).toMatchObject({ next: record, patch: null });
    }
  });

  it('that placed a call is not lost, and ends no dial under way', () => {
    const { next } = ended(dialling, placed, `${dialling.id}.2`);
    expect(next).toMatchObject({ state: 'dialing', callId: CALL_ID });
  });
});

describe('a throttled queue', () => {
  it.each([
    [null, 5 * SECOND],
    [0, SECOND],
    [999, SECOND],
    [7_000, 7_000],
    [5 * MINUTE, 5 * MINUTE],
    [5 * MINUTE + 1, 5 * MINUTE],
  ])('that is asked to wait %s ms waits %d', (wished, waits) => {
    expect(throttleMs(wished)).toBe(waits);
  });
});
