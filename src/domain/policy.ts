/** CallPolicy: what the merchant decided about when and whom to phone. The gates that read it stand beside it. */
import { strictestOf } from './call-caps.ts';
import type { CallingTimes } from './calling-rules/calling-times.ts';
import type { HoursPolicy } from './calling-rules/hours-policy.ts';
import type { Whereabouts } from './calling-rules/whereabouts.ts';
import type { CallCap, CallCaps } from './person-history.ts';

export interface CallPolicy {
  /** The merchant's own switch for this shop; the kill switch of dialling is another one. */
  readonly enabled: boolean;
  /** From the last activity on the checkout to the call, in milliseconds. */
  readonly delayMs: number;
  /** A checkout whose last activity is older than this is not called any more, in milliseconds. */
  readonly maxAgeMs: number;
  readonly consent: ConsentRule;
  /** Inside the calling hours of every place where the shopper may be; or any time (tests and the demo). */
  readonly hours: { readonly kind: 'always' } | ({ readonly kind: 'rules' } & HoursPolicy);
  /** The rules in force, ready to be asked. */
  readonly times: CallingTimes;
  /** `dry-run`: every decision is taken and recorded, and nobody is phoned. */
  readonly mode: 'live' | 'dry-run';
  /** Carts of at least this amount (decimal string, the shop's currency) jump the vendor's queue; null: none does. */
  readonly priorityFrom: string | null;
  /** Carts below and above are not called about; decimal strings in the shop's currency. */
  readonly minValue: string | null;
  readonly maxValue: string | null;
  /** ISO 3166-1 alpha-2; null: every country that has calling hours. */
  readonly countries: readonly string[] | null;
  /** Whether signs of a script are looked for. */
  readonly botCheck: boolean;
  readonly caps: CallCaps;
  /** Percent of the people who are held out, 0 to 50. */
  readonly holdoutPercent: number;
}

/** How often somebody in these places may be called: the merchant's caps, and those of the rows that may hold there. */
export function capsFor({ caps, times }: CallPolicy, whereabouts: Whereabouts): CallCaps {
  return strictestOf(caps, times.capsIn(whereabouts));
}

const MERCHANTS_CAP = {
  day: ['perDay', 'CALLS_PER_DAY'],
  week: ['perWeek', 'CALLS_PER_WEEK'],
  month: ['perMonth', 'CALLS_PER_MONTH'],
  refusal: ['refusalSilenceMs', 'REFUSAL_SILENCE'],
} as const satisfies Record<CallCap, readonly [keyof CallCaps, string]>;

/** Which rule set a cap in these places, with its version: the merchant's, or the rows' where they are stricter. */
export function ruleOfCap(policy: CallPolicy, whereabouts: Whereabouts, cap: CallCap): string {
  const [field, name] = MERCHANTS_CAP[cap];
  const isTheMerchants = capsFor(policy, whereabouts)[field] === policy.caps[field];
  return isTheMerchants ? `${name}@2026-11` : policy.times.ruleIn(whereabouts);
}

/** @param at - epoch milliseconds, UTC. */
export function isDecentHour({ hours, times }: CallPolicy, whereabouts: Whereabouts, at: number): boolean {
  return hours.kind === 'always' || times.isAllowedAt(at, whereabouts, hours);
}

/**
 * What counts as the shopper's consent to be phoned. Shopify has no field for it (its documentation, November 2026), so
 * the merchant says which of the checkout's own fields stands for it.
 */
export type ConsentRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'sms_marketing' }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string };
