/** Why a recovery waits, and why it is not called. Codes that stand in timelines, logs and metrics. */

/** Why a recovery waits: a later webhook mends it. */
export type WaitingReason = 'no_line_items' | 'no_phone' | 'no_recovery_url' | 'no_first_name' | 'no_total';

/** Why a recovery is not called. A newer webhook may change all of them but FINAL_SKIPS. */
export type SkipReason =
  | 'invalid_phone'
  | 'no_consent'
  | 'unknown_country'
  | 'no_common_hours'
  | 'too_old'
  | 'dry_run'
  | 'holdout'
  | 'out_of_stock'
  | 'duplicate_checkout'
  | 'calls_off'
  | 'test_checkout'
  | 'bot_like'
  | 'country'
  | 'below_minimum'
  | 'above_maximum'
  | 'consent_withdrawn'
  | 'suppressed'
  | 'frequency_cap'
  | 'ordered_since'
  | 'incomplete_record';

const HOLD_REASONS = [
  'clock_skew',
  'vendor_in_trouble',
  'vendor_maintenance',
  'intents_unwritable',
  'shop_cap',
] as const;

/**
 * Why no dial begins although one is due; it stays `scheduled`, and nothing is spent. `clock_skew`: our clock and the store's disagree.
 * `vendor_in_trouble`: dial after dial ended without an answer. `vendor_maintenance`: it says so itself. `intents_unwritable`:
 * the journal on disk would not remember the dial. `shop_cap`: the shop has had its calls of the day.
 */
export type HoldReason = (typeof HOLD_REASONS)[number];

export function isHold(reason: string | null): reason is HoldReason {
  return (HOLD_REASONS as readonly (string | null)[]).includes(reason);
}
