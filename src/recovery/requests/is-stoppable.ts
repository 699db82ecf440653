/** Which recoveries a stop still means something for. */
import { FINAL_SKIPS, OPEN_STATES, type RecoveryRecord } from '../../domain/recovery.ts';
import { LIVE_STATES } from '../../domain/transition/stop.ts';

/** Somebody may yet be called, or is being called. */
export function isStoppable({ state, reason }: RecoveryRecord): boolean {
  return LIVE_STATES.has(state) || (OPEN_STATES.has(state) && !FINAL_SKIPS.has(reason ?? ''));
}
