/**
 * The breaker: a vendor in trouble answers with faults whose fate nobody knows, and each one may be a shopper who is not called at
 * all. After a few in a row no dial begins for a while; then one recovery tries, and its end decides. Pure. Each process has its own.
 */
import { MINUTE, SECOND } from './duration.ts';
import type { DialResult } from './voice-calls.ts';

export interface Breaker {
  /** Dials of unknown fate in a row. */
  readonly inARow: number;
  /** No dial before this instant, epoch milliseconds; null: closed. */
  readonly openUntil: number | null;
  /** How long it was open the last time, milliseconds; doubles while the vendor stays in trouble. */
  readonly lastOpenMs: number;
  /** The recovery that tries, and since when; null: none does. */
  readonly probe: { readonly by: string; readonly since: number } | null;
}

export const CLOSED: Breaker = Object.freeze({ inARow: 0, openUntil: null, lastOpenMs: 0, probe: null });

export interface BreakerLimits {
  /** So many dials of unknown fate in a row open it. */
  readonly opensAfter: number;
  /** For how long at first, and at most. Milliseconds. */
  readonly firstOpenMs: number;
  readonly longestOpenMs: number;
}

/** One lost connection is bad luck, five in a row are not. */
export const BREAKER_LIMITS: BreakerLimits = Object.freeze({
  opensAfter: 5,
  firstOpenMs: 15 * SECOND,
  longestOpenMs: 5 * MINUTE,
});

/** A probe whose end was never told (its ring was cut off) does not keep all others for ever. */
const PROBE_MAY_TAKE_MS = 2 * MINUTE;

export type Passage =
  | { readonly kind: 'go'; readonly breaker: Breaker; readonly isProbe: boolean }
  /** Come again then. Epoch milliseconds. */
  | { readonly kind: 'hold'; readonly until: number };

/**
 * May this recovery be dialled? While the breaker is open, no; when its time is over, one may.
 *
 * @param now - epoch milliseconds, UTC.
 */
export function passBreaker(
  breaker: Breaker,
  recoveryId: string,
  now: number,
  { firstOpenMs }: BreakerLimits = BREAKER_LIMITS,
): Passage {
  const { openUntil, probe } = breaker;
  if (openUntil === null) return { kind: 'go', breaker, isProbe: false };
  if (now < openUntil) return { kind: 'hold', until: openUntil };
  const isTaken = probe !== null && probe.by !== recoveryId && now < probe.since + PROBE_MAY_TAKE_MS;
  if (isTaken) return { kind: 'hold', until: now + firstOpenMs };
  return { kind: 'go', breaker: { ...breaker, probe: { by: recoveryId, since: now } }, isProbe: true };
}

/**
 * The breaker after a dial. Only a fate that is unknown speaks of a vendor in trouble; a refusal is an answer. Of the dials that were
 * under way when it opened, the late ends of the bad kind say nothing new; an answer to any of them closes it.
 */
export function afterDial(
  breaker: Breaker,
  recoveryId: string,
  result: DialResult['kind'],
  now: number,
  { opensAfter, firstOpenMs, longestOpenMs }: BreakerLimits = BREAKER_LIMITS,
): Breaker {
  const isProbe = breaker.probe?.by === recoveryId;
  switch (result) {
    case 'placed':
    case 'refused':
    case 'barred':
      return CLOSED;
    // Nothing was said either way. A probe that came to nothing leaves it open for as long again.
    case 'not_placed':
      return isProbe ? { ...breaker, openUntil: now + breaker.lastOpenMs, probe: null } : breaker;
    case 'unknown': {
      const inARow = breaker.inARow + 1;
      const opens = isProbe || (breaker.openUntil === null && inARow >= opensAfter);
      if (!opens) return { ...breaker, inARow };
      const openMs = Math.min(longestOpenMs, Math.max(firstOpenMs, breaker.lastOpenMs * 2));
      return { inARow, openUntil: now + openMs, lastOpenMs: openMs, probe: null };
    }
  }
}

/** The recovery that was to try is not dialled after all: the next one tries. */
export function withoutProbe(breaker: Breaker, recoveryId: string): Breaker {
  return breaker.probe?.by === recoveryId ? { ...breaker, probe: null } : breaker;
}
