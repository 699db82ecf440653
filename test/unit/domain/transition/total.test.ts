/** What holds for the state machine whatever record it meets and whatever happens to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import { OPEN_STATES, RECOVERY_STATES, type RecoveryRecord } from '../../../../src/domain/recovery.ts';
import type { RecoveryEvent } from '../../../../src/domain/transition/event.ts';
import { transition } from '../../../../src/domain/transition.ts';
import { aCallEvent, CALL_ID, told } from '../../../support/a-call-event.ts';
import { aRecord, ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import {
  anyCallEventOfCall,
  anyEvent,
  anyHeldCheckout,
  anyRecord,
  anyRules,
  anyStop,
} from '../../../support/any-recovery.ts';
import { aDialledRecord, FOLLOW_UP } from '../../../support/moved.ts';
import { permutations } from '../../../support/permutations.ts';

const NOW = ELEVEN_IN_BENGALURU;
const FINAL: ReadonlySet<string> = new Set(['ended', 'cancelled', 'rejected']);
const RUNS = { numRuns: 1_000 };
const later = fc.nat(2 * HOUR);

function all(
  record: RecoveryRecord,
  events: readonly RecoveryEvent[],
  rules = FOLLOW_UP,
  at: (n: number) => number = () => NOW,
): RecoveryRecord {
  return events.reduce((known, event, n) => transition(known, event, at(n), rules).next, record);
}

describe('the state machine, whatever it meets', () => {
  it('has an answer, and says in the patch what it says in the next record', () => {
    fc.assert(
      fc.property(anyRecord, anyEvent, anyRules, (record, event, rules) => {
        const { next, patch, entry } = transition(record, event, NOW, rules);
        expect(RECOVERY_STATES).toContain(next.state);
        expect({ ...record, ...patch }).toEqual(next);
        // Nothing is told of what changed nothing.
        if (patch === null) expect(entry).toBeNull();
        if (entry?.state !== undefined) expect(entry.state).toBe(next.state);
        expect(Object.values(patch ?? {})).not.toContain(undefined);
      }),
      RUNS,
    );
  });

  it('leaves the record that it was given as it was', () => {
    fc.assert(
      fc.property(anyRecord, anyEvent, anyRules, (record, event, rules) => {
        const before = structuredClone(record);
        transition(record, event, NOW, rules);
        expect(record).toEqual(before);
      }),
      RUNS,
    );
  });

  it('never leaves a final state, however much happens', () => {
    fc.assert(
      fc.property(anyRecord, fc.array(anyEvent, { maxLength: 8 }), anyRules, (record, events, rules) => {
        let known = record;
        for (const event of events) {
          const { next } = transition(known, event, NOW, rules);
          if (FINAL.has(known.state)) expect(next.state).toBe(known.state);
          known = next;
        }
      }),
      RUNS,
    );
  });

  it('dials nothing but what is scheduled, and counts every dial', () => {
    fc.assert(
      fc.property(anyRecord, anyEvent, anyRules, (record, event, rules) => {
        const { next } = transition(record, event, NOW, rules);
        const begins = next.state === 'dialing' && record.state !== 'dialing';
        expect(next.attempts - record.attempts).toBe(begins ? 1 : 0);
        if (begins) expect([record.state, event.kind]).toEqual(['scheduled', 'ring']);
      }),
      RUNS,
    );
  });

  it('opens nothing again that was stopped, and forgets no stop and no purchase', () => {
    fc.assert(
      fc.property(anyRecord, anyEvent, anyRules, (record, event, rules) => {
        const { next } = transition(record, event, NOW, rules);
        if (record.stopReason !== null) {
          expect(next.stopReason).toBe(record.stopReason);
          if (!OPEN_STATES.has(record.state)) expect(OPEN_STATES.has(next.state)).toBe(false);
        }
        if (record.orderedAt !== null) expect(next.orderedAt).not.toBeNull();
      }),
      RUNS,
    );
  });

  it('never has a live call that is not wanted without an errand to abort it', () => {
    fc.assert(
      fc.property(
        anyRecord.filter((record) => record.stopReason === null && !FINAL.has(record.state)),
        fc.array(anyEvent, { maxLength: 5 }),
        anyRules,
        (record, events, rules) => {
          const next = all(record, events, rules);
          const mayRing = next.state === 'dialing' || next.state === 'unknown' || next.state === 'called';
          if (mayRing && next.stopReason !== null) expect(next.errands.abort).toBeDefined();
        },
      ),
      RUNS,
    );
  });

  it('says nothing of the person in a timeline', () => {
    fc.assert(
      fc.property(anyRecord, anyEvent, anyRules, (record, event, rules) => {
        const { entry, signs } = transition(record, event, NOW, rules);
        expect(JSON.stringify([entry, signs])).not.toMatch(/Asha|Rao|9090|mail\.example|Cubbon|0ff1ce/);
      }),
      RUNS,
    );
  });
});

describe('the same thing twice', () => {
  const isNoNews = (record: RecoveryRecord, event: RecoveryEvent, at: number, rules = FOLLOW_UP): void => {
    const { next, patch } = transition(record, event, at, rules);
    expect(patch ?? {}).toEqual({});
    expect(next).toEqual(record);
  };

  it('is a stop once', () => {
    fc.assert(
      fc.property(anyRecord, anyStop, anyRules, later, (record, stop, rules, ms) => {
        isNoNews(transition(record, stop, NOW, rules).next, stop, NOW + ms, rules);
      }),
      RUNS,
    );
  });

  it('is a call event once', () => {
    fc.assert(
      fc.property(anyRecord, anyCallEventOfCall, anyRules, later, (record, event, rules, ms) => {
        isNoNews(transition(record, event, NOW, rules).next, event, NOW + ms, rules);
      }),
      RUNS,
    );
  });

  it('is a changed cart once', () => {
    fc.assert(
      fc.property(anyRecord, anyHeldCheckout, anyRules, later, (record, checkout, rules, ms) => {
        const event = { kind: 'cart_changed', checkout } as const;
        isNoNews(transition(record, event, NOW, rules).next, event, NOW + ms, rules);
      }),
      RUNS,
    );
  });

  it('is a dial result once, unless the second one finds the doubt that the first one left', () => {
    const event = (result: object): RecoveryEvent =>
      ({ kind: 'dial_result', attemptId: `${aRecord().id}.1`, backoffMs: 2_500, result }) as RecoveryEvent;
    for (const result of [
      { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null },
      { kind: 'barred', status: 402 },
      { kind: 'refused', status: 422, message: '' },
    ]) {
      isNoNews(all(aDialledRecord(), [event(result)]), event(result), NOW + SECOND);
    }
    const placed = event({ kind: 'placed', callId: CALL_ID, vendorStatus: 'initiate' });
    const once = all(aDialledRecord(), [placed]);
    expect(transition(once, placed, NOW + MINUTE, FOLLOW_UP).next).toEqual(once);
  });
});

describe('the events of one call, and an order in between', () => {
  const event = (one: ReturnType<typeof told>): RecoveryEvent => ({ kind: 'call_event', event: one });
  const order: RecoveryEvent = {
    kind: 'stop',
    reason: 'ordered',
    order: { at: NOW, name: '#1001', total: '1955.00', currency: 'INR', match: 'checkout' },
  };
  const answer: RecoveryEvent = {
    kind: 'dial_result',
    attemptId: `${aRecord().id}.1`,
    backoffMs: 0,
    result: { kind: 'placed', callId: CALL_ID, vendorStatus: 'initiate' },
  };
  const analysis = aCallEvent({ type: 'end-of-call', outcome: { key: 'end-of-call', data: { analysis: {} } } });
  const agreed = aCallEvent({
    type: 'action',
    action: { name: 'create_order', reason: null, payload: null },
    outcome: { key: 'action:create_order', data: { payload: {} } },
  });
  const over = aCallEvent({ type: 'call.lifecycle-ended', final: true, finalStatus: 'completed' });
  const life = [told('busy'), told('completed'), analysis, agreed, over].map(event);
  const rules = { ...FOLLOW_UP, agentOrder: 'cod', forward: { actions: true, outcomes: true } } as const;

  /** What is left of it; whether the abort is still needed depends on whether the order was the last to come. */
  function leftOf(record: RecoveryRecord): string {
    const { errands, stopReason, outcomes, ...rest } = record;
    const keys = Object.keys(errands).filter((key) => key !== 'abort');
    return JSON.stringify([rest, Object.entries(outcomes).sort(), keys.sort()]);
  }

  it('end in the same record with the same errands, in every order they can come in', () => {
    const ends = new Set<string>();
    let orders = 0;
    for (const events of permutations([...life, order, answer])) {
      orders++;
      const end = all(aDialledRecord(), events, rules);
      ends.add(leftOf(end));
      // Whoever bought while the call might still ring had it called back.
      const ordered = events.indexOf(order);
      const ended = events.indexOf(life.at(-1) as RecoveryEvent);
      if (ordered < ended !== (end.errands.abort !== undefined)) ends.add(`abort: ${events.map(({ kind }) => kind)}`);
    }
    expect(orders).toBe(5_040);
    expect([...ends]).toHaveLength(1);
    const [end = ''] = ends;
    expect(end).toContain('"state":"ended"');
    for (const key of ['agent_order', 'forward:action:create_order', 'forward:outcome', 'forward:ended']) {
      expect(end).toContain(`"${key}:${aRecord().id}.1"`);
    }
  });

  it('end in the same record when some of them come twice', () => {
    const deliveries = fc.array(fc.nat(life.length), { maxLength: 8 }).chain((again) =>
      fc.shuffledSubarray([...life, order, answer, ...again.map((i) => [...life, order][i] as RecoveryEvent)], {
        minLength: life.length + 2 + again.length,
      }),
    );
    const expected = leftOf(all(aDialledRecord(), [...life, order, answer], rules));
    fc.assert(
      fc.property(deliveries, (events) => {
        expect(leftOf(all(aDialledRecord(), events, rules))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
