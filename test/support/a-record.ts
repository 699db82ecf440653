/** A recovery's record for tests that care about one thing in it: name that thing in the overrides. */
import { CALLING_RULES } from '../../src/domain/calling-rules/built-in.ts';
import { createCallingTimes } from '../../src/domain/calling-rules/calling-times.ts';
import { BY_THE_RULES } from '../../src/domain/calling-rules/hours-policy.ts';
import { type Candidate, candidateOf } from '../../src/domain/candidate.ts';
import type { GateFacts } from '../../src/domain/gates/gate.ts';
import { DEFAULT_CAPS, NOTHING_KNOWN } from '../../src/domain/person-history.ts';
import type { CallPolicy } from '../../src/domain/policy.ts';
import { type CheckoutFacts, EMPTY_RECORD, type HeldCheckout, type RecoveryRecord } from '../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../src/domain/recovery-id.ts';
import { toAbandonedCartPayload } from '../../src/domain/to-abandoned-cart-payload.ts';
import { aCheckout } from './a-checkout.ts';

const checkout = aCheckout();
const mapped = toAbandonedCartPayload(checkout);
export const TIMES = createCallingTimes(CALLING_RULES);
if (!mapped.ok) throw new Error('the checkout of the tests cannot be called about');

/** 2026-11-03, a Tuesday, 11:00 in Bengaluru: half an hour after Asha's cart was left, and well inside the calling hours. */
export const ELEVEN_IN_BENGALURU = Date.UTC(2026, 10, 3, 5, 30);

/** What of Asha's checkout decides on a call. */
export const ASHA: Candidate = candidateOf(checkout, mapped, { consent: { kind: 'none' }, times: TIMES });

/** Asha's recovery, due at eleven. */
export function aRecord(overrides: Partial<RecoveryRecord> = {}): RecoveryRecord {
  return {
    ...EMPTY_RECORD,
    id: recoveryIdOf(checkout.shop, checkout.token),
    revision: 1,
    shop: checkout.shop,
    checkoutToken: checkout.token,
    cartToken: checkout.cartToken,
    checkoutId: checkout.id,
    state: 'scheduled',
    createdAt: ELEVEN_IN_BENGALURU - 1_800_000,
    changedAt: ELEVEN_IN_BENGALURU - 1_800_000,
    checkoutUpdatedAt: ELEVEN_IN_BENGALURU - 1_800_000,
    lastActivityAt: ELEVEN_IN_BENGALURU - 1_800_000,
    dueAt: ELEVEN_IN_BENGALURU,
    payload: mapped.ok ? mapped.payload : null,
    phone: mapped.ok ? mapped.phone : null,
    person: ['+919090909090', 'asha.rao@mail.example'],
    candidate: ASHA,
    cartValue: '1955.00 INR',
    ...overrides,
  };
}

/** The part of a record that its webhooks say. */
export function factsOf(record: RecoveryRecord): CheckoutFacts {
  const { shop, checkoutToken, cartToken, checkoutId, payload, phone, person, candidate, cartValue, priority } = record;
  return { shop, checkoutToken, cartToken, checkoutId, payload, phone, person, candidate, cartValue, priority };
}

/** What a webhook at eleven leads to that says the same as Asha's record: a call at half past. */
export function aHeldCheckout(overrides: Partial<HeldCheckout> = {}): HeldCheckout {
  return {
    state: 'scheduled',
    reason: null,
    dueAt: ELEVEN_IN_BENGALURU + 1_800_000,
    checkoutUpdatedAt: ELEVEN_IN_BENGALURU,
    lastActivityAt: ELEVEN_IN_BENGALURU,
    facts: factsOf(aRecord()),
    ...overrides,
  };
}

/** The same cart with one thing more in it; the shopper goes by another number by now, too. */
export function aFullerCart(overrides: Partial<HeldCheckout> = {}): HeldCheckout {
  const { payload, ...facts } = factsOf(aRecord({ cartValue: '2455.00 INR' }));
  if (payload === null) throw new Error('the checkout of the tests cannot be called about');
  const [item] = payload.lineItems;
  if (item === undefined) throw new Error('the cart of the tests is empty');
  const customer = { ...payload.customer, phone: '+919191919191' };
  const fuller = { ...payload, customer, lineItems: [item, { ...item, title: 'A paper filter' }] };
  return aHeldCheckout({ facts: { ...facts, phone: '+919191919191', payload: fuller }, ...overrides });
}

/** Half an hour's delay, a day's freshness, everybody consents, decent hours, live. */
export function aPolicy(overrides: Partial<CallPolicy> = {}): CallPolicy {
  return {
    delayMs: 30 * 60_000,
    maxAgeMs: 24 * 3_600_000,
    consent: { kind: 'none' },
    enabled: true,
    hours: { kind: 'rules', ...BY_THE_RULES },
    times: TIMES,
    mode: 'live',
    priorityFrom: null,
    minValue: null,
    maxValue: null,
    countries: null,
    botCheck: true,
    caps: DEFAULT_CAPS,
    holdoutPercent: 0,
    ...overrides,
  };
}

/** What is asked about Asha at eleven, when her alarm rings, by somebody who knows nothing of her. */
export function aQuestion(overrides: Partial<GateFacts> = {}): GateFacts {
  return {
    candidate: ASHA,
    person: NOTHING_KNOWN,
    policy: aPolicy(),
    shop: checkout.shop,
    personKey: mapped.ok ? mapped.phone : null,
    lastActivityAt: ELEVEN_IN_BENGALURU - 1_800_000,
    wantedAt: ELEVEN_IN_BENGALURU,
    moment: 'ring',
    jitter: 0,
    now: ELEVEN_IN_BENGALURU,
    ...overrides,
  };
}
