/**
 * Simulation: what would have become of recorded checkouts under a policy. Nobody is phoned and nothing is stored; the calls that
 * would have been placed count for the frequency caps of those after them, as they would have.
 */
import type { Candidate } from '../domain/candidate.ts';
import type { Checkout } from '../domain/checkout.ts';
import { viewOf } from '../domain/checkout-view.ts';
import { type Decision, decide } from '../domain/decide.ts';
import { personKeyOf } from '../domain/e164.ts';
import type { GateFacts } from '../domain/gates/gate.ts';
import { contactsOf, personIn } from '../domain/person.ts';
import { burstIn, MONTH_MS, NOTHING_KNOWN, type PersonHistory } from '../domain/person-history.ts';
import type { CallPolicy } from '../domain/policy.ts';
import { jitterOf, recoveryIdOf } from '../domain/recovery-id.ts';
import { toAbandonedCartPayload } from '../domain/to-abandoned-cart-payload.ts';

export interface SimulatedCheckout {
  readonly recoveryId: string;
  /** Which of the given ones was decided on: its place among them, from 0. */
  readonly place: number;
  /** When the last word was said: the call's time, or when it was decided that there is none. Epoch milliseconds, UTC. */
  readonly at: number;
  readonly outcome: 'call' | 'completed' | 'waiting' | 'skipped' | 'stopped';
  readonly reason: string | null;
  readonly rule: string;
}

export interface Simulation {
  readonly checkouts: readonly SimulatedCheckout[];
  /** `call`, `skipped: no_consent` … to how many. */
  readonly byOutcome: Readonly<Record<string, number>>;
  /** How many each rule decided on. */
  readonly byRule: Readonly<Record<string, number>>;
}

/** What is known of one contact. By recovery, because a person has several contacts and each thing counts once. */
interface Person {
  readonly calls: Noted[];
  readonly orders: number[];
  readonly seen: Noted[];
}

interface Noted {
  readonly recoveryId: string;
  readonly at: number;
}

/**
 * @param checkouts - each checkout's deliveries in any order; the newest of each token counts, and a completed one is an order of
 * its person. @param onProgress - hears how many are done, after every hundred.
 */
export function simulate(
  checkouts: readonly Checkout[],
  policy: CallPolicy,
  onProgress: (done: number, of: number) => void = () => {},
): Simulation {
  const people = new Map<string, Person>();
  const newest = newestOfEach(checkouts);
  const placeOf = new Map(checkouts.map((checkout, place) => [checkout, place]));
  for (const checkout of newest) if (checkout.completedAt !== null) noteOrder(people, checkout, checkout.completedAt);
  const known = arrivedBefore(people, checkouts, newest);
  const pending = newest
    .map((checkout) => openCase(checkout, placeOf.get(checkout) ?? 0, policy, known))
    .sort((one, other) => one.now - other.now);
  const simulated: SimulatedCheckout[] = [];
  // What is due first is decided first, whichever was left first: its call counts for the others.
  for (let next = pending.shift(); next; next = pending.shift()) {
    const fate = stepOf(next, policy, people);
    if (fate === null) {
      pending.splice(placeFor(next.now, pending), 0, next);
      continue;
    }
    simulated.push(fate);
    if (simulated.length % 100 === 0) onProgress(simulated.length, newest.length);
  }
  return {
    checkouts: simulated,
    byOutcome: countBy(simulated, outcomeOf),
    byRule: countBy(simulated, ({ rule }) => rule),
  };
}

/** A checkout on its way: its webhook, its ring, and as often as the ring is put off. */
interface Case {
  readonly checkout: Checkout;
  readonly recoveryId: string;
  readonly place: number;
  readonly candidate: Candidate;
  readonly phone: string | null;
  readonly person: readonly string[];
  readonly lastActivityAt: number;
  /** When it was first heard of, by a delivery before the one that counts; null: by this one. Epoch milliseconds. */
  readonly begunAt: number | null;
  moment: GateFacts['moment'];
  /** When it is decided on next. */
  now: number;
  /** Of the hours that put it off, if they did: they set the time of its call. */
  putOffBy: string | null;
}

function openCase(checkout: Checkout, place: number, policy: CallPolicy, known: ReadonlyMap<string, number>): Case {
  const lastActivityAt = lastActivityOf(checkout);
  const { id: recoveryId, candidate, person, whenCalled } = viewOf(checkout, policy);
  return {
    checkout,
    place,
    recoveryId,
    candidate,
    phone: whenCalled?.phone ?? null,
    person,
    lastActivityAt,
    begunAt: known.get(checkout.token) ?? null,
    moment: 'webhook',
    now: lastActivityAt,
    putOffBy: null,
  };
}

