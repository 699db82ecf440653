/** What the earnings report needs to know of each recovery. Types only; nothing personal. */
import type { Arm, RecoveryState } from './recovery.ts';
import type { Paid } from './revenue.ts';

/** Of one recovery. */
export interface EarningsFacts {
  /** The UTC day on which the recovery was first seen, `YYYY-MM-DD`; everything about it counts for that day. */
  readonly day: string;
  readonly state: RecoveryState;
  readonly reason: string | null;
  readonly callable: boolean;
  /** As drawn; null when no draw took place. */
  readonly arm: Arm | null;
  /** The vendor accepted the call. */
  readonly called: boolean;
  readonly answered: boolean;
  readonly endedWithSuccess: boolean;
  readonly order: EarningsOrder | null;
  /** Not negative; null when the vendor has not told. */
  readonly creditsUsed: number | null;
}

export interface EarningsOrder extends Paid {
  readonly match: 'checkout' | 'person';
  /** It came within the attribution window after the draw. The same window, matching and starting point for both arms. */
  readonly attributed: boolean;
}
