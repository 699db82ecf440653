/**
 * Webhooks that say what the one before said. Shopify tells of nearly every change of a checkout, dozens of times, and most of what
 * changes is nothing that is looked at here, or nothing but the hour; a body that is the same to the letter except for its
 * `updated_at` need not be read again.
 */
import { ForAWhile } from '../domain/for-a-while.ts';
import { readLastInstant } from './wire-instant.ts';

export interface Repeats<Told> {
  /** What was made of a body before that differs in nothing but `updated_at`; and this one's, epoch milliseconds. null: of none. */
  find(text: string, now: number): { readonly told: Told; readonly updatedAt: number } | null;
  /** @param body - the text, parsed. */
  remember(text: string, body: unknown, told: Told): void;
}

/** Bounds what is kept in memory, for an hour: a body of some four kilobytes and what was made of it each, twice as many at most. */
const MOST_REMEMBERED = 2_000;

interface Remembered<Told> {
  readonly text: string;
  /** Where the instant stands in it, between its quotes. */
  readonly from: number;
  readonly to: number;
  readonly told: Told;
}

export function repeats<Told>(): Repeats<Told> {
  const bodies = new ForAWhile<Remembered<Told>>(MOST_REMEMBERED);
  return {
    find(text, now) {
      const known = bodies.get(tokenIn(text), now);
      if (known === undefined || known.text.length !== text.length) return null;
      const { from, to, told } = known;
      if (text.slice(0, from) !== known.text.slice(0, from) || text.slice(to) !== known.text.slice(to)) return null;
      const instant = text.slice(from, to);
      const updatedAt = INSTANT.test(instant) ? readLastInstant(instant) : null;
      return updatedAt == null ? null : { told, updatedAt };
    },
    remember(text, body, told) {
      const { token, updated_at: instant } = body as { readonly token?: unknown; readonly updated_at?: unknown };
      if (typeof token !== 'string' || typeof instant !== 'string' || !INSTANT.test(instant)) return;
      const from = placeOf(instant, text);
      if (from !== null) bodies.set(token, { text, from, to: from + instant.length, told });
    },
  };
}

/** Nothing that could end the text it stands in. */
const INSTANT = /^[0-9T:.Z+-]{10,40}$/;

/** Where it stands, if only in one place, so that it is the checkout's own and not, say, the customer's. */
function placeOf(instant: string, text: string): number | null {
  const field = `,"updated_at":"${instant}"`;
  const at = text.indexOf(field);
  return at < 0 || text.includes(field, at + 1) ? null : at + ',"updated_at":"'.length;
}

const TOKEN = '"token":"';

/** Only says which body to compare with: the wrong one is not the same. */
function tokenIn(text: string): string {
  const from = text.indexOf(TOKEN) + TOKEN.length;
  return text.slice(from, text.indexOf('"', from));
}
