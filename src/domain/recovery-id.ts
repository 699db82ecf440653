/**
 * Names of things: derived, so that any process can compute them from what it holds, and safe in a URL, a log line and a
 * BullMQ job id (which may hold no `:`).
 */
import { hash } from 'node:crypto';
import { RecentlyUsed } from './recently-used.ts';

/**
 * The id of the recovery of one checkout: `<shop handle>.<26 characters>`. The token itself is left out, because whoever
 * holds it can open the shopper's checkout.
 *
 * @param shop - permanent domain, lower case. @param checkoutToken - exactly as Shopify sends it.
 */
export function recoveryIdOf(shop: string, checkoutToken: string): string {
  const name = `${shop}\0${checkoutToken}`;
  return ids.getOrCompute(name, () => `${shopHandle(shop)}.${base32(hash('sha256', name, 'buffer'))}`);
}

/** A checkout sends dozens of webhooks; the number of ids kept is bounded. */
const ids = new RecentlyUsed<string, string>(5_000);

/** The id of the nth dial of a recovery: `<recovery id>.<n>`, n from 1. */
export function attemptIdOf(recoveryId: string, attempt: number): string {
  return `${recoveryId}.${attempt}`;
}

/** The recovery an attempt belongs to; null when the text is no attempt id of ours. */
export function recoveryIdOfAttempt(attemptId: string): string | null {
  return /^([a-z0-9][a-z0-9-]{0,80}\.[0-9a-z]{26})\.\d{1,6}$/.exec(attemptId)?.[1] ?? null;
}

/** True for texts that have the form of a recovery id. */
export function isRecoveryId(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,80}\.[0-9a-z]{26}$/.test(text);
}

/**
 * Stands for the token of a checkout that the Admin API showed, which tells none. Shopify's own tokens are hexadecimal or
 * alphanumeric, so the two never meet.
 *
 * @param checkoutId - decimal digits.
 */
export function foundTokenOf(checkoutId: string): string {
  return `found-${checkoutId}`;
}

export function isFoundToken(checkoutToken: string): boolean {
  return /^found-\d+$/.test(checkoutToken);
}

/** A number in [0, 1) of this recovery's own, always the same: its id's last digits are as good as drawn by lot. */
export function jitterOf(recoveryId: string): number {
  let value = 0;
  for (const digit of recoveryId.slice(-4)) value = value * 32 + Math.max(0, ALPHABET.indexOf(digit));
  return value / 32 ** 4;
}

export function shopHandle(shop: string): string {
  return shop.replace(/\.myshopify\.com$/, '');
}

/** Crockford's alphabet without i, l, o, u: 26 characters hold 130 bits, so two checkouts do not meet by chance. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && text.length < 26) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  return text;
}
