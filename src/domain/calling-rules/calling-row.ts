/**
 * CallingRow: what one country, or one part of it, says about when and how often a shopper may be phoned, with the place where it is said.
 * Types and names only; the rows themselves are in `rules.json`, their grammar in `parse-rules.ts`.
 */
import type { HolidayRule } from './holidays.ts';
import type { WeeklyHours } from './weekly-hours.ts';

/** A set of rows under one version; every decision names the version it was taken by. */
export interface CallingRules {
  /** The day the set was made, and a number when there were several that day: `2026-11-23`, `2026-11-23.2`. */
  readonly version: string;
  /** Narrower than any law known to us. Nobody is phoned outside of it without an override. */
  readonly default: WeeklyHours;
  /** Stands for every country that has no row. Its id is `elsewhere`. */
  readonly elsewhere: CallingRow;
  /** By id. A region's row is looked up together with its country's: both apply. */
  readonly rows: ReadonlyMap<string, CallingRow>;
}

export interface CallingRow {
  /** `FR`, `US-TX`, or `elsewhere`. */
  readonly id: string;
  /** ISO 3166-1 alpha-2; empty for `elsewhere`. */
  readonly country: string;
  /** A state or province by Shopify's code; null: the row is the whole country's. */
  readonly region: string | null;
  /**
   * Codes under which places of this row go as countries of their own: Guadeloupe (GP) under France, Puerto Rico (PR) as a region of
   * the United States. They are not thought of when a checkout names the large country alone.
   */
  readonly also: readonly string[];
  /** IANA zones of a region; empty for a country. */
  readonly zones: readonly string[];
  /** false: nobody found a rule on hours here. The narrow default then stands in its place, and widening stops at it. */
  readonly found: boolean;
  readonly basis: Basis | null;
  /** Hours in which the row allows calls; null where none were found. */
  readonly hours: WeeklyHours | null;
  readonly holidays: readonly HolidayRule[];
  /** They hold beside the merchant's own: the stricter counts. */
  readonly caps: Caps | null;
  readonly consent: ConsentNeed;
  readonly source: string;
  /** The day on which the source was last looked up, `2026-11-23`. */
  readonly asOf: string;
  readonly note: string | null;
}

/**
 * - `law`: a statute, a decree, or the rule of a regulator.
 * - `code`: what the trade agreed on, or a guide; not law, and kept all the same.
 * - `custom`: no rule, only what is decent there. Goes with `found: false`.
 */
export const BASES = ['law', 'code', 'custom'] as const;
export type Basis = (typeof BASES)[number];

/**
 * What the law wants before a call by an automated or AI voice that advertises something.
 *
 * - `written`: agreement in writing, paper or electronic.
 * - `express`: agreement declared for such calls, in any form that can be proved.
 * - `prior`: agreement before the call, its form not said.
 * - `register`: nobody on the national do-not-call register without agreement.
 * - `unknown`: not looked up. Treat it as `express`.
 */
export const CONSENT_NEEDS = ['written', 'express', 'prior', 'register', 'unknown'] as const;
export type ConsentNeed = (typeof CONSENT_NEEDS)[number];

export interface Caps {
  /** At most so many calls to one person in so many milliseconds. */
  readonly calls: readonly { readonly most: number; readonly inMs: number }[];
  /** Silence after a refusal in milliseconds; `forever`; null where the law names none. */
  readonly afterRefusal: number | 'forever' | null;
}
