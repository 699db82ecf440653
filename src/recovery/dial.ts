/**
 * A dial: one request to the vendor for a record that has just been marked `dialing`, and the saving of what became of it.
 * The request is never repeated; the saving is, because a placed call whose callId is lost is the worst of both.
 */
import { backoffMs } from '../domain/backoff.ts';
import type { Intents } from '../domain/intents.ts';
import type { Journal } from '../domain/journal.ts';
import { personOf } from '../domain/person.ts';
import type { PersonHistories } from '../domain/person-history.ts';
import type { Clock, DialSwitch, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryDiscount, RecoveryRecord } from '../domain/recovery.ts';
import type { ShopCalls } from '../domain/shop-calls.ts';
import { throttleMs } from '../domain/transition/dial-result.ts';
import type { DialResult, VoiceCalls } from '../domain/voice-calls.ts';
import { RecordContendedError, StoreUnavailableError } from '../errors.ts';
import type { HoldDials } from './hold-dials.ts';
import type { Move } from './move.ts';
import type { RingOutcome } from './ring-outcome.ts';
import type { SecureDial } from './secure-dial.ts';

export type Dial = (record: RecoveryRecord) => Promise<RingOutcome>;

/**
 * The process was frozen (a suspended machine, a paused container) between claiming the record and dialling it. Others may
 * be about to give the dial up, and the shopper may have ordered: nothing is sent, and the next ring decides anew.
 */
const STALLED = notSent('stalled');

function notSent(cause: string): DialResult {
  return { kind: 'not_placed', cause, retryAfterMs: null };
}

export function dial(deps: {
  readonly store: Pick<RecoveryStore, 'find'>;
  readonly voice: VoiceCalls;
  readonly people: PersonHistories;
  readonly dialSwitch: DialSwitch;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly move: Move;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How long an honest dial can take, saving included; an older one counts as interrupted. Milliseconds. */
  readonly dialTimeLimitMs: number;
  /** What the agent is told of a discount; null: the record's discount is not offered. */
  readonly offerOf: (discount: RecoveryDiscount, now: number) => Readonly<Record<string, unknown>> | null;
  /** Why its request must not leave after all; null: it may. */
  readonly secure: SecureDial;
  /** Told how each request ended that left. */
  readonly holds: HoldDials;
  readonly intents: Intents;
  readonly shopCalls: ShopCalls;
  /** Waits before a save is tried again; rejects when the process must end. */
  readonly pauseBeforeSavingAgain: (tries: number) => Promise<void>;
}): Dial {
  const {
    store,
    voice,
    people,
    dialSwitch,
    clock,
    journal,
    move,
    random,
    dialTimeLimitMs,
    offerOf,
    pauseBeforeSavingAgain,
  } = deps;
  const { secure, holds, intents, shopCalls } = deps;

  return async (record) => {
    const attemptId = record.attemptId ?? '';
    const { payload, phone } = record;
    if (payload === null || phone === null) throw new Error('a record without payload was marked dialing');
    const obstacle = await secure(record);
    const begun = clock.now();
    const isStale = begun - (record.dialingAt ?? begun) > dialTimeLimitMs / 2;
    const metadata = metadataOf(record, attemptId, begun);
    const unsent = obstacle === null ? (isStale ? STALLED : null) : notSent(obstacle);
    const result =
      unsent ?? (await voice.initiate({ phoneNumber: phone, payload, priority: record.priority, metadata, attemptId }));
    const now = clock.now();
    if (unsent === null) holds.told(record.id, result.kind, now);
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
    const wait = backoffMs(record.notPlaced + 1, random());
    const moved = await save(() => move(record.id, { kind: 'dial_result', attemptId, result, backoffMs: wait }, now));
    if (!moved) throw new Error('the record vanished while it was dialled');
    const { after } = moved;
    if (result.kind === 'placed') await tellIfShared(record, attemptId, result.callId);
    // Provably nobody was called: it does not count against them. Should this be lost, it counts; that is the safe side.
    // A dial before it may have been placed all the same: then its mark stays.
    if (result.kind !== 'placed' && result.kind !== 'unknown' && after.callId === null && !record.redialled) {
      intents.forget(record.id, record.attempts);
      await people.releaseCall(personOf(record), record.id).catch(() => {});
      await shopCalls.release(record.shop, record.id).catch(() => {});
    }
    journal.decided({
      recoveryId: record.id,
      shop: record.shop,
      trigger: 'dial',
      state: after.state,
      reason: after.reason,
      dueAt: after.state === 'scheduled' ? after.dueAt : null,
      callId: after.callId,
    });
    return outcomeOf(after, result);
  };

  function metadataOf(record: RecoveryRecord, attemptId: string, now: number) {
    const ids = { source: 'ringback', shop: record.shop, recoveryId: record.id, attemptId };
    const discount = record.discount === null ? null : offerOf(record.discount, now);
    return discount === null ? ids : { ...ids, discount };
  }

  /** One call cannot be two people's: what is told of it, and an abort of it, would reach the wrong one. */
  async function tellIfShared({ id, shop }: RecoveryRecord, attemptId: string, callId: string): Promise<void> {
    const others = await store.find(shop, { kind: 'call', value: callId }).catch(() => []);
    const shared = others.find((other) => other !== id);
    if (shared) journal.alarm('shared_call_id', { recoveryId: id, attemptId, sharedWith: shared });
  }

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
