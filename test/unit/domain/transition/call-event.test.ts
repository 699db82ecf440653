/** What a call event asks for beside what it tells: errands, once for each attempt, and signs. */
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../../src/domain/call-event.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../../../src/domain/recovery.ts';
import type { FollowUpRules } from '../../../../src/domain/transition/event.ts';
import { aCallEvent, CALL_ID, told } from '../../../support/a-call-event.ts';
import { aFullerCart, aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU, factsOf } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { aCalledRecord, aDialledRecord, moved } from '../../../support/moved.ts';

const NOW = ELEVEN_IN_BENGALURU;
const hear = (record: RecoveryRecord, event: CallEvent, rules: Partial<FollowUpRules> = {}, at = NOW) =>
  moved(record, { kind: 'call_event', event }, rules, at);

const over = aCallEvent({ type: 'call.lifecycle-ended', final: true, finalStatus: 'completed' });
const analysis = aCallEvent({ type: 'end-of-call', outcome: { key: 'end-of-call', data: { analysis: {} } } });
const agreed = aCallEvent({
  type: 'action',
  action: { name: 'create_order', reason: null, payload: null },
  outcome: { key: 'action:create-order', data: { payload: {} } },
});
const promised = aCallEvent({ ...agreed, action: { name: 'send_whatsapp', reason: null, payload: null } });
const abort = (errand = {}) => ({ abort: anErrand({ dueAt: NOW, ...errand }) });
const ATTEMPT = aDialledRecord().attemptId;

describe('an event', () => {
  it('of a dial under way proves the call: called, with what came meanwhile', () => {
    const { next } = hear(aDialledRecord({ held: aFullerCart() }), told('initiate'));
    expect(next).toMatchObject({
      state: 'called',
      callId: CALL_ID,
      calledAt: NOW,
      held: null,
      cartValue: '2455.00 INR',
    });
    expect(Object.keys(next.errands)).toEqual(['replace_payload']);
  });

  it('of a doubt ends it, and a stop that waited for the call id takes effect at once', () => {
    const errands = abort({ dueAt: NOW + 15 * SECOND, note: 'no_call_id_yet' });
    const doubt = aDialledRecord({ state: 'unknown', reason: 'timeout', stopReason: 'ordered', errands });
    const { next } = hear(doubt, told('initiate'));
    expect(next).toMatchObject({ state: 'called', reason: null, callId: CALL_ID, stopReason: 'ordered' });
    expect(next.errands.abort).toMatchObject({ state: 'open', dueAt: NOW });
  });

  it('finds the consent taken back meanwhile, and has the call aborted', () => {
    const nobody = factsOf(aRecord({ payload: null, phone: null, candidate: null }));
    const held = aHeldCheckout({ state: 'skipped', reason: 'no_consent', dueAt: null, facts: nobody });
    expect(hear(aDialledRecord({ held }), told('initiate')).next).toMatchObject({
      state: 'called',
      stopReason: 'opted_out',
      errands: abort(),
    });
  });

  it('that is the last one has nothing aborted', () => {
    const { next } = hear(aDialledRecord({ stopReason: 'ordered' }), over);
    expect([next.state, next.errands]).toEqual(['ended', {}]);
  });

  it('is remembered with its time as long as it tells something new', () => {
    const once = hear(aCalledRecord(), told('busy')).next;
    expect(once.lastEventAt).toBe(NOW);
    expect(hear(once, told('busy'), {}, NOW + MINUTE).patch).toEqual({});
    expect(hear(once, told('in-progress'), {}, NOW + MINUTE).next.lastEventAt).toBe(NOW + MINUTE);
    expect(hear(once, told('in-progress'), {}, NOW - MINUTE).next.lastEventAt).toBe(NOW);
  });

  it('of another call of the same attempt is a sign, and all it changes is that this call is taken back', () => {
    const record = aCalledRecord({ stopReason: 'ordered', errands: abort({ state: 'done' }) });
    const { patch, entry, signs } = hear(record, told('busy', { callId: 'another-call' }));
    const errands = { ...record.errands, 'abort:another-call': anErrand({ dueAt: NOW, about: 'another-call' }) };
    expect(patch).toEqual({ errands, lastEventAt: NOW });
    expect(entry).toEqual({ at: NOW, event: 'call.busy', reason: 'duplicate_call_id' });
    expect(signs).toEqual(['duplicate_call_id']);
  });

  it('that names the call at last wakes the abort that waited for a name', () => {
    const waiting = abort({ state: 'open', dueAt: NOW + HOUR });
    const record = aCalledRecord({ callId: null, stopReason: 'ordered', errands: waiting });
    expect(hear(record, told('initiate')).next.errands.abort?.dueAt).toBe(NOW);
  });

  it('of a call that was closed for silence and whose shopper has bought since takes it back', () => {
    const closed = aCalledRecord({ state: 'ended', reason: 'no_final_event', orderedAt: NOW, errands: {} });
    expect(hear(closed, told('rescheduled')).next.errands.abort).toMatchObject({ state: 'open', dueAt: NOW });
  });

  it('that comes after the record was closed for silence says why it ended', () => {
    const closed = aCalledRecord({ state: 'ended', reason: 'no_final_event' });
    expect(hear(closed, told('completed')).next.reason).toBe('no_final_event');
    expect(hear(closed, over).next).toMatchObject({ state: 'ended', reason: null, finalStatus: 'completed' });
  });
});

