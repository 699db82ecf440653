/** The webhooks that are sent: every checkout with the same share of updates as in a real session, no two bodies equal. */
import { type Cart, GREAT_CART } from '../../stand-ins/shop/cart.ts';
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

/**
 * - `hour`: what the shopper sees stays as it is; only the hour of the last update changes. - `cart`: every update is of another cart.
 */
export type Change = 'hour' | 'cart';

let shoppers = 0;

/** @param checkouts - how many. @returns their webhooks, as if all shoppers were in the shop at once: round by round. */
export function signedRequests(checkouts: number, change: Change): SignedRequest[] {
  const started = Date.now() - WEBHOOKS_PER_CHECKOUT * 60_000;
  // Nobody comes twice, in no round: a person with a handful of checkouts within minutes is taken for a script.
  const sessions = Array.from({ length: checkouts }, () => ({ token: newToken(), shopper: shoppers++ }));
  const requests: SignedRequest[] = [];
  for (let n = 0; n < WEBHOOKS_PER_CHECKOUT; n++) {
    const cart = change === 'cart' ? withQuantity(n + 1) : GREAT_CART;
    for (const { token, shopper } of sessions) {
      const body = bodyOf({
        token,
        shopper,
        cart,
        createdAt: new Date(started),
        updatedAt: new Date(started + n * 60_000),
      });
      requests.push({ method: 'POST', path: '/webhooks/shopify', headers: headersOf(body), body });
    }
  }
  return requests;
}

function withQuantity(quantity: number): Cart {
  return { ...GREAT_CART, lines: GREAT_CART.lines.map((line, i) => (i === 0 ? { ...line, quantity } : line)) };
}

interface Telling {
  readonly token: string;
  readonly shopper: number;
  readonly cart: Cart;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

function bodyOf({ token, shopper: n, cart, createdAt, updatedAt }: Telling): string {
  // Ids have the length that real shops see (the stand-in's are longer on purpose).
  const contactPhone = `+1212${2_000_000 + n}`;
  const shopper = { ...ODILE_US, contactPhone, typedPhone: contactPhone, email: `shopper-${n}@example.com` };
  const body = checkoutBody({
    shop: SHOP,
    token,
    apiVersion: '2026-10',
    shopper,
    cart,
    revealed: { email: true, address: true, phone: true, consent: 'yes' },
    createdAt,
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
