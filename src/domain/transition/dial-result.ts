/** What became of a dial, on its record. A call event may have been faster and knows at least as much. */
import { HOUR, MINUTE, SECOND } from '../duration.ts';
import { withErrandAgain, withoutErrand, withSecondCall } from '../errand.ts';
import { type HeldCheckout, OPEN_STATES, type RecoveryRecord } from '../recovery.ts';
import type { DialResult } from '../voice-calls.ts';
import { changed, type Transition, unchanged } from './event.ts';
import { meanwhile } from './meanwhile.ts';
import { cancelled, withoutDiscount } from './stop.ts';

/** While the vendor serves none of our calls the switch is off; this is when the alarm looks again. */
const BARRED_SNOOZE_MS = MINUTE;
/** The vendor promises no figure with a 429. */
const THROTTLE_DEFAULT_MS = 5 * SECOND;
/** Retry-After is a wish; more than this is not granted. */
const THROTTLE_CAP_MS = 5 * MINUTE;

/** How long a 429 holds the whole queue, in milliseconds: what the vendor wished for, within reason. */
export function throttleMs(retryAfterMs: number | null): number {
  return Math.min(THROTTLE_CAP_MS, Math.max(SECOND, retryAfterMs ?? THROTTLE_DEFAULT_MS));
}

export function onDialResult(
  record: RecoveryRecord,
  { attemptId, result, backoffMs }: { attemptId: string; result: DialResult; backoffMs: number },
  at: number,
): Transition {
  const ours = record.attemptId === attemptId;
  const open = ours && (record.state === 'dialing' || record.state === 'unknown');
  // Also of a dial that was held for not placed already: the call is there, and nobody may make another.
  if (result.kind === 'placed') return placed(record, result, at, open || (ours && OPEN_STATES.has(record.state)));
  if (!open) return unchanged(record);
  switch (result.kind) {
    case 'unknown': {
      const patch = { state: 'unknown', reason: result.cause } as const;
      return changed(record, patch, { at, event: 'dial_unknown', ...patch });
    }
    case 'refused': {
      const patch = { state: 'rejected', reason: `vendor_${result.status}` } as const;
      const over = { errands: withoutErrand(record.errands, 'abort') };
      const change = {
        ...patch,
        vendorMessage: result.message || null,
        ...over,
        ...withoutDiscount({ ...record, ...over }, at),
      };
      return changed(record, change, { at, event: 'dial_refused', ...patch });
    }
    case 'barred':
      return again(record, at, { reason: `vendor_${result.status}`, waitMs: BARRED_SNOOZE_MS, failure: false });
    case 'not_placed': {
      const throttled = result.cause === 'throttled';
      const waitMs = throttled ? throttleMs(result.retryAfterMs) : backoffMs;
      return again(record, at, { reason: result.cause, waitMs, failure: !throttled });
    }
  }
}

function placed(
  record: RecoveryRecord,
  result: DialResult & { kind: 'placed' },
  at: number,
  open: boolean,
): Transition {
  const conflict = record.callId !== null && record.callId !== result.callId;
  const patch: Partial<RecoveryRecord> = {
    ...(open ? { state: 'called', reason: null } : {}),
    callId: record.callId ?? result.callId,
    calledAt: record.calledAt ?? at,
    vendorStatus: result.vendorStatus,
    notPlaced: 0,
  };
  const next = { ...record, ...patch };
  const { state } = next;
  const reason = conflict ? { reason: 'duplicate_call_id' } : {};
  const entry = { at, event: 'dial_placed', state, detail: result.callId, ...reason };
  const followed = { ...patch, ...followUps(next, at) };
  const errands = withSecondCall(followed.errands ?? record.errands, conflict ? result.callId : null, at);
  return changed(record, errands === record.errands ? followed : { ...followed, errands }, entry, {
    lookups: [{ kind: 'call', value: result.callId }],
    signs: [
      ...(conflict ? ['duplicate_call_id' as const] : []),
      ...(state === 'cancelled' && record.callId === null ? ['call_after_all' as const] : []),
    ],
  });
}

function followUps(record: RecoveryRecord, at: number): Partial<RecoveryRecord> {
  if (record.state === 'called') return meanwhile(record, at);
  // Somebody ended the doubt too early: the call is there, and is not wanted.
  if (record.state === 'cancelled') return { errands: withErrandAgain(record.errands, 'abort', 'abort', at) };
  return {};
}

/**
 * Back to `scheduled`, no sooner than the wait is over. Unless something stopped the recovery while it was being dialled,
 * or a webhook came that was held back meanwhile: then that one decides.
 */
function again(
  record: RecoveryRecord,
  at: number,
  why: { readonly reason: string; readonly waitMs: number; readonly failure: boolean },
): Transition {
  const event = 'dial_not_placed';
  const notPlaced = record.notPlaced + (why.failure ? 1 : 0);
  const retryAt = at + why.waitMs;
  if (record.stopReason !== null) {
    const { stopReason: reason } = record;
    const errands = withoutErrand(record.errands, 'abort');
    const patch = { errands, ...cancelled({ ...record, errands }, reason, at) };
    return changed(record, patch, { at, event, state: 'cancelled', reason });
  }
  if (record.held !== null) {
    const { state, reason } = record.held;
    // A code that was prepared is offered after all when a webhook opens it again within the hour.
    const unoffered = state === 'scheduled' ? {} : withoutDiscount(record, at + HOUR);
    const patch = { ...asHeld(record.held, retryAt), notPlaced, ...unoffered };
    return changed(record, patch, { at, event, state, ...(reason === null ? {} : { reason }), detail: why.reason });
  }
  const { reason } = why;
  const patch: Partial<RecoveryRecord> = { state: 'scheduled', reason, dueAt: retryAt, alarmAt: retryAt, notPlaced };
  const detail = `again ${new Date(retryAt).toISOString()}`;
  return changed(record, patch, { at, event, state: 'scheduled', reason, detail });
}

/** What a webhook that was held back leads to, once it is sure that nothing was placed. @param notBefore - epoch milliseconds. */
export function asHeld({ facts, ...verdict }: HeldCheckout, notBefore: number): Partial<RecoveryRecord> {
  const dueAt = verdict.state === 'scheduled' ? Math.max(notBefore, verdict.dueAt ?? 0) : null;
  const alarm = verdict.state === 'scheduled' ? { alarmAt: dueAt } : { alarm: null, alarmAt: null };
  return { ...facts, ...verdict, ...alarm, dueAt, held: null };
}
