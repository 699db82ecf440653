/** Orders that changed, page by page, as far as they stop calls and show what calls earned. Type `Order`, version 2026-10. */
import { z } from 'zod';
import { CHECKOUT_TOKEN_ATTRIBUTE, type ShopAdmin, type ShopOrder } from '../domain/shop-admin.ts';
import { readInstant } from '../shopify/wire-instant.ts';
import { listOf, readId, readLooseText, readText, readToken, scalar } from '../shopify/wire-scalars.ts';
import type { AdminClient } from './admin-client.ts';
import { Connection, PAGE_INFO, pageOf } from './pages.ts';
import { changedSince } from './search-terms.ts';
import { amountOf, MONEY, MoneyBag } from './wire-money.ts';

const PLACE = '{ phone countryCodeV2 }';

const QUERY = `query ChangedOrders($first: Int!, $after: String, $changed: String!) {
  orders(first: $first, after: $after, query: $changed, sortKey: UPDATED_AT) {
    nodes {
      id name checkoutToken cartToken createdAt email phone discountCodes
      totalPriceSet ${MONEY}
      customAttributes { key value }
      customer {
        defaultEmailAddress { emailAddress }
        defaultPhoneNumber { phoneNumber }
        defaultAddress ${PLACE}
      }
      shippingAddress ${PLACE}
      billingAddress ${PLACE}
    }
    ${PAGE_INFO}
  }
}`;

const PAGE_SIZE = 50;

const ChangedOrders = z.object({ orders: Connection });

const text = scalar(readText);
const looseText = scalar(readLooseText);
const token = scalar(readToken);
const Place = z.object({ phone: looseText, countryCodeV2: text }).nullable();

const OrderNode = z.object({
  id: scalar(readId),
  name: text,
  checkoutToken: token,
  cartToken: token,
  createdAt: scalar(readInstant),
  email: text,
  phone: looseText,
  discountCodes: z.array(z.string()),
  totalPriceSet: MoneyBag,
  customAttributes: listOf(z.object({ key: text, value: looseText })),
  customer: z
    .object({
      defaultEmailAddress: z.object({ emailAddress: text }).nullable(),
      defaultPhoneNumber: z.object({ phoneNumber: looseText }).nullable(),
      defaultAddress: Place,
    })
    .nullable(),
  shippingAddress: Place,
  billingAddress: Place,
});

type OrderNode = z.output<typeof OrderNode>;

export function foundOrders(client: AdminClient): ShopAdmin['ordersSince'] {
  return async (since, after) => {
    const found = await client.ask({
      query: QUERY,
      variables: { first: PAGE_SIZE, after, changed: changedSince(since) },
      answer: ChangedOrders,
      everyField: true,
    });
    return found.ok ? { ok: true, value: pageOf(found.value.orders, toShopOrder) } : found;
  };
}

/** @returns null when it cannot be read, or a part that was asked for is missing. */
export function toShopOrder(node: unknown): ShopOrder | null {
  const parsed = OrderNode.safeParse(node);
  if (!parsed.success) return null;
  const order = parsed.data;
  return {
    id: order.id,
    name: order.name,
    checkoutToken: order.checkoutToken ?? tokenOfAgentOrder(order),
    cartToken: order.cartToken,
    checkoutId: null,
    createdAt: order.createdAt,
    total: amountOf(order.totalPriceSet),
    currency: order.totalPriceSet?.shopMoney.currencyCode ?? null,
    emails: [...new Set([order.email, order.customer?.defaultEmailAddress?.emailAddress].filter(isThere))],
    phones: phonesOf(order),
    discountCodes: order.discountCodes.filter((code) => code !== ''),
  };
}

/** An order that began as our draft has no checkout of its own; the draft carried the token of the one it stands for. */
function tokenOfAgentOrder({ customAttributes }: OrderNode): string | null {
  const attribute = customAttributes.find((each) => each?.key === CHECKOUT_TOKEN_ATTRIBUTE);
  return readToken(attribute?.value) ?? null;
}

function phonesOf({ phone, customer, shippingAddress, billingAddress }: OrderNode): ShopOrder['phones'] {
  const phones = [
    { number: phone, country: null },
    { number: customer?.defaultPhoneNumber?.phoneNumber ?? null, country: null },
    ...[shippingAddress, billingAddress, customer?.defaultAddress ?? null].map((place) => ({
      number: place?.phone ?? null,
      country: place?.countryCodeV2 ?? null,
    })),
  ];
  const unique = new Map(phones.map((each) => [`${each.number} ${each.country}`, each]));
  return [...unique.values()].flatMap(({ number, country }) => (number === null ? [] : [{ number, country }]));
}

function isThere<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
