/**
 * One abandoned checkout of the Admin API read into a Checkout. Type `AbandonedCheckout`, version 2026-10. It knows less than
 * a webhook: neither the token nor the contact of the checkout itself, only those of the customer account behind it.
 */
import { z } from 'zod';
import type { Checkout, LineItem, TaxLine } from '../domain/checkout.ts';
import { readInstant, readLastInstant } from '../shopify/wire-instant.ts';
import {
  listOf,
  readBoolean,
  readCount,
  readId,
  readLooseText,
  readRate,
  readText,
  scalar,
} from '../shopify/wire-scalars.ts';
import { recoveryUrlTokens } from './recovery-url-tokens.ts';
import { ADDRESS, MailingAddress, toAddress } from './wire-address.ts';
import { CUSTOMER, Customer, toCustomer, toSmsMarketing } from './wire-customer.ts';
import { amountOf, MONEY, MoneyBag } from './wire-money.ts';

/** The part of a query that asks for one. Of a cart with more than fifty different articles the first fifty are read. */
export const ABANDONED_CHECKOUT = `{
  id createdAt updatedAt completedAt abandonedCheckoutUrl taxesIncluded discountCodes
  totalLineItemsPriceSet ${MONEY}
  totalDiscountSet ${MONEY}
  subtotalPriceSet ${MONEY}
  totalPriceSet ${MONEY}
  taxLines { rate title source priceSet ${MONEY} }
  customAttributes { key value }
  lineItems(first: 50) { nodes { title quantity variantTitle variant { id } originalUnitPriceSet ${MONEY} } }
  customer ${CUSTOMER}
  shippingAddress ${ADDRESS}
  billingAddress ${ADDRESS}
}`;

const text = scalar(readText);

const LineItemNode = z.object({
  title: text,
  quantity: scalar(readCount),
  variantTitle: text,
  variant: z.object({ id: scalar(readId) }).nullable(),
  originalUnitPriceSet: MoneyBag,
});

const TaxLineNode = z.object({ rate: scalar(readRate), title: text, source: text, priceSet: MoneyBag });

const AbandonedCheckout = z.object({
  id: scalar(readId),
  createdAt: scalar(readInstant),
  updatedAt: scalar(readLastInstant),
  completedAt: scalar(readInstant),
  abandonedCheckoutUrl: text,
  taxesIncluded: scalar(readBoolean),
  discountCodes: z.array(z.string()),
  totalLineItemsPriceSet: MoneyBag,
  totalDiscountSet: MoneyBag,
  subtotalPriceSet: MoneyBag,
  totalPriceSet: MoneyBag,
  taxLines: listOf(TaxLineNode),
  customAttributes: listOf(z.object({ key: text, value: scalar(readLooseText) })),
  lineItems: z.object({ nodes: listOf(LineItemNode) }),
  customer: Customer,
  shippingAddress: MailingAddress,
  billingAddress: MailingAddress,
});

/** @returns null when it cannot be read, or a part that was asked for is missing. */
export function toCheckout(node: unknown, shop: string): Checkout | null {
  const parsed = AbandonedCheckout.safeParse(node);
  if (!parsed.success || parsed.data.id === null) return null;
  const found = parsed.data;
  const { token, cartToken } = recoveryUrlTokens(found.abandonedCheckoutUrl);
  return {
    shop: shop.toLowerCase(),
    token: token ?? '',
    cartToken,
    id: found.id,
    createdAt: found.createdAt,
    updatedAt: found.updatedAt,
    completedAt: found.completedAt,
    recoveryUrl: found.abandonedCheckoutUrl,
    currency: found.totalPriceSet?.shopMoney.currencyCode ?? null,
    totals: {
      lineItems: amountOf(found.totalLineItemsPriceSet),
      discounts: amountOf(found.totalDiscountSet),
      subtotal: amountOf(found.subtotalPriceSet),
      total: amountOf(found.totalPriceSet),
    },
    taxesIncluded: found.taxesIncluded,
    taxLines: found.taxLines.flatMap(toTaxLine),
    lineItems: found.lineItems.nodes.flatMap(toLineItem),
    discountCodes: found.discountCodes.filter((code) => code !== ''),
    email: null,
    phone: null,
    smsMarketing: toSmsMarketing(found.customer),
    attributes: found.customAttributes.flatMap((attribute) =>
      attribute === null || attribute.key === null ? [] : [{ name: attribute.key, value: attribute.value ?? '' }],
    ),
    // The list holds what shoppers left; nothing in it tells a test.
    test: false,
    customer: toCustomer(found.customer),
    shippingAddress: toAddress(found.shippingAddress),
    billingAddress: toAddress(found.billingAddress),
  };
}

/** As in a webhook: what has no title cannot be spoken of, and none of something is nothing. */
function toLineItem(item: z.output<typeof LineItemNode> | null): LineItem[] {
  const quantity = item?.quantity ?? 0;
  if (item === null || item.title === null || quantity < 1) return [];
  const { title, variantTitle, variant, originalUnitPriceSet } = item;
  return [{ title, quantity, variantId: variant?.id ?? null, variantTitle, price: amountOf(originalUnitPriceSet) }];
}

function toTaxLine(tax: z.output<typeof TaxLineNode> | null): TaxLine[] {
  const price = tax === null ? null : amountOf(tax.priceSet);
  if (tax === null || tax.rate === null || price === null) return [];
  return [{ rate: tax.rate, title: tax.title, price, source: tax.source }];
}
