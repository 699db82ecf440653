/** A gate: one question on the way to a call, answered by itself. Types only. */
import type { Candidate } from '../candidate.ts';
import type { PersonHistory } from '../person-history.ts';
import type { CallPolicy } from '../policy.ts';
import type { SkipReason, WaitingReason } from '../reasons.ts';

/** In the order in which they are asked: the first that stops decides. */
export const GATE_NAMES = [
  'shop',
  'mode',
  'genuine',
  'complete',
  'phone',
  'country',
  'value',
  'consent',
  'suppression',
  'frequency',
  'purchase',
  'age',
  'hours',
  'holdout',
] as const;

export type GateName = (typeof GATE_NAMES)[number];

/** Everything a gate may look at. */
export interface GateFacts {
  readonly candidate: Candidate;
  readonly person: PersonHistory;
  readonly policy: CallPolicy;
  readonly shop: string;
  /** Stands for the person in the holdout's lot: their number. Never shown. null: none is known. */
  readonly personKey: string | null;
  /** When the shopper last did something, epoch milliseconds, UTC. */
  readonly lastActivityAt: number;
  /** When the call is wanted: the delay after the last activity, or what an operator or a wait made of it. */
  readonly wantedAt: number;
  /** The draw of the holdout and the caps are final at the ring only. */
  readonly moment: 'webhook' | 'ring';
  /** In [0, 1), the recovery's own and always the same: spreads those that are put off to the same opening hour. */
  readonly jitter: number;
  readonly now: number;
}

/**
 * `pass`, or not before `until`, or not at all. `seen` is what was looked at, in a clause for an operator; nothing personal.
 * `rule` says more exactly which one decided, where a gate has many.
 */
export type GateVerdict = { readonly seen: string; readonly rule?: string } & (
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'defer'; readonly reason: 'outside_hours'; readonly until: number }
  | { readonly verdict: 'wait'; readonly reason: WaitingReason }
  | { readonly verdict: 'skip'; readonly reason: SkipReason }
  /** Bought: the recovery is over. */
  | { readonly verdict: 'stop'; readonly reason: 'ordered'; readonly at: number }
);

export interface Gate {
  readonly name: GateName;
  /** Which rule decides, and since when it has read so: `name@2026-11`. A decision is to be understood after the rules have changed. */
  readonly rule: string;
  ask(facts: GateFacts): GateVerdict;
}
