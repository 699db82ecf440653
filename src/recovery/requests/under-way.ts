/** Which recoveries a stop still means something for. */
import { FINAL_SKIPS, type RecoveryRecord } from '../../domain/recovery.ts';
import { LIVE_STATES } from '../../domain/transition/stop.ts';

type Standing = Pick<RecoveryRecord, 'state' | 'reason'>;

/** Somebody is being called, or will be unless something stops it. */
export function isUnderWay({ state }: Standing): boolean {
  return LIVE_STATES.has(state) || state === 'waiting' || state === 'scheduled';
}

/** Whoever opens one of these again has agreed anew, or is asked for by the list. */
const BARRED_BY_THEMSELVES: ReadonlySet<string> = new Set(['no_consent', 'consent_withdrawn', 'suppressed']);

/**
 * The same, and what a later webhook may open again with the tick of before: a checkout that is changed repeats it as if it were given at
 * that moment.
 */
export function carriesConsent({ state, reason }: Standing): boolean {
  const isOpen = state === 'skipped' && !FINAL_SKIPS.has(reason ?? '') && !BARRED_BY_THEMSELVES.has(reason ?? '');
  return isOpen || isUnderWay({ state, reason });
}
