/** A checkout webhook becomes a decision on its recovery. `checkouts/create` and `checkouts/update` are one path. */
import type { Checkout } from '../domain/checkout.ts';
import { type CheckoutDecision, decideCheckout } from '../domain/decide.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Alarms, Clock, IntakeOutcome, Journal, Lookup, RecoveryStore } from '../domain/ports.ts';
import type { CheckoutFacts, RecoveryState, TimelineEntry } from '../domain/recovery.ts';
import { recoveryIdOf } from '../domain/recovery-id.ts';
import { arm } from './arm.ts';
import type { Move } from './move.ts';
import type { StopRecovery } from './stop-recovery.ts';

export interface ReceivedCheckout {
  readonly recoveryId: string;
  readonly outcome: IntakeOutcome | 'stopped';
  readonly state: RecoveryState;
}

export type ReceiveCheckout = (checkout: Checkout) => Promise<ReceivedCheckout>;

/** @returns a use case that resolves once the decision is stored and the alarm is set: then the webhook may be answered. */
export function receiveCheckout(deps: {
  readonly store: RecoveryStore;
  readonly alarms: Alarms;
  readonly policy: CallPolicy;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly stop: StopRecovery;
  readonly move: Move;
}): ReceiveCheckout {
  const { store, alarms, policy, clock, journal, stop, move } = deps;
  return async (checkout) => {
    const now = clock.now();
    const id = recoveryIdOf(checkout.shop, checkout.token);
    // A body's own instant may lie ahead of our clock; activity never lies in the future.
    const lastActivityAt = Math.min(checkout.updatedAt ?? now, now);
    const decision = decideCheckout(checkout, policy, lastActivityAt, now);
    if (decision.kind === 'ordered') {
      const at = checkout.completedAt ?? now;
      const order = { at, name: null, total: null, currency: null, match: 'checkout' } as const;
      const state = await stop({ shop: checkout.shop, token: checkout.token }, 'ordered', order);
      return { recoveryId: id, outcome: 'stopped', state };
    }
    const { state, reason } = verdictOf(decision);
    const dueAt = decision.kind === 'schedule' ? decision.dueAt : null;
    const said = {
      state,
      reason,
      dueAt,
      checkoutUpdatedAt: checkout.updatedAt ?? now,
      lastActivityAt,
      facts: factsOf(checkout, decision),
    };
    const result = await store.receive({
      id,
      now,
      ...said,
      lookups: lookupsOf(checkout, decision),
      entry: entryOf(decision, state, reason, now),
    });
    if (result.state === 'scheduled' && result.dueAt !== null) {
      await arm(store, alarms, { ...result, id, dueAt: result.dueAt, label: labelOf(checkout) });
    }
    // The call is with the vendor: what the agent will say may still follow the cart.
    if (result.outcome === 'closed' && result.state === 'called') {
      await move(id, { kind: 'cart_changed', checkout: said }, now);
    }
    journal.decided({
      recoveryId: id,
      shop: checkout.shop,
      trigger: 'checkout',
      outcome: result.outcome,
      state: result.state,
      reason: result.reason,
      dueAt: result.dueAt,
    });
    return { recoveryId: id, outcome: result.outcome, state: result.state };
  };
}

type Undone = Exclude<CheckoutDecision, { kind: 'ordered' }>;

function verdictOf(decision: Undone): { state: 'waiting' | 'scheduled' | 'skipped'; reason: string | null } {
  switch (decision.kind) {
    case 'wait':
      return { state: 'waiting', reason: decision.reason };
    case 'skip':
      return { state: 'skipped', reason: decision.reason };
    case 'schedule':
      return { state: 'scheduled', reason: decision.deferredBy };
  }
}

const NOT_CALLABLE = { payload: null, phone: null, countries: [], priority: false };

function factsOf(checkout: Checkout, decision: Undone): CheckoutFacts {
  const facts = {
    shop: checkout.shop,
    checkoutToken: checkout.token,
    cartToken: checkout.cartToken,
    checkoutId: checkout.id,
    cartValue: cartValueOf(checkout),
  };
  const callable = decision.kind === 'schedule' ? decision.callable : NOT_CALLABLE;
  return { ...facts, ...callable };
}

/** What a recovery can be found by later: the cart and the checkout for deletions, the person for operators. */
function lookupsOf(checkout: Checkout, decision: Undone): Lookup[] {
  const phone = decision.kind === 'schedule' ? decision.callable.phone : checkout.phone;
  const email = (checkout.email ?? checkout.customer?.email)?.toLowerCase();
  const lookups: { kind: Lookup['kind']; value: string | null | undefined }[] = [
    { kind: 'cart', value: checkout.cartToken },
    { kind: 'checkout', value: checkout.id },
    { kind: 'contact', value: phone },
    { kind: 'contact', value: email },
  ];
  return lookups.filter((lookup): lookup is Lookup => Boolean(lookup.value));
}

function entryOf(decision: Undone, state: RecoveryState, reason: string | null, at: number): TimelineEntry {
  const detail = decision.kind === 'schedule' ? { detail: `due ${new Date(decision.dueAt).toISOString()}` } : {};
  return { at, event: 'checkout_received', state, ...(reason ? { reason } : {}), ...detail };
}

function cartValueOf(checkout: Checkout): string | null {
  const { total } = checkout.totals;
  return total === null ? null : `${total} ${checkout.currency ?? ''}`.trim();
}

/** Nothing of the person: a shop and an amount. */
function labelOf(checkout: Checkout): string {
  return `${checkout.shop} ${cartValueOf(checkout) ?? ''}`.trim();
}
