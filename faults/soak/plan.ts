/** What a soak will do, all of it from its seed and length: who comes when and does what, and which fault strikes when and for how long. Pure. */
import { type Chance, chanceOf } from './chance.ts';

export const FAULTS = [
  'kill web',
  'kill worker',
  'freeze web',
  'freeze worker',
  'freeze redis',
  'kill redis',
  'redis full',
  'redis read-only',
  'redis slow',
  'redis resets',
  'redis unreachable for web',
  'redis unreachable for worker',
  'vendor slow network',
  'vendor resets',
  'vendor unreachable',
  'vendor 500',
  'vendor 500 and the call is placed',
  'vendor 429',
  'vendor garbage',
  'vendor slow',
  'vendor hangs and the call is placed',
  'vendor resets and the call is placed',
  'events twice',
  'events before the answer',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** Times in milliseconds since the start. */
export interface PlannedFault {
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly forMs: number;
}

/**
 * - `abandons`: leaves it, and is phoned. - `buys first`: finishes the checkout before the call is due.
 * - `buys elsewhere first`: the same, as somebody only her phone and e-mail tie to it. - `buys elsewhere late`: when the call may be out.
 * - `says no`: does not consent. - `keeps typing`: every update puts the call off.
 */
export const CONDUCTS = [
  'abandons',
  'buys first',
  'buys elsewhere first',
  'buys elsewhere late',
  'says no',
  'keeps typing',
] as const;
export type Conduct = (typeof CONDUCTS)[number];

export interface PlannedShopper {
  readonly number: number;
  readonly atMs: number;
  readonly conduct: Conduct;
}

export interface SoakPlan {
  readonly seed: string;
  readonly lengthMs: number;
  readonly faults: readonly PlannedFault[];
  readonly shoppers: readonly PlannedShopper[];
}

/** With four webhooks each, this makes about fifteen webhooks a second. */
const SHOPPERS_PER_SECOND = 4;
const LONGEST_MS: Partial<Record<FaultKind, number>> = {
  'freeze redis': 10_000,
  'redis unreachable for web': 8_000,
  'redis unreachable for worker': 8_000,
};

export function planOf(seed: string, lengthMs: number): SoakPlan {
  const chance = chanceOf(seed);
  return {
    seed,
    lengthMs,
    faults: faultsOf(chance.fork('faults'), lengthMs),
    shoppers: shoppersOf(chance.fork('shoppers'), lengthMs),
  };
}

/** Every kind once before any kind comes again, in an order of their own; the next begins one to five seconds after the last ended. */
function faultsOf(chance: Chance, lengthMs: number): PlannedFault[] {
  const faults: PlannedFault[] = [];
  let deck: FaultKind[] = [];
  for (let atMs = 5_000; ; ) {
    if (deck.length === 0) deck = [...FAULTS];
    const [kind] = deck.splice(chance.between(0, deck.length - 1), 1) as [FaultKind];
    const forMs = chance.between(500, LONGEST_MS[kind] ?? 5_000);
    if (atMs + forMs > lengthMs) return faults;
    faults.push({ atMs, kind, forMs });
    atMs += forMs + chance.between(1_000, 5_000);
  }
}

function shoppersOf(chance: Chance, lengthMs: number): PlannedShopper[] {
  const shoppers: PlannedShopper[] = [];
  for (let atMs = 0; atMs < lengthMs; atMs += chance.between(100, 2_000 / SHOPPERS_PER_SECOND - 100)) {
    const conduct = chance.next() < 0.5 ? 'abandons' : chance.pick(CONDUCTS);
    shoppers.push({ number: shoppers.length, atMs, conduct });
  }
  return shoppers;
}
