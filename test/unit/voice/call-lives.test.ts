/**
 * Whole lives of calls, as the stand-in vendor sends them: from the bodies to what is known in the end. In every order that the
 * bodies can come in, and however often, the record ends the same.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallEvent } from '../../../src/domain/call-event.ts';
import { endedWithSuccess, wasAnswered } from '../../../src/domain/call-knowledge.ts';
import { canonicalJson } from '../../../src/domain/canonical.ts';
import { foldCallEvent } from '../../../src/domain/fold-call-event.ts';
import type { RecoveryRecord } from '../../../src/domain/recovery.ts';
import { parseJson } from '../../../src/shopify/lossless-json.ts';
import { parseCallEvent } from '../../../src/voice/call-event-body.ts';
import type { VendorCall } from '../../../stand-ins/voice-vendor/call-book.ts';
import { eventBody } from '../../../stand-ins/voice-vendor/event-post.ts';
import {
  type CallStatus,
  SCENARIOS,
  type Scenario,
  statusAfter,
  stepsOf,
} from '../../../stand-ins/voice-vendor/lifecycle.ts';
import { CALL_ID } from '../../support/a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU as NOW } from '../../support/a-record.ts';
import { delivered } from '../../support/any-call-event.ts';
import { permutations } from '../../support/permutations.ts';

const SECOND = 1_000;
const dialled = aRecord({ state: 'dialing', attempts: 1 });

/** The bodies of a life, ten seconds apart. */
function bodiesOf(scenario: Scenario): string[] {
  const call = { callId: CALL_ID, body: { metadata: { recoveryId: dialled.id } } } as unknown as VendorCall;
  let status: CallStatus | null = null;
  return stepsOf(scenario).map((step, n) => {
    status = statusAfter(step.type) ?? status;
    return eventBody(call, step, status, NOW + n * 10 * SECOND);
  });
}

function eventOf(body: string): CallEvent {
  const json = parseJson(body);
  const parsed = parseCallEvent(json.ok ? json.value : null);
  if (!parsed.ok) throw new Error(`unreadable at ${parsed.field}`);
  return parsed.event;
}

/** All are received at one moment: when each came is all that may differ. */
function endOf(events: readonly CallEvent[]): RecoveryRecord {
  let record = dialled;
  for (const event of events) record = { ...record, ...foldCallEvent(record, event, NOW).patch };
  return record;
}

interface Expected {
  readonly callStatus: string;
  readonly answered: boolean;
  readonly success: boolean;
  readonly statuses: readonly string[];
  readonly facts: object;
}

const talk = (lastStep: number) => ({
  startedAt: NOW + lastStep * 10 * SECOND - 96 * SECOND,
  endedAt: NOW + lastStep * 10 * SECOND,
  durationSeconds: 96,
});
const recording = { recordingUrl: `https://recordings.vendor.example/${CALL_ID}.mp3` };
const talked = ['initiate', 'in-progress', 'ended', 'completed'];
const none = { startedAt: null, endedAt: null, durationSeconds: null, recordingUrl: null };

const EXPECTED: Readonly<Record<Exclude<Scenario, 'silent'>, Expected>> = {
  answered: {
    callStatus: 'completed',
    answered: true,
    success: true,
    statuses: talked,
    facts: { ...talk(5), ...recording, creditsUsed: 1, creditsAvailable: 4_200, reAttempts: 0 },
  },
  'queued-long': {
    callStatus: 'completed',
    answered: true,
    success: true,
    statuses: talked,
    facts: { ...talk(5), ...recording, creditsUsed: 1, reAttempts: 0 },
  },
  'no-answer': {
    callStatus: 'no-answer',
    answered: false,
    success: false,
    statuses: ['initiate', 'no-answer'],
    facts: { ...none, creditsUsed: null, reAttempts: 1 },
  },
  busy: {
    callStatus: 'busy',
    answered: false,
    success: false,
    statuses: ['initiate', 'busy'],
    facts: { ...none, reAttempts: 1, reschedules: 0 },
  },
  'busy-then-answered': {
    callStatus: 'completed',
    answered: true,
    success: true,
    statuses: ['initiate', 'busy', 'in-progress', 'ended', 'completed'],
    facts: { ...talk(7), ...recording, outcome: { intent: 'will_purchase' }, reAttempts: 1 },
  },
  rescheduled: {
    callStatus: 'completed',
    answered: true,
    success: true,
    statuses: ['initiate', 'rescheduled', 'in-progress', 'ended', 'completed'],
    facts: { ...talk(8), ...recording, reschedules: 1 },
  },
  failed: { callStatus: 'failed', answered: false, success: false, statuses: ['initiate', 'failed'], facts: none },
  timeout: {
    callStatus: 'timeout',
    answered: true,
    success: false,
    statuses: ['initiate', 'in-progress', 'timeout'],
    facts: { ...talk(3), recordingUrl: null, success: null },
  },
  skip: { callStatus: 'skip', answered: false, success: false, statuses: ['skip'], facts: none },
  'validation-failed': {
    callStatus: 'validation-failed',
    answered: false,
    success: false,
    statuses: ['validation-failed'],
    facts: none,
  },
  'opt-out': {
    callStatus: 'completed',
    answered: true,
    success: false,
    statuses: talked,
    facts: { ...talk(5), insights: { do_not_call: true }, outcome: { intent: 'do_not_call' }, success: false },
  },
  'create-order': {
    callStatus: 'completed',
    answered: true,
    success: true,
    statuses: talked,
    facts: {
      ...talk(6),
      requiredActions: ['create_order'],
      actions: [{ name: 'create_order', reason: null, at: NOW }],
    },
  },
};

const LIVES = SCENARIOS.filter((scenario) => scenario !== 'silent');

describe('of a whole life is known', () => {
  it.each(LIVES)('%s: how it went, when, and what came of it', (scenario) => {
    const { callStatus, answered, success, statuses, facts } = EXPECTED[scenario];
    const { call, ...record } = endOf(bodiesOf(scenario).map(eventOf));
    expect(record).toMatchObject({ state: 'ended', callId: CALL_ID, callStatus, finalStatus: callStatus });
    expect([...new Set(call?.statuses.map(({ status }) => status))]).toEqual(statuses);
    expect(call).toMatchObject({ ...facts, unknownTypes: [] });
    expect([wasAnswered(call), endedWithSuccess(call)]).toEqual([answered, success]);
  });

  it.each(LIVES)('%s: the same, however often and in whatever order it is told', (scenario) => {
    const events = bodiesOf(scenario).map(eventOf);
    const expected = canonicalJson(endOf(events));
    if (events.length <= 7) {
      const strays = [...permutations(events)].filter((order) => canonicalJson(endOf(order)) !== expected);
      expect(strays).toEqual([]);
    }
    fc.assert(
      fc.property(delivered(fc.constant(events)), ({ got }) => {
        expect(canonicalJson(endOf(got))).toBe(expected);
      }),
    );
  });

  it.each(LIVES)('%s: nothing new when any of it is told again, at a later time', (scenario) => {
    const events = bodiesOf(scenario).map(eventOf);
    const end = endOf(events);
    for (const event of events) {
      const again = { ...end, ...foldCallEvent(end, event, NOW + 3_600 * SECOND).patch };
      expect(JSON.stringify(again)).toBe(JSON.stringify(end));
    }
  });
});
