/** Which words of a call event mean "never again" or "no": in every spelling they come in, and in no other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallAnalysis, CallEvent, JsonObject } from '../../../src/domain/call-event.ts';
import { parseSignal, type Signal, signalsOf } from '../../../src/domain/call-signals.ts';
import { aCallEvent, told } from '../../support/a-call-event.ts';

function analysed(analysis: Partial<CallAnalysis>): CallEvent {
  const nothing = { success: null, summary: null, requiredActions: [], insights: null, outcome: null };
  return aCallEvent({ type: 'end-of-call', analysis: { ...nothing, ...analysis } });
}

function did(name: string): CallEvent {
  return aCallEvent({ type: 'action', action: { name, reason: null, payload: null } });
}

const insights = (members: JsonObject): CallEvent => analysed({ insights: members });
const outcome = (members: JsonObject): CallEvent => analysed({ outcome: members });

/** Whether an event carries the signal, written as in the configuration. */
function carries(event: CallEvent, written: string): boolean {
  const signal = parseSignal(written) as Signal;
  expect(signal).not.toBeNull();
  const { doNotCall, refusal } = signalsOf(event, { doNotCall: [signal], refusal: [] });
  expect(refusal).toBe(false);
  expect(signalsOf(event, { doNotCall: [], refusal: [signal] })).toEqual({ doNotCall: false, refusal: doNotCall });
  return doNotCall;
}

describe('a signal', () => {
  it.each<[string, string, CallEvent]>([
    ['the event of that type', 'call.skip', told('skip')],
    ['that type, though the call’s status says something else', 'call.skip', told('skip', { status: 'failed' })],
    [
      'the final report that names the status',
      'call.skip',
      aCallEvent({ type: 'call.lifecycle-ended', final: true, finalStatus: 'skip' }),
    ],
    ['the action', 'action:do_not_call', did('do_not_call')],
    ['the action in the other spelling', 'action:do-not-call', did('do_not_call')],
    [
      'the action that the analysis asks for',
      'action:do_not_call',
      analysed({ requiredActions: ['send_link', 'Do Not Call'] }),
    ],
    ['an insight that is true', 'insights.do_not_call', insights({ do_not_call: true })],
    ['an insight in capitals', 'insights.do_not_call', insights({ DO_NOT_CALL: true })],
    ['an insight with humps', 'insights.do_not_call', insights({ doNotCall: true })],
    ['an insight with hyphens', 'insights.do_not_call', insights({ 'do-not-call': true })],
    ['an insight with blanks', 'insights.do_not_call', insights({ 'Do not call': true })],
    ['an insight one level down', 'insights.do_not_call', insights({ wishes: { do_not_call: true } })],
    ['the word true', 'insights.do_not_call', insights({ do_not_call: 'true' })],
    ['the word Yes', 'insights.do_not_call', insights({ do_not_call: ' Yes ' })],
    ['the number 1', 'insights.do_not_call', insights({ do_not_call: 1 })],
    ['an outcome', 'outcome.not_interested', outcome({ not_interested: true })],
    ['an outcome with a value', 'outcome.intent=not_interested', outcome({ intent: 'Not interested' })],
    ['a value one level down', 'OUTCOME.Intent=not_interested', outcome({ sale: { intent: 'not_interested' } })],
  ])('is %s (%s)', (_what, written, event) => {
    expect(carries(event, written)).toBe(true);
  });

  it.each<[string, string, CallEvent]>([
    ['another event', 'call.skip', told('busy')],
    ['an insight that is false', 'insights.do_not_call', insights({ do_not_call: false })],
    ['the word no', 'insights.do_not_call', insights({ do_not_call: 'no' })],
    ['a sentence', 'insights.do_not_call', insights({ do_not_call: 'true for the partner only' })],
    ['zero', 'insights.do_not_call', insights({ do_not_call: 0 })],
    ['two', 'insights.do_not_call', insights({ do_not_call: 2 })],
    ['nothing', 'insights.do_not_call', insights({ do_not_call: null })],
    ['an object', 'insights.do_not_call', insights({ do_not_call: { asked: false } })],
    ['two levels down', 'insights.do_not_call', insights({ a: { b: { do_not_call: true } } })],
    ['in a list', 'insights.do_not_call', insights({ a: [{ do_not_call: true }] })],
    ['in the outcome instead', 'insights.do_not_call', outcome({ do_not_call: true })],
    ['another action', 'action:do_not_call', did('create_order')],
    ['another value', 'outcome.intent=not_interested', outcome({ intent: 'will_purchase' })],
    ['a flag where a value is asked for', 'outcome.intent=not_interested', outcome({ intent: true })],
    ['a longer name', 'insights.do_not_call', insights({ do_not_call_back_today: true })],
    ['an event without an analysis', 'insights.do_not_call', aCallEvent()],
  ])('is not %s (%s)', (_what, written, event) => {
    expect(carries(event, written)).toBe(false);
  });

  it('of either kind may come with one event', () => {
    const names = {
      doNotCall: [parseSignal('insights.do_not_call') as Signal],
      refusal: [parseSignal('outcome.not_interested') as Signal],
    };
    const both = analysed({ insights: { do_not_call: true }, outcome: { not_interested: 'yes' } });
    expect(signalsOf(both, names)).toEqual({ doNotCall: true, refusal: true });
    expect(signalsOf(both, { doNotCall: [], refusal: [] })).toEqual({ doNotCall: false, refusal: false });
  });

  it('can be looked for in whatever an analysis holds', () => {
    const signal = parseSignal('insights.do_not_call') as Signal;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (members) => {
        const { doNotCall } = signalsOf(insights(members as JsonObject), { doNotCall: [signal], refusal: [] });
        expect(typeof doNotCall).toBe('boolean');
        const asked = insights({ ...(members as JsonObject), do_not_call: true });
        expect(signalsOf(asked, { doNotCall: [signal], refusal: [] }).doNotCall).toBe(true);
      }),
    );
  });
});

describe('a name for a signal', () => {
  it.each([
    '',
    'do_not_call',
    'insight.do_not_call',
    'insights.',
    'insights._',
    'insights.a.b',
    'insights.a=',
    'action.do_not_call',
    'action:',
    'action:do not call',
    'call.',
    'call.Skip',
    'call.sk ip',
    'end-of-call',
    'summary.rude',
    'insights.a b',
  ])('is none when it is written “%s”', (written) => {
    expect(parseSignal(written)).toBeNull();
  });

  it.each(['call.initiate', 'call.in-progress', 'call.ended', 'call.completed', 'call.lifecycle-ended'])(
    'is none when every call that is answered has it: %s',
    (written) => {
      expect(parseSignal(written)).toBeNull();
    },
  );
});
