/** What is known of a call after its events: the same whatever their order, never more than a record can hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallAnalysis, CallEvent, CallFacts } from '../../../src/domain/call-event.ts';
import {
  type CallKnowledge,
  EMPTY_KNOWLEDGE,
  endedWithSuccess,
  learn,
  wasAnswered,
} from '../../../src/domain/call-knowledge.ts';
import { aCallEvent, told } from '../../support/a-call-event.ts';
import { anyCallEvent, delivered } from '../../support/any-call-event.ts';
import { permutations } from '../../support/permutations.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);
const MINUTE = 60_000;

function knowledgeOf(events: readonly CallEvent[], at: (n: number) => number = () => NOW): CallKnowledge {
  return events.reduce<CallKnowledge>((known, event, n) => learn(known, event, at(n)), EMPTY_KNOWLEDGE);
}

/** The knowledge after the events in every order; fails when there is more than one. */
function inEveryOrder(events: readonly CallEvent[]): CallKnowledge {
  const known = new Set<string>();
  for (const order of permutations(events)) known.add(JSON.stringify(knowledgeOf(order)));
  expect([...known]).toEqual([JSON.stringify(knowledgeOf(events))]);
  return knowledgeOf(events);
}

function talked(facts: Partial<CallFacts>): CallFacts {
  return { startedAt: null, endedAt: null, durationSeconds: null, recordingUrl: null, detailUrl: null, ...facts };
}

function endOfCall(analysis: Partial<CallAnalysis> | null, more: Partial<CallEvent> = {}): CallEvent {
  const nothing = { success: null, summary: null, requiredActions: [], insights: null, outcome: null };
  const said = analysis && { ...nothing, ...analysis };
  return aCallEvent({ type: 'end-of-call', analysis: said, ...more });
}

function acted(name: string, reason: string | null = null): CallEvent {
  return aCallEvent({ type: 'action', action: { name, reason, payload: {} } });
}

