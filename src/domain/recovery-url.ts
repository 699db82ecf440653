/** The link that brings a shopper back to the checkout. Whether it belongs to the right shop is not judged here. */

/** The length that browsers and text-message gateways can be trusted with. */
const MAX_URL_LENGTH = 2_048;

/** The characters of RFC 3986 and no others; the vendor's field is a URI. */
const HTTP_URI = /^https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/i;

/**
 * The absolute http(s) URL in `text`, or null when there is none of at most 2,048 characters. A URL that is already pure ASCII comes back
 * unchanged; one with other letters is percent-encoded (RFC 3986).
 */
export function toRecoveryUrl(text: string | null): string | null {
  const typed = text?.trim() ?? '';
  if (typed === '' || typed.length > MAX_URL_LENGTH) return null;
  if (HTTP_URI.test(typed)) return URL.canParse(typed) ? typed : null;
  if (/[\s\p{Cc}]/u.test(typed)) return null; // URL parsers drop line breaks silently: two halves would become a third thing
  const encoded = URL.parse(typed)?.href ?? '';
  return encoded.length <= MAX_URL_LENGTH && HTTP_URI.test(encoded) ? encoded : null;
}
