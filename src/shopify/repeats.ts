/**
 * Webhooks that say what the one before said. Shopify tells of nearly every change of a checkout, dozens of times, and most of what
 * changes is nothing that is looked at here, or nothing but the hour; a body that is the same to the letter except for its
 * `updated_at` need not be read again.
 */
import { MINUTE } from '../domain/duration.ts';
import { RecentlyUsed } from '../domain/recently-used.ts';
import { readLastInstant } from './wire-instant.ts';

export interface Repeats<Told> {
  /** What was made of a body before that differs in nothing but `updated_at`; and this one's, epoch milliseconds. null: of none. */
  find(text: string): { readonly told: Told; readonly updatedAt: number } | null;
  /** @param body - the text, parsed. */
  remember(text: string, body: unknown, told: Told): void;
}

/** Bounds what is kept in memory: bodies of some four kilobytes and what was made of them, twice as many at most. */
const MOST_REMEMBERED = 2_000;

/** A longer body is of a cart of dozens; a few thousand of those would fill the memory. Characters. */
const LONGEST_REMEMBERED = 16_384;

/** They hold a person, and must not stay because nothing else comes by: after an hour without use they are gone. */
const FORGET_EVERY_MS = 30 * MINUTE;

interface Remembered<Told> {
  readonly text: string;
  /** Where the instant stands in it, between its quotes. */
  readonly from: number;
  readonly to: number;
  readonly told: Told;
}

export function repeats<Told>(): Repeats<Told> {
  const bodies = new RecentlyUsed<string, Remembered<Told>>(MOST_REMEMBERED);
  setInterval(() => bodies.forgetUnused(), FORGET_EVERY_MS).unref();
  return {
    find(text) {
      const known = bodies.get(tokenIn(text));
      if (known === undefined || known.text.length !== text.length) return null;
      const { from, to, told } = known;
      if (text.slice(0, from) !== known.text.slice(0, from) || text.slice(to) !== known.text.slice(to)) return null;
      const instant = text.slice(from, to);
      const updatedAt = INSTANT.test(instant) ? readLastInstant(instant) : null;
      return updatedAt == null ? null : { told, updatedAt };
    },
    remember(text, body, told) {
      if (text.length > LONGEST_REMEMBERED) return;
      const { token, updated_at: instant } = body as { readonly token?: unknown; readonly updated_at?: unknown };
      if (typeof token !== 'string' || typeof instant !== 'string' || !INSTANT.test(instant)) return;
      const from = placeOf(instant, text);
      if (from !== null) bodies.set(token, { text, from, to: from + instant.length, told });
    },
  };
}

/** Nothing that could end the text it stands in. */
const INSTANT = /^[0-9T:.Z+-]{10,40}$/;

const NAME = '"updated_at"';

/**
 * Where the checkout's own stands: null unless every field of that name is spelled plainly, so that it is among them, and only one of
 * them says so; the customer has such a field, too.
 */
function placeOf(instant: string, text: string): number | null {
  if (text.includes('\\u00')) return null;
  let place: number | null = null;
  for (let at = text.indexOf(NAME); at >= 0; at = text.indexOf(NAME, at + NAME.length)) {
    const behind = at + NAME.length;
    if (text.startsWith(`:"${instant}"`, behind)) {
      if (place !== null) return null;
      place = behind + ':"'.length;
    } else if (!text.startsWith(':"', behind) && !text.startsWith(':null', behind)) return null;
  }
  return place;
}

const TOKEN = '"token":"';

/** Only says which body to compare with: the wrong one is not the same. */
function tokenIn(text: string): string {
  const from = text.indexOf(TOKEN) + TOKEN.length;
  return text.slice(from, text.indexOf('"', from));
}
