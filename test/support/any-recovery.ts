/** Generators of records as they can never be, and of everything that can happen to them: for what must hold whatever comes. */
import fc from 'fast-check';
import { DAY, HOUR } from '../../src/domain/duration.ts';
import { ERRAND_KINDS, type Errand, type Errands } from '../../src/domain/errand.ts';
import { foldCallEvent } from '../../src/domain/fold-call-event.ts';
import {
  type CancelReason,
  type HeldCheckout,
  RECOVERY_STATES,
  type RecoveryDiscount,
  type RecoveryRecord,
} from '../../src/domain/recovery.ts';
import type {
  FollowUpRules,
  OperatorAction,
  OrderFacts,
  RecoveryEvent,
  RingConsequence,
} from '../../src/domain/transition/event.ts';
import type { DialResult } from '../../src/domain/voice-calls.ts';
import { CALL_ID } from './a-call-event.ts';
import { aHeldCheckout, aRecord, ELEVEN_IN_BENGALURU, factsOf } from './a-record.ts';
import { anyCallEvent } from './any-call-event.ts';

const NOW = ELEVEN_IN_BENGALURU;
const { id: ID } = aRecord();

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
/** Few, so that bounds are met often. */
export const anyInstant = fc.constantFrom(NOW - 8 * DAY, NOW - DAY, NOW - HOUR, NOW - 1, NOW, NOW + 1, NOW + HOUR);
const attemptId = fc.constantFrom(`${ID}.1`, `${ID}.2`);
const callId = fc.constantFrom(CALL_ID, 'another-call');
const status = fc.constantFrom('initiate', 'busy', 'in-progress', 'completed', 'aborted', 'ringing');
const stopReason = fc.constantFrom<CancelReason>(
  'ordered',
  'checkout_deleted',
  'operator',
  'opted_out',
  'redacted',
  'uninstalled',
  'superseded',
);

const errand: fc.Arbitrary<Errand> = fc.record({
  kind: fc.constantFrom(...ERRAND_KINDS),
  state: fc.constantFrom('open' as const, 'doing' as const, 'done' as const, 'failed' as const),
  dueAt: anyInstant,
  doingAt: maybe(anyInstant),
  tries: fc.nat(31),
  doubtful: fc.boolean(),
  note: maybe(fc.constantFrom('away', 'aborted')),
  ref: maybe(fc.constant('gid://shopify/DraftOrder/1')),
  about: maybe(fc.constant('end-of-call')),
});

/** One errand, under that key. */
export function anyErrandIn(key: string): fc.Arbitrary<Errands> {
  return errand.map((one) => ({ [key]: one }));
}

const errands: fc.Arbitrary<Errands> = fc.dictionary(
  fc.constantFrom('abort', 'replace_payload', 'discount_delete', `agent_order:${ID}.1`, `forward:ended:${ID}.1`),
  errand,
  { maxKeys: 5 },
);

const discount: fc.Arbitrary<RecoveryDiscount> = fc.record({
  code: fc.constant('RBTESTCODE'),
  state: fc.constantFrom('fixed' as const, 'minting' as const, 'minted' as const, 'deleted' as const),
  shopId: maybe(fc.constant('gid://shopify/DiscountCodeNode/7')),
  endsAt: maybe(anyInstant),
});

export const anyHeldCheckout: fc.Arbitrary<HeldCheckout> = fc
  .record({
    verdict: fc.constantFrom<Pick<HeldCheckout, 'state' | 'reason'>>(
      { state: 'scheduled', reason: null },
      { state: 'scheduled', reason: 'outside_hours' },
      { state: 'waiting', reason: 'no_phone' },
      { state: 'skipped', reason: 'no_consent' },
      { state: 'skipped', reason: 'too_old' },
    ),
    at: anyInstant,
    cartValue: fc.constantFrom('1955.00 INR', '9.00 INR'),
  })
  .map(({ verdict, at, cartValue }) =>
    aHeldCheckout({
      ...verdict,
      dueAt: verdict.state === 'scheduled' ? at + HOUR : null,
      checkoutUpdatedAt: at,
      lastActivityAt: at,
      facts: factsOf(aRecord(verdict.state === 'scheduled' ? { cartValue } : { payload: null, phone: null })),
    }),
  );

const orderFacts: fc.Arbitrary<OrderFacts> = fc.record({
  at: anyInstant,
  name: maybe(fc.constantFrom('#1001', '#1002')),
  total: maybe(fc.constantFrom('1955.00', '20.00')),
  currency: maybe(fc.constant('INR')),
  match: fc.constantFrom('checkout' as const, 'person' as const),
});