describe('what is known of a call', () => {
  it('is nothing before its first event', () => {
    expect(EMPTY_KNOWLEDGE).toMatchObject({ statuses: [], success: null, reAttempts: null, actions: [] });
    expect(learn(null, aCallEvent(), NOW)).toEqual(EMPTY_KNOWLEDGE);
  });

  it('is its history in the order of a call’s life, each status by each type of event once', () => {
    const known = inEveryOrder([
      told('completed'),
      told('busy'),
      endOfCall(null, { status: 'completed' }),
      told('initiate'),
      told('ringing', { type: 'call.odd' }),
      told('busy'),
    ]);
    expect(known.statuses).toEqual([
      { status: 'initiate', type: 'call.initiate', at: NOW },
      { status: 'ringing', type: 'call.odd', at: NOW },
      { status: 'busy', type: 'call.busy', at: NOW },
      { status: 'completed', type: 'call.completed', at: NOW },
      { status: 'completed', type: 'end-of-call', at: NOW },
    ]);
  });

  it('holds when a status was first received, even if a later receipt was kept first', () => {
    const events = [told('busy'), told('initiate'), told('busy')];
    expect(knowledgeOf(events, (n) => NOW - n * MINUTE).statuses).toEqual([
      { status: 'initiate', type: 'call.initiate', at: NOW - MINUTE },
      { status: 'busy', type: 'call.busy', at: NOW - 2 * MINUTE },
    ]);
  });

  it('holds the status of the final report beside that of the event', () => {
    const over = aCallEvent({ type: 'call.lifecycle-ended', status: 'busy', finalStatus: 'completed', final: true });
    expect(knowledgeOf([over]).statuses.map(({ status }) => status)).toEqual(['busy', 'completed']);
  });

  const first = talked({
    startedAt: NOW,
    endedAt: NOW + MINUTE,
    durationSeconds: 60,
    recordingUrl: 'https://r.example/1',
  });
  const second = talked({ startedAt: NOW + 9 * MINUTE, endedAt: NOW + 10 * MINUTE, durationSeconds: 55 });
  it.each<[string, CallEvent[], CallFacts]>([
    [
      'comes from the event furthest along',
      [told('ended', { call: second }), told('completed', { call: first })],
      first,
    ],
    ['is not lost by a further one without any', [told('completed', { call: first }), told('aborted')], first],
    ['is not overtaken by one without a status', [told('ended', { call: first }), acted('x')], first],
    [
      'is that of the later conversation, when both were completed',
      [told('completed', { call: first }), told('completed', { call: second })],
      second,
    ],
    [
      'is the fuller, of two that say the same otherwise',
      [told('completed', { call: first }), told('completed', { call: { ...first, recordingUrl: null } })],
      first,
    ],
    [
      'may come with the final event, by the status of its report',
      [
        told('ended', { call: first }),
        aCallEvent({ type: 'call.lifecycle-ended', finalStatus: 'completed', call: second }),
      ],
      second,
    ],
  ])('of the time and the recording %s', (_what, events, facts) => {
    expect(inEveryOrder(events)).toMatchObject(facts);
  });

  it('is the analysis with its credits', () => {
    const analysis = {
      success: true,
      summary: 'Will finish the order with the link.',
      requiredActions: ['send_whatsapp'],
      insights: { sentiment: 'positive' },
      outcome: { intent: 'will_purchase' },
    };
    const event = endOfCall(analysis, {
      credits: { used: 2, available: 4_200 },
      report: { reAttempts: 1, reschedules: 0 },
    });
    expect(inEveryOrder([told('completed'), event, event])).toMatchObject({
      ...analysis,
      creditsUsed: 2,
      creditsAvailable: 4_200,
      verdictFrom: { analysed: true, repeats: 1 },
      reAttempts: 1,
      reschedules: 0,
    });
  });

  const report = (reAttempts: number, reschedules: number) => ({ reAttempts, reschedules });
  const credits = (used: number) => ({ used, available: null });
  it.each<[string, CallEvent, CallEvent]>([
    [
      'after more attempts',
      endOfCall({ success: false }, { report: report(1, 1), credits: credits(1) }),
      endOfCall({ success: true, summary: 'much was said' }, { report: report(1, 0), credits: credits(9) }),
    ],
    [
      'that cost more, after as many attempts',
      endOfCall({ success: false }, { report: report(0, 1), credits: credits(3) }),
      endOfCall({ success: true, summary: 'much was said' }, { report: report(1, 0), credits: credits(2) }),
    ],
    [
      'that is longer, when it cost the same',
      endOfCall({ success: false, summary: 'much was said' }, { credits: credits(2) }),
      endOfCall({ success: true, summary: 'said' }, { credits: credits(2) }),
    ],
    [
      'that says anything, of one without and one with credits alone',
      endOfCall({ success: false }),
      endOfCall(null, { credits: credits(5), report: report(3, 3) }),
    ],
    [
      'that says anything, of an empty one',
      endOfCall({ success: false }),
      endOfCall({ requiredActions: [] }, { credits: credits(5), report: report(3, 3) }),
    ],
  ])('is, of two analyses, the one %s', (_what, better, worse) => {
    expect(inEveryOrder([better, worse])).toMatchObject({
      success: false,
      summary: better.analysis?.summary ?? null,
      creditsUsed: better.credits?.used ?? null,
    });
  });

  it('is the most repeats that any report told of', () => {
    const over = aCallEvent({ type: 'call.lifecycle-ended', report: report(2, 0) });
    expect(inEveryOrder([over, endOfCall(null, { report: report(1, 3) }), told('busy')])).toMatchObject({
      reAttempts: 2,
      reschedules: 3,
    });
  });

  it('is each action once, by one spelling and in the order of the names', () => {
    const known = inEveryOrder([
      acted('send-whatsapp', 'missing_address'),
      acted('create_order'),
      acted('create-order', 'invalid_cart_data'),
      acted('create_order', 'missing_address'),
    ]);
    expect(known.actions).toEqual([
      { name: 'create_order', reason: 'missing_address', at: NOW },
      { name: 'send_whatsapp', reason: 'missing_address', at: NOW },
    ]);
  });

  it('is which types of events nobody documented, and nothing of the others', () => {
    const odd = (type: string) => aCallEvent({ type, isKnownType: false });
    expect(inEveryOrder([odd('survey.answered'), told('busy'), odd('call.odd'), odd('call.odd')]).unknownTypes).toEqual(
      ['call.odd', 'survey.answered'],
    );
  });

  it('is the same in whatever order anything comes, and however often', () => {
    fc.assert(
      fc.property(delivered(fc.array(anyCallEvent, { maxLength: 12 })), ({ sent, got }) => {
        expect(JSON.stringify(knowledgeOf(got))).toBe(JSON.stringify(knowledgeOf(sent)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is JSON all the way down', () => {
    fc.assert(
      fc.property(fc.array(anyCallEvent, { maxLength: 8 }), (events) => {
        const known = knowledgeOf(events);
        expect(JSON.parse(JSON.stringify(known))).toEqual(known);
      }),
    );
  });
});

describe('a flood of events', () => {
  const long = 'ä'.repeat(5_000);
  const large = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, n % 2 ? long.slice(0, 300) : n]));
  const flood = Array.from({ length: 200 }, (_, n) =>
    aCallEvent({
      type: `${String(n).padStart(3, '0')}.${long}`,
      isKnownType: false,
      status: `${n}-${long}`,
      call: talked({ startedAt: NOW, recordingUrl: `https://r.example/${long}`, detailUrl: `https://r.example/${n}` }),
      action: { name: `a${n}${long}`, reason: long, payload: large },
      ...endOfCallParts(n),
    }),
  );
  function endOfCallParts(n: number): Partial<CallEvent> {
    const many = Array.from({ length: 100 }, () => long);
    return {
      analysis: { success: null, summary: `${n}${long}`, requiredActions: many, insights: large, outcome: large },
    };
  }
  const life = [
    ...['initiate', 'in-progress', 'ended', 'completed'].map((status) => told(status)),
    acted('create_order'),
  ];

  it('leaves a record of some kilobytes, in which all that is documented has its place', () => {
    const known = knowledgeOf([...life, ...flood]);
    expect(JSON.stringify(known).length).toBeLessThan(40_000);
    expect(known.statuses.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['initiate', 'in-progress', 'ended', 'completed']),
    );
    expect(known.statuses).toHaveLength(60);
    expect(known.actions).toHaveLength(20);
    expect(known.actions.map(({ name }) => name)).toContain('create_order');
    expect(known.unknownTypes).toHaveLength(20);
    expect(known.requiredActions).toHaveLength(20);
    expect(known.summary).toHaveLength(2_000);
    expect(known.recordingUrl).toBeNull();
    expect(wasAnswered(known)).toBe(true);
  });

  it('ends the same in whatever order it comes', () => {
    const all = [...flood, ...life];
    const expected = JSON.stringify(knowledgeOf(all));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
        expect(JSON.stringify(knowledgeOf(order))).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('of insights leaves what is short', () => {
    const insights = { transcript: long.repeat(2), do_not_call: true, mood: 'calm', list: [1], [long]: 1 };
    expect(knowledgeOf([endOfCall({ insights })]).insights).toEqual({ do_not_call: true, mood: 'calm' });
  });

  it('is cut between characters, not through them', () => {
    const summary = `${'x'.repeat(1_999)}😀`;
    expect(knowledgeOf([endOfCall({ summary })]).summary).toBe('x'.repeat(1_999));
  });
});

describe('a call was answered', () => {
  const over = (changes: Partial<CallEvent>) => aCallEvent({ type: 'call.lifecycle-ended', final: true, ...changes });
  it.each<[string, CallEvent[], boolean]>([
    ['not before anything is known', [], false],
    ['not when it was only dialled', [told('initiate'), told('no-answer'), told('busy'), told('aborted')], false],
    ['while it runs', [told('in-progress')], true],
    ['when the line was dropped', [told('ended')], true],
    ['when it is over', [told('completed')], true],
    ['when it took too long', [told('timeout')], true],
    ['though it was never picked up later', [told('in-progress'), told('rescheduled'), told('no-answer')], true],
    ['when there is something to analyse', [endOfCall({ summary: 'hung up' })], true],
    ['not when an analysis says nothing', [endOfCall({})], false],
    ['not when it only cost something', [endOfCall(null, { credits: { used: 1, available: 1 } })], false],
    ['when the final report says so', [over({ finalStatus: 'completed' })], true],
    ['not when its lifecycle, and with it the call, is called ended', [over({ status: 'ended' })], false],
  ])('%s', (_when, events, answered) => {
    expect(wasAnswered(knowledgeOf(events))).toBe(answered);
  });

  it('not when there is no knowledge at all', () => {
    expect(wasAnswered(null)).toBe(false);
    expect(endedWithSuccess(null)).toBe(false);
  });

  it.each([
    [true, true],
    [false, false],
    [null, false],
  ])('with success when the analysis says %s: %s', (success, expected) => {
    expect(endedWithSuccess(knowledgeOf([told('completed'), endOfCall({ success, summary: 'x' })]))).toBe(expected);
  });
});
