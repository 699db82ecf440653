/** The vendor's call events as its pages document them, and as nobody documented them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCallEvent } from '../../../src/voice/call-event-body.ts';

const RECOVERY = 'hill-coffee.wmzyfvvam61vwyz1ppn30gw7a0';
const CALL = '68f0c0ffee0000000000ca11';

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
    const expected = { type, callId: CALL, status, outcome: null, final: false, finalStatus: null };
    expect(eventOf(body(type, { call: { id: CALL, status, durationSeconds: 96 } }))).toEqual(expected);
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
    expect(eventOf(body('call.lifecycle-ended', data))).toEqual({
      type: 'call.lifecycle-ended',
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
    const data = { action, call: { id: CALL }, reason: 'missing_address', payload: { cartTotal: '1955.00' } };
    expect(eventOf(body('action', data))).toEqual({
      type: 'action',
      callId: CALL,
      status: null,
      final: false,
      finalStatus: null,
      outcome: {
        key: `action:${action}`,
        data: { action, reason: 'missing_address', payload: { cartTotal: '1955.00' } },
      },
    });
  });

  it('action without a name is kept all the same', () => {
    expect(eventOf(body('action', { call: { id: CALL } })).outcome).toEqual({ key: 'action', data: {} });
  });

  it.each(['call.transferred', 'call.Weird_Name', 'survey.answered', 'x'])(
    'of a type nobody knows is read: %s',
    (type) => {
      const event = eventOf(body(type, { call: { id: CALL, status: 'somewhere', extra: [1] }, more: { a: 1 } }));
      expect(event).toEqual({
        type,
        callId: CALL,
        status: 'somewhere',
        outcome: null,
        final: false,
        finalStatus: null,
      });
    },
  );

  it('may carry fields nobody documented, everywhere', () => {
    const json = { ...(body('call.busy', { call: { id: CALL, carrier: 'x' }, new: 1 }) as object), version: 3 };
    expect(eventOf(json)).toMatchObject({ status: 'busy', callId: CALL });
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
    ['with a call that is a text', body('call.busy', { call: CALL }), 'event.data.call'],
    ['with a number for a call id', body('call.busy', { call: { id: 5 } }), 'event.data.call.id'],
    ['with an object for a status', body('call.busy', { call: { status: {} } }), 'event.data.call.status'],
    ['with a number for an action', body('action', { action: 1 }), 'event.data.action'],
    ['with a report that is a text', body('end-of-call', { report: 'fine' }), 'event.data.report'],
  ])('says where it stopped making sense: %s', (_what, json, field) => {
    expect(parseCallEvent(json)).toEqual({ ok: false, field });
  });

  it.each(['end-of-call', 'call.lifecycle-ended', 'action'])('has data beyond all depth: %s', (type) => {
    const depth = 50_000;
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`);
    expect(parseCallEvent(body(type, { insights: deep }))).toEqual({ ok: false, field: 'event.data' });
    // Of a mere status nothing is kept.
    expect(parseCallEvent(body('call.busy', { insights: deep }))).toMatchObject({ ok: true });
  });

  it('is never a fault, whatever it is, and never quoted', () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((data) => body('end-of-call', data)),
    );
    fc.assert(
      fc.property(anything, (json) => {
        const parsed = parseCallEvent(json);
        if (!parsed.ok)
          expect(parsed.field).toMatch(/^(\(body\)|event(\.(type|data(\.(call|callId|action|report)(\.\w+)?)?))?)$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
