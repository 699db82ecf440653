/** How an answer of the shop that is none becomes the result of a try. */
import { MINUTE } from '../../domain/duration.ts';
import type { ErrandResult } from '../../domain/errand.ts';
import type { ShopFault } from '../../domain/shop-admin.ts';

/** A token or a scope is somebody's to mend. */
const DENIED_AGAIN_MS = 10 * MINUTE;

/** @param doubtful - what was asked may have happened all the same, and must not happen twice. */
export function resultOfFault(fault: ShopFault, doubtful: boolean): ErrandResult {
  switch (fault.kind) {
    case 'unavailable':
      return { kind: 'again', note: fault.cause, afterMs: fault.retryAfterMs, doubtful };
    case 'denied':
      return { kind: 'again', note: fault.cause, afterMs: DENIED_AGAIN_MS, doubtful: false };
    case 'refused':
      return { kind: 'failed', note: 'shop_refused' };
  }
}
