/**
 * HoursPolicy: what a merchant decided about the hours of calls. Narrowing is his to do freely; widening is a value of its own, so that it
 * cannot happen by the way and is logged where it is used.
 */
import type { WeeklyHours } from './weekly-hours.ts';

export interface HoursPolicy {
  /** Hours of the merchant's own, in the shopper's local time. They only ever take away; null: he named none. */
  readonly narrower: WeeklyHours | null;
  /** null: the narrow default holds. Whoever reads a policy with an override at start logs it, with its reason. */
  readonly override: HoursOverride | null;
}

export type HoursOverride = UpToTheLaw | PastTheLaw;

/** These hours in the place of the narrow default. Every row still limits them; where none was found, the default does. */
export interface UpToTheLaw {
  readonly kind: 'up_to_the_law';
  readonly hours: WeeklyHours;
  /** Who decided it and why, for the log. */
  readonly reason: string;
}

/**
 * These hours in the place of the narrow default, and the named rows do not limit them: neither hours nor holidays of theirs count.
 * For tests, and for merchants whose counsel says that a row does not bind them.
 */
export interface PastTheLaw {
  readonly kind: 'past_the_law';
  readonly hours: WeeklyHours;
  /** Ids such as `FR` or `US-RI`, or `elsewhere`. A row that is not named limits as before. */
  readonly rows: readonly string[];
  readonly reason: string;
}

/** The rules as they are. */
export const BY_THE_RULES: HoursPolicy = { narrower: null, override: null };
