/**
 * What a verified Shopify webhook means: topic by topic, from bytes to use case. The HTTP route and the replay of parked
 * bodies both come through here, so a mended parser treats an old body exactly as a new one.
 */
import type { Checkout } from '../domain/checkout.ts';
import type { CheckoutView } from '../domain/checkout-view.ts';
import type { ShopOrder } from '../domain/shop-admin.ts';
import type { ReceiveView } from '../recovery/receive-checkout.ts';
import type { RecordOrder } from '../recovery/record-order.ts';
import type { StopByLookup, StopRecovery } from '../recovery/stop-recovery.ts';
import { parseCheckout } from '../shopify/checkout-body.ts';
import { parseCheckoutDelete } from '../shopify/checkout-delete-body.ts';
import { parseJson } from '../shopify/lossless-json.ts';
import { type Order, parseOrder } from '../shopify/order-body.ts';
import { repeats } from '../shopify/repeats.ts';
import {
  type CheckoutReferences,
  readDeletedReferences,
  readOrderReferences,
  readStopFacts,
} from '../shopify/stop-facts.ts';
import { turns } from './end-of-turn.ts';
import type { Park } from './park.ts';

export interface ShopifyDelivery {
  /** Lower case, `checkouts/update`. */
  readonly topic: string;
  readonly apiVersion: string | null;
  readonly body: string;
}

/**
 * - `handled`: understood and obeyed. - `ignored`: a topic, or an order, that is none of our business.
 * - `unreadable`: JSON of a shape nobody foresaw; `field` says where. - `not_json`.
 */
export type Understood =
  | { readonly kind: 'handled' | 'ignored' }
  | { readonly kind: 'unreadable'; readonly field: string }
  | { readonly kind: 'not_json' };

export type IntakeResult = { readonly kind: 'handled' | 'ignored' | 'parked' | 'not_json' };

/** What one topic's parsed body leads to. */
export type TopicHandler = (json: unknown) => Promise<Understood>;

export interface ShopifyIntake {
  /** Resolves when the delivery may be answered: its effect, or its body, is stored. @throws {StoreUnavailableError} */
  take(delivery: ShopifyDelivery): Promise<IntakeResult>;
  /** The same without parking: for bodies that are parked already. */
  understand(delivery: ShopifyDelivery): Promise<Understood>;
}

export function shopifyIntake(deps: {
  readonly shop: string;
  readonly viewOf: (checkout: Checkout) => CheckoutView;
  readonly receiveView: ReceiveView;
  readonly stop: StopRecovery;
  readonly stopByLookup: StopByLookup;
  readonly recordOrder: RecordOrder;
  /** Topics that are about people and the shop itself: see privacy-topics.ts. */
  readonly privacyTopics: Readonly<Record<string, TopicHandler>>;
  readonly park: Park;
}): ShopifyIntake {
  const { shop, viewOf, receiveView, stop, stopByLookup, recordOrder, privacyTopics, park } = deps;

  const topics: Readonly<Record<string, (json: unknown, text: string) => Promise<Understood>>> = {
    ...privacyTopics,
    'checkouts/create': checkout,
    'checkouts/update': checkout,
    'checkouts/delete': checkoutDeleted,
    'orders/create': order,
    'orders/paid': order,
  };

  const endOfTurn = turns();
  const known = repeats<CheckoutView>();
  return { take, understand };

  async function take(delivery: ShopifyDelivery): Promise<IntakeResult> {
    await endOfTurn();
    const understood = await understand(delivery);
    if (understood.kind !== 'unreadable') return understood;
    await park({ ...delivery, source: 'shopify', field: understood.field });
    return { kind: 'parked' };
  }

  async function understand({ topic, body }: ShopifyDelivery): Promise<Understood> {
    const handle = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
    const repeated = handle === checkout ? known.find(body) : null;
    if (repeated !== null) {
      await receiveView(repeated.told, repeated.updatedAt);
      return { kind: 'handled' };
    }
    const json = parseJson(body);
    if (!json.ok) return { kind: 'not_json' };
    return handle ? handle(json.value, body) : { kind: 'ignored' };
  }

  async function checkout(json: unknown, text: string): Promise<Understood> {
    const parsed = parseCheckout(json, shop);
    if (parsed.ok) {
      const view = viewOf(parsed.checkout);
      known.remember(text, json, view);
      await receiveView(view, parsed.checkout.updatedAt);
      return { kind: 'handled' };
    }
    // Whatever else is strange about it: a purchase must stop the call.
    const { token, completedAt } = readStopFacts(json);
    if (token !== null && completedAt !== null) {
      const order = { at: completedAt, name: null, total: null, currency: null, match: 'checkout' } as const;
      await stop({ shop, token }, 'ordered', order);
    }
    return { kind: 'unreadable', field: parsed.field };
  }

  /** The stop comes first and needs little: an order that cannot be read otherwise is still a purchase. */
  async function order(json: unknown): Promise<Understood> {
    const references = readOrderReferences(json);
    const parsed = parseOrder(json);
    if (parsed.ok) {
      await recordOrder({ ...shopOrderOf(parsed.order), ...referencesOf(references) });
      return { kind: 'handled' };
    }
    await recordOrder({ ...NOTHING_KNOWN, ...referencesOf(references) });
    return { kind: 'unreadable', field: parsed.field };
  }

  async function checkoutDeleted(json: unknown): Promise<Understood> {
    const { token, cartToken, checkoutId } = readDeletedReferences(json);
    if (token !== null) await stop({ shop, token }, 'checkout_deleted');
    if (checkoutId !== null) await stopByLookup(shop, { kind: 'checkout', value: checkoutId }, 'checkout_deleted');
    if (cartToken !== null) await stopByLookup(shop, { kind: 'cart', value: cartToken }, 'checkout_deleted');
    const parsed = parseCheckoutDelete(json);
    return parsed.ok ? { kind: 'handled' } : { kind: 'unreadable', field: parsed.field };
  }
}

const NOTHING_KNOWN: ShopOrder = {
  id: null,
  name: null,
  checkoutToken: null,
  cartToken: null,
  checkoutId: null,
  createdAt: null,
  total: null,
  currency: null,
  emails: [],
  phones: [],
  discountCodes: [],
};

function referencesOf({ token, cartToken, checkoutId }: CheckoutReferences) {
  return { checkoutToken: token, cartToken, checkoutId };
}

function shopOrderOf({ id, name, createdAt, total, currency, emails, phones }: Order): ShopOrder {
  return { ...NOTHING_KNOWN, id, name, createdAt, total, currency, emails, phones };
}
