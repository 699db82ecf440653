/**
 * Shoppers' sessions: what Shopify would send of each, in which order and when. A session knows nothing of the service:
 * what should become of it is for the demo and the tests to say.
 */
import { createHash } from 'node:crypto';
import { type Cart, DISCOUNTED_CART, ENGRAVED_CART, GREAT_CART, SMALL_CART } from './cart.ts';
import { type ApiVersion, type CheckoutFacts, checkoutBody, deleteBody, type Revealed } from './checkout-body.ts';
import { newToken, newWebhookId } from './ids.ts';
import { orderBody } from './order-body.ts';
import * as people from './people.ts';
import type { Offset } from './wire.ts';

/** One webhook of a session, ready to be signed. */
export interface ShopDelivery {
  /** When it arrives, in milliseconds after the session's start. Never smaller than its forerunner's. */
  readonly afterMs: number;
  readonly topic: 'checkouts/create' | 'checkouts/update' | 'checkouts/delete' | 'orders/create';
  readonly apiVersion: ApiVersion;
  /** The same on all retries of one delivery. */
  readonly webhookId: string;
  readonly triggeredAt: Date;
  /** The exact bytes. */
  readonly body: string;
  /** The shopper does this only when a call about the checkout is on its way, and not before `afterMs`. */
  readonly onceCalled: boolean;
}

export interface ShopperSession {
  readonly kind: SessionKind;
  /** For a person to read; no personal data. */
  readonly title: string;
  readonly shop: string;
  /** The checkout's token. */
  readonly token: string;
  readonly shopper: people.Shopper;
  /** By arrival. */
  readonly deliveries: readonly ShopDelivery[];
  /** None of them ever arrives: the shop's own list alone tells of the checkout. */
  readonly lost: boolean;
  /** The checkout as the shop has it in the end. */
  readonly inTheEnd: CheckoutFacts;
}

/** What the shopper does in one minute, and how Shopify tells. */
interface Act {
  /** After the session's start: also what the body's clock says. */
  readonly minute: number;
  readonly topic: ShopDelivery['topic'];
  readonly reveals?: Revealed;
  /** Sets `completed_at`. */
  readonly completes?: true;
  /** What is in the cart from now on. */
  readonly cart?: Cart;
  /** In another checkout, of which nothing else is told. */
  readonly elsewhere?: true;
  readonly onceCalled?: true;
}

interface Script {
  readonly title: string;
  readonly shopper: people.Shopper;
  readonly cart: Cart;
  readonly apiVersion: ApiVersion;
  readonly offset: Offset;
  readonly acts: readonly Act[];
  /** Every webhook arrives so often, all together in the last minute, in no order. */
  readonly storm?: number;
  readonly lost?: true;
}

const opens: Act = { minute: 0, topic: 'checkouts/create' };
const givesEmail: Act = { minute: 1, topic: 'checkouts/update', reveals: { email: true } };
const givesAll: Act = { minute: 2, topic: 'checkouts/update', reveals: { address: true, phone: true, consent: 'yes' } };

const SCRIPTS = {
  us: {
    title: 'US, great cart, phone as typed',
    shopper: people.ODILE_US,
    cart: GREAT_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [opens, givesEmail, givesAll],
  },
  de: {
    title: 'Germany, the phone comes last',
    shopper: people.JOERDIS_DE,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '+00:00',
    acts: [
      opens,
      { minute: 1, topic: 'checkouts/update', reveals: { email: true, address: true } },
      { minute: 2, topic: 'checkouts/update', reveals: { phone: true, consent: 'yes' } },
    ],
  },
  in: {
    title: 'India, contact phone, discount code',
    shopper: people.DEVIKA_IN,
    cart: DISCOUNTED_CART,
    apiVersion: '2024-10',
    offset: '+05:30',
    acts: [opens, givesEmail, givesAll],
  },
  at: {
    title: 'Austria, bare country code',
    shopper: people.LEOPOLD_AT,
    cart: ENGRAVED_CART,
    apiVersion: '2026-10',
    offset: '+00:00',
    acts: [opens, givesEmail, givesAll],
  },
  'no-phone': {
    title: 'never gives a phone',
    shopper: people.BETTANY_WITHOUT_PHONE,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [opens, givesEmail, { ...givesAll, reveals: { address: true, consent: 'yes' } }],
  },
  'no-consent': {
    title: 'refuses to be called',
    shopper: people.WILHELMINA_REFUSES,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [opens, givesEmail, { ...givesAll, reveals: { address: true, phone: true, consent: 'no' } }],
  },
  premium: {
    title: 'gives a premium-rate number',
    shopper: people.CORVIN_PREMIUM,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '+00:00',
    acts: [opens, givesEmail, givesAll],
  },
  completed: {
    title: 'buys in time: completed_at and order',
    shopper: people.TAMSIN_BUYS,
    cart: ENGRAVED_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [
      opens,
      givesEmail,
      givesAll,
      { minute: 3, topic: 'checkouts/update', completes: true },
      { minute: 3, topic: 'orders/create' },
    ],
  },
  order: {
    title: 'buys at once: an order alone tells',
    shopper: people.MARLOW_ORDERS,
    cart: SMALL_CART,
    apiVersion: '2024-10',
    offset: '+00:00',
    acts: [
      opens,
      { minute: 1, topic: 'checkouts/update', reveals: { email: true, address: true, phone: true, consent: 'yes' } },
      { minute: 2, topic: 'orders/create' },
    ],
  },
  storm: {
    title: 'storm: everything 20 times, shuffled',
    shopper: people.ISOLDE_STORM,
    cart: DISCOUNTED_CART,
    apiVersion: '2024-10',
    offset: '+00:00',
    acts: [opens, givesEmail, givesAll],
    storm: 20,
  },
  delete: {
    title: 'deletes the cart',
    shopper: people.GIDEON_DELETES,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [opens, givesEmail, givesAll, { minute: 3, topic: 'checkouts/delete' }],
  },
  'other-way': {
    title: 'buys another way, her call in a queue',
    shopper: people.ROSALBA_OTHER_WAY,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '+00:00',
    acts: [
      opens,
      givesEmail,
      givesAll,
      { minute: 7, topic: 'orders/create', cart: ENGRAVED_CART, elsewhere: true, onceCalled: true },
    ],
  },
  'new-cart': {
    title: 'changes the cart before the ring',
    shopper: people.FERGUS_NEW_CART,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [
      opens,
      givesEmail,
      givesAll,
      { minute: 4, topic: 'checkouts/update', cart: ENGRAVED_CART, onceCalled: true },
    ],
  },
  'held-out': {
    title: 'is one of those who are held out',
    shopper: people.PERPETUA_HELD_OUT,
    cart: SMALL_CART,
    apiVersion: '2026-10',
    offset: '-05:00',
    acts: [opens, givesEmail, givesAll],
  },
  lost: {
    title: 'leaves a cart; every webhook is lost',
    shopper: people.HANNE_UNHEARD,
    cart: DISCOUNTED_CART,
    apiVersion: '2026-10',
    offset: '+00:00',
    acts: [opens, givesEmail, givesAll],
    lost: true,
  },
} as const satisfies Record<string, Script>;

