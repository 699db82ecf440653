/**
 * Zones and the wall clocks in them: which offsets a UTC day has in a zone, and at which instants of it a clock there shows given times.
 * This is the only file that asks the runtime's zone database.
 */
import { IANAZone } from 'luxon';
import { DAY, MINUTE } from '../duration.ts';
import { RecentlyUsed } from '../recently-used.ts';
import type { DayWindow } from './weekly-hours.ts';

/** A stretch of time in epoch milliseconds, `from` included, `to` not. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A stretch in which a zone keeps one offset. */
interface Steady extends Interval {
  /** Milliseconds to add to UTC for the wall clock. */
  readonly offset: number;
}

export const isZone = (name: string): boolean => IANAZone.isValidZone(name);

/** Some hundred zones, a fortnight each: 200 bytes an entry. */
const steadyDays = new RecentlyUsed<string, readonly Steady[]>(5_000);

/** The steady parts of a UTC day in a zone: one, or two on a day on which clocks change there. @param utcDay - days since 1970-01-01 UTC. */
function steadyParts(zone: string, utcDay: number): readonly Steady[] {
  return steadyDays.getOrCompute(`${zone} ${utcDay}`, () => {
    const from = utcDay * DAY;
    const to = from + DAY;
    const before = offsetAt(zone, from);
    const after = offsetAt(zone, to - MINUTE);
    if (before === after) return [{ from, to, offset: before }];
    const change = changeBetween(zone, from, to - MINUTE, before);
    return [
      { from, to: change, offset: before },
      { from: change, to, offset: after },
    ];
  });
}

const offsetAt = (zone: string, at: number): number => IANAZone.create(zone).offset(at) * MINUTE;

/** The minute from which the offset is no longer `before`. No zone has changed twice within a day since 1970, and all change on the minute. */
function changeBetween(zone: string, from: number, to: number, before: number): number {
  let old = from / MINUTE;
  let fresh = to / MINUTE;
  while (fresh - old > 1) {
    const middle = Math.floor((old + fresh) / 2);
    if (offsetAt(zone, middle * MINUTE) === before) old = middle;
    else fresh = middle;
  }
  return fresh * MINUTE;
}

/**
 * The instants of a UTC day at which the wall clock of the zone stands inside the windows of its date.
 *
 * Wall times that a change of clocks leaves out never come; those that it repeats come twice, and count both times.
 *
 * @param windowsOn - the windows of a local date, in minutes since its midnight.
 * @returns in order and apart.
 */
export function openOn(zone: string, utcDay: number, windowsOn: (date: number) => readonly DayWindow[]): Interval[] {
  const open: Interval[] = [];
  for (const part of steadyParts(zone, utcDay)) {
    const lastDate = Math.floor((part.to - 1 + part.offset) / DAY);
    for (let date = Math.floor((part.from + part.offset) / DAY); date <= lastDate; date += 1) {
      const midnight = date * DAY - part.offset;
      for (const window of windowsOn(date)) {
        addInOrder(open, {
          from: Math.max(part.from, midnight + window.from * MINUTE),
          to: Math.min(part.to, midnight + window.to * MINUTE),
        });
      }
    }
  }
  return open;
}

/** Windows come in order of their beginning; those that touch or overlap become one. */
function addInOrder(open: Interval[], { from, to }: Interval): void {
  if (from >= to) return;
  const last = open.at(-1);
  if (last === undefined || from > last.to) open.push({ from, to });
  else if (to > last.to) open[open.length - 1] = { from: last.from, to };
}

/** What the wall clock of the zone shows at an instant. @returns the local date and the minutes since its midnight. */
export function wallClock(zone: string, at: number): { readonly date: number; readonly minute: number } {
  const parts = steadyParts(zone, Math.floor(at / DAY));
  const wall = at + (parts.find(({ to }) => at < to)?.offset ?? offsetAt(zone, at));
  const date = Math.floor(wall / DAY);
  return { date, minute: Math.floor((wall - date * DAY) / MINUTE) };
}

/** What all lists have in common. Each list is in order and apart, and so is the answer. */
export function inAll(lists: readonly (readonly Interval[])[]): readonly Interval[] {
  let common: readonly Interval[] | null = null;
  for (const list of lists) common = common === null ? list : inBoth(common, list);
  return common ?? [];
}

function inBoth(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const a = left[i];
    const b = right[j];
    if (a === undefined || b === undefined) return both;
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from < to) both.push({ from, to });
    if (a.to < b.to) i += 1;
    else j += 1;
  }
}
