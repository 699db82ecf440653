/** Call events come twice, late, in any order and with strange names: whatever happens, the record ends the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../src/domain/call-event.ts';
import { rankOf } from '../../../src/domain/call-status.ts';
import { canonicalJson } from '../../../src/domain/canonical.ts';
import { foldCallEvent } from '../../../src/domain/fold-call-event.ts';
import { RECOVERY_STATES, type RecoveryRecord } from '../../../src/domain/recovery.ts';
import { aCallEvent, CALL_ID as CALL, told } from '../../support/a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU as NOW } from '../../support/a-record.ts';
import { anyCallEvent, delivered } from '../../support/any-call-event.ts';
import { permutations } from '../../support/permutations.ts';

const analysis = analysed({ analysis: { success: true } });
const order = acted('create_order', { payload: { cartTotal: '1955.00' } });

function analysed(data: unknown): CallEvent {
  return aCallEvent({ type: 'end-of-call', callId: null, outcome: { key: 'end-of-call', data } });
}
function acted(name: string, data: unknown): CallEvent {
  const action = { name, reason: null, payload: null };
  return aCallEvent({ type: 'action', action, outcome: { key: `action:${name}`, data } });
}
function over(finalStatus: string | null): CallEvent {
  const outcome = { key: 'call.lifecycle-ended', data: { report: { reAttemptCount: 0, finalStatus } } };
  return aCallEvent({ type: 'call.lifecycle-ended', outcome, final: true, finalStatus });
}

const answered = [
  told('initiate'),
  told('in-progress'),
  told('ended'),
  told('completed'),
  analysis,
  order,
  over('completed'),
];
const busyThenAnswered = [
  told('initiate'),
  told('busy'),
  told('in-progress'),
  told('ended'),
  told('completed'),
  analysis,
  over(null),
];
const rescheduled = [
  told('initiate'),
  told('in-progress'),
  told('rescheduled'),
  told('no-answer'),
  told('no-answer'),
  told('timeout'),
  over('no-answer'),
];
const neverReached = [told('initiate'), told('no-answer'), told('busy'), told('failed'), over(null)];

function fold(record: RecoveryRecord, events: readonly CallEvent[]): RecoveryRecord {
  let known = record;
  for (const event of events) known = { ...known, ...foldCallEvent(known, event, NOW).patch };
  return known;
}

const dialled = aRecord({ state: 'dialing', attempts: 1 });

describe('the events of one call', () => {
  it.each([
    ['answered', answered, 'completed'],
    ['busy, then answered', busyThenAnswered, 'completed'],
    ['rescheduled, then never picked up', rescheduled, 'no-answer'],
    ['never picked up', neverReached, 'failed'],
  ])('end in one and the same record, in every order they can come in: %s', (_what, events, callStatus) => {
    const expected = fold(dialled, events);
    expect(expected).toMatchObject({ state: 'ended', callId: CALL, callStatus });
    let orders = 0;
    const strays: unknown[] = [];
    const canonical = canonicalJson(expected);
    for (const order of permutations(events)) {
      orders++;
      if (canonicalJson(fold(dialled, order)) !== canonical) strays.push(order.map(({ type }) => type));
    }
    expect(strays).toEqual([]);
    expect(orders).toBe([1, 1, 2, 6, 24, 120, 720, 5_040][events.length]);
  });

  it('change nothing when they come again, whenever they do', () => {
    const lives = fc.constantFrom(answered, busyThenAnswered, rescheduled, neverReached);
    fc.assert(
      fc.property(delivered(lives), ({ sent, got }) => {
        expect(fold(dialled, got)).toEqual(fold(dialled, sent));
      }),
    );
  });

  it('end in one and the same record whatever they are, and however often and in whatever order they come', () => {
    fc.assert(
      fc.property(delivered(fc.array(anyCallEvent, { maxLength: 12 })), ({ sent, got }) => {
        expect(canonicalJson(fold(dialled, got))).toBe(canonicalJson(fold(dialled, sent)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leave a record as it is when one comes again, to the last letter', () => {
    fc.assert(
      fc.property(fc.array(anyCallEvent, { minLength: 1, maxLength: 8 }), fc.nat(), (events, n) => {
        const record = fold(dialled, events);
        const again = fold(record, [events[n % events.length] as CallEvent]);
        expect(JSON.stringify(again)).toBe(JSON.stringify(record));
      }),
    );
  });

  it('never turn back what was final, or a status, or a final report', () => {
    fc.assert(
      fc.property(fc.array(anyCallEvent, { maxLength: 12 }), (events) => {
        let record = dialled;
        for (const event of events) {
          const next = fold(record, [event]);
          if (record.state === 'ended') expect(next.state).toBe('ended');
          if (record.finalStatus !== null) expect(next.callStatus).toBe(next.finalStatus);
          expect(rankOf(next.finalStatus)).toBeGreaterThanOrEqual(rankOf(record.finalStatus));
          if (next.finalStatus === null)
            expect(rankOf(next.callStatus)).toBeGreaterThanOrEqual(rankOf(record.callStatus));
          record = next;
        }
      }),
    );
  });

  it('tell of the conversation by kind, each as it was sent', () => {
    expect(fold(dialled, answered).outcomes).toEqual({
      'end-of-call': { analysis: { success: true } },
      'action:create_order': { payload: { cartTotal: '1955.00' } },
      'call.lifecycle-ended': { report: { reAttemptCount: 0, finalStatus: 'completed' } },
    });
  });
});

describe('the state after an event', () => {
  it.each([
    ['dialing', 'called', 'ended'],
    ['unknown', 'called', 'ended'],
    ['called', 'called', 'ended'],
    ['ended', 'ended', 'ended'],
    ['cancelled', 'cancelled', 'cancelled'],
    ['rejected', 'rejected', 'rejected'],
    ['skipped', 'skipped', 'skipped'],
    ['waiting', 'waiting', 'waiting'],
    ['scheduled', 'scheduled', 'scheduled'],
  ] as const)('of a call that was %s is %s, and %s after the final one', (before, after, afterFinal) => {
    const record = aRecord({ state: before });
    expect(foldCallEvent(record, told('in-progress'), NOW).patch.state).toBe(after);
    expect(foldCallEvent(record, over(null), NOW).patch.state).toBe(afterFinal);
  });

  it.each(['waiting', 'scheduled', 'skipped'] as const)(
    'of a call that the vendor placed although it had said "not now" is called, while we were %s',
    (before) => {
      const record = aRecord({ state: before, attempts: 1 });
      expect(foldCallEvent(record, told('in-progress'), NOW).patch.state).toBe('called');
      expect(foldCallEvent(record, over(null), NOW).patch.state).toBe('ended');
    },
  );

  it('never leaves a final one, whatever comes', () => {
    const finals = ['ended', 'cancelled', 'rejected'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...finals),
        fc.array(fc.constantFrom(...answered, ...rescheduled)),
        (state, events) => {
          expect(fold(aRecord({ state }), events).state).toBe(state);
        },
      ),
    );
  });

  it('is told for every state there is', () => {
    for (const state of RECOVERY_STATES) {
      expect(RECOVERY_STATES).toContain(foldCallEvent(aRecord({ state }), told('busy'), NOW).patch.state);
    }
  });
});

describe('the status of a call', () => {
  it.each([
    ['is the first one told', null, 'initiate', 'initiate'],
    ['goes on', 'initiate', 'in-progress', 'in-progress'],
    ['does not go back', 'completed', 'in-progress', 'completed'],
    ['goes from busy to a conversation: the vendor tried again', 'busy', 'in-progress', 'in-progress'],
    ['does not go from a conversation to busy', 'ended', 'busy', 'ended'],
    ['ends with an abort', 'completed', 'aborted', 'aborted'],
    ['may be a word nobody documented', 'initiate', 'ringing', 'ringing'],
    ['gives way to a documented one', 'ringing', 'in-progress', 'in-progress'],
    ['does not give way to an undocumented one', 'in-progress', 'ringing', 'in-progress'],
    ['of two undocumented words is the later in the alphabet', 'ringing', 'bridging', 'ringing'],
    ['of two undocumented words is the same in either order', 'bridging', 'ringing', 'ringing'],
    ['may be the name of a property of every object', 'initiate', 'constructor', 'constructor'],
  ])('%s', (_what, known, news, expected) => {
    expect(foldCallEvent(aRecord({ state: 'called', callStatus: known }), told(news), NOW).patch.callStatus).toBe(
      expected,
    );
  });

  it('of any two is the same in either order', () => {
    const documented =
      'initiate in-progress ended completed timeout failed validation-failed busy no-answer skip rescheduled aborted';
    const statuses = [...documented.split(' '), 'ringing', 'bridging', 'constructor'];
    const strays: string[] = [];
    for (const one of statuses) {
      for (const other of statuses) {
        const there = fold(dialled, [told(one), told(other)]).callStatus;
        const back = fold(dialled, [told(other), told(one)]).callStatus;
        if (there !== back) strays.push(`${one} and ${other}: ${there} or ${back}`);
      }
    }
    expect(strays).toEqual([]);
  });

  it('stays when an event tells of none', () => {
    expect(foldCallEvent(aRecord({ state: 'called', callStatus: 'busy' }), analysis, NOW).patch.callStatus).toBe(
      'busy',
    );
  });

  it('is the reported one once the final report is there, whatever comes late', () => {
    const reported = fold(dialled, [told('completed'), over('no-answer')]);
    expect(reported).toMatchObject({ callStatus: 'no-answer', finalStatus: 'no-answer' });
    expect(fold(reported, [told('aborted'), over(null)])).toMatchObject({ callStatus: 'no-answer', state: 'ended' });
  });

  it.each([
    ['no-answer', 'completed', 'completed'],
    ['busy', 'no-answer', 'busy'],
    ['archived', 'filed', 'filed'],
  ])('by two final reports that say %s and %s is %s, whichever came last', (one, other, status) => {
    const expected = { callStatus: status, finalStatus: status };
    expect(fold(dialled, [over(one), over(other)])).toMatchObject(expected);
    expect(fold(dialled, [over(other), over(one)])).toMatchObject(expected);
  });
});

describe('a second call id for one attempt', () => {
  const other = { ...told('completed'), callId: '68f0c0ffee0000000000ca12' };

  it('is a conflict and changes nothing', () => {
    const record = aRecord({ state: 'called', callId: CALL, callStatus: 'initiate' });
    const { patch, conflict } = foldCallEvent(record, other, NOW);
    expect(conflict).toBe(true);
    expect({ ...record, ...patch }).toEqual(record);
  });

  it.each([
    ['the same id again', CALL, told('busy')],
    ['the first id there is', null, told('busy')],
    ['no id at all', CALL, analysis],
  ])('is not: %s', (_what, callId, event) => {
    const { patch, conflict } = foldCallEvent(aRecord({ state: 'called', callId }), event, NOW);
    expect(conflict).toBe(false);
    expect(patch.callId).toBe(callId ?? event.callId);
  });
});
