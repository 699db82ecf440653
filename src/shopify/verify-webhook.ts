/**
 * Is this webhook Shopify's, and for our shop? The signature is the base64 HMAC-SHA256 of the raw bytes, keyed with the
 * app's client secret. Everything else in the headers is unsigned: good for routing, never for trust.
 *
 * Verified here rather than by `@shopify/shopify-api`, whose validation takes one secret and costs more than all else we do
 * with a webhook together (docs/decisions/0006); a contract test holds both to the same verdicts.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

export type WebhookVerdict =
  | { readonly ok: true; readonly topic: string; readonly apiVersion: string | null }
  | { readonly ok: false; readonly reason: 'missing_signature' | 'wrong_signature' | 'wrong_shop' | 'missing_topic' };

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * @param secrets - any one may have signed: after a rotation Shopify may use the old one for an hour, and webhooks made in
 * the shop's notification settings have a key of their own. All are tried, so the time taken does not tell which one fits.
 * As key objects they are prepared once instead of at every call.
 * @param shop - permanent domain, lower case.
 */
export function verifyWebhook(
  body: Buffer,
  headers: Headers,
  secrets: readonly (string | KeyObject)[],
  shop: string,
): WebhookVerdict {
  const signature = headers['x-shopify-hmac-sha256'];
  if (typeof signature !== 'string' || signature === '') return { ok: false, reason: 'missing_signature' };
  // Compared as text: a signature has exactly one spelling, and every other one is refused.
  const given = Buffer.from(signature);
  let signed = false;
  for (const secret of secrets) {
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'));
    if (given.length === expected.length && timingSafeEqual(expected, given)) signed = true;
  }
  if (!signed || body.length === 0) return { ok: false, reason: 'wrong_signature' };
  const domain = headers['x-shopify-shop-domain'];
  if (typeof domain !== 'string' || domain.trim().toLowerCase() !== shop) return { ok: false, reason: 'wrong_shop' };
  const topic = headers['x-shopify-topic'];
  if (typeof topic !== 'string' || topic === '') return { ok: false, reason: 'missing_topic' };
  const apiVersion = headers['x-shopify-api-version'];
  return { ok: true, topic: topic.toLowerCase(), apiVersion: typeof apiVersion === 'string' ? apiVersion : null };
}
