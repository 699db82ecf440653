/**
 * A dial: one request to the vendor for a record that has just been marked `dialing`, and the saving of what became of it.
 * The request is never repeated; the saving is, because a placed call whose callId is lost is the worst of both.
 */
import { backoffMs } from '../domain/backoff.ts';
import { MINUTE, SECOND } from '../domain/duration.ts';
import type { Clock, DialResult, DialSwitch, Journal, Lookup, RecoveryStore, VoiceCalls } from '../domain/ports.ts';
import type { RecoveryRecord, TimelineEntry } from '../domain/recovery.ts';
import { RecordContendedError, StoreUnavailableError } from '../errors.ts';
import { changeRecord, type Verdict } from './change-record.ts';
import type { RingOutcome } from './ring-outcome.ts';

export type Dial = (record: RecoveryRecord) => Promise<RingOutcome>;

/** While the vendor serves none of our calls the switch is off; this is when the alarm looks again. */
const BARRED_SNOOZE_MS = MINUTE;
/** The vendor promises no figure with a 429. */
const THROTTLE_DEFAULT_MS = 5 * SECOND;
/** Retry-After is a wish; more than this is not granted. */
const THROTTLE_CAP_MS = 5 * MINUTE;

/**
 * The process was frozen (a suspended machine, a paused container) between claiming the record and dialling it. Others may
 * be about to give the dial up, and the shopper may have ordered: nothing is sent, and the next ring decides anew.
 */
const STALLED: DialResult = { kind: 'not_placed', cause: 'stalled', retryAfterMs: null };

export function dial(deps: {
  readonly store: RecoveryStore;
  readonly voice: VoiceCalls;
  readonly dialSwitch: DialSwitch;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long an honest dial can take, saving included; an older one counts as interrupted. Milliseconds. */
  readonly dialTimeLimitMs: number;
  /** Waits before a save is tried again; rejects when the process must end. */
  readonly pauseBeforeSavingAgain: (tries: number) => Promise<void>;
}): Dial {
  const { store, voice, dialSwitch, clock, journal, random, dialTimeLimitMs, pauseBeforeSavingAgain } = deps;

  return async (record) => {
    const attemptId = record.attemptId ?? '';
    const { payload, phone } = record;
    if (payload === null || phone === null) throw new Error('a record without payload was marked dialing');
    const metadata = { source: 'ringback', shop: record.shop, recoveryId: record.id, attemptId };
    const begun = clock.now();
    const isStale = begun - (record.dialingAt ?? begun) > dialTimeLimitMs / 2;
    const result = isStale
      ? STALLED
      : await voice.initiate({ phoneNumber: phone, payload, priority: record.priority, metadata, attemptId });
    const now = clock.now();
    journal.dialled({
      recoveryId: record.id,
      attemptId,
      result: result.kind,
      cause: causeOf(result),
      tookMs: now - begun,
      lateMs: begun - (record.dueAt ?? begun),
    });
    if (result.kind === 'barred') await save(() => dialSwitch.pause(`vendor_${result.status}`));
    if (result.kind === 'barred') journal.alarm('dialling_barred', { status: result.status });
    const backoff = backoffMs(record.notPlaced + 1, random());
    const saved = await save(() =>
      changeRecord(store, record.id, now, (found) => verdictOn(found, attemptId, result, now, backoff)),
    );
    if (saved.conflict) journal.alarm('duplicate_call_id', { recoveryId: record.id, attemptId });
    const { state, reason } = saved.record;
    journal.decided({
      recoveryId: record.id,
      shop: record.shop,
      trigger: 'dial',
      state,
      reason,
      dueAt: state === 'scheduled' ? saved.record.dueAt : null,
      callId: saved.record.callId,
    });
    return outcomeOf(saved.record, result);
  };

  async function save<T>(write: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError || error instanceof RecordContendedError)) throw error;
        await pauseBeforeSavingAgain(tries);
      }
    }
  }
}

interface Saved {
  readonly record: RecoveryRecord;
  readonly conflict: boolean;
}

/** Pure: the record after the dial's result. A call event may have been faster and knows at least as much. */
function verdictOn(
  found: RecoveryRecord | null,
  attemptId: string,
  result: DialResult,
  at: number,
  backoff: number,
): Verdict<Saved> {
  if (!found) throw new Error('the record vanished while it was dialled');
  const open = found.attemptId === attemptId && (found.state === 'dialing' || found.state === 'unknown');
  if (result.kind === 'placed') return placed(found, result, at, open);
  if (!open) return { answer: { record: found, conflict: false } };
  const { patch, entry, lookups } = notPlaced(found, result, at, backoff);
  return { answer: { record: { ...found, ...patch }, conflict: false }, change: { patch, entry, lookups } };
}

