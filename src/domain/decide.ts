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

/** Which gate decided and by which rule; for a call, the one that set its time. */
export type Decision = { readonly gate: GateName; readonly rule: string } & (
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
    const { name, rule } = gate;
    if (verdict.verdict === 'pass') continue;
    if (verdict.verdict !== 'defer')
      return { kind: 'no_call', gate: name, rule: verdict.rule ?? rule, refusal: verdict };
    return { kind: 'call', at: verdict.until, deferredBy: verdict.reason, gate: name, rule: verdict.rule ?? rule };
  }
  return { kind: 'call', at: facts.wantedAt, deferredBy: null, gate: 'age', rule: 'CALL_DELAY' };
}

/** One line of an explanation. */
export interface Explained {
  readonly gate: GateName;
  readonly verdict: GateVerdict['verdict'];
  readonly reason: string | null;
  /** What was looked at. Nothing personal. */
  readonly seen: string;
  readonly rule: string;
  /** The first that did not pass: what comes after was never asked in earnest. */
  readonly decides: boolean;
}

/** Every gate's answer, also of those that the decision never came to. */
export function explain(facts: GateFacts): Explained[] {
  let decided = false;
  return GATES.map((gate) => {
    const verdict = gate.ask(facts);
    const decides = !decided && verdict.verdict !== 'pass';
    decided ||= decides;
    const reason = verdict.verdict === 'pass' ? null : verdict.reason;
    return {
      gate: gate.name,
      verdict: verdict.verdict,
      reason,
      seen: verdict.seen,
      rule: verdict.rule ?? gate.rule,
      decides,
    };
  });
}
