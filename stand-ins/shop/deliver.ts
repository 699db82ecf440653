/** One webhook on the wire as Shopify sends it: headers, HMAC over the exact bytes, five seconds, no redirects. */
import { createHmac } from 'node:crypto';
import { newWebhookId } from './ids.ts';

/** Shopify gives a receiver 5 s in total (its webhook documentation, November 2026). */
const TIMEOUT_MS = 5_000;

export interface WebhookToSend {
  /** The service's base URL, or the full address of its webhook route. */
  readonly to: string;
  /** The app's client secret (or the key of a webhook made in the admin). */
  readonly secret: string;
  /** `<name>.myshopify.com` */
  readonly shop: string;
  /** Such as `checkouts/update`. */
  readonly topic: string;
  /** The exact bytes. */
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly apiVersion: string;
  /** Default: a fresh one. */
  readonly webhookId?: string;
  readonly eventId?: string;
  /** Default: now. */
  readonly triggeredAt?: Date;
  /** Default `right`; `wrong` is another secret's, `absent` leaves the header away. */
  readonly signature?: 'right' | 'wrong' | 'absent';
  /** Added last: may replace any header. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `X-Shopify-Hmac-Sha256`: base64 HMAC-SHA256 of exactly these bytes. */
export function signWebhook(body: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/**
 * Sends one webhook and resolves with the receiver's status; 3xx is a status too, nothing is followed or repeated.
 *
 * @throws the fault of `fetch` when there is no answer within 5 s.
 */
export async function signAndSend(webhook: WebhookToSend): Promise<{ status: number }> {
  const { body, secret, signature = 'right' } = webhook;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'Shopify-Captain-Hook',
    'x-shopify-topic': webhook.topic,
    'x-shopify-shop-domain': webhook.shop,
    'x-shopify-api-version': webhook.apiVersion,
    'x-shopify-webhook-id': webhook.webhookId ?? newWebhookId(),
    'x-shopify-triggered-at': nanoseconds(webhook.triggeredAt ?? new Date()),
  };
  if (webhook.eventId) headers['x-shopify-event-id'] = webhook.eventId;
  if (signature !== 'absent') {
    headers['x-shopify-hmac-sha256'] = signWebhook(body, signature === 'right' ? secret : `${secret}-not`);
  }
  const response = await fetch(addressOf(webhook.to), {
    method: 'POST',
    headers: { ...headers, ...webhook.headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.arrayBuffer();
  return { status: response.status };
}

function addressOf(to: string): URL {
  const url = new URL(to);
  if (url.pathname === '/') url.pathname = '/webhooks/shopify';
  return url;
}

/** Shopify's triggered-at has nanoseconds. */
function nanoseconds(at: Date): string {
  return at.toISOString().replace('Z', '417931Z');
}
