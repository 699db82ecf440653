/**
 * The cast: which shoppers appear, how their call goes at the vendor, and what must become of each. The sessions know
 * nothing of the service and the service nothing of the demo: here the two are held against each other.
 */
import { SESSION_KINDS, type SessionKind, shopperOf } from '../stand-ins/shop/sessions.ts';
import type { Scenario } from '../stand-ins/voice-vendor/lifecycle.ts';

/** What must be true of a session in the end. */
export interface Expected {
  /** The recovery's state and reason in the operator's API. */
  readonly state: string;
  readonly reason: string | null;
  /** How many initiate requests the vendor may see for this shopper's number. */
  readonly calls: 0 | 1;
  /** Whether the call jumps the vendor's queue. */
  readonly priority: boolean;
  /** How the call goes, where there is one. */
  readonly scenario: Scenario;
}

/** Carts of at least this amount are priority calls. */
export const PRIORITY_FROM = '500';

function called(scenario: Scenario, priority = false): Expected {
  return { state: 'ended', reason: null, calls: 1, priority, scenario };
}

function notCalled(state: string, reason: string): Expected {
  return { state, reason, calls: 0, priority: false, scenario: 'silent' };
}

export const EXPECTED: Readonly<Record<SessionKind, Expected>> = {
  us: called('answered', true),
  de: called('no-answer'),
  in: called('create-order'),
  at: called('rescheduled'),
  storm: called('busy-then-answered'),
  'no-phone': notCalled('waiting', 'no_phone'),
  'no-consent': notCalled('skipped', 'no_consent'),
  premium: notCalled('skipped', 'invalid_phone'),
  completed: notCalled('cancelled', 'ordered'),
  order: notCalled('cancelled', 'ordered'),
  delete: notCalled('cancelled', 'checkout_deleted'),
};

/** How the call to this number goes: the vendor's stand-in knows its shoppers by the number it is asked to dial. */
export function scenarioFor(phoneNumber: string): Scenario {
  const kind = SESSION_KINDS.find((candidate) => shopperOf(candidate).e164 === phoneNumber);
  return kind ? EXPECTED[kind].scenario : 'answered';
}