function placed(
  found: RecoveryRecord,
  result: DialResult & { kind: 'placed' },
  at: number,
  open: boolean,
): Verdict<Saved> {
  const conflict = found.callId !== null && found.callId !== result.callId;
  const patch: Partial<RecoveryRecord> = {
    ...(open ? { state: 'called', reason: null } : {}),
    callId: found.callId ?? result.callId,
    calledAt: found.calledAt ?? at,
    vendorStatus: result.vendorStatus,
    notPlaced: 0,
  };
  const record = { ...found, ...patch };
  const reason = conflict ? { reason: 'duplicate_call_id' } : {};
  const entry = { at, event: 'dial_placed', state: record.state, detail: result.callId, ...reason };
  return {
    answer: { record, conflict },
    change: { patch, entry, lookups: [{ kind: 'call', value: result.callId }] },
  };
}

function notPlaced(
  found: RecoveryRecord,
  result: Exclude<DialResult, { kind: 'placed' }>,
  at: number,
  backoff: number,
): { patch: Partial<RecoveryRecord>; entry: TimelineEntry; lookups: Lookup[] } {
  const lookups: Lookup[] = [];
  switch (result.kind) {
    case 'unknown': {
      const patch = { state: 'unknown', reason: result.cause } as const;
      return { patch, entry: { at, event: 'dial_unknown', ...patch }, lookups };
    }
    case 'refused': {
      const patch = { state: 'rejected', reason: `vendor_${result.status}` } as const;
      const entry = { at, event: 'dial_refused', ...patch };
      return { patch: { ...patch, vendorMessage: result.message }, entry, lookups };
    }
    case 'barred':
      return again(found, at, { reason: `vendor_${result.status}`, waitMs: BARRED_SNOOZE_MS, failure: false });
    case 'not_placed': {
      const throttled = result.cause === 'throttled';
      const waitMs = throttled ? throttleMs(result.retryAfterMs) : backoff;
      return again(found, at, { reason: result.cause, waitMs, failure: !throttled });
    }
  }
}

/**
 * Back to `scheduled`, no sooner than the wait is over. Unless something stopped the recovery while it was being dialled,
 * or a webhook came that was held back meanwhile: then that one decides.
 */
function again(found: RecoveryRecord, at: number, why: { reason: string; waitMs: number; failure: boolean }) {
  const lookups: Lookup[] = [];
  const event = 'dial_not_placed';
  const notPlaced = found.notPlaced + (why.failure ? 1 : 0);
  const retryAt = at + why.waitMs;
  if (found.stopReason !== null) {
    const patch = { state: 'cancelled', reason: found.stopReason, dueAt: null } as const;
    return { patch, entry: { at, event, state: patch.state, reason: patch.reason }, lookups };
  }
  if (found.held !== null) {
    const { facts, ...verdict } = found.held;
    const dueAt = verdict.state === 'scheduled' ? Math.max(retryAt, verdict.dueAt ?? 0) : null;
    const alarm = verdict.state === 'scheduled' ? { alarmAt: dueAt } : { alarm: null, alarmAt: null };
    const patch: Partial<RecoveryRecord> = { ...facts, ...verdict, ...alarm, dueAt, notPlaced, held: null };
    const reason = verdict.reason === null ? {} : { reason: verdict.reason };
    return { patch, entry: { at, event, state: verdict.state, ...reason, detail: why.reason }, lookups };
  }
  const { reason } = why;
  const patch: Partial<RecoveryRecord> = { state: 'scheduled', reason, dueAt: retryAt, alarmAt: retryAt, notPlaced };
  const detail = `again ${new Date(retryAt).toISOString()}`;
  return { patch, entry: { at, event, state: 'scheduled', reason, detail } as const, lookups };
}

function throttleMs(retryAfterMs: number | null): number {
  return Math.min(THROTTLE_CAP_MS, Math.max(SECOND, retryAfterMs ?? THROTTLE_DEFAULT_MS));
}

function outcomeOf(record: RecoveryRecord, result: DialResult): RingOutcome {
  const decision = [record.state, record.reason].filter(Boolean).join(': ');
  // Also when this very recovery was stopped meanwhile: "not now" was said to the whole queue.
  if (result.kind === 'not_placed' && result.cause === 'throttled') {
    return { kind: 'throttle', forMs: throttleMs(result.retryAfterMs), decision };
  }
  if (record.state !== 'scheduled' || record.dueAt === null) return { kind: 'done', decision };
  return { kind: 'snooze', until: record.dueAt, decision };
}

function causeOf(result: DialResult): string | null {
  if (result.kind === 'not_placed' || result.kind === 'unknown') return result.cause;
  return result.kind === 'placed' ? null : `vendor_${result.status}`;
}
