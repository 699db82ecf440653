/** A checkout webhook becomes a decision on its recovery. `checkouts/create` and `checkouts/update` are one path. */
import { candidateOf } from '../domain/candidate.ts';
import type { Checkout } from '../domain/checkout.ts';
import { type Decision, decide } from '../domain/decide.ts';
import { compareDecimals } from '../domain/decimal.ts';
import type { Journal } from '../domain/journal.ts';
import { personIn } from '../domain/person.ts';
import { NOTHING_KNOWN, type PersonHistories, type PersonHistory } from '../domain/person-history.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Alarms, Clock, IntakeOutcome, Lookup, RecoveryStore } from '../domain/ports.ts';
import type { CheckoutFacts, RecoveryState, TimelineEntry } from '../domain/recovery.ts';
import { jitterOf, recoveryIdOf } from '../domain/recovery-id.ts';
import { type MappedCheckout, toAbandonedCartPayload } from '../domain/to-abandoned-cart-payload.ts';
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
  readonly people: PersonHistories;
  readonly alarms: Alarms;
  readonly policy: CallPolicy;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly stop: StopRecovery;
  readonly move: Move;
}): ReceiveCheckout {
  const { store, people, alarms, policy, clock, journal, stop, move } = deps;
  return async (checkout) => {
    const { shop } = checkout;
    const now = clock.now();
    const id = recoveryIdOf(shop, checkout.token);
    if (checkout.completedAt !== null) {
      const order = { at: checkout.completedAt, name: null, total: null, currency: null, match: 'checkout' } as const;
      return {
        recoveryId: id,
        outcome: 'stopped',
        state: await stop({ shop, token: checkout.token }, 'ordered', order),
      };
    }
    // A body's own instant may lie ahead of our clock; activity never lies in the future.
    const lastActivityAt = Math.min(checkout.updatedAt ?? now, now);
    const mapped = toAbandonedCartPayload(checkout);
    const candidate = candidateOf(checkout, mapped, policy, lastActivityAt);
    const person = personIn(checkout, mapped);
    const lookups = lookupsOf(checkout, person);
    const checkoutUpdatedAt = checkout.updatedAt ?? now;
    const decideOn = (history: PersonHistory) => {
      const decision = decide({
        candidate,
        person: history,
        policy,
        shop,
        personKey: mapped.ok ? mapped.phone : null,
        lastActivityAt,
        wantedAt: lastActivityAt + policy.delayMs,
        moment: 'webhook',
        jitter: jitterOf(id),
        now,
      });
      const callable = decision.kind === 'call' && mapped.ok ? mapped : null;
      const facts = factsOf(checkout, candidate, callable && { ...callable, person }, policy);
      const said = { ...verdictOf(decision), checkoutUpdatedAt, lastActivityAt, facts };
      return { said, entry: entryOf(decision, said, now) };
    };
    const take = ({ said, entry }: ReturnType<typeof decideOn>, ifStranger: boolean) =>
      store.receive({ id, now, ...said, lookups, entry, ifStranger });

    // Most shoppers are strangers, and only of the others is it worth a round trip to read what is known. Of whom nothing can be
    // called, nothing is asked.
    let decided = decideOn(NOTHING_KNOWN);
    let result = await take(decided, mapped.ok);
    if (result.outcome === 'no_stranger') {
      decided = decideOn(await people.historyOf(shop, person, now, id));
      result = await take(decided, false);
    }
    if (result.state === 'scheduled' && result.dueAt !== null) {
      await arm(store, alarms, { ...result, id, dueAt: result.dueAt, label: labelOf(checkout) });
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

type Callable = MappedCheckout & { readonly ok: true; readonly person: readonly string[] };

/** What is not going to be dialled needs no contact on its record. */
const NOT_CALLABLE = { payload: null, phone: null, person: [], priority: false };

function factsOf(
  checkout: Checkout,
  candidate: CheckoutFacts['candidate'],
  callable: Callable | null,
  policy: CallPolicy,
): CheckoutFacts {
  const { shop, token: checkoutToken, cartToken, id: checkoutId } = checkout;
  const dialled = callable
    ? {
        payload: callable.payload,
        phone: callable.phone,
        person: callable.person,
        priority: isPriority(checkout, policy),
      }
    : NOT_CALLABLE;
  return { shop, checkoutToken, cartToken, checkoutId, cartValue: cartValueOf(checkout), candidate, ...dialled };
}

function isPriority(checkout: Checkout, { priorityFrom }: CallPolicy): boolean {
  const { total } = checkout.totals;
  return priorityFrom !== null && total !== null && compareDecimals(total, priorityFrom) >= 0;
}

/** What a recovery can be found by later: the cart and the checkout for deletions, the person for stops, operators and their own wishes. */
function lookupsOf(checkout: Checkout, person: readonly string[]): Lookup[] {
  const lookups: Lookup[] = person.map((value) => ({ kind: 'contact', value }));
  if (checkout.cartToken) lookups.push({ kind: 'cart', value: checkout.cartToken });
  if (checkout.id) lookups.push({ kind: 'checkout', value: checkout.id });
  return lookups;
}

function entryOf(decision: Decision, { state, reason }: Verdict, at: number): TimelineEntry {
  const { rule, seen } = decision;
  const due = decision.kind === 'call' ? `due ${new Date(decision.at).toISOString()}` : null;
  const detail = [due, seen].filter((part) => part !== null).join(', ');
  return { at, event: 'checkout_received', state, ...(reason ? { reason } : {}), rule, detail };
}

function cartValueOf(checkout: Checkout): string | null {
  const { total } = checkout.totals;
  return total === null ? null : `${total} ${checkout.currency ?? ''}`.trim();
}

/** Nothing of the person: a shop and an amount. */
function labelOf(checkout: Checkout): string {
  return `${checkout.shop} ${cartValueOf(checkout) ?? ''}`.trim();
}
