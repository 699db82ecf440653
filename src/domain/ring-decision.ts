/** What an alarm finds: whether the record it rings for is to be decided on at all, and whether it is time. */
import type { RecoveryRecord } from './recovery.ts';

export type RingDecision =
  /** Its time has come: the gates decide. */
  | { readonly kind: 'decide' }
  | { readonly kind: 'snooze'; readonly until: number; readonly reason: 'not_due' }
  /** Scheduled without what a dial needs: a spoilt record, or another version's. Rung again and again it would stay one. */
  | { readonly kind: 'incomplete' }
  /** A dial that should have ended long ago: its fate is unknown, and it is never repeated. */
  | { readonly kind: 'give_up_dial' }
  | { readonly kind: 'ignore'; readonly reason: string };

/** @param now - epoch milliseconds, UTC. @param dialTimeLimitMs - how long an honest dial can take, answer and saving included. */
export function decideRing(record: RecoveryRecord, now: number, dialTimeLimitMs: number): RingDecision {
  if (record.state === 'dialing') {
    const stuck = record.dialingAt === null || now - record.dialingAt > dialTimeLimitMs;
    return stuck ? { kind: 'give_up_dial' } : { kind: 'ignore', reason: 'dial_in_flight' };
  }
  if (record.state !== 'scheduled') return { kind: 'ignore', reason: record.state };
  if (record.dueAt === null || record.payload === null || record.phone === null || record.lastActivityAt === null) {
    return { kind: 'incomplete' };
  }
  return now < record.dueAt ? { kind: 'snooze', until: record.dueAt, reason: 'not_due' } : { kind: 'decide' };
}
