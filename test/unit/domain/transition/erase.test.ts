/** Erasing: what goes, what stays, who is not called any more, and that nothing comes back afterwards. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wasAnswered } from '../../../../src/domain/call-knowledge.ts';
import type { Errand, ErrandKind } from '../../../../src/domain/errand.ts';
import {
  type EraseReason,
  type HeldCheckout,
  OPEN_STATES,
  RECOVERY_STATES,
  type RecoveryRecord,
} from '../../../../src/domain/recovery.ts';
import { keptSince } from '../../../../src/domain/transition/erase.ts';
import type { RecoveryEvent } from '../../../../src/domain/transition/event.ts';
import { LIVE_STATES } from '../../../../src/domain/transition/stop.ts';
import { transition } from '../../../../src/domain/transition.ts';
import { aCallEvent, CALL_ID } from '../../../support/a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { FOLLOW_UP } from '../../../support/a-recovery-world.ts';
import { anyCallEvent } from '../../../support/any-call-event.ts';

const NOW = ELEVEN_IN_BENGALURU;
const RULES = { ...FOLLOW_UP, agentOrder: 'draft', forward: { actions: true, outcomes: true } } as const;
const REASONS = ['retention', 'redacted', 'shop_redacted'] as const satisfies readonly EraseReason[];
const ENDINGS = RECOVERY_STATES.filter((state) => !OPEN_STATES.has(state) && !LIVE_STATES.has(state));

/** Stands wherever somebody could be told of. */
const SECRET = 'Odile Marrable, 12 Ferry Road';

const anErrand = (kind: ErrandKind, state: Errand['state']): Errand => ({
  ...{
    kind,
    state,
    dueAt: NOW,
    doingAt: state === 'doing' ? NOW : null,
    tries: 1,
    doubtful: false,
    note: null,
    ref: null,
  },
  about: 'action:create_order',
});

const TELLING = aCallEvent({
  type: 'end-of-call',
  status: 'completed',
  call: {
    startedAt: NOW - 90_000,
    endedAt: NOW,
    durationSeconds: 90,
    recordingUrl: `https://rec.example/${encodeURI(SECRET)}`,
    detailUrl: `https://vendor.example/${encodeURI(SECRET)}`,
  },
  analysis: {
    success: true,
    summary: `Spoke with ${SECRET}`,
    requiredActions: [`call ${SECRET}`],
    insights: { who: SECRET },
    outcome: { said: SECRET },
  },
  credits: { used: 3, available: 97 },
  action: { name: 'create_order', reason: SECRET, payload: { to: SECRET } },
  outcome: { key: 'action:create_order', data: { payload: SECRET } },
});

/** Called, spoken with, bought: everything that a record can hold, with her in every corner of it. */
function aFullRecord(overrides: Partial<RecoveryRecord> = {}): RecoveryRecord {
  const { payload, phone } = aRecord();
  if (payload === null) throw new Error('the record of the tests has a payload');
  const held: HeldCheckout = {
    ...{ state: 'scheduled', reason: null, dueAt: NOW, checkoutUpdatedAt: NOW, lastActivityAt: NOW },
    facts: { ...aRecord(), payload: { ...payload, customer: { ...payload.customer, firstName: SECRET } } },
  };
  const called = aRecord({
    ...{ state: 'called', attempts: 1, attemptId: `${aRecord().id}.1`, calledAt: NOW - 200_000, callId: CALL_ID },
    payload: { ...payload, customer: { ...payload.customer, firstName: SECRET } },
    ...{ phone, vendorMessage: SECRET, held, contacts: ['digest of her number', 'digest of her address'] },
    ...{ orderedAt: NOW, orderName: '#1001', orderTotal: '99.00', orderCurrency: 'EUR', attributed: true },
    discount: { code: 'RBTESTCODE', state: 'minted', shopId: 'gid://shopify/DiscountCodeNode/1', endsAt: NOW },
  });
  const told = transition(called, { kind: 'call_event', event: TELLING }, NOW, RULES).next;
  const errands = {
    ...told.errands,
    'agent_order:1': anErrand('agent_order', 'open'),
    'forward:action:x:1': anErrand('forward', 'doing'),
    'forward:ended:1': anErrand('forward', 'done'),
    discount_delete: anErrand('discount_delete', 'open'),
  };
  return { ...told, errands, ...overrides };
}

