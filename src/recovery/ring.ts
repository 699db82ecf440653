/** A ring: an alarm went off. The record is read and decided on again; only a record that is still the one that was read is dialled. */
import { decideRing, type RingDecision } from '../domain/decide.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Clock, Journal, RecoveryStore } from '../domain/ports.ts';
import { OPEN_STATES, type Recovery, type RecoveryRecord, type TimelineEntry } from '../domain/recovery.ts';
import { attemptIdOf } from '../domain/recovery-id.ts';
import { RecordContendedError } from '../errors.ts';
import type { Dial } from './dial.ts';
import type { RingOutcome } from './ring-outcome.ts';

export type Ring = (recoveryId: string, alarm: number) => Promise<RingOutcome>;

const MOST_TRIES = 25;

/** @param deps.dialTimeLimitMs - a dial older than this did not come back: see decideRing. */
export function ring(deps: {
  readonly store: RecoveryStore;
  readonly policy: CallPolicy;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly dial: Dial;
  readonly dialTimeLimitMs: number;
}): Ring {
  const { store, policy, clock, journal, dial, dialTimeLimitMs } = deps;

  return async (recoveryId, alarm) => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const recovery: Recovery | null = await store.load(recoveryId);
      if (!recovery) return { kind: 'done', decision: 'gone' };
      const { record } = recovery;
      const now = clock.now();
      const decision = decideRing(record, policy, now, dialTimeLimitMs);
      if (decision.kind === 'ignore') {
        const settled = !OPEN_STATES.has(record.state) || (await store.alarmSpent(recoveryId, alarm));
        if (settled) return { kind: 'done', decision: decision.reason };
        continue;
      }
      const change: Change = changeOf(decision, record, now);
      if (!(await store.commit({ record, at: now, ...change }))) continue;
      if (decision.kind === 'snooze') {
        return { kind: 'snooze', until: decision.until, decision: decision.reason };
      }
      if (decision.kind === 'dial') return dial({ ...record, ...change.patch });
      const { state = record.state, reason = null } = change.patch;
      journal.decided({ recoveryId, shop: record.shop, trigger: 'ring', state, reason });
      return { kind: 'done', decision: [state, reason].filter(Boolean).join(': ') };
    }
    throw new RecordContendedError();
  };
}

interface Change {
  readonly patch: Partial<RecoveryRecord>;
  readonly entry?: TimelineEntry;
}

type Consequence = Exclude<RingDecision, { kind: 'ignore' }>;

function changeOf(decision: Consequence, record: RecoveryRecord, now: number): Change {
  const attempt = record.attempts + 1;
  switch (decision.kind) {
    case 'dial': {
      const attemptId = attemptIdOf(record.id, attempt);
      const patch = {
        state: 'dialing',
        reason: null,
        attempts: attempt,
        attemptId,
        dialingAt: now,
        held: null,
      } as const;
      return { patch, entry: { at: now, event: 'dial_begun', state: 'dialing', detail: attemptId } };
    }
    case 'skip': {
      const patch = { state: 'skipped', reason: decision.reason, dueAt: null, alarm: null, alarmAt: null } as const;
      return { patch, entry: { at: now, event: 'ring', state: 'skipped', reason: decision.reason } };
    }
    case 'snooze': {
      const { until, reason } = decision;
      if (reason === 'not_due') return { patch: { alarmAt: until } };
      const detail = `until ${new Date(until).toISOString()}`;
      const patch = { dueAt: until, alarmAt: until, reason } as const;
      return { patch, entry: { at: now, event: 'ring', state: 'scheduled', reason, detail } };
    }
    case 'give_up_dial': {
      const patch = { state: 'unknown', reason: 'dial_interrupted' } as const;
      return { patch, entry: { at: now, event: 'ring', state: 'unknown', reason: 'dial_interrupted' } };
    }
  }
}
