/**
 * The state machine of everything that follows a webhook: one pure, total function. Taking a webhook in is the other half; it
 * is a script in the store, because it must be one round trip, and concerns the open states only.
 *
 * - `waiting`: only a webhook mends it. A stop cancels it, the deadline skips it as too old.
 * - `scheduled`: the ring dials, snoozes or skips it; a stop cancels it; an operator may call now.
 * - `dialing`: the dial's result moves it to `called`, `unknown`, `rejected`, or back to `scheduled`. A call event proves the
 *   call. A stop is noted and becomes an abort when the call turns out to be placed, a cancellation when not. The deadline,
 *   or another ring, makes it `unknown`.
 * - `called`: call events are learned; the final one ends it, else the deadline does. A stop becomes an abort, a changed cart a
 *   new payload while the call was not attempted.
 * - `unknown`: a call event with our ids makes it `called`, an operator settles it, the deadline presumes that it was not placed.
 * - `ended`, `cancelled`, `rejected`: final. They still learn facts: an order, a late event, the result of an errand.
 * - `skipped`: not called by decision. A stop cancels it; a webhook may open it again unless the skip is final.
 *
 * Once its person is erased, a record takes no personal data in any more, whatever it is told.
 */
import { impersonal, impersonalRules } from './impersonal.ts';
import type { RecoveryRecord } from './recovery.ts';
import { onCallEvent } from './transition/call-event.ts';
import { onCartChange } from './transition/cart-change.ts';
import { onDeadline } from './transition/deadline.ts';
import { onDialResult } from './transition/dial-result.ts';
import { afterTheLastWord, onErase } from './transition/erase.ts';
import { type FollowUpRules, type RecoveryEvent, type Transition, unchanged } from './transition/event.ts';
import { onOperator } from './transition/operator.ts';
import { onRing } from './transition/ring.ts';
import { onStop } from './transition/stop.ts';

/**
 * The record after an event. An event that does not fit the state changes nothing.
 *
 * @param at - epoch milliseconds, UTC.
 */
export function transition(record: RecoveryRecord, event: RecoveryEvent, at: number, rules: FollowUpRules): Transition {
  if (record.erasedAt === null) return onEvent(record, event, at, rules);
  const told = impersonal(event);
  return told === null
    ? unchanged(record)
    : afterTheLastWord(record, onEvent(record, told, at, impersonalRules(rules)));
}

function onEvent(record: RecoveryRecord, event: RecoveryEvent, at: number, rules: FollowUpRules): Transition {
  switch (event.kind) {
    case 'stop':
      return onStop(record, event, at, rules);
    case 'ring':
      return onRing(record, event.consequence, at);
    case 'dial_result':
      return onDialResult(record, event, at);
    case 'call_event':
      return onCallEvent(record, event.event, at, rules);
    case 'cart_changed':
      return onCartChange(record, event.checkout, at, rules);
    case 'deadline':
      return onDeadline(record, event.limits, at, rules);
    case 'operator':
      return onOperator(record, event.action, at);
    case 'erase':
      return onErase(record, event.reason, at, rules);
  }
}
