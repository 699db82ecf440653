/**
 * Suppressions: the do-not-call list. Whoever stands on it is called by no shop, until an operator takes them off. It holds
 * digests of telephone numbers and e-mail addresses, never the contacts themselves: it can answer, and not tell.
 */
import { toValidE164 } from './e164.ts';

/**
 * Who put it there.
 * - `operator`: on the ops pages, by the JSON or the command line. - `import`: a file. - `call`: said in a call, or known to the vendor.
 * - `shopify`: the customer's account says so.
 */
export const SUPPRESSION_SOURCES = ['operator', 'import', 'call', 'shopify'] as const;
export type SuppressionSource = (typeof SUPPRESSION_SOURCES)[number];

export function isSuppressionSource(word: string): word is SuppressionSource {
  return (SUPPRESSION_SOURCES as readonly string[]).includes(word);
}

export interface SuppressionFacts {
  readonly source: SuppressionSource;
  /** A code, see {@link isReasonCode}; null: none was given. */
  readonly reason: string | null;
  /** Since when. Epoch milliseconds, UTC. */
  readonly at: number;
}

export interface Suppression extends SuppressionFacts {
  /** The contact's digest. Another installation makes another one of the same contact. */
  readonly id: string;
}

export interface SuppressionPage {
  readonly suppressions: readonly Suppression[];
  /** Give it back to read on; null on the last page. */
  readonly nextCursor: string | null;
}

/** The list. Every method fails with StoreUnavailableError when the store does not answer. */
export interface Suppressions {
  /** The digest of a normalised contact. @throws {StoreUnavailableError} while what it is made with is out of reach. */
  idOf(contact: string): string;
  /** Under what it may be listed: {@link idOf} first, then what it had been until there was a data key, for as long as that counts. */
  idsOf(contact: string): readonly string[];
  /**
   * The name of the key that an id of this form is made with here, `''` where it takes none: an export names it, so that an id from
   * elsewhere is not taken for somebody's. null: nobody here stands under such an id. @throws {StoreUnavailableError}
   */
  keyOf(id: string): string | null;
  /** One that is listed stays as it is: since when and why is history. @returns how many are new. */
  add(entries: readonly Suppression[]): Promise<number>;
  /** @returns whether it was listed. */
  remove(id: string): Promise<boolean>;
  /** What is known of each; null: not listed. */
  find(ids: readonly string[]): Promise<readonly (Suppression | null)[]>;
  /** Newest first. */
  list(query: { readonly limit: number; readonly cursor: string | null }): Promise<SuppressionPage>;
  count(): Promise<number>;
  /** Ids of this shop's recoveries that carry the contact. */
  recoveriesOf(shop: string, id: string): Promise<readonly string[]>;
}

/** RFC 5321 §4.5.3.1.3. */
const MOST_EMAIL = 254;

export type ContactReading =
  | { readonly ok: true; readonly contact: string }
  /** `needs_region`: a number without its country's code. `no_contact`: neither a number that exists nor an e-mail address. */
  | { readonly ok: false; readonly reason: 'needs_region' | 'no_contact' };

/**
 * A contact as somebody wrote it, normalised: E.164 or lower case. Also numbers that would not be called, such as toll-free ones.
 *
 * @param region - ISO 3166-1 alpha-2 country in which a number without `+` is read; null takes international ones only.
 */
export function readContact(written: string, region: string | null): ContactReading {
  const text = written.trim();
  if (text.includes('@')) {
    const isEmail = text.length <= MOST_EMAIL && /^[^\s@,;<>]+@[^\s@,;<>]+$/.test(text);
    return isEmail ? { ok: true, contact: text.toLowerCase() } : { ok: false, reason: 'no_contact' };
  }
  const e164 = toValidE164(text, region);
  if (e164 !== null) return { ok: true, contact: e164 };
  const isNational = region === null && /^[\d\s()./-]{4,40}$/.test(text) && !text.startsWith('00');
  return { ok: false, reason: isNational ? 'needs_region' : 'no_contact' };
}

/** A digest as the list shows it. Nothing that a person could be called or written to at has that form. */
export function isSuppressionId(text: string): boolean {
  return /^[A-Za-z0-9_-]{32,128}$/.test(text);
}

/** A short code instead of words, which would sooner or later name somebody: lower case, and no telephone number in it. */
export function isReasonCode(text: string): boolean {
  return /^[a-z0-9][a-z0-9._:-]{0,59}$/.test(text) && !/\d{5}/.test(text);
}