/** One decision. @returns null when there is another one to come, at the case's new `now`. */
function stepOf(step: Case, policy: CallPolicy, people: Map<string, Person>): SimulatedCheckout | null {
  const { checkout, recoveryId, place, candidate, phone, person, lastActivityAt, begunAt, moment, now } = step;
  if (checkout.completedAt !== null) {
    return { recoveryId, place, at: checkout.completedAt, outcome: 'completed', reason: null, rule: 'completed_at' };
  }
  const decision: Decision = decide({
    candidate,
    person: phone === null ? NOTHING_KNOWN : historyAt(people, person, now),
    policy,
    shop: checkout.shop,
    personKey: phone,
    lastActivityAt,
    wantedAt: moment === 'webhook' ? lastActivityAt + policy.delayMs : now,
    moment,
    jitter: jitterOf(recoveryId),
    now,
  });
  // As its webhooks do: it is among the contacts' checkouts from then on.
  if (moment === 'webhook')
    for (const one of person) knownOf(people, one).seen.push({ recoveryId, at: begunAt ?? now });
  const { rule } = decision;
  if (decision.kind === 'no_call') {
    const { verdict, reason } = decision.refusal;
    const outcome = verdict === 'wait' ? 'waiting' : verdict === 'stop' ? 'stopped' : 'skipped';
    return { recoveryId, place, at: now, outcome, reason, rule };
  }
  if (moment === 'ring' && decision.at <= now) {
    for (const contact of person) knownOf(people, contact).calls.push({ recoveryId, at: now });
    return { recoveryId, place, at: now, outcome: 'call', reason: null, rule: step.putOffBy ?? rule };
  }
  step.moment = 'ring';
  if (decision.deferredBy !== null) step.putOffBy = rule;
  step.now = Math.max(decision.at, now);
  return null;
}

/** Behind all that are due at that instant or before. */
function placeFor(now: number, pending: readonly Case[]): number {
  let [from, to] = [0, pending.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((pending[middle]?.now ?? now) <= now) from = middle + 1;
    else to = middle;
  }
  return from;
}

function newestOfEach(checkouts: readonly Checkout[]): Checkout[] {
  const newest = new Map<string, Checkout>();
  for (const checkout of checkouts) {
    const known = newest.get(checkout.token);
    if (!known || isNewer(checkout, known)) newest.set(checkout.token, checkout);
  }
  return [...newest.values()];
}

/** Done is never undone: a completed delivery stands whatever came after it. */
function isNewer(checkout: Checkout, known: Checkout): boolean {
  if (known.completedAt !== null) return false;
  return checkout.completedAt !== null || (checkout.updatedAt ?? 0) >= (known.updatedAt ?? 0);
}

/**
 * Checkouts of several deliveries are among the recent ones from the first, by the contacts that it names: whoever comes back to a cart
 * does not begin another. @returns when each of them began, by their tokens.
 */
function arrivedBefore(
  people: Map<string, Person>,
  checkouts: readonly Checkout[],
  newest: readonly Checkout[],
): ReadonlyMap<string, number> {
  const first = new Map<string, Checkout>();
  for (const checkout of checkouts) {
    const known = first.get(checkout.token);
    if (!known || lastActivityOf(checkout) < lastActivityOf(known)) first.set(checkout.token, checkout);
  }
  for (const checkout of newest) if (first.get(checkout.token) === checkout) first.delete(checkout.token);
  for (const checkout of first.values()) {
    const noted = { recoveryId: recoveryIdOf(checkout.shop, checkout.token), at: lastActivityOf(checkout) };
    for (const contact of personIn(checkout, toAbandonedCartPayload(checkout)))
      knownOf(people, contact).seen.push(noted);
  }
  return new Map([...first].map(([token, checkout]) => [token, lastActivityOf(checkout)]));
}

function lastActivityOf({ updatedAt, createdAt }: Checkout): number {
  return updatedAt ?? createdAt ?? 0;
}

function emailsOf(checkout: Checkout): string[] {
  return [checkout.email ?? checkout.customer?.email].filter((email) => email != null);
}

function noteOrder(people: Map<string, Person>, checkout: Checkout, at: number): void {
  const mapped = toAbandonedCartPayload(checkout);
  const phones = mapped.ok ? [{ number: mapped.phone, country: null }] : [];
  for (const contact of contactsOf({ emails: emailsOf(checkout), phones })) knownOf(people, contact).orders.push(at);
}

function knownOf(people: Map<string, Person>, contact: string): Person {
  const key = personKeyOf(contact);
  const person = people.get(key) ?? { calls: [], orders: [], seen: [] };
  people.set(key, person);
  return person;
}

/** What would have been known by then. */
function historyAt(people: Map<string, Person>, contacts: readonly string[], now: number): PersonHistory {
  const known = contacts.map((contact) => knownOf(people, contact));
  const calls = eachOnce(
    known.flatMap((one) => one.calls),
    now - MONTH_MS,
    now,
  );
  const orders = known.flatMap((one) => one.orders.filter((at) => at <= now));
  const bursts = known.flatMap((one) => burstIn(eachOnce(one.seen, now - MONTH_MS, now)) ?? []);
  return {
    ...NOTHING_KNOWN,
    calls: calls.sort((one, other) => other - one),
    lastOrderAt: orders.length === 0 ? null : Math.max(...orders),
    burstAt: bursts.length === 0 ? null : Math.max(...bursts),
  };
}

/** When each recovery was noted, after `since` and up to `now`. */
function eachOnce(noted: readonly Noted[], since: number, now: number): number[] {
  const within = noted.filter(({ at }) => at > since && at <= now);
  return [...new Map(within.map(({ recoveryId, at }) => [recoveryId, at])).values()];
}

const outcomeOf = ({ outcome, reason }: SimulatedCheckout): string => [outcome, reason].filter(Boolean).join(': ');

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return counts;
}
