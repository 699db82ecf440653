/** The webhooks that are sent: every checkout with the same share of updates as in a real session, no two bodies equal. */
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import { checkoutBody } from '../../stand-ins/shop/checkout-body.ts';
import { signWebhook } from '../../stand-ins/shop/deliver.ts';
import { newToken } from '../../stand-ins/shop/ids.ts';
import { ODILE_US } from '../../stand-ins/shop/people.ts';

export const SHOP = 'bench.myshopify.com';
export const SECRET = 'shpss_for_this_run_only';

/** Webhooks of one checkout until the shopper is gone: one create, then updates. Measured sessions have dozens; eight is modest. */
const WEBHOOKS_PER_CHECKOUT = 8;

export interface SignedRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param checkouts - how many. @returns their webhooks, as if all shoppers were in the shop at once: round by round. */
export function signedRequests(checkouts: number): SignedRequest[] {
  const started = Date.now() - WEBHOOKS_PER_CHECKOUT * 60_000;
  const tokens = Array.from({ length: checkouts }, newToken);
  const requests: SignedRequest[] = [];
  for (let n = 0; n < WEBHOOKS_PER_CHECKOUT; n++) {
    for (const [i, token] of tokens.entries()) {
      const body = bodyOf(token, i, new Date(started + n * 60_000));
      requests.push({ method: 'POST', path: '/webhooks/shopify', headers: headersOf(body), body });
    }
  }
  return requests;
}

function bodyOf(token: string, i: number, updatedAt: Date): string {
  // Everybody is somebody else, or one person would have a thousand checkouts; ids have the length that real shops see (the stand-in's
  // are longer on purpose).
  const contactPhone = `+1212555${String(1_000 + (i % 9_000)).padStart(4, '0')}`;
  const shopper = { ...ODILE_US, contactPhone, typedPhone: contactPhone, email: `shopper-${i}@example.com` };
  const body = checkoutBody({
    shop: SHOP,
    token,
    apiVersion: '2026-10',
    shopper,
    cart: GREAT_CART,
    revealed: { email: true, address: true, phone: true, consent: 'yes' },
    createdAt: updatedAt,
    updatedAt,
    offset: '+00:00',
  });
  return body.replace(/\d{16,}/g, (digits) => digits.slice(0, 14));
}

function headersOf(body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-shopify-topic': 'checkouts/update',
    'x-shopify-shop-domain': SHOP,
    'x-shopify-api-version': '2026-10',
    'x-shopify-webhook-id': '00000000-0000-4000-8000-000000000000',
    'x-shopify-hmac-sha256': signWebhook(body, SECRET),
  };
}
