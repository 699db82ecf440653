/** A ring: an alarm went off. The record is read and decided on again; only a record that is still the one that was read is dialled. */
import type { Candidate } from '../domain/candidate.ts';
import { type Decision, decide } from '../domain/decide.ts';
import { SECOND } from '../domain/duration.ts';
import { completeGate, modeGate } from '../domain/gates/simple-gates.ts';
import type { Journal } from '../domain/journal.ts';
import { personOf } from '../domain/person.ts';
import type { PersonHistories } from '../domain/person-history.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Clock, DialMarker, DialSwitch, RecoveryStore } from '../domain/ports.ts';
import { OPEN_STATES, type RecoveryRecord } from '../domain/recovery.ts';
import { jitterOf } from '../domain/recovery-id.ts';
import { decideRing, type RingDecision } from '../domain/ring-decision.ts';
import type { FollowUpRules, RecoveryEvent } from '../domain/transition/event.ts';
import { transition } from '../domain/transition.ts';
import { RecordContendedError } from '../errors.ts';
import type { Clearance, NewClearance } from './clear-dial.ts';
import type { Dial } from './dial.ts';
import type { ClockGuard } from './guard-clock.ts';
import type { HoldDials } from './hold-dials.ts';
import type { RecallDials } from './recall-dials.ts';
import type { RingOutcome } from './ring-outcome.ts';

export type Ring = (recoveryId: string, alarm: number) => Promise<RingOutcome>;

const MOST_TRIES = 25;
/** A paused queue lets nothing ring; one that was on its way waits for the others. Milliseconds. */
const PAUSED_AGAIN_MS = SECOND;
/** How long a process with a wrong clock answers no ring. */
const STAND_STILL_MS = 15 * SECOND;

/** The next webhook brings what is missing, and opens it again. */
const INCOMPLETE = { kind: 'skip', reason: 'incomplete_record', rule: completeGate.rule } as const;

