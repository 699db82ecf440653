/** Whether a dial may begin now as far as the vendor is concerned: nothing of it depends on the shopper, and nothing is spent by asking. */
import {
  afterDial,
  BREAKER_LIMITS,
  type Breaker,
  type BreakerLimits,
  CLOSED,
  passBreaker,
  withoutProbe,
} from '../domain/breaker.ts';
import { MINUTE } from '../domain/duration.ts';
import type { Journal } from '../domain/journal.ts';
import type { DialResult, VoiceCalls } from '../domain/voice-calls.ts';

export interface VendorHold {
  readonly kind: 'hold';
  readonly reason: 'vendor_in_trouble' | 'vendor_maintenance';
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface HoldDials {
  /** null: a dial of this recovery may begin. Whoever is told so tells how it ended, or that there was none. */
  ask(recoveryId: string, now: number): Promise<VendorHold | null>;
  /** How a dial ended whose request was to leave. */
  told(recoveryId: string, result: DialResult['kind'], now: number): void;
  /** No dial came of it, or it has been told already. */
  done(recoveryId: string): void;
}

const MAINTENANCE_AGAIN_MS = MINUTE;

export function holdDials(deps: {
  readonly voice: VoiceCalls;
  readonly journal: Journal;
  readonly limits?: BreakerLimits;
}): HoldDials {
  const { voice, journal, limits = BREAKER_LIMITS } = deps;
  let breaker: Breaker = CLOSED;
  let inMaintenance = false;

  return {
    async ask(recoveryId, now) {
      const passage = passBreaker(breaker, recoveryId, now, limits);
      if (passage.kind === 'hold') {
        const reason = inMaintenance ? 'vendor_maintenance' : 'vendor_in_trouble';
        return { kind: 'hold', reason, until: passage.until };
      }
      breaker = passage.breaker;
      if (!passage.isProbe) return null;
      // Before somebody's call is risked, the vendor is asked how it is. No answer is no reason to wait for ever.
      if ((await voice.health()) !== 'maintenance') {
        inMaintenance = false;
        return null;
      }
      if (!inMaintenance) journal.alarm('vendor_maintenance', {});
      inMaintenance = true;
      const until = now + MAINTENANCE_AGAIN_MS;
      breaker = { ...withoutProbe(breaker, recoveryId), openUntil: until };
      return { kind: 'hold', reason: 'vendor_maintenance', until };
    },

    told(recoveryId, result, now) {
      const wasOpen = breaker.openUntil !== null;
      breaker = afterDial(breaker, recoveryId, result, now, limits);
      if (breaker.openUntil === null) inMaintenance = false;
      else if (!wasOpen) journal.alarm('vendor_in_trouble', { inARow: breaker.inARow });
    },

    done(recoveryId) {
      breaker = withoutProbe(breaker, recoveryId);
    },
  };
}
