/**
 * Decisions: whether and when a checkout's shopper is phoned. One pure function, asked when a webhook comes and again when the
 * alarm rings, with all that is known of the shopper by then. It asks the gates in order; the first that stops decides.
 */
import type { Gate, GateFacts, GateName, GateVerdict } from './gates/gate.ts';
import { hoursGate } from './gates/hours-gate.ts';
import { consentGate, frequencyGate, holdoutGate, purchaseGate, suppressionGate } from './gates/person-gates.ts';
import {
  ageGate,
  completeGate,
  countryGate,
  genuineGate,
  modeGate,
  phoneGate,
  shopGate,
  valueGate,
} from './gates/simple-gates.ts';
import { NOTHING_KNOWN } from './person-history.ts';
import { DELAY_RULE } from './rules-beside-gates.ts';

/** In order: what is cheap and final first; the lot last, because it compares people for whom all else was positive. */
export const GATES: readonly Gate[] = [
  shopGate,
  modeGate,
  genuineGate,
  completeGate,
  phoneGate,
  countryGate,
  valueGate,
  consentGate,
  suppressionGate,
  frequencyGate,
  purchaseGate,
  ageGate,
  hoursGate,
  holdoutGate,
];

type Refusal = Exclude<GateVerdict, { verdict: 'pass' | 'defer' }>;

/** Which gate decided, by which rule, and what it saw; for a call, the one that set its time. `seen` is null where none did. */
export type Decision = { readonly gate: GateName; readonly rule: string; readonly seen: string | null } & (
  | { readonly kind: 'call'; readonly at: number; readonly deferredBy: 'outside_hours' | null }
  | { readonly kind: 'no_call'; readonly refusal: Refusal }
);

/**
 * The decision on a candidate.
 *
 * @returns a time to call, epoch milliseconds and never before `facts.wantedAt`; or the refusal of the first gate that has one.
 */
export function decide(facts: GateFacts): Decision {
  for (const gate of GATES) {
    const verdict = gate.ask(facts);
    if (verdict.verdict === 'pass') continue;
    const told = { gate: gate.name, rule: verdict.rule ?? gate.rule, seen: verdict.seen };
    if (verdict.verdict !== 'defer') return { kind: 'no_call', ...told, refusal: verdict };
    return { kind: 'call', at: verdict.until, deferredBy: verdict.reason, ...told };
  }
  return { kind: 'call', at: facts.wantedAt, deferredBy: null, gate: 'age', rule: DELAY_RULE, seen: null };
}

/** One line of an explanation. */
export interface Explained {
  readonly gate: GateName;
  /** `unknown`: it asks about a person of whom nothing is left to ask by. */
  readonly verdict: GateVerdict['verdict'] | 'unknown';
  readonly reason: string | null;
  /** To when it puts the call off, epoch milliseconds; null: it does not. */
  readonly until: number | null;
  /** What was looked at. Nothing personal. */
  readonly seen: string;
  readonly rule: string;
  /** The first that did not pass: what comes after was never asked in earnest. */
  readonly decides: boolean;
}

/** What these answer without the person would be the answer about somebody never heard of. */
const ABOUT_THE_PERSON: ReadonlySet<GateName> = new Set([
  'consent',
  'suppression',
  'frequency',
  'purchase',
] satisfies GateName[]);

/**
 * Every gate's answer, also of those that the decision never came to.
 *
 * @param facts - `person` is null where neither contacts nor digests of them are known any more.
 */
export function explain(
  facts: Omit<GateFacts, 'person'> & { readonly person: GateFacts['person'] | null },
): Explained[] {
  const person = facts.person ?? NOTHING_KNOWN;
  let decided = false;
  return GATES.map((gate) => {
    const verdict = gate.ask({ ...facts, person });
    const isUnknown =
      verdict.verdict === 'pass' &&
      ((facts.person === null && ABOUT_THE_PERSON.has(gate.name)) ||
        (facts.personKey === null && isDrawn(gate, facts)));
    const decides = !decided && verdict.verdict !== 'pass';
    decided ||= decides;
    return {
      gate: gate.name,
      verdict: isUnknown ? 'unknown' : verdict.verdict,
      reason: verdict.verdict === 'pass' ? null : verdict.reason,
      until: verdict.verdict === 'defer' ? verdict.until : null,
      seen: isUnknown ? 'not known any more' : verdict.seen,
      rule: verdict.rule ?? gate.rule,
      decides,
    };
  });
}

/** The lot is drawn by the number. */
function isDrawn({ name }: Gate, { policy }: Pick<GateFacts, 'policy'>): boolean {
  return name === 'holdout' && policy.holdoutPercent > 0;
}