function erasedAfter(record: RecoveryRecord, reason: EraseReason, at = NOW + 1): RecoveryRecord {
  return transition(record, { kind: 'erase', reason }, at, RULES).next;
}

const personal = (record: RecoveryRecord): boolean =>
  JSON.stringify(record).includes('Marrable') || JSON.stringify(record).includes(String(aRecord().phone));

describe('what is erased', () => {
  it('is everywhere before, so that this can be missed', () => {
    const { payload, phone, outcomes, call, vendorMessage, held } = aFullRecord();
    for (const part of [payload, outcomes, call, vendorMessage, held])
      expect(JSON.stringify(part)).toContain('Marrable');
    expect(phone).not.toBeNull();
  });

  it.each(ENDINGS.flatMap((state) => REASONS.map((reason) => ({ state, reason }))))(
    'is everything about the person: $state, $reason',
    ({ state, reason }) => {
      const erased = erasedAfter(aFullRecord({ state }), reason);
      expect(personal(erased)).toBe(false);
      expect(erased).toMatchObject({
        ...{ payload: null, phone: null, outcomes: {}, vendorMessage: null, held: null },
        ...{ erasedAt: NOW + 1, hadPayload: true, state },
      });
    },
  );

  it('is not what happened, what it cost and what it brought', () => {
    const before = aFullRecord({ state: 'ended' });
    const erased = erasedAfter(before, 'retention');
    for (const name of [
      ...([
        'id',
        'checkoutToken',
        'state',
        'reason',
        'attempts',
        'attemptId',
        'callId',
        'calledAt',
        'callStatus',
      ] as const),
      ...(['candidate', 'cartValue', 'orderName', 'orderTotal', 'orderCurrency', 'orderedAt', 'attributed'] as const),
      ...(['arm', 'armAt', 'discount', 'createdAt', 'lastActivityAt', 'lastEventAt', 'contacts'] as const),
    ]) {
      expect([name, erased[name]]).toEqual([name, before[name]]);
    }
    const { call } = erased;
    expect(call).toMatchObject({ success: true, creditsUsed: 3, durationSeconds: 90, statuses: before.call?.statuses });
    expect(call?.actions).toEqual([{ name: 'create_order', reason: null, at: NOW }]);
    expect(wasAnswered(call)).toBe(true);
  });

  it('are the digests of the contacts only when somebody asked for it', () => {
    const record = aFullRecord({ state: 'ended' });
    expect(REASONS.map((reason) => erasedAfter(record, reason).contacts.length)).toEqual([2, 0, 0]);
  });

  it('is erased once: again is no news', () => {
    for (const reason of REASONS) {
      const erased = erasedAfter(aFullRecord({ state: 'ended' }), reason);
      expect(transition(erased, { kind: 'erase', reason }, NOW + 2, RULES).patch).toBeNull();
    }
  });

  it('is erased further when its owner asks after its time was up', () => {
    const erased = erasedAfter(erasedAfter(aFullRecord({ state: 'ended' }), 'retention'), 'redacted', NOW + 2);
    expect(erased).toMatchObject({ contacts: [], erasedAt: NOW + 1 });
  });

  it('is told in the timeline by its reason alone', () => {
    const { entry } = transition(aFullRecord({ state: 'ended' }), { kind: 'erase', reason: 'redacted' }, NOW, RULES);
    expect(entry).toEqual({ at: NOW, event: 'erased', reason: 'redacted' });
  });
});

