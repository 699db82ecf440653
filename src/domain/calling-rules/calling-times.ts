/**
 * CallingTimes: the engine that says when a shopper may be phoned under a set of rules. Pure: clock and chance come in as arguments. What
 * is dear to compute is kept, in bounded tables.
 *
 * A call is allowed at an instant when it is allowed in every zone the shopper may be in, by the narrow default and by every row that may
 * hold there. Source of the requirement: docs/calling-rules.md.
 */
import { longestSilenceMs } from '../call-caps.ts';
import { DAY, MINUTE } from '../duration.ts';
import { RecentlyUsed } from '../recently-used.ts';
import type { CallingRow, CallingRules, Caps } from './calling-row.ts';
import type { HoursPolicy } from './hours-policy.ts';
import { createLaw, type ZonePlan } from './law.ts';
import { type CallingPlace, createAtlas, type Whereabout, type Whereabouts } from './whereabouts.ts';
import { type Interval, inAll, isZone, openOn } from './zone-day.ts';

export type NextCallable =
  | {
      readonly ok: true;
      /** Epoch milliseconds, UTC. */
      readonly at: number;
      /** Ids of the rows that hold where the shopper may be, in order. */
      readonly rules: readonly string[];
      /** Of the rules. */
      readonly version: string;
      /**
       * What forbade a call at the instant asked for: the id of a row, or `default`, `merchant`, `override`. null when nothing did. Where a
       * row and the default both forbid it, the row is named.
       */
      readonly decidedBy: string | null;
    }
  | {
      readonly ok: false;
      /** `unknown_country`: nobody knows what the clock says there. `no_common_hours`: the places never allow a call at the same time. */
      readonly reason: 'unknown_country' | 'no_common_hours';
      readonly rules: readonly string[];
      readonly version: string;
    };

export type PlausibleZones =
  | { readonly ok: true; readonly zones: readonly string[] }
  | { readonly ok: false; readonly reason: 'unknown_country' };

export interface CallingTimes {
  /** Of the rules that are applied. */
  readonly version: string;
  /** Where the shopper may be, fit to be stored. See `Atlas`. */
  whereabouts(places: readonly CallingPlace[], phone: string | null): Whereabouts;
  /** All zones the shopper may be in, in order. */
  plausibleZones(places: readonly CallingPlace[], phone: string | null): PlausibleZones;
  /** The first instant at or after `now` at which a call is allowed, up to HORIZON_DAYS ahead. @param now - epoch milliseconds, UTC. */
  nextCallableInstant(now: number, whereabouts: Whereabouts, policy: HoursPolicy): NextCallable;
  /** @param at - epoch milliseconds, UTC. */
  isAllowedAt(at: number, whereabouts: Whereabouts, policy: HoursPolicy): boolean;
  /** The longest silence after a refusal that any row asks for, `forever` aside. Milliseconds. */
  readonly longestSilenceMs: number;
  /** What rows that may hold there say of how often somebody may be called, and of refusals. */
  capsIn(whereabouts: Whereabouts): readonly Caps[];
  /** The rows that may hold there, with the version of the rules: `calling-rules@<version> <row>+<row>`. */
  ruleIn(whereabouts: Whereabouts): string;
  /**
   * An instant shortly after `at`, so that what waited for an opening does not come all at once: up to `jitter.upToMs` later, and never
   * past the end of the opening that `at` lies in. An `at` outside of all openings is given back as it is.
   */
  withJitter(at: number, jitter: Jitter, whereabouts: Whereabouts, policy: HoursPolicy): number;
}

export interface Jitter {
  /** From 0, included, to 1, not included. */
  readonly random: () => number;
  readonly upToMs: number;
}

/** How far ahead an opening is looked for. A fortnight outlasts every run of holidays; a call so late is dropped for its age anyway. */
export const HORIZON_DAYS = 14;

