/**
 * CheckoutView: what a checkout comes to, whatever the hour and whoever else the person is. Dozens of webhooks of one checkout tell the
 * same, and it is worked out once.
 */
import { type Candidate, candidateOf } from './candidate.ts';
import type { CheckoutContent } from './checkout.ts';
import { compareDecimals } from './decimal.ts';
import { personIn } from './person.ts';
import type { CallPolicy } from './policy.ts';
import type { Lookup } from './ports.ts';
import type { CheckoutFacts } from './recovery.ts';
import { recoveryIdOf } from './recovery-id.ts';
import { toAbandonedCartPayload } from './to-abandoned-cart-payload.ts';

export interface CheckoutView {
  /** Of the recovery. */
  readonly id: string;
  readonly shop: string;
  readonly token: string;
  /** Bought, epoch milliseconds; null: not that this checkout knew. */
  readonly completedAt: number | null;
  readonly candidate: Candidate;
  /** The shopper's contacts, normalised. Personal data. */
  readonly person: readonly string[];
  /** By what the recovery can be found later: the cart and the checkout for deletions, the person for stops and wishes. */
  readonly lookups: readonly Lookup[];
  /** What the record is told when it is to be dialled; null: it cannot be, as it stands. */
  readonly whenCalled: CheckoutFacts | null;
  /** And when not: what is not going to be dialled needs no contact on its record. */
  readonly whenNot: CheckoutFacts;
  /** Nothing of the person: a shop and an amount. */
  readonly label: string;
}

export function viewOf(checkout: CheckoutContent, policy: CallPolicy): CheckoutView {
  const { shop, token, cartToken, id: checkoutId, completedAt } = checkout;
  const mapped = toAbandonedCartPayload(checkout);
  const candidate = candidateOf(checkout, mapped, policy);
  const person = personIn(checkout, mapped);
  const cartValue = cartValueOf(checkout);
  const known = { shop, checkoutToken: token, cartToken, checkoutId, cartValue, candidate };
  const whenNot = { ...known, payload: null, phone: null, person: [], priority: false };
  const whenCalled = mapped.ok
    ? { ...known, payload: mapped.payload, phone: mapped.phone, person, priority: isPriority(checkout, policy) }
    : null;
  const label = `${shop} ${cartValue ?? ''}`.trim();
  const lookups = lookupsOf(checkout, person);
  const id = recoveryIdOf(shop, token);
  return { id, shop, token, completedAt, candidate, person, lookups, whenCalled, whenNot, label };
}

function isPriority(checkout: CheckoutContent, { priorityFrom }: CallPolicy): boolean {
  const { total } = checkout.totals;
  return priorityFrom !== null && total !== null && compareDecimals(total, priorityFrom) >= 0;
}

function lookupsOf(checkout: CheckoutContent, person: readonly string[]): Lookup[] {
  const lookups: Lookup[] = person.map((value) => ({ kind: 'contact', value }));
  if (checkout.cartToken) lookups.push({ kind: 'cart', value: checkout.cartToken });
  if (checkout.id) lookups.push({ kind: 'checkout', value: checkout.id });
  return lookups;
}

function cartValueOf(checkout: CheckoutContent): string | null {
  const { total } = checkout.totals;
  return total === null ? null : `${total} ${checkout.currency ?? ''}`.trim();
}