describe('errands', () => {
  it('that carry the person fail, the others go on, and what is done is done', () => {
    const { errands } = erasedAfter(aFullRecord({ state: 'ended' }), 'retention');
    expect(errands['agent_order:1']).toMatchObject({ state: 'failed', note: 'erased', doingAt: null });
    expect(errands['forward:action:x:1']).toMatchObject({ state: 'failed', note: 'erased', doingAt: null });
    expect(errands['forward:ended:1']).toEqual(anErrand('forward', 'done'));
    expect(errands.discount_delete).toEqual(anErrand('discount_delete', 'open'));
  });

  it('that failed so are not tried again', () => {
    const erased = erasedAfter(aFullRecord({ state: 'ended' }), 'retention');
    const retry = (key: string): RecoveryEvent => ({ kind: 'operator', action: { kind: 'retry_errand', key } });
    expect(transition(erased, retry('agent_order:1'), NOW, RULES).patch).toBeNull();
  });
});

describe('somebody who asks to be forgotten', () => {
  const asked = (record: RecoveryRecord) => erasedAfter(record, 'redacted');

  it.each([...OPEN_STATES])('is not called: %s', (state) => {
    const erased = asked(aFullRecord({ state, calledAt: null, attempts: 0, callId: null }));
    expect(erased).toMatchObject({ state: 'cancelled', reason: 'redacted', dueAt: null, payload: null });
  });

  it.each([...LIVE_STATES])('has the call aborted that is out: %s', (state) => {
    const erased = asked(aFullRecord({ state }));
    expect(erased).toMatchObject({
      state,
      stopReason: 'redacted',
      payload: null,
      errands: { abort: { state: 'open' } },
    });
  });

  it('is not called when the dial under way turns out not to have been placed', () => {
    const dialing = asked(aFullRecord({ state: 'dialing' }));
    const result = { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null } as const;
    const attemptId = dialing.attemptId ?? '';
    const { next } = transition(dialing, { kind: 'dial_result', attemptId, result, backoffMs: 0 }, NOW + 2, RULES);
    expect(next).toMatchObject({ state: 'cancelled', reason: 'redacted', payload: null });
  });

  it('keeps the reason of an earlier stop', () => {
    expect(asked(aFullRecord({ state: 'called', stopReason: 'ordered' })).stopReason).toBe('ordered');
  });
});

describe('time alone', () => {
  it.each([...LIVE_STATES])('takes nothing from a call that is not over: %s', (state) => {
    expect(transition(aFullRecord({ state }), { kind: 'erase', reason: 'retention' }, NOW, RULES).patch).toBeNull();
  });

  it('makes what was still to be called too old', () => {
    const erased = erasedAfter(aRecord({ state: 'scheduled' }), 'retention');
    expect(erased).toMatchObject({ state: 'skipped', reason: 'too_old', dueAt: null, payload: null, hadPayload: true });
  });

  it.each(['waiting', 'skipped'] as const)('leaves the decision that it is %s', (state) => {
    const record = aRecord({ state, reason: 'no_consent', payload: null, phone: null });
    expect(erasedAfter(record, 'retention')).toMatchObject({
      state,
      reason: 'no_consent',
      erasedAt: NOW + 1,
      hadPayload: false,
    });
  });

  it('runs from the last that was heard of the shopper or the call, and not while it lasts', () => {
    const record = aRecord({
      state: 'ended',
      createdAt: 1,
      lastActivityAt: 2,
      dialingAt: 3,
      calledAt: 4,
      lastEventAt: 5,
    });
    expect(keptSince(record)).toBe(5);
    expect(keptSince({ ...record, lastEventAt: null })).toBe(4);
    expect(keptSince({ ...record, lastEventAt: null, calledAt: null, dialingAt: null })).toBe(2);
    expect(keptSince({ ...record, lastActivityAt: null, lastEventAt: null, calledAt: null, dialingAt: null })).toBe(1);
    for (const state of LIVE_STATES) expect(keptSince({ ...record, state })).toBeNull();
  });
});

