/** One shopper and one checkout, as the webhooks that Shopify would send of it. Nothing here knows the service but its way to name a recovery. */
import { foundTokenOf, recoveryIdOf } from '../../src/domain/recovery-id.ts';
import { type Cart, SMALL_CART } from '../../stand-ins/shop/cart.ts';
import {
  type ApiVersion,
  type CheckoutFacts,
  checkoutBody,
  deleteBody,
  type Revealed,
} from '../../stand-ins/shop/checkout-body.ts';
import { idsOf, newToken } from '../../stand-ins/shop/ids.ts';
import { orderBody } from '../../stand-ins/shop/order-body.ts';
import { ODILE_US, type Shopper } from '../../stand-ins/shop/people.ts';

/** The shop of the integration tests; invented. */
export const SHOP = 'fenwick-lantern.myshopify.com';

export interface Webhook {
  readonly topic: string;
  readonly apiVersion: ApiVersion;
  /** The exact bytes. */
  readonly body: string;
}

export interface ShopperInTest {
  readonly shopper: Shopper;
  readonly token: string;
  readonly recoveryId: string;
  /** Of the recovery when nothing but the shop's own list told of the checkout: without its token. */
  readonly foundId: string;
  readonly ids: ReturnType<typeof idsOf>;
  /** `checkouts/create`: a cart and nobody's name. */
  opens(at: Date): Webhook;
  /** `checkouts/update` with everything that a call needs, or with what `revealed` says. */
  fillsIn(at: Date, revealed?: Revealed): Webhook;
  /** `checkouts/update` with `completed_at`. */
  completes(at: Date): Webhook;
  orders(at: Date, topic?: 'orders/create' | 'orders/paid'): Webhook;
  deletes(): Webhook;
  /** What the shop itself knows of the checkout, for its shelves. */
  facts(at: Date, revealed?: Revealed): CheckoutFacts;
  /** The same checkout with another cart in it. */
  withCart(cart: Cart): ShopperInTest;
  /** The same person at another checkout, on another device: nothing ties the two but what she gives away. */
  elsewhere(differs?: Partial<Shopper>): ShopperInTest;
}

/** What a call needs. */
export const EVERYTHING: Revealed = { email: true, address: true, phone: true, consent: 'yes' };

/** Area codes of the United States; in each, 555-0100 to 555-0199 are set aside for fiction (NANPA). */
const AREA_CODES = [206, 212, 214, 303, 312, 404, 415, 503, 602, 617];
let shoppers = 0;

/** By default a shopper with a number of her own: no two of a test file share one, up to a thousand. */
export function aShopper(
  options: { shopper?: Shopper; cart?: Cart; token?: string; apiVersion?: ApiVersion } = {},
): ShopperInTest {
  const {
    shopper = withOwnNumber(shoppers++),
    cart = SMALL_CART,
    token = newToken(),
    apiVersion = '2026-10',
  } = options;
  const facts = (at: Date, revealed: Revealed = EVERYTHING): CheckoutFacts => ({
    ...{ shop: SHOP, token, apiVersion, shopper, cart, revealed, offset: '+00:00' },
    createdAt: at,
    updatedAt: at,
  });
  const update = 'checkouts/update';
  return {
    shopper,
    token,
    recoveryId: recoveryIdOf(SHOP, token),
    foundId: recoveryIdOf(SHOP, foundTokenOf(String(idsOf(token).checkoutId))),
    ids: idsOf(token),
    opens: (at) => ({ topic: 'checkouts/create', apiVersion, body: checkoutBody(facts(at, {})) }),
    fillsIn: (at, revealed = EVERYTHING) => ({ topic: update, apiVersion, body: checkoutBody(facts(at, revealed)) }),
    completes: (at) => ({
      topic: update,
      apiVersion,
      body: checkoutBody({ ...facts(at), completedAt: at }),
    }),
    orders: (at, topic = 'orders/create') => ({ topic, apiVersion, body: orderBody(facts(at)) }),
    deletes: () => ({ topic: 'checkouts/delete', apiVersion, body: deleteBody({ token, cart }) }),
    facts,
    withCart: (other) => aShopper({ shopper, cart: other, token, apiVersion }),
    elsewhere: (differs = {}) => aShopper({ shopper: { ...shopper, ...differs }, cart, apiVersion }),
  };
}

/** So long ago that the tests' CALL_DELAY of ten minutes is over: the call is due at once. */
export function longAgo(): Date {
  return minutesAgo(20);
}

export function minutesAgo(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}

function withOwnNumber(n: number): Shopper {
  const area = AREA_CODES[Math.floor(n / 100) % AREA_CODES.length] as number;
  const line = `01${String(n % 100).padStart(2, '0')}`;
  const e164 = `+1${area}555${line}`;
  return {
    ...ODILE_US,
    email: `shopper-${n}@example.com`,
    contactPhone: e164,
    typedPhone: `(${area}) 555-${line}`,
    e164,
  };
}