/** @param deps.dialTimeLimitMs - a dial older than this did not come back: see decideRing. */
export function ring(deps: {
  readonly store: RecoveryStore;
  readonly people: PersonHistories;
  readonly policy: CallPolicy;
  readonly rules: FollowUpRules;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly clockGuard: ClockGuard;
  readonly holds: HoldDials;
  readonly recall: RecallDials;
  readonly newClearance: NewClearance;
  readonly marker: DialMarker;
  readonly dial: Dial;
  readonly dialSwitch: DialSwitch;
  readonly dialTimeLimitMs: number;
}): Ring {
  const { store, people, policy, rules, clock, journal, dialTimeLimitMs } = deps;
  const { clockGuard, holds, recall, newClearance, marker, dial, dialSwitch } = deps;

  return (recoveryId, alarm) => answer(recoveryId, alarm).finally(() => holds.done(recoveryId));

  async function answer(recoveryId: string, alarm: number): Promise<RingOutcome> {
    const clearance = newClearance();
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const record = (await store.load(recoveryId))?.record;
      if (!record) return { kind: 'done', decision: 'gone' };
      const skewMs = await clockGuard.skew();
      if (skewMs !== null) {
        await clearance.abandon(record);
        return standStill(record, clock.now() + skewMs);
      }
      const ringing = decideRing(record, clock.now(), dialTimeLimitMs);
      if (ringing.kind === 'ignore') {
        const settled = !OPEN_STATES.has(record.state) || (await store.alarmSpent(recoveryId, alarm));
        if (!settled) continue;
        // Stopped or put aside between the claim and the dial: nobody was called.
        await clearance.abandon(record);
        return { kind: 'done', decision: ringing.reason };
      }
      const consequence = await consequenceFor(ringing, record, clearance);
      const after = await commit(record, consequence);
      if (after === null && consequence.kind === 'dial' && (await dialSwitch.state()).paused) {
        await clearance.abandon(record);
        return { kind: 'snooze', until: clock.now() + PAUSED_AGAIN_MS, decision: 'dialling_paused' };
      }
      // Somebody else was first, or there is one more thing to prepare: read and decide again.
      if (after === null || consequence.kind === 'prepare_discount') continue;
      if (consequence.kind === 'dial') return dial(after);
      await clearance.abandon(after);
      return outcomeOf(after, consequence);
    }
    throw new RecordContendedError();
  }

  /** @param now - by the store's clock. A line and a reason for one that is due; whoever else is about to change it may. */
  async function standStill(record: RecoveryRecord, now: number): Promise<RingOutcome> {
    const outcome = { kind: 'stand_still', forMs: STAND_STILL_MS, decision: 'clock_skew' } as const;
    if (decideRing(record, now, dialTimeLimitMs).kind !== 'decide') return outcome;
    await commit(record, { kind: 'hold', reason: 'clock_skew', until: null }, now);
    journal.held({ recoveryId: record.id, reason: 'clock_skew' });
    return outcome;
  }

  async function consequenceFor(
    ringing: Exclude<RingDecision, { kind: 'ignore' }>,
    record: RecoveryRecord,
    clearance: ReturnType<NewClearance>,
  ): Promise<Clearance> {
    if (ringing.kind === 'incomplete') return INCOMPLETE;
    return ringing.kind === 'decide' ? decideOn(record, clearance) : ringing;
  }

  async function decideOn(record: RecoveryRecord, clearance: ReturnType<NewClearance>): Promise<Clearance> {
    const { candidate } = record;
    // Scheduled by a version that knew no candidates: the next webhook brings one.
    if (candidate === null) return INCOMPLETE;
    const before = await askGates(record, candidate);
    if (before.no !== null) return before.no;
    if (policy.mode === 'dry-run') return { kind: 'skip', reason: 'dry_run', rule: modeGate.rule };
    const held = (await recall(record, before.now)) ?? (await holds.ask(record.id, before.now));
    if (held) return held;
    // Who was drawn to be called stays so when the dial has to be made again.
    const cleared = await clearance.ask(record, before.now, before.heldOut && record.arm === null);
    if (cleared.kind !== 'dial') return cleared;
    // The shop may have taken its time: the hours may be over now, and the shopper may have said no.
    return (await askGates(record, candidate)).no ?? cleared;
  }

  /** `no`: what the gates want instead of a dial. */
  async function askGates(record: RecoveryRecord, candidate: Candidate) {
    const { shop, phone, lastActivityAt, dueAt } = record;
    const now = clock.now();
    const decision = decide({
      candidate,
      person: await people.historyOf(shop, personOf(record), now, record.id),
      policy,
      shop,
      personKey: phone,
      lastActivityAt: lastActivityAt ?? record.createdAt,
      wantedAt: dueAt ?? now,
      moment: 'ring',
      jitter: jitterOf(record.id),
      now,
    });
    const heldOut = decision.kind === 'no_call' && decision.refusal.reason === 'holdout';
    const goes = heldOut || (decision.kind === 'call' && decision.at <= now);
    return { now, heldOut, no: goes ? null : consequenceOf(decision) };
  }

  /** @returns the record as committed; null when it was not the one that was read any more. */
  async function commit(
    record: RecoveryRecord,
    consequence: Clearance,
    at: number = clock.now(),
  ): Promise<RecoveryRecord | null> {
    const event: RecoveryEvent = consequence.kind === 'stop' ? consequence : { kind: 'ring', consequence };
    const { next, patch, entry, lookups, signs } = transition(record, event, at, rules);
    if (patch === null) return null;
    const unlessPaused = consequence.kind === 'dial';
    const change = { record, at, patch, ...(entry ? { entry } : {}), lookups, unlessPaused };
    const writer = unlessPaused ? marker : store;
    if (!(await writer.commit(change))) return null;
    for (const sign of signs) journal.alarm(sign, { recoveryId: record.id, attemptId: next.attemptId });
    return next;
  }

  function outcomeOf(record: RecoveryRecord, consequence: Clearance): RingOutcome {
    const { id: recoveryId, shop, state, reason, dueAt, alarmAt } = record;
    if (consequence.kind === 'hold') journal.held({ recoveryId, reason: consequence.reason });
    if (consequence.kind === 'snooze') {
      return { kind: 'snooze', until: alarmAt ?? consequence.until, decision: consequence.reason };
    }
    if (state === 'scheduled' && dueAt !== null) return { kind: 'snooze', until: dueAt, decision: reason ?? state };
    journal.decided({ recoveryId, shop, trigger: 'ring', state, reason });
    return { kind: 'done', decision: [state, reason].filter(Boolean).join(': ') };
  }
}

function consequenceOf(decision: Decision): Clearance {
  const { rule, seen } = decision;
  if (decision.kind === 'call') return { kind: 'snooze', until: decision.at, reason: 'outside_hours', rule, seen };
  const { refusal } = decision;
  switch (refusal.verdict) {
    case 'stop': {
      const order = { at: refusal.at, name: null, total: null, currency: null, match: 'person' } as const;
      return { kind: 'stop', reason: 'ordered', order, rule, seen };
    }
    // It can be called about, or it would not ring.
    case 'wait':
      return { kind: 'skip', reason: 'incomplete_record', rule, seen };
    case 'skip':
      return { kind: 'skip', reason: refusal.reason, rule, seen };
  }
}
