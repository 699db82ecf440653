/** The vendor's call events as its pages document them, and as nobody documented them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/shopify/lossless-json.ts';
import { parseCallEvent } from '../../../src/voice/call-event-body.ts';
import { aCallEvent, CALL_ID as CALL } from '../../support/a-call-event.ts';

const RECOVERY = 'hill-coffee.wmzyfvvam61vwyz1ppn30gw7a0';

function body(type: string, data?: unknown, metadata: unknown = { source: 'ringback', recoveryId: RECOVERY }): unknown {
  return { metadata, event: { type, ...(data === undefined ? {} : { data }) } };
}

function eventOf(json: unknown) {
  const parsed = parseCallEvent(json);
  if (!parsed.ok) throw new Error(`unreadable at ${parsed.field}`);
  return parsed.event;
}

describe('a call event', () => {
  it.each([
    ['call.initiate', 'initiate'],
    ['call.in-progress', 'in-progress'],
    ['call.ended', 'ended'],
    ['call.completed', 'completed'],
    ['call.timeout', 'timeout'],
    ['call.failed', 'failed'],
    ['call.busy', 'busy'],
    ['call.no-answer', 'no-answer'],
    ['call.validation-failed', 'validation-failed'],
    ['call.skip', 'skip'],
    ['call.rescheduled', 'rescheduled'],
    ['call.aborted', 'aborted'],
  ])('%s tells of status %s, in its data or by its name', (type, status) => {
    const expected = aCallEvent({ type, status });
    expect(eventOf(body(type, { call: { id: CALL, status } }))).toEqual(expected);
    expect(eventOf(body(type, { call: { id: CALL } }))).toEqual(expected);
    expect(eventOf(body(type))).toEqual({ ...expected, callId: null });
    expect(eventOf(body(type, null))).toEqual({ ...expected, callId: null });
  });

  it('believes the status in its data more than its name', () => {
    expect(eventOf(body('call.completed', { call: { id: CALL, status: 'archived' } })).status).toBe('archived');
  });

  const analysis = {
    analysis: { success: true, summary: 'will buy' },
    credits: { used: 2 },
    report: { reAttemptCount: 0 },
  };
  it.each([
    ['with its call', { call: { id: CALL, status: 'completed' }, ...analysis }, CALL, 'completed'],
    ['without a call', analysis, null, null],
    ['with null for a call', { call: null, ...analysis }, null, null],
    ['with a bare call id', { callId: CALL, ...analysis }, CALL, null],
  ])('end-of-call brings the analysis, %s', (_what, data, callId, status) => {
    expect(eventOf(body('end-of-call', data))).toMatchObject({
      callId,
      status,
      final: false,
      outcome: { key: 'end-of-call', data: analysis },
    });
  });

  it.each([
    ['with a final status', { reAttemptCount: 1, finalStatus: 'no-answer' }, 'no-answer'],
    ['without one', { reAttemptCount: 1, rescheduledCount: 0 }, null],
    ['with null for one', { finalStatus: null }, null],
    ['without a report', undefined, null],
  ])('call.lifecycle-ended is final, %s', (_what, report, finalStatus) => {
    const data = { call: { id: CALL, status: 'ended' }, ...(report ? { report } : {}) };
    expect(eventOf(body('call.lifecycle-ended', data))).toMatchObject({
      type: 'call.lifecycle-ended',
      isKnownType: true,
      callId: CALL,
      status: 'ended',
      final: true,
      finalStatus,
      outcome: { key: 'call.lifecycle-ended', data: report ? { report } : {} },
    });
  });

  it('call.lifecycle-ended implies no status by its name', () => {
    expect(eventOf(body('call.lifecycle-ended')).status).toBeNull();
  });

  it('is final only by that name, whatever its report says', () => {
    const event = eventOf(body('end-of-call', { report: { finalStatus: 'completed' } }));
    expect(event).toMatchObject({ final: false, finalStatus: null });
  });

  it.each([
    'create_order',
    'create-order',
    'send_whatsapp',
    'send-whatsapp',
    'mark_prepaid',
    'update_address',
    'confirmed_address',
    'sing_a_song',
  ])('action %s is kept under its own name, with what it says', (action) => {
    const said = { reason: 'missing_address', payload: { cartTotal: '1955.00' } };
    expect(eventOf(body('action', { action, call: { id: CALL }, ...said }))).toEqual(
      aCallEvent({
        type: 'action',
        action: { name: action.replace('-', '_'), ...said },
        outcome: { key: `action:${action}`, data: { action, ...said } },
      }),
    );
  });

  it.each([undefined, null, '', 1, {}, 'x'.repeat(201)])(
    'action without a usable name is kept all the same: %j',
    (action) => {
      const event = eventOf(body('action', { action, call: { id: CALL }, reason: 'x' }));
      expect(event.action).toBeNull();
      expect(event.outcome?.key).toBe('action');
    },
  );

  it.each(['call.transferred', 'call.Weird_Name', 'survey.answered', 'x'])(
    'of a type nobody knows is read, and kept whole: %s',
    (type) => {
      const event = eventOf(body(type, { call: { id: CALL, status: 'somewhere', extra: [1] }, more: { a: 1 } }));
      const outcome = { key: type, data: { call: { extra: [1] }, more: { a: 1 } } };
      expect(event).toEqual(aCallEvent({ type, isKnownType: false, status: 'somewhere', outcome }));
    },
  );

  it('may carry fields nobody documented, everywhere', () => {
    const json = { ...(body('call.busy', { call: { id: CALL, carrier: 'x' }, new: 1 }) as object), version: 3 };
    expect(eventOf(json)).toMatchObject({
      status: 'busy',
      callId: CALL,
      outcome: { key: 'call.busy', data: { call: { carrier: 'x' }, new: 1 } },
    });
  });

  it('is not kept beside what it is known to tell, when it tells no more', () => {
    const call = { id: CALL, status: 'busy', startedAt: '2026-11-03T05:30:00Z' };
    expect(eventOf(body('call.busy', { call })).outcome).toBeNull();
  });

  it('tells the time, the length and the recording of the call', () => {
    const call = {
      id: CALL,
      status: 'completed',
      startedAt: '2026-11-03T05:30:00Z',
      endedAt: '2026-11-03T11:01:36.500+05:30',
      durationSeconds: 96,
      recordingUrl: 'https://recordings.vendor.example/1.mp3',
      detailUrl: 'https://console.vendor.example/calls/1',
    };
    expect(eventOf(body('call.completed', { call })).call).toEqual({
      startedAt: Date.UTC(2026, 10, 3, 5, 30),
      endedAt: Date.UTC(2026, 10, 3, 5, 31, 36, 500),
      durationSeconds: 96,
      recordingUrl: call.recordingUrl,
      detailUrl: call.detailUrl,
    });
  });

  it('tells the analysis, the cost and the repeats', () => {
    const data = {
      analysis: {
        success: 'true',
        summary: 'will buy',
        requiredActions: ['send_whatsapp', { name: 'call back' }, 7, 'create_order'],
        insights: { sentiment: 'positive' },
        outcome: { intent: 'will_purchase' },
      },
      credits: { used: '2.5', available: 4_200 },
      report: { reAttemptCount: '1', rescheduledCount: 0 },
    };
    expect(eventOf(body('end-of-call', data))).toMatchObject({
      analysis: { ...data.analysis, success: true, requiredActions: ['send_whatsapp', 'create_order'] },
      credits: { used: 2.5, available: 4_200 },
      report: { reAttempts: 1, reschedules: 0 },
      callId: null,
      call: null,
    });
  });

  it('may name its one required action outside of a list', () => {
    const event = eventOf(body('end-of-call', { analysis: { requiredActions: 'create_order' } }));
    expect(event.analysis?.requiredActions).toEqual(['create_order']);
  });

  it.each([
    ['a number', '{"call":{"id":68}}', '68'],
    ['a number beyond 2^53, to the last digit', '{"call":{"id":900719925474099267}}', '900719925474099267'],
    ['a number outside of data.call', '{"callId":68}', '68'],
    ['an empty text, and a bare id beside it', '{"call":{"id":""},"callId":"68"}', '68'],
    ['a fraction', '{"call":{"id":6.8}}', null],
    ['an object', '{"call":{"id":{"$oid":"68"}}}', null],
    ['longer than any id', `{"call":{"id":"${'6'.repeat(201)}"}}`, null],
  ])('of a call whose id is %s', (_what, data, callId) => {
    const json = parseJson(`{"event":{"type":"call.busy","data":${data}}}`);
    expect(json.ok && eventOf(json.value).callId).toBe(callId);
  });

  it.each([
    ['a call that is a text', { call: CALL }],
    ['a call that is a list', { call: [CALL] }],
    ['a status that is an object', { call: { status: {} } }],
    ['a status that is a number', { call: { status: 7 } }],
    ['an empty status', { call: { status: '' } }],
    ['a report that is a text', { report: 'fine' }],
    ['an analysis that is a list', { analysis: ['fine'] }],
    ['credits that are a number', { credits: 5 }],
    [
      'facts of the wrong kinds',
      {
        call: {
          startedAt: 'now',
          endedAt: {},
          durationSeconds: 'long',
          recordingUrl: 'javascript:alert(1)',
          detailUrl: 7,
        },
      },
    ],
    ['a negative duration', { call: { durationSeconds: -1 } }],
    ['counts that are none', { report: { reAttemptCount: -1, rescheduledCount: 1.5 } }],
    ['credits that are none', { credits: { used: 'some', available: true } }],
  ])('leaves out what is of the wrong kind, and keeps its status: %s', (_what, data) => {
    expect(eventOf(body('call.busy', data))).toEqual(aCallEvent({ type: 'call.busy', callId: null, status: 'busy' }));
  });

  it('leaves out what is of the wrong kind inside an analysis', () => {
    const analysis = { success: 'perhaps', summary: 7, requiredActions: { a: 1 }, insights: [1], outcome: 'sold' };
    expect(eventOf(body('end-of-call', { analysis })).analysis).toEqual({
      success: null,
      summary: null,
      requiredActions: [],
      insights: null,
      outcome: null,
    });
  });
});

describe('an outcome that is longer than anybody talks', () => {
  const transcript = 'blah '.repeat(20_000);

  it('of an analysis keeps its verdict', () => {
    const data = {
      call: { id: CALL },
      analysis: { success: false, summary: 'hung up', transcript },
      credits: { used: 1 },
    };
    expect(eventOf(body('end-of-call', data))).toMatchObject({
      callId: CALL,
      outcome: { key: 'end-of-call', data: { truncated: true, analysis: { success: false, summary: 'hung up' } } },
    });
  });

  it('of an analysis keeps the cost and the repeats, by which it is chosen among several', () => {
    const figures = { credits: { used: '2', available: 9 }, report: { reAttemptCount: 1, rescheduledCount: 2 } };
    const data = { analysis: { transcript }, ...figures };
    expect(eventOf(body('end-of-call', data)).outcome?.data).toEqual({ truncated: true, analysis: {}, ...figures });
  });

  it('of an action keeps its name and reason', () => {
    const data = { action: 'create_order', reason: 'agreed', summary: transcript, payload: { transcript } };
    expect(eventOf(body('action', data)).outcome).toEqual({
      key: 'action:create_order',
      data: { truncated: true, action: 'create_order', reason: 'agreed' },
    });
  });

  it('of the end keeps the final status', () => {
    const data = { report: { finalStatus: 'completed', transcript }, analysis: transcript };
    expect(eventOf(body('call.lifecycle-ended', data))).toMatchObject({
      finalStatus: 'completed',
      outcome: { data: { truncated: true } },
    });
  });

  it('is measured in bytes, and kept whole up to the bound', () => {
    const room = 64 * 1024 - Buffer.byteLength('{"note":""}');
    const outcomeOf = (note: string) => eventOf(body('end-of-call', { note })).outcome?.data;
    expect(outcomeOf('x'.repeat(room))).toEqual({ note: 'x'.repeat(room) });
    expect(outcomeOf('x'.repeat(room + 1))).toEqual({ truncated: true });
    expect(outcomeOf('ä'.repeat(room / 2 + 1))).toEqual({ truncated: true });
  });
});

describe('the recovery of a call event', () => {
  it.each([
    ['is the one we sent along', { recoveryId: RECOVERY }, RECOVERY],
    ['is none when nothing came back', {}, null],
    ['is none without metadata', null, null],
    ['is none when it is a number', { recoveryId: 5 }, null],
    ['is none when metadata is a text', 'source=ringback', null],
    ['is none when metadata is a list', [RECOVERY], null],
  ])('%s', (_what, metadata, recoveryId) => {
    expect(parseCallEvent(body('call.busy', {}, metadata))).toMatchObject({ ok: true, recoveryId });
  });
});

describe('a body that is no call event', () => {
  it.each([
    ['nothing', undefined, '(body)'],
    ['null', null, '(body)'],
    ['a text', 'call.busy', '(body)'],
    ['a list', [], '(body)'],
    ['empty', {}, 'event'],
    ['with an event that is a text', { event: 'call.busy' }, 'event'],
    ['without a type', { event: {} }, 'event.type'],
    ['with an empty type', { event: { type: '' } }, 'event.type'],
    ['with a number for a type', { event: { type: 5 } }, 'event.type'],
    ['with a type beyond all measure', { event: { type: 'x'.repeat(201) } }, 'event.type'],
    ['with data that is a text', body('call.busy', 'late'), 'event.data'],
    ['with data that is a list', body('call.busy', []), 'event.data'],
  ])('says where it stopped making sense: %s', (_what, json, field) => {
    expect(parseCallEvent(json)).toEqual({ ok: false, field });
  });

  it.each(['end-of-call', 'call.lifecycle-ended', 'action'])('has data beyond all depth: %s', (type) => {
    const depth = 50_000;
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`);
    expect(parseCallEvent(body(type, { insights: deep }))).toEqual({ ok: false, field: 'event.data' });
    // What nobody documented, and nobody can write down either, is not kept.
    expect(parseCallEvent(body('call.busy', { insights: deep }))).toMatchObject({ ok: true });
  });

  it('is never a fault, whatever it is, and never quoted', () => {
    const part = fc.jsonValue();
    const parts = fc.record(
      { call: part, callId: part, action: part, reason: part, analysis: part, credits: part, report: part },
      { requiredKeys: [] },
    );
    const inner = fc.record({
      call: fc.record({ id: part, status: part, startedAt: part, durationSeconds: part, recordingUrl: part }),
      analysis: fc.record({ success: part, summary: part, requiredActions: part, insights: part, outcome: part }),
      credits: fc.record({ used: part, available: part }),
      report: fc.record({ reAttemptCount: part, rescheduledCount: part, finalStatus: part }),
      action: part,
    });
    const type = fc.constantFrom('end-of-call', 'call.lifecycle-ended', 'action', 'call.completed', 'call.odd');
    const data = fc.oneof(part, parts, inner);
    const anything = fc.oneof(
      part,
      fc.tuple(type, data, part).map(([name, said, metadata]) => body(name, said, metadata)),
    );
    fc.assert(
      fc.property(anything, (json) => {
        const parsed = parseCallEvent(json);
        if (!parsed.ok) expect(parsed.field).toMatch(/^(\(body\)|event|event\.type|event\.data)$/);
        else expect(Object.keys(parsed.event).sort()).toEqual(Object.keys(aCallEvent()).sort());
      }),
      { numRuns: 2_000 },
    );
  });
});
