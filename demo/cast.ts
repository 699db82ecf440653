/**
 * The cast: which shoppers appear, how their call goes at the vendor, and what must become of each. The sessions know
 * nothing of the service and the service nothing of the demo: here the two are held against each other.
 */
import { SESSION_KINDS, type SessionKind, shopperOf } from '../stand-ins/shop/sessions.ts';
import type { Scenario } from '../stand-ins/voice-vendor/lifecycle.ts';

/** What must be true of a session in the end. */
export interface Expected {
  /** What becomes of the shopper, for the verdict's line. */
  readonly deed: string;
  /** The recovery's state and reason in the operator's API. */
  readonly state: string;
  readonly reason: string | null;
  /** How many initiate requests the vendor may see for this shopper's number. */
  readonly calls: 0 | 1;
  /** Whether the call jumps the vendor's queue. */
  readonly priority: boolean;
  /** How the call goes, where there is one. */
  readonly scenario: Scenario;
  /** Drawn by lot at the instant of the call; null: it never came to that. */
  readonly arm: 'call' | 'holdout' | null;
  /** What must have been done about the call, each exactly once. */
  readonly followUps: readonly FollowUp[];
}

/** `abort`: the vendor took the call back. `replace`: the agent talks of the new cart. `draft`: the shop has a draft order. */
export type FollowUp = 'abort' | 'replace' | 'draft';

/** Carts of at least this amount are priority calls. */
export const PRIORITY_FROM = '500';

/** Percent of the people. Of this cast, in this shop, the lot falls on one. */
export const HOLDOUT_PERCENT = '2';

function called(scenario: Scenario, differs: Partial<Expected> = {}): Expected {
  const outcome = { state: 'ended', reason: null, calls: 1, arm: 'call' } as const;
  return { deed: 'called', ...outcome, priority: false, scenario, followUps: [], ...differs };
}

function notCalled(state: string, reason: string, differs: Partial<Expected> = {}): Expected {
  const outcome = { state, reason, calls: 0, arm: null } as const;
  return { deed: 'not called', ...outcome, priority: false, scenario: 'silent', followUps: [], ...differs };
}

export const EXPECTED: Readonly<Record<SessionKind, Expected>> = {
  us: called('answered', { deed: 'called ahead of the others', priority: true }),
  de: called('no-answer', { deed: 'called; the vendor tries twice, in vain' }),
  in: called('create-order', { deed: 'called, orders on the phone: a draft order', followUps: ['draft'] }),
  at: called('rescheduled', { deed: 'called, and again at the shopper’s wish' }),
  storm: called('busy-then-answered', { deed: 'called; busy, then answered' }),
  'no-phone': notCalled('waiting', 'no_phone'),
  'no-consent': notCalled('skipped', 'no_consent'),
  premium: notCalled('skipped', 'invalid_phone'),
  completed: notCalled('cancelled', 'ordered'),
  order: notCalled('cancelled', 'ordered'),
  delete: notCalled('cancelled', 'checkout_deleted'),
  'other-way': called('silent', { deed: 'called, and the call taken back in time', followUps: ['abort'] }),
  'new-cart': called('queued-long', { deed: 'called about the new cart', followUps: ['replace'] }),
  'held-out': notCalled('skipped', 'holdout', { arm: 'holdout' }),
  lost: called('answered', { deed: 'found in the shop’s own list, and called' }),
};

/** How the call to this number goes: the vendor's stand-in knows its shoppers by the number it is asked to dial. */
export function scenarioFor(phoneNumber: string): Scenario {
  const kind = SESSION_KINDS.find((candidate) => shopperOf(candidate).e164 === phoneNumber);
  return kind ? EXPECTED[kind].scenario : 'answered';
}