describe('a call that was thought not to exist', () => {
  it.each(['cancelled', 'rejected'] as const)('is aborted, with a sign, once: the recovery stays %s', (state) => {
    const record = aDialledRecord({ state, reason: 'before' });
    const { next, signs, lookups } = hear(record, told('initiate'));
    expect(next).toMatchObject({ state, reason: 'before', callId: CALL_ID, errands: abort() });
    expect(signs).toEqual(['call_after_all']);
    expect(lookups).toEqual([{ kind: 'call', value: CALL_ID }]);
    expect(hear(next, told('in-progress')).signs).toEqual([]);
  });

  it('is aborted although an earlier errand found nothing to abort', () => {
    const errands = abort({ state: 'done', note: 'nothing_to_abort: cancelled', dueAt: NOW - HOUR });
    expect(hear(aDialledRecord({ state: 'cancelled', errands }), told('initiate')).next.errands).toEqual(abort());
  });

  it.each(['cancelled', 'rejected'] as const)('and rings again is aborted again while we are %s', (state) => {
    const record = aCalledRecord({ state, errands: abort({ state: 'done', dueAt: 0 }) });
    expect(hear(record, told('busy')).next.errands).toEqual(abort());
  });
});

describe('a call that is not wanted any more', () => {
  const unwanted = aCalledRecord({
    stopReason: 'ordered',
    errands: abort({ state: 'done', note: 'in_progress_or_over' }),
  });

  it.each(['busy', 'failed', 'no-answer', 'rescheduled', 'validation-failed'])(
    'is aborted again before the vendor tries again: %s',
    (status) => {
      expect(hear(unwanted, told(status)).next.errands).toEqual(abort());
    },
  );

  it.each(['initiate', 'in-progress', 'ended', 'completed', 'timeout', 'skip', 'aborted', 'ringing'])(
    'is not aborted again for what no try follows: %s',
    (status) => {
      expect(hear(unwanted, told(status)).next.errands).toEqual(unwanted.errands);
    },
  );

  it('is not aborted again when that was the last try', () => {
    const last = { ...over, status: 'busy', finalStatus: 'busy' };
    expect(hear(unwanted, last).next.errands).toEqual(unwanted.errands);
  });

  it.each([
    ['waits for better times', { state: 'open', dueAt: NOW + HOUR, tries: 12 }],
    ['is being done', { state: 'doing', doingAt: NOW - 1 }],
    ['failed', { state: 'failed', tries: 30 }],
  ] as const)('is aborted now when the errand %s: the vendor shows that it listens', (_what, errand) => {
    const { next } = hear({ ...unwanted, errands: abort(errand) }, told('busy'));
    expect(next.errands.abort).toMatchObject({ state: 'open', dueAt: NOW });
  });

  it.each(['busy', 'no-answer'])('is none as long as nobody stopped it: %s', (status) => {
    expect(hear(aCalledRecord(), told(status)).next.errands).toEqual({});
  });
});

