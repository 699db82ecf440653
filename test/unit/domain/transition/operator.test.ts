/** What an operator leaves on a record, beside stopping it. */
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../../../src/domain/duration.ts';
import { RECOVERY_STATES, type RecoveryRecord } from '../../../../src/domain/recovery.ts';
import type { OperatorAction } from '../../../../src/domain/transition/event.ts';
import { CALL_ID } from '../../../support/a-call-event.ts';
import { aFullerCart, aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU, factsOf } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { aDialledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const act = (record: RecoveryRecord, action: OperatorAction) => moved(record, { kind: 'operator', action });
const doubtful = aDialledRecord({ state: 'unknown', reason: 'timeout' });
const placed = { kind: 'settle', placed: true, callId: CALL_ID } as const;

describe('an operator who wants a call now', () => {
  it('drops the delay, and nothing else', () => {
    const record = aRecord({ dueAt: NOW + HOUR, alarm: 1, alarmAt: NOW + HOUR });
    const { next, entry } = act(record, { kind: 'call_now' });
    expect(next).toEqual({ ...record, dueAt: NOW, reason: 'operator' });
    expect(entry).toEqual({ at: NOW, event: 'operator_call_now', state: 'scheduled', reason: 'operator' });
  });
});

describe('an operator who knows that a doubtful call was placed', () => {
  it('settles it, and it is found by the id', () => {
    const { next, entry, lookups } = act(doubtful, placed);
    expect(next).toEqual({ ...doubtful, state: 'called', reason: 'operator_placed', callId: CALL_ID, calledAt: NOW });
    expect(entry).toEqual({
      at: NOW,
      event: 'operator_settled',
      state: 'called',
      reason: 'operator_placed',
      detail: CALL_ID,
    });
    expect(lookups).toEqual([{ kind: 'call', value: CALL_ID }]);
  });

  it('may not know its id', () => {
    const { next, entry, lookups } = act(doubtful, { ...placed, callId: null });
    expect(next).toMatchObject({ state: 'called', callId: null });
    expect(entry).not.toHaveProperty('detail');
    expect(lookups).toEqual([]);
  });

  it('does not overrule the id and the time that are known', () => {
    const known = { ...doubtful, callId: 'known', calledAt: NOW - HOUR };
    expect(act(known, placed).next).toMatchObject({ callId: 'known', calledAt: NOW - HOUR });
  });

  it('and whom a stop came before has it aborted at once', () => {
    const errands = { abort: anErrand({ dueAt: NOW + 15 * SECOND, note: 'no_call_id_yet' }) };
    const { next } = act({ ...doubtful, stopReason: 'ordered', errands }, placed);
    expect(next.errands.abort).toMatchObject({ state: 'open', dueAt: NOW });
  });

  it('has it aborted when the consent was taken back meanwhile', () => {
    const nobody = factsOf(aRecord({ payload: null, phone: null, candidate: null }));
    const held = aHeldCheckout({ state: 'skipped', reason: 'no_consent', dueAt: null, facts: nobody });
    expect(act({ ...doubtful, held }, placed).next).toMatchObject({
      stopReason: 'opted_out',
      held: null,
      errands: { abort: { state: 'open', dueAt: NOW } },
    });
  });

  it('has the vendor told of the cart that was left meanwhile', () => {
    const { next } = act({ ...doubtful, held: aFullerCart() }, placed);
    expect(next).toMatchObject({ reason: 'operator_placed', cartValue: '2455.00 INR', held: null });
    expect(Object.keys(next.errands)).toEqual(['replace_payload']);
  });
});

describe('an operator who knows that it was not', () => {
  it('ends it: there is nothing to abort, and the code is taken back', () => {
    const discount = { code: 'RBTESTCODE', state: 'minted', shopId: 'gid', endsAt: NOW + DAY } as const;
    const record = { ...doubtful, stopReason: 'ordered', discount, errands: { abort: anErrand() } } as const;
    const { next, entry } = act(record, { kind: 'settle', placed: false });
    expect(next).toMatchObject({ state: 'cancelled', reason: 'operator_not_placed', dueAt: null });
    expect(next.errands).toEqual({ discount_delete: anErrand({ kind: 'discount_delete', dueAt: NOW }) });
    expect(entry).toEqual({ at: NOW, event: 'operator_settled', state: 'cancelled', reason: 'operator_not_placed' });
  });
});

describe('an operator who retries an errand', () => {
  it.each(RECOVERY_STATES)('opens a failed one of a recovery that is %s', (state) => {
    const errands = { 'forward:ended:1': anErrand({ kind: 'forward', state: 'failed', tries: 30 }) };
    const record = aDialledRecord({ state, errands });
    const { next, entry } = act(record, { kind: 'retry_errand', key: 'forward:ended:1' });
    expect(next).toEqual({
      ...record,
      errands: { 'forward:ended:1': anErrand({ kind: 'forward', dueAt: NOW, doubtful: true }) },
    });
    expect(entry).toEqual({ at: NOW, event: 'operator_retried', detail: 'forward:ended:1' });
  });

  it.each(['open', 'doing', 'done'] as const)('is refused for one that is %s', (state) => {
    const record = aDialledRecord({ errands: { abort: anErrand({ state }) } });
    expect(act(record, { kind: 'retry_errand', key: 'abort' })).toMatchObject({ next: record, patch: null });
  });
});
