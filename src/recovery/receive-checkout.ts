/** A checkout webhook becomes a decision on its recovery. `checkouts/create` and `checkouts/update` are one path. */
import type { Checkout } from '../domain/checkout.ts';
import { type CheckoutView, viewOf } from '../domain/checkout-view.ts';
import { type Decision, decide } from '../domain/decide.ts';
import type { Journal } from '../domain/journal.ts';
import { NOTHING_KNOWN, type PersonHistories, type PersonHistory } from '../domain/person-history.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Alarms, Clock, IntakeOutcome, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryState, TimelineEntry } from '../domain/recovery.ts';
import { jitterOf } from '../domain/recovery-id.ts';
import { arm } from './arm.ts';
import type { Move } from './move.ts';
import type { StopRecovery } from './stop-recovery.ts';

export interface ReceivedCheckout {
  readonly recoveryId: string;
  readonly outcome: IntakeOutcome | 'stopped';
  readonly state: RecoveryState;
}

export type ReceiveCheckout = (checkout: Checkout) => Promise<ReceivedCheckout>;

/** The same of a checkout that was looked at before. @param updatedAt - of this telling, epoch milliseconds; null: it says none. */
export type ReceiveView = (view: CheckoutView, updatedAt: number | null) => Promise<ReceivedCheckout>;

export function receiveCheckout(receive: ReceiveView, policy: CallPolicy): ReceiveCheckout {
  return (checkout) => receive(viewOf(checkout, policy), checkout.updatedAt);
}

/** @returns a use case that resolves once the decision is stored and the alarm is set: then the webhook may be answered. */
export function receiveView(deps: {
  readonly store: RecoveryStore;
  readonly people: PersonHistories;
  readonly alarms: Alarms;
  readonly policy: CallPolicy;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly stop: StopRecovery;
  readonly move: Move;
}): ReceiveView {
  const { store, people, alarms, policy, clock, journal, stop, move } = deps;
  return async (view, updatedAt) => {
    const { id, shop, token, completedAt, candidate, person, lookups } = view;
    const now = clock.now();
    if (completedAt !== null) {
      const order = { at: completedAt, name: null, total: null, currency: null, match: 'checkout' } as const;
      return { recoveryId: id, outcome: 'stopped', state: await stop({ shop, token }, 'ordered', order) };
    }
    const checkoutUpdatedAt = updatedAt ?? now;
    // A body's own instant may lie ahead of our clock; activity never lies in the future.
    const lastActivityAt = Math.min(checkoutUpdatedAt, now);
    const decideOn = (history: PersonHistory) => {
      const decision = decide({
        candidate,
        person: history,
        policy,
        shop,
        personKey: view.whenCalled?.phone ?? null,
        lastActivityAt,
        wantedAt: lastActivityAt + policy.delayMs,
        moment: 'webhook',
        jitter: jitterOf(id),
        now,
      });
      const facts = (decision.kind === 'call' && view.whenCalled) || view.whenNot;
      const said = { ...verdictOf(decision), checkoutUpdatedAt, lastActivityAt, facts };
      return { said, entry: entryOf(decision, said, now) };
    };
    const take = ({ said, entry }: ReturnType<typeof decideOn>, ifStranger: boolean) =>
      store.receive({ id, now, ...said, lookups, entry, ifStranger });

    // Most shoppers are strangers, and only of the others is it worth a round trip to read what is known. Of whom nothing can be
    // called, nothing is asked.
    let decided = decideOn(NOTHING_KNOWN);
    let result = await take(decided, view.whenCalled !== null);
    if (result.outcome === 'no_stranger') {
      decided = decideOn(await people.historyOf(shop, person, now, id));
      result = await take(decided, false);
    }
    if (result.state === 'scheduled' && result.dueAt !== null) {
      await arm(store, alarms, { ...result, id, dueAt: result.dueAt, label: view.label });
    }
    // The call is with the vendor: what the agent will say may still follow the cart.
    if (result.outcome === 'closed' && result.state === 'called') {
      await move(id, { kind: 'cart_changed', checkout: decided.said }, now);
    }
    const { outcome, state, reason, dueAt } = result;
    journal.decided({ recoveryId: id, shop, trigger: 'checkout', outcome, state, reason, dueAt });
    return { recoveryId: id, outcome, state };
  };
}

interface Verdict {
  readonly state: 'waiting' | 'scheduled' | 'skipped';
  readonly reason: string | null;
  readonly dueAt: number | null;
}

function verdictOf(decision: Decision): Verdict {
  if (decision.kind === 'call') return { state: 'scheduled', reason: decision.deferredBy, dueAt: decision.at };
  const { verdict, reason } = decision.refusal;
  if (verdict === 'wait') return { state: 'waiting', reason, dueAt: null };
  // An order of the same person after their last activity here; should they come back to this checkout, it counts anew.
  return { state: 'skipped', reason: verdict === 'stop' ? 'ordered_since' : reason, dueAt: null };
}

function entryOf(decision: Decision, { state, reason }: Verdict, at: number): TimelineEntry {
  const { rule, seen } = decision;
  const due = decision.kind === 'call' ? `due ${new Date(decision.at).toISOString()}` : null;
  const detail = [due, seen].filter((part) => part !== null).join(', ');
  return { at, event: 'checkout_received', state, ...(reason ? { reason } : {}), rule, detail };
}