describe('what a call brought', () => {
  const all = { agentOrder: 'cod', forward: { actions: true, outcomes: true } } as const;
  const kinds = (event: CallEvent, rules: Partial<FollowUpRules>) => hear(aCalledRecord(), event, rules).next.errands;

  it.each<[string, CallEvent, Partial<FollowUpRules>, readonly string[]]>([
    ['an order', agreed, { agentOrder: 'draft' }, [`agent_order:${ATTEMPT}`]],
    ['an order, where none are made', agreed, {}, []],
    [
      'an order, where actions are forwarded, too',
      agreed,
      all,
      [`agent_order:${ATTEMPT}`, `forward:action:create_order:${ATTEMPT}`],
    ],
    ['another action', promised, all, [`forward:action:send_whatsapp:${ATTEMPT}`]],
    [
      'another action, where only outcomes are forwarded',
      promised,
      { forward: { actions: false, outcomes: true } },
      [],
    ],
    ['an analysis', analysis, all, [`forward:outcome:${ATTEMPT}`]],
    ['an analysis, where only actions are forwarded', analysis, { forward: { actions: true, outcomes: false } }, []],
    ['its end', over, all, [`forward:ended:${ATTEMPT}`]],
    ['its end, where only actions are forwarded', over, { forward: { actions: true, outcomes: false } }, []],
    ['a mere status', told('in-progress'), all, []],
  ])('is seen to: %s', (_what, event, rules, keys) => {
    expect(Object.keys(kinds(event, rules))).toEqual(keys);
  });

  it('is about the outcome that told of it', () => {
    const errands = kinds(agreed, all);
    expect(Object.values(errands).map(({ about }) => about)).toEqual(['action:create-order', 'action:create-order']);
    expect(kinds(over, all)[`forward:ended:${ATTEMPT}`]).toMatchObject({ kind: 'forward', dueAt: NOW, about: null });
  });

  it('is seen to once, however often it is told', () => {
    const once = hear(aCalledRecord(), agreed, all).next;
    const done = { ...once, errands: { [`agent_order:${ATTEMPT}`]: anErrand({ kind: 'agent_order', state: 'done' }) } };
    const again = hear(
      done,
      { ...agreed, outcome: { key: 'action:create-order', data: { payload: { more: 1 } } } },
      all,
    );
    expect(again.next.errands[`agent_order:${ATTEMPT}`]?.state).toBe('done');
  });

  it('in a second attempt is another thing', () => {
    const second = aCalledRecord({ attempts: 2, attemptId: `${aRecord().id}.2`, errands: kinds(agreed, all) });
    expect(Object.keys(hear(second, agreed, all).next.errands)).toContain(`agent_order:${aRecord().id}.2`);
  });

  it('is not believed of another call', () => {
    const { errands } = hear(aCalledRecord(), { ...agreed, callId: 'another-call' }, all).next;
    expect(Object.keys(errands)).toEqual(['abort:another-call']);
  });
});

describe('a code that was offered', () => {
  const discount = { code: 'RBTESTCODE', state: 'minted', shopId: 'gid', endsAt: NOW + DAY } as const;

  it('is taken back when it ends, and not when the call does', () => {
    expect(hear(aCalledRecord({ discount }), over).next.errands).toEqual({
      discount_delete: anErrand({ kind: 'discount_delete', dueAt: NOW + DAY }),
    });
  });

  it('is left alone while the call goes on', () => {
    expect(hear(aCalledRecord({ discount }), told('completed')).next.errands).toEqual({});
  });

  it('and belongs to the merchant is never taken back', () => {
    const fixed = { ...discount, state: 'fixed', endsAt: null } as const;
    expect(hear(aCalledRecord({ discount: fixed }), over).next.errands).toEqual({});
  });
});

