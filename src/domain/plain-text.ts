/**
 * Text by strangers (shoppers, merchants' catalogues) made fit to be read aloud by a machine that takes instructions: one line,
 * nothing invisible, bounded. What it says is left alone.
 */

/** Upper bounds in UTF-16 units: Shopify's own for titles and address lines; a name longer than this is not a name. */
export const MAX_TITLE_LENGTH = 255;
export const MAX_ADDRESS_LENGTH = 255;
export const MAX_NAME_LENGTH = 100;

/** Printable ASCII with single spaces inside needs nothing done: nearly every text there is. */
const NEEDS_CLEANING = /[^\x20-\x7e]| {2}|^ | $/;

/**
 * Characters that a reader does not see and a language model does: format characters (bidi overrides and isolates, zero-width spaces,
 * the "tag" alphabet), variation selectors, private use, halves of surrogate pairs. The two joiners stay: Indic scripts, Persian and
 * emoji are spelled with them.
 */
const INVISIBLE = /[[\p{Cf}\p{Co}\p{Cs}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]--[\u{200C}\u{200D}]]/gv;
const SPACING = /[\p{Cc}\s]+/gu;

/**
 * `raw` without control and invisible characters, white space folded to single spaces, cut to `maxLength` (never through a surrogate pair).
 *
 * @returns null when there is no text or nothing of it is left.
 */
export function plainText(raw: string | null, maxLength: number): string | null {
  if (raw === null) return null;
  // Bounds the work on absurd input; four times leaves room for what cleaning removes.
  let text = raw.length > maxLength * 4 ? raw.slice(0, maxLength * 4) : raw;
  if (NEEDS_CLEANING.test(text)) text = text.replace(INVISIBLE, '').replace(SPACING, ' ').trim();
  if (text.length > maxLength)
    text = text
      .slice(0, maxLength)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trimEnd();
  return text === '' ? null : text;
}
