/** The closed set of what becomes of an alarm; the worker turns it into BullMQ's words. `decision` is shown on the queue board. */
export type RingOutcome =
  | { readonly kind: 'done'; readonly decision: string }
  /** Ring again at `until` (epoch ms). */
  | { readonly kind: 'snooze'; readonly until: number; readonly decision: string }
  /** Ring again as soon as the whole queue may go on, in `forMs` milliseconds. */
  | { readonly kind: 'throttle'; readonly forMs: number; readonly decision: string }
  /** This process can do nothing right now, others may: ring again at once elsewhere, here not before `forMs` milliseconds have passed. */
  | { readonly kind: 'stand_still'; readonly forMs: number; readonly decision: string };