describe('the vendor’s own next try', () => {
  /** Open until an hour from now. */
  const isDecentHour = (_where: unknown, at: number) => at < NOW + HOUR;
  const inHours = { isDecentHour, vendorRetryMs: 10 * MINUTE };
  const called = aCalledRecord();

  it.each(['busy', 'no-answer', 'failed', 'validation-failed'])(
    'after %s is awaited while the hours last',
    (status) => {
      const { next, signs, entry } = hear(called, told(status), inHours, NOW + 50 * MINUTE - 1);
      expect([next.errands, signs, entry?.reason]).toEqual([{}, [], undefined]);
    },
  );

  it.each(['busy', 'no-answer', 'failed', 'validation-failed'])(
    'after %s is called off when the hours will be over by then, and the timeline says so',
    (status) => {
      const at = NOW + 50 * MINUTE;
      const { next, entry } = hear(called, told(status), inHours, at);
      expect(next.errands).toEqual({ abort: anErrand({ dueAt: at }) });
      expect(entry).toMatchObject({ reason: 'outside_hours' });
      // It was the vendor's to place: the recovery itself is stopped by nobody.
      expect(next.stopReason).toBeNull();
    },
  );

  it('that the shopper asked for is theirs', () => {
    expect(hear(called, told('rescheduled'), inHours, NOW + 2 * HOUR).next.errands).toEqual({});
  });

  it('that the shopper asked for is not called off by an older word that comes again', () => {
    const unanswered = hear(called, told('no-answer'), inHours, NOW + MINUTE).next;
    const wished = hear(unanswered, told('rescheduled'), inHours, NOW + 2 * MINUTE).next;
    expect(hear(wished, told('no-answer'), inHours, NOW + 2 * HOUR).next.errands).toEqual({});
  });

  it('is not asked about once the call is over', () => {
    expect(hear(called, { ...over, status: 'no-answer' }, inHours, NOW + 2 * HOUR).next.errands).toEqual({});
  });

  it('of somebody whose whereabouts are not known any more is left alone', () => {
    const erased = aCalledRecord({ candidate: null });
    expect(hear(erased, told('no-answer'), inHours, NOW + 2 * HOUR).next.errands).toEqual({});
  });
});

describe('a phone that rang at no decent hour', () => {
  const isDecentHour = (_where: unknown, at: number) => at < NOW + HOUR;
  const ring = (status: string, at: number, startedAt: number | null = null) => {
    const call =
      startedAt === null
        ? null
        : { startedAt, endedAt: null, durationSeconds: null, recordingUrl: null, detailUrl: null };
    return hear(aCalledRecord(), { ...told(status), call }, { isDecentHour }, at);
  };

  it.each(['in-progress', 'busy', 'no-answer'])('is told to an operator: %s', (status) => {
    expect(ring(status, NOW + HOUR).signs).toEqual(['rang_outside_hours']);
    expect(ring(status, NOW + HOUR - 1).signs).toEqual([]);
  });

  it.each(['initiate', 'rescheduled', 'completed', 'failed'])('is not meant by %s', (status) => {
    expect(ring(status, NOW + HOUR).signs).toEqual([]);
  });

  it('is judged by when it rang, where the event says that', () => {
    expect(ring('in-progress', NOW + 2 * HOUR, NOW).signs).toEqual([]);
    expect(ring('in-progress', NOW + 2 * HOUR, NOW + HOUR).signs).toEqual(['rang_outside_hours']);
  });

  it('is told once, however often the event comes', () => {
    const event = told('no-answer');
    const { next } = hear(aCalledRecord(), event, { isDecentHour }, NOW + HOUR);
    expect(hear(next, event, { isDecentHour }, NOW + HOUR).signs).toEqual([]);
  });
});
