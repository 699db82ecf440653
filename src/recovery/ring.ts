/** A ring: an alarm went off. The record is read and decided on again; only a record that is still the one that was read is dialled. */
import { decideRing } from '../domain/decide.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Clock, Journal, RecoveryStore } from '../domain/ports.ts';
import { OPEN_STATES, type RecoveryRecord } from '../domain/recovery.ts';
import type { FollowUpRules, RecoveryEvent } from '../domain/transition/event.ts';
import { transition } from '../domain/transition.ts';
import { RecordContendedError } from '../errors.ts';
import type { Clearance, NewClearance } from './clear-dial.ts';
import type { Dial } from './dial.ts';
import type { RingOutcome } from './ring-outcome.ts';

export type Ring = (recoveryId: string, alarm: number) => Promise<RingOutcome>;

const MOST_TRIES = 25;

/** @param deps.dialTimeLimitMs - a dial older than this did not come back: see decideRing. */
export function ring(deps: {
  readonly store: RecoveryStore;
  readonly policy: CallPolicy;
  readonly rules: FollowUpRules;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly newClearance: NewClearance;
  readonly dial: Dial;
  readonly dialTimeLimitMs: number;
}): Ring {
  const { store, policy, rules, clock, journal, newClearance, dial, dialTimeLimitMs } = deps;

  return async (recoveryId, alarm) => {
    const clear = newClearance();
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const record = (await store.load(recoveryId))?.record;
      if (!record) return { kind: 'done', decision: 'gone' };
      const decision = decideRing(record, policy, clock.now(), dialTimeLimitMs);
      if (decision.kind === 'ignore') {
        const settled = !OPEN_STATES.has(record.state) || (await store.alarmSpent(recoveryId, alarm));
        if (settled) return { kind: 'done', decision: decision.reason };
        continue;
      }
      const consequence = decision.kind === 'dial' ? await clear(record, clock.now()) : decision;
      const after = await commit(record, consequence);
      // Somebody else was first, or there is one more thing to prepare: read and decide again.
      if (after === null || consequence.kind === 'prepare_discount') continue;
      if (consequence.kind === 'dial') return dial(after);
      return outcomeOf(after, consequence);
    }
    throw new RecordContendedError();
  };

  /** @returns the record as committed; null when it was not the one that was read any more. */
  async function commit(record: RecoveryRecord, consequence: Clearance): Promise<RecoveryRecord | null> {
    const at = clock.now();
    const event: RecoveryEvent = consequence.kind === 'stop' ? consequence : { kind: 'ring', consequence };
    const { next, patch, entry, lookups } = transition(record, event, at, rules);
    if (patch === null) return null;
    const change = { record, at, patch, ...(entry ? { entry } : {}), lookups };
    return (await store.commit(change)) ? next : null;
  }

  function outcomeOf(record: RecoveryRecord, consequence: Clearance): RingOutcome {
    const { id: recoveryId, shop, state, reason, dueAt, alarmAt } = record;
    if (consequence.kind === 'snooze') {
      return { kind: 'snooze', until: alarmAt ?? consequence.until, decision: consequence.reason };
    }
    if (state === 'scheduled' && dueAt !== null) return { kind: 'snooze', until: dueAt, decision: reason ?? state };
    journal.decided({ recoveryId, shop, trigger: 'ring', state, reason });
    return { kind: 'done', decision: [state, reason].filter(Boolean).join(': ') };
  }
}
