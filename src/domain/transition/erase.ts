/** Erasing: the personal data goes, what happened stays. Somebody who asked to be forgotten is not called either. */
import { withoutPerson } from '../impersonal.ts';
import type { EraseReason, RecoveryRecord } from '../recovery.ts';
import { changed, type FollowUpRules, type Transition, unchanged } from './event.ts';
import { LIVE_STATES, onStop, withoutDiscount } from './stop.ts';

/**
 * - `retention`: the digests of the contacts stay, so that a later order is still matched. A call that is not over keeps what it
 *   needs, and a recovery that was still to be called is too old.
 * - `redacted`, `shop_redacted`: the digests go as well, what is not dialled is cancelled, and a call that is out is aborted. While it
 *   is out they stay: the shopper may say in it that they want no more calls. They go when it is over, see {@link afterTheLastWord}.
 */
export function onErase(record: RecoveryRecord, reason: EraseReason, at: number, rules: FollowUpRules): Transition {
  const byTime = reason === 'retention';
  if (byTime && (record.erasedAt !== null || LIVE_STATES.has(record.state))) return unchanged(record);
  const stopped = byTime ? tooOld(record, at) : stoppedBy(record, at, rules);
  const before = { ...record, ...stopped };
  const patch = {
    ...stopped,
    ...withoutPerson(before, at),
    ...(byTime || LIVE_STATES.has(before.state) ? {} : { contacts: [] }),
  };
  const leaves = !byTime && record.contacts.length > 0 && !LIVE_STATES.has(before.state);
  const isNews = record.erasedAt === null || leaves || Object.keys(stopped).length > 0;
  if (!isNews) return unchanged(record);
  const moved = before.state === record.state ? {} : { state: before.state };
  return changed(record, patch, { at, event: 'erased', ...moved, reason });
}

/** Nobody can be called without a number. CALL_MAX_AGE is never longer than personal data is kept. */
function tooOld(record: RecoveryRecord, at: number): Partial<RecoveryRecord> {
  if (record.state !== 'scheduled') return {};
  const patch = { state: 'skipped', reason: 'too_old', dueAt: null, alarm: null, alarmAt: null } as const;
  return { ...patch, ...withoutDiscount(record, at) };
}

function stoppedBy(record: RecoveryRecord, at: number, rules: FollowUpRules): Partial<RecoveryRecord> {
  return onStop(record, { reason: 'redacted', order: null }, at, rules).patch ?? {};
}

/**
 * Since when personal data is kept for no other purpose than the record's: the last that was heard of the shopper, or of the call.
 * null: the call is not over.
 */
export function keptSince(record: RecoveryRecord): number | null {
  if (LIVE_STATES.has(record.state)) return null;
  const { createdAt, lastActivityAt, dialingAt, calledAt, lastEventAt } = record;
  return Math.max(createdAt, lastActivityAt ?? 0, dialingAt ?? 0, calledAt ?? 0, lastEventAt ?? 0);
}

/**
 * Only a request erases while a call is out; of who made it nothing is left once the call is over, not even a digest.
 *
 * @param record - as it was before.
 */
export function afterTheLastWord(record: RecoveryRecord, outcome: Transition): Transition {
  const { next, patch } = outcome;
  const isOver = LIVE_STATES.has(record.state) && !LIVE_STATES.has(next.state);
  if (!isOver || next.contacts.length === 0 || patch === null) return outcome;
  return { ...outcome, next: { ...next, contacts: [] }, patch: { ...patch, contacts: [] } };
}
