/** What the shop is told of a draft order. Input type `DraftOrderInput`, version 2026-10. Pure. */
import { createHash } from 'node:crypto';
import { type AgentOrder, CHECKOUT_TOKEN_ATTRIBUTE } from '../domain/shop-admin.ts';
import { readId } from '../shopify/wire-scalars.ts';

/** By what a draft is found again. A hash, because tags may hold 40 characters and a key any number; 96 bits of it do not collide. */
export function agentOrderTag(key: string): string {
  return `ringback-${createHash('sha256').update(key).digest('hex').slice(0, 24)}`;
}

export type DraftOrderInput =
  | { readonly ok: true; readonly input: Readonly<Record<string, unknown>> }
  /** Why the shop should not even be asked. */
  | { readonly ok: false; readonly reason: string };

/**
 * Articles alone are ordered, at the shop's own prices: a line without a variant has no price here, and Shopify would give it
 * away for nothing.
 */
export function draftOrderInput(order: AgentOrder): DraftOrderInput {
  if (order.lines.length === 0) return { ok: false, reason: 'no line to order' };
  const lineItems: { variantId: string; quantity: number }[] = [];
  for (const { variantId, quantity } of order.lines) {
    const id = /^(gid:\/\/shopify\/ProductVariant\/)?\d+$/.test(variantId ?? '') ? (readId(variantId) ?? null) : null;
    if (id === null) return { ok: false, reason: 'a line names no article of the shop' };
    if (!Number.isSafeInteger(quantity) || quantity < 1) return { ok: false, reason: 'a line has no quantity' };
    lineItems.push({ variantId: `gid://shopify/ProductVariant/${id}`, quantity });
  }
  return {
    ok: true,
    input: {
      lineItems,
      tags: [agentOrderTag(order.key)],
      customAttributes: [{ key: CHECKOUT_TOKEN_ATTRIBUTE, value: order.checkoutToken }],
      ...given('email', order.email),
      ...given('phone', order.phone),
      ...given('note', order.note),
      ...(order.shippingAddress === null ? {} : { shippingAddress: addressInput(order.shippingAddress) }),
      ...(order.discountCodes.length === 0 ? {} : { discountCodes: order.discountCodes }),
    },
  };
}

/** Country and province come as names or as codes; names are deprecated as input and still taken. */
function addressInput({ country, province, ...rest }: NonNullable<AgentOrder['shippingAddress']>) {
  const isCountryCode = /^[A-Za-z]{2}$/.test(country ?? '');
  const isProvinceCode = /^[A-Z0-9]{1,3}$/.test(province ?? '');
  return {
    ...rest,
    ...(isCountryCode ? given('countryCode', country?.toUpperCase()) : given('country', country)),
    ...(isProvinceCode ? given('provinceCode', province) : given('province', province)),
  };
}

function given(field: string, value: string | null | undefined): Readonly<Record<string, string>> {
  return value === null || value === undefined || value === '' ? {} : { [field]: value };
}