/** Any state with anything else, whether they go together or not. */
export const anyRecord: fc.Arbitrary<RecoveryRecord> = fc
  .tuple(
    fc.record({
      state: fc.constantFrom(...RECOVERY_STATES),
      reason: maybe(fc.constantFrom('timeout', 'no_final_event', 'ordered', 'dry_run')),
      attempts: fc.nat(3),
      attemptId: maybe(attemptId),
      dialingAt: maybe(anyInstant),
      notPlaced: fc.nat(30),
      dueAt: maybe(anyInstant),
      lastActivityAt: maybe(anyInstant),
      checkoutUpdatedAt: maybe(anyInstant),
      alarm: maybe(fc.nat(3)),
      alarmAt: maybe(anyInstant),
    }),
    fc.record({
      callId: maybe(callId),
      calledAt: maybe(anyInstant),
      callStatus: maybe(status),
      finalStatus: maybe(status),
      lastEventAt: maybe(anyInstant),
      stopReason: maybe(stopReason),
      held: maybe(anyHeldCheckout),
      arm: maybe(fc.constantFrom('call' as const, 'holdout' as const)),
      armAt: maybe(anyInstant),
      discount: maybe(discount),
      errands,
    }),
    fc.record({
      orderedAt: maybe(anyInstant),
      orderName: maybe(fc.constantFrom('#1001', '#1002')),
      orderTotal: maybe(fc.constant('20.00')),
      orderMatch: maybe(fc.constantFrom('checkout' as const, 'person' as const)),
      attributed: fc.boolean(),
    }),
    fc.constantFrom({}, { payload: null }, { phone: null }),
    maybe(anyCallEvent),
  )
  .map(([own, call, order, gone, heard]) => {
    const record = aRecord({ ...own, ...call, ...order, ...gone });
    return heard
      ? { ...record, call: foldCallEvent({ ...record, callId: null }, heard, NOW - DAY).patch.call }
      : record;
  });

const result: fc.Arbitrary<DialResult> = fc.oneof(
  callId.map((id): DialResult => ({ kind: 'placed', callId: id, vendorStatus: 'initiate' })),
  fc.constantFrom<DialResult>(
    { kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null },
    { kind: 'not_placed', cause: 'throttled', retryAfterMs: null },
    { kind: 'not_placed', cause: 'throttled', retryAfterMs: DAY },
    { kind: 'barred', status: 402 },
    { kind: 'refused', status: 422, message: 'no such assistant' },
    { kind: 'unknown', cause: 'timeout' },
  ),
);

const consequence: fc.Arbitrary<RingConsequence> = fc.oneof(
  fc.constantFrom<RingConsequence>(
    { kind: 'dial' },
    { kind: 'hold_out' },
    { kind: 'give_up_dial' },
    { kind: 'skip', reason: 'too_old', rule: 'a rule@2026-11' },
    { kind: 'skip', reason: 'dry_run', rule: 'a rule@2026-11' },
    { kind: 'skip', reason: 'out_of_stock', rule: 'a rule@2026-11' },
    { kind: 'snooze', until: NOW + HOUR, reason: 'not_due' },
    { kind: 'snooze', until: NOW + HOUR, reason: 'outside_hours' },
    { kind: 'wait_for_shop', until: NOW + HOUR },
  ),
  discount.map((one): RingConsequence => ({ kind: 'prepare_discount', discount: one })),
);

const action = fc.constantFrom<OperatorAction>(
  { kind: 'call_now' },
  { kind: 'settle', placed: true, callId: CALL_ID },
  { kind: 'settle', placed: true, callId: null },
  { kind: 'settle', placed: false },
  { kind: 'retry_errand', key: 'abort' },
);

export const anyStop: fc.Arbitrary<RecoveryEvent & { kind: 'stop' }> = fc.record({
  kind: fc.constant('stop' as const),
  reason: stopReason,
  order: maybe(orderFacts),
});

export const anyCallEventOfCall: fc.Arbitrary<RecoveryEvent & { kind: 'call_event' }> = fc.record({
  kind: fc.constant('call_event' as const),
  event: fc.tuple(anyCallEvent, maybe(callId)).map(([event, of]) => ({ ...event, callId: of })),
});

/** Everything that can happen. */
export const anyEvent: fc.Arbitrary<RecoveryEvent> = fc.oneof<fc.Arbitrary<RecoveryEvent>[]>(
  anyStop,
  anyCallEventOfCall,
  consequence.map((one) => ({ kind: 'ring', consequence: one })),
  fc.record({
    kind: fc.constant('dial_result' as const),
    attemptId,
    result,
    backoffMs: fc.nat(HOUR),
  }),
  anyHeldCheckout.map((checkout) => ({ kind: 'cart_changed', checkout })),
  fc
    .record({
      dialingMs: fc.constantFrom(0, HOUR),
      waitingMs: fc.constantFrom(0, HOUR),
      unknownMs: fc.constantFrom(0, HOUR),
      calledMs: fc.constantFrom(0, HOUR),
    })
    .map((limits) => ({ kind: 'deadline', limits })),
  action.map((one) => ({ kind: 'operator', action: one })),
);

export const anyRules: fc.Arbitrary<FollowUpRules> = fc.record({
  attributionMs: fc.constantFrom(0, HOUR, 7 * DAY),
  agentOrder: fc.constantFrom('off' as const, 'draft' as const, 'cod' as const),
  forward: fc.record({ actions: fc.boolean(), outcomes: fc.boolean() }),
  redialPresumed: fc.boolean(),
  vendorRetryMs: fc.constantFrom(0, HOUR),
  isDecentHour: fc.constantFrom(
    () => true,
    () => false,
  ),
});
