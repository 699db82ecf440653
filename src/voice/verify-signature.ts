/**
 * Is this call event the vendor's? `x-signature` is the lower-case hex HMAC-SHA256 of the raw bytes, keyed with the private
 * key. Source: the vendor's webhook page, November 2026. Its own sample re-serialises the body and compares unequal
 * lengths; neither is safe, and neither is done here.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface CallEventSignature {
  readonly signature: string | string[] | undefined;
  readonly publicKey: string | string[] | undefined;
}

/** A wrong public key is the same "no" as a wrong signature, after the same work: it does not tell which keys exist. */
export function isSignedByVendor(
  body: Buffer,
  headers: CallEventSignature,
  keys: { readonly publicKey: string; readonly privateKey: string },
): boolean {
  const expected = createHmac('sha256', keys.privateKey).update(body).digest();
  const text = typeof headers.signature === 'string' ? headers.signature : '';
  const given = Buffer.from(/^[0-9a-f]{64}$/.test(text) ? text : '0'.repeat(64), 'hex');
  const signed = timingSafeEqual(expected, given);
  const ours = headers.publicKey === undefined || headers.publicKey === keys.publicKey;
  return signed && ours;
}