export function createCallingTimes(rules: CallingRules): CallingTimes {
  const atlas = createAtlas(rules);
  const plans = new RecentlyUsed<string, Plan | 'unknown_country'>(2_000);
  /** The same openings serve every shopper of the same whereabouts all day long. */
  const days = new RecentlyUsed<string, readonly Interval[]>(10_000);
  const results = new RecentlyUsed<string, NextCallable>(10_000);
  const law = createLaw(rules);

  const planOf = (whereabouts: Whereabouts): Plan | 'unknown_country' => {
    const key = keyOf(whereabouts);
    return plans.getOrCompute(key, () => planFor(rules, key, whereabouts));
  };

  const openingsOn = (plan: Plan, policy: HoursPolicy, utcDay: number): readonly Interval[] =>
    days.getOrCompute(`${plan.key}#${policyKey(policy)}#${utcDay}`, () =>
      inAll(plan.zones.map(({ zone, rows }) => openOn(zone, utcDay, (date) => law.windowsIn(rows, policy, date)))),
    );

  const search = (now: number, plan: Plan, policy: HoursPolicy): NextCallable => {
    const told = { rules: plan.ids, version: rules.version };
    const today = Math.floor(now / DAY);
    const until = now + HORIZON_DAYS * DAY;
    for (let utcDay = today; utcDay * DAY <= until; utcDay += 1) {
      for (const { from, to } of openingsOn(plan, policy, utcDay)) {
        if (now >= to || from > until) continue;
        if (from <= now) return { ok: true, at: now, ...told, decidedBy: null };
        return { ok: true, at: from, ...told, decidedBy: law.forbiddenBy(plan.zones, policy, now) };
      }
    }
    return { ok: false, reason: 'no_common_hours', ...told };
  };

  /** Clocks and windows change on the minute, so all instants of a minute have one answer but for the milliseconds of "now". */
  const next = (now: number, whereabouts: Whereabouts, policy: HoursPolicy): NextCallable => {
    const plan = planOf(whereabouts);
    if (plan === 'unknown_country') return { ok: false, reason: plan, rules: [], version: rules.version };
    const minute = Math.floor(now / MINUTE);
    const found = results.getOrCompute(`${plan.key}#${policyKey(policy)}#${minute}`, () =>
      search(minute * MINUTE, plan, policy),
    );
    return found.ok && found.at < now ? { ...found, at: now } : found;
  };

  return {
    version: rules.version,
    longestSilenceMs: longestSilenceMs(rules.rows.values()),
    whereabouts: atlas.whereabouts,
    plausibleZones(places, phone) {
      const plan = planOf(atlas.whereabouts(places, phone));
      if (plan === 'unknown_country') return { ok: false, reason: plan };
      return { ok: true, zones: plan.zones.map(({ zone }) => zone) };
    },
    nextCallableInstant: next,
    isAllowedAt(at, whereabouts, policy) {
      const found = next(at, whereabouts, policy);
      return found.ok && found.at === at;
    },
    capsIn(whereabouts) {
      const plan = planOf(whereabouts);
      return plan === 'unknown_country' ? [] : plan.caps;
    },
    ruleIn(whereabouts) {
      const plan = planOf(whereabouts);
      return `calling-rules@${rules.version} ${plan === 'unknown_country' ? 'none' : plan.ids.join('+')}`;
    },
    withJitter(at, { random, upToMs }, whereabouts, policy) {
      const plan = planOf(whereabouts);
      if (plan === 'unknown_country') return at;
      let end = at;
      // An opening that reaches over midnight UTC goes on in the next day's list.
      for (let utcDay = Math.floor(at / DAY); end < at + upToMs; utcDay += 1) {
        const opening = openingsOn(plan, policy, utcDay).find(({ from, to }) => from <= end && end < to);
        if (opening === undefined) break;
        end = opening.to;
      }
      return at + Math.floor(random() * Math.min(upToMs, end - at));
    },
  };
}

interface Plan {
  /** The whereabouts as text. */
  readonly key: string;
  readonly zones: readonly ZonePlan[];
  readonly ids: readonly string[];
  readonly caps: readonly Caps[];
}

const keys = new WeakMap<object, string>();

function keyOf(whereabouts: Whereabouts): string {
  let key = keys.get(whereabouts);
  if (key === undefined) {
    key = whereabouts.map(({ country, region, zones }) => `${country}-${region ?? ''}:${zones.join()}`).join(';');
    keys.set(whereabouts, key);
  }
  return key;
}

function policyKey(policy: HoursPolicy): string {
  let key = keys.get(policy);
  if (key === undefined) {
    key = JSON.stringify([policy.narrower, policy.override]);
    keys.set(policy, key);
  }
  return key;
}

function planFor(rules: CallingRules, key: string, whereabouts: Whereabouts): Plan | 'unknown_country' {
  if (whereabouts.length === 0) return 'unknown_country';
  const byZone = new Map<string, Set<CallingRow>>();
  const ids = new Set<string>();
  const caps = new Set<Caps>();
  for (const place of whereabouts) {
    // A stored zone may be one that this runtime has never heard of.
    if (place.zones.length === 0 || !place.zones.every(isZone)) return 'unknown_country';
    for (const { row, zones } of rowsOf(rules, place)) {
      ids.add(row.id);
      if (row.caps !== null) caps.add(row.caps);
      for (const zone of zones) byZone.set(zone, (byZone.get(zone) ?? new Set()).add(row));
    }
  }
  const zones = [...byZone]
    .map(([zone, rows]) => ({ zone, rows: [...rows] }))
    .sort((a, b) => (a.zone < b.zone ? -1 : 1));
  return { key, zones, ids: [...ids].sort(), caps: [...caps] };
}

/** The rows that may hold at a place, with the zones in which they do. A country alone leaves all its regions open. */
function rowsOf(rules: CallingRules, { country, region, zones }: Whereabout) {
  const all = [...rules.rows.values()];
  const ofCountry =
    rules.rows.get(country) ?? all.find((row) => row.region === null && row.also.includes(country)) ?? rules.elsewhere;
  const ofRegions = all.filter(
    (row) =>
      row.country === country &&
      row.region !== null &&
      (region === null ? row.also.length === 0 : row.region === region),
  );
  return [
    { row: ofCountry, zones },
    ...ofRegions.map((row) => ({ row, zones: row.zones.filter((zone) => zones.includes(zone)) })),
  ];
}
