/**
 * The bodies of `checkouts/create` and `checkouts/update`, of any API version from 2023-01 to 2026-10, read into a Checkout. Only the
 * fields we use are looked at. Since 2026-04 there is no `id` (Shopify's changelog, 2026-03-06); it is then taken from `name`.
 */
import { z } from 'zod';
import type { Checkout, CheckoutCustomer, LineItem, TaxLine } from '../domain/checkout.ts';
import { AddressBody, toAddress } from './address-body.ts';
import { readInstant, readLastInstant } from './wire-instant.ts';
import {
  faultyField,
  listOf,
  objectOrNothing,
  readAmount,
  readBoolean,
  readCount,
  readId,
  readIdInName,
  readLooseText,
  readRate,
  readText,
  readToken,
  scalar,
} from './wire-scalars.ts';

const text = scalar(readText);
const looseText = scalar(readLooseText);
const id = scalar(readId);
const amount = scalar(readAmount);
const token = scalar(readToken);
const address = objectOrNothing(AddressBody);

const LineItemBody = z.object({
  title: text,
  presentment_title: text,
  quantity: scalar(readCount),
  variant_id: id,
  variant_title: text,
  presentment_variant_title: text,
  price: amount,
});

const TaxLineBody = z.object({ rate: scalar(readRate), title: text, price: amount, source: text });

const DiscountCodeBody = z.union([z.string().transform((code) => ({ code })), z.object({ code: looseText })]);

const CustomerBody = z.object({
  first_name: text,
  last_name: text,
  email: text,
  phone: looseText,
  default_address: address,
});

const CheckoutBody = z.object({
  token,
  cart_token: token,
  id,
  name: scalar(readIdInName),
  created_at: scalar(readInstant),
  updated_at: scalar(readLastInstant),
  completed_at: scalar(readInstant),
  abandoned_checkout_url: text,
  currency: text,
  total_line_items_price: amount,
  total_discounts: amount,
  subtotal_price: amount,
  total_price: amount,
  taxes_included: scalar(readBoolean),
  tax_lines: listOf(TaxLineBody),
  line_items: listOf(LineItemBody),
  discount_codes: listOf(DiscountCodeBody),
  email: text,
  phone: looseText,
  buyer_accepts_sms_marketing: scalar(readBoolean),
  sms_marketing_phone: looseText,
  note_attributes: listOf(z.object({ name: looseText, value: looseText })),
  customer: objectOrNothing(CustomerBody),
  shipping_address: address,
  billing_address: address,
});

type CheckoutBody = z.output<typeof CheckoutBody>;

export type ParsedCheckout =
  | { readonly ok: true; readonly checkout: Checkout }
  /** `field`: dotted path of the first value of the wrong kind, e.g. `line_items.0.quantity`; `body` when it is no object. */
  | { readonly ok: false; readonly field: string };

/**
 * Reads one body. Absent, null, `""` and `[]` read as "not there"; a value of the wrong kind in a field we use is a fault, so that a
 * change at Shopify's is noticed and not called upon; `stop-facts.ts` still finds a purchase in such a body. Line items without a title or with a quantity below one are left out.
 *
 * @param body - the parsed JSON; with ids beyond 2^53 as strings (`lossless-json.ts`), or they are taken as unknown.
 * @param shop - the shop's permanent domain, from the verified delivery: bodies do not name it.
 */
export function parseCheckout(body: unknown, shop: string): ParsedCheckout {
  const parsed = CheckoutBody.safeParse(body);
  if (!parsed.success) return { ok: false, field: faultyField(parsed.error) };
  return toCheckout(parsed.data, shop);
}

function toCheckout(body: CheckoutBody, shop: string): ParsedCheckout {
  if (body.token === null) return { ok: false, field: 'token' };
  return {
    ok: true,
    checkout: {
      shop: shop.toLowerCase(),
      token: body.token,
      cartToken: body.cart_token,
      id: body.id ?? body.name,
      createdAt: body.created_at,
      updatedAt: body.updated_at,
      completedAt: body.completed_at,
      recoveryUrl: body.abandoned_checkout_url,
      currency: body.currency,
      totals: {
        lineItems: body.total_line_items_price,
        discounts: body.total_discounts,
        subtotal: body.subtotal_price,
        total: body.total_price,
      },
      taxesIncluded: body.taxes_included,
      taxLines: body.tax_lines.flatMap(toTaxLine),
      lineItems: body.line_items.flatMap(toLineItem),
      discountCodes: body.discount_codes.flatMap((discount) => discount?.code ?? []),
      email: body.email,
      phone: body.phone,
      smsMarketing: { accepted: body.buyer_accepts_sms_marketing === true, phone: body.sms_marketing_phone },
      attributes: body.note_attributes.flatMap((attribute) => {
        const name = attribute?.name ?? null;
        return name === null ? [] : [{ name, value: attribute?.value ?? '' }];
      }),
      customer: toCustomer(body.customer),
      shippingAddress: toAddress(body.shipping_address),
      billingAddress: toAddress(body.billing_address),
    },
  };
}

function toLineItem(item: z.output<typeof LineItemBody> | null): LineItem[] {
  const title = item?.title ?? item?.presentment_title ?? null;
  const quantity = item?.quantity ?? 0;
  if (item === null || title === null || quantity < 1) return [];
  const variantTitle = item.variant_title ?? item.presentment_variant_title;
  return [{ title, quantity, variantId: item.variant_id, variantTitle, price: item.price }];
}

/** A tax line that does not say how much is none. */
function toTaxLine(tax: z.output<typeof TaxLineBody> | null): TaxLine[] {
  if (tax === null || tax.rate === null || tax.price === null) return [];
  return [{ rate: tax.rate, title: tax.title, price: tax.price, source: tax.source }];
}

function toCustomer(customer: z.output<typeof CustomerBody> | null): CheckoutCustomer | null {
  if (customer === null) return null;
  return {
    firstName: customer.first_name,
    lastName: customer.last_name,
    email: customer.email,
    phone: customer.phone,
    defaultAddress: toAddress(customer.default_address),
  };
}