describe('once erased, a record', () => {
  const event = (told: typeof TELLING): RecoveryEvent => ({ kind: 'call_event', event: told });

  it('learns of a late event how the call went, and nothing of the person', () => {
    const called = aFullRecord({ state: 'ended', call: null, outcomes: {} });
    const told = transition(erasedAfter(called, 'retention'), event(TELLING), NOW + 5, RULES).next;
    expect(personal(told)).toBe(false);
    expect(told.call).toMatchObject({ success: true, creditsUsed: 3, durationSeconds: 90, summary: null });
    expect(told.outcomes).toEqual({});
    const carrying = Object.values(told.errands).filter(({ kind }) => kind === 'agent_order' || kind === 'forward');
    expect(carrying.filter(({ state }) => state === 'open' || state === 'doing')).toEqual([]);
  });

  it('finds no news in an event that it knew', () => {
    const erased = erasedAfter(aFullRecord({ state: 'ended' }), 'retention');
    expect(transition(erased, event(TELLING), NOW + 5, RULES).patch).toEqual({});
  });

  it('keeps no words of a refusal, and no other cart', () => {
    const dialing = erasedAfter(aFullRecord({ state: 'dialing' }), 'redacted');
    const refused = { kind: 'refused', status: 422, message: SECRET } as const;
    const attemptId = dialing.attemptId ?? '';
    const { next } = transition(dialing, { kind: 'dial_result', attemptId, result: refused, backoffMs: 0 }, NOW, RULES);
    expect(next).toMatchObject({ state: 'rejected', vendorMessage: null });
    const called = erasedAfter(aFullRecord({ state: 'called', callStatus: null }), 'redacted');
    const { held } = aFullRecord();
    if (held === null) throw new Error('the record of the tests holds a webhook');
    const checkout = { ...held, checkoutUpdatedAt: NOW + 99 };
    expect(transition(called, { kind: 'cart_changed', checkout }, NOW, RULES).patch).toBeNull();
  });

  it('stays without the person, whatever the vendor tells of it, in whatever order', () => {
    const secretive = anyCallEvent.map((told) => ({
      ...told,
      ...(told.analysis && { analysis: { ...told.analysis, summary: SECRET, outcome: { SECRET } } }),
      ...(told.action && { action: { ...told.action, reason: SECRET, payload: SECRET } }),
      ...(told.outcome && { outcome: { ...told.outcome, data: { SECRET } } }),
    }));
    const property = fc.property(fc.constantFrom(...RECOVERY_STATES), fc.array(secretive), (state, events) => {
      let record = erasedAfter(aFullRecord({ state }), 'redacted');
      for (const one of events) record = transition(record, event(one), NOW + 5, RULES).next;
      expect(personal(record)).toBe(false);
      expect(record).toMatchObject({ payload: null, phone: null, outcomes: {}, held: null });
    });
    fc.assert(property);
  });
});

describe('somebody who asks to be forgotten while their call is out', () => {
  const over = aCallEvent({ type: 'call.lifecycle-ended', status: 'completed', final: true, finalStatus: 'completed' });
  const hear = (record: RecoveryRecord, event = over) =>
    transition(record, { kind: 'call_event', event }, NOW + 2, RULES).next;

  it.each([...LIVE_STATES])(
    'is known by digests until it is over, in case they want no calls any more: %s',
    (state) => {
      const live = aFullRecord({ state });
      const erased = erasedAfter(live, 'redacted');
      expect(personal(erased)).toBe(false);
      expect(erased.contacts).toEqual(live.contacts);
      expect(hear(erased, TELLING).contacts).toEqual(live.contacts);
      expect(hear(erased)).toMatchObject({ state: 'ended', contacts: [] });
    },
  );

  it('is known by nothing after the second request, either', () => {
    const erased = erasedAfter(hear(erasedAfter(aFullRecord(), 'redacted')), 'redacted');
    expect(erased.contacts).toEqual([]);
  });
});
