/**
 * The bodies of `checkouts/create` and `checkouts/update`, of any API version from 2023-01 to 2026-10, read into a Checkout. Only the
 * fields we use are looked at. Since 2026-04 there is no `id` (Shopify's changelog, 2026-03-06); it is then taken from `name`.
 */
import type { Checkout, CheckoutCustomer, LineItem, TaxLine } from '../domain/checkout.ts';
import { readAddress } from './address-body.ts';
import { type Fields, field, listIn, needed, objectIn, readBody } from './body-fields.ts';
import { readInstant, readLastInstant } from './wire-instant.ts';
import {
  readAmount,
  readBoolean,
  readCount,
  readId,
  readIdInName,
  readLooseText,
  readRate,
  readText,
  readToken,
} from './wire-scalars.ts';

const text = field(readText);
const looseText = field(readLooseText);
const id = field(readId);
const idInName = field(readIdInName);
const amount = field(readAmount);
const rate = field(readRate);
const count = field(readCount);
const token = field(readToken);
const boolean = field(readBoolean);
const instant = field(readInstant);
const lastInstant = field(readLastInstant);

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
  const read = readBody(body, (fields) => readCheckout(fields, shop.toLowerCase()));
  return read.ok ? { ok: true, checkout: read.value } : read;
}

function readCheckout(body: Fields, shop: string): Checkout {
  const name = idInName(body, 'name');
  return {
    shop,
    token: needed(token(body, 'token'), 'token'),
    cartToken: token(body, 'cart_token'),
    id: id(body, 'id') ?? name,
    createdAt: instant(body, 'created_at'),
    updatedAt: lastInstant(body, 'updated_at'),
    completedAt: instant(body, 'completed_at'),
    recoveryUrl: text(body, 'abandoned_checkout_url'),
    currency: text(body, 'currency'),
    totals: {
      lineItems: amount(body, 'total_line_items_price'),
      discounts: amount(body, 'total_discounts'),
      subtotal: amount(body, 'subtotal_price'),
      total: amount(body, 'total_price'),
    },
    taxesIncluded: boolean(body, 'taxes_included'),
    taxLines: listIn(body, 'tax_lines', (list, i) => objectIn(list, i, readTaxLine)),
    lineItems: listIn(body, 'line_items', (list, i) => objectIn(list, i, readLineItem)),
    discountCodes: listIn(body, 'discount_codes', readDiscountCode),
    email: text(body, 'email'),
    phone: looseText(body, 'phone'),
    smsMarketing: {
      accepted: boolean(body, 'buyer_accepts_sms_marketing') === true,
      phone: looseText(body, 'sms_marketing_phone'),
    },
    attributes: listIn(body, 'note_attributes', (list, i) => objectIn(list, i, readAttribute)),
    test: boolean(body, 'test') === true || text(body, 'gateway')?.toLowerCase() === TEST_GATEWAY,
    customer: objectIn(body, 'customer', readCustomer),
    shippingAddress: objectIn(body, 'shipping_address', readAddress),
    billingAddress: objectIn(body, 'billing_address', readAddress),
  };
}

/** Shopify's own gateway for trying a shop, which takes no money. */
const TEST_GATEWAY = 'bogus';

function readLineItem(body: Fields): LineItem | null {
  const title = text(body, 'title');
  const presentmentTitle = text(body, 'presentment_title');
  const quantity = count(body, 'quantity') ?? 0;
  const variantId = id(body, 'variant_id');
  const variantTitle = text(body, 'variant_title');
  const presentmentVariantTitle = text(body, 'presentment_variant_title');
  const price = amount(body, 'price');
  const shown = title ?? presentmentTitle;
  if (shown === null || quantity < 1) return null;
  return { title: shown, quantity, variantId, variantTitle: variantTitle ?? presentmentVariantTitle, price };
}

/** A tax line that does not say how much is none. */
function readTaxLine(body: Fields): TaxLine | null {
  const fraction = rate(body, 'rate');
  const title = text(body, 'title');
  const price = amount(body, 'price');
  const source = text(body, 'source');
  return fraction === null || price === null ? null : { rate: fraction, title, price, source };
}

/** `{code, amount, type}`, or the bare code. */
function readDiscountCode(list: Fields, place: number): string | null {
  return typeof list[place] === 'string'
    ? text(list, place)
    : objectIn(list, place, (discount) => looseText(discount, 'code'));
}

function readAttribute(body: Fields): Checkout['attributes'][number] | null {
  const name = looseText(body, 'name');
  const value = looseText(body, 'value');
  return name === null ? null : { name, value: value ?? '' };
}

function readCustomer(body: Fields): CheckoutCustomer {
  return {
    id: id(body, 'id'),
    firstName: text(body, 'first_name'),
    lastName: text(body, 'last_name'),
    email: text(body, 'email'),
    phone: looseText(body, 'phone'),
    defaultAddress: objectIn(body, 'default_address', readAddress),
  };
}
