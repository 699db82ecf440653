/**
 * Local dates: days since 1970-01-01 as a calendar on the wall counts them, without a zone. A number of this kind holds no instant.
 */
import { DAY } from '../duration.ts';

/** 0 is Sunday. */
export const weekdayOf = (date: number): number => (((date + 4) % 7) + 7) % 7;

export const yearOf = (date: number): number => new Date(date * DAY).getUTCFullYear();

/** The date of a calendar day; null when there is no such day. @param month - from 1. */
export function dateOf(year: number, month: number, day: number): number | null {
  const at = Date.UTC(year, month - 1, day);
  const back = new Date(at);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? at / DAY : null;
}

/** A date as it is written, `2026-12-25`; null for anything that is not one. */
export function readDate(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year === undefined ? null : dateOf(Number(year), Number(month), Number(day));
}