export type SessionKind = keyof typeof SCRIPTS;

export const SESSION_KINDS = Object.keys(SCRIPTS) as SessionKind[];

/** Who the sessions of this kind are about. */
export function shopperOf(kind: SessionKind): people.Shopper {
  return SCRIPTS[kind].shopper;
}

/**
 * A session of the given kind with a fresh token (or the given one).
 *
 * @param minuteMs - how long a shopper's minute takes; at least 1,000, because Shopify's clock has whole seconds and two
 * updates must not fall into one.
 */
export function createSession(
  kind: SessionKind,
  options: { shop: string; startedAt: Date; minuteMs: number; token?: string },
): ShopperSession {
  const script: Script = SCRIPTS[kind];
  const { shop, startedAt, minuteMs, token = newToken() } = options;
  let inTheEnd = before(script, { shop, token, startedAt });
  const told = script.acts.map((act) => {
    const happenedAt = new Date(startedAt.getTime() + act.minute * minuteMs);
    const facts = after(inTheEnd, act, happenedAt);
    if (!act.elsewhere) inTheEnd = facts;
    return {
      afterMs: act.minute * minuteMs,
      topic: act.topic,
      apiVersion: script.apiVersion,
      webhookId: newWebhookId(),
      triggeredAt: happenedAt,
      body: bodyOf(act, facts),
      onceCalled: act.onceCalled === true,
    };
  });
  const deliveries = script.storm ? inAStorm(told, script.storm, token) : told;
  const { title, shopper, lost = false } = script;
  return { kind, title, shop, token, shopper, deliveries, lost, inTheEnd };
}

function before(
  { shopper, cart, apiVersion, offset }: Script,
  { shop, token, startedAt }: { shop: string; token: string; startedAt: Date },
): CheckoutFacts {
  const times = { createdAt: startedAt, updatedAt: startedAt };
  return { shop, token, shopper, cart, apiVersion, offset, revealed: {}, ...times };
}

function after(facts: CheckoutFacts, act: Act, happenedAt: Date): CheckoutFacts {
  return {
    ...facts,
    ...(act.elsewhere ? { token: newToken() } : {}),
    cart: act.cart ?? facts.cart,
    revealed: { ...facts.revealed, ...act.reveals },
    updatedAt: happenedAt,
    ...(act.completes ? { completedAt: happenedAt } : {}),
  };
}

function bodyOf(act: Act, facts: CheckoutFacts): string {
  if (act.topic === 'checkouts/delete') return deleteBody(facts);
  if (act.topic === 'orders/create') return orderBody(facts);
  return checkoutBody(facts);
}

/** All copies at the time of the last one, in an order that follows from the token alone. */
function inAStorm(told: readonly ShopDelivery[], copies: number, token: string): ShopDelivery[] {
  const afterMs = Math.max(...told.map((delivery) => delivery.afterMs));
  return told
    .flatMap((delivery) => Array.from({ length: copies }, () => ({ ...delivery, afterMs })))
    .map((delivery, index) => ({ delivery, rank: createHash('sha256').update(`${token}:${index}`).digest('hex') }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .map(({ delivery }) => delivery);
}
