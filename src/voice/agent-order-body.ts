/**
 * From the payload of a `create_order` action to our AgentOrderRequest. Nothing in it is promised, so nothing is required: what is
 * missing or of the wrong kind is null or left out, and whoever makes an order decides whether enough is left.
 * Source: the vendor's page on actions, November 2026.
 */
import type { AgentOrderAddress, AgentOrderLine, AgentOrderRequest } from '../domain/agent-order-request.ts';
import { MAX_ADDRESS_LENGTH, MAX_NAME_LENGTH, MAX_TITLE_LENGTH, plainText } from '../domain/plain-text.ts';
import { readCount, readLooseText, readObject } from './wire-values.ts';

/** The longest address there can be, RFC 5321. */
const MOST_EMAIL = 254;
const MOST_PHONE = 40;
const MOST_NOTE = 1_000;
const MOST_WORD = 100;
/** Far more than anybody orders on the phone. */
const MOST_LINES = 250;
/** A misheard year or postcode makes a greater number than a shopper would. */
const MOST_PIECES = 10_000;

/** How long each part of an address may be, in characters. */
const ADDRESS_PARTS: Readonly<Record<keyof AgentOrderAddress, number>> = {
  firstName: MAX_NAME_LENGTH,
  lastName: MAX_NAME_LENGTH,
  address1: MAX_ADDRESS_LENGTH,
  address2: MAX_ADDRESS_LENGTH,
  city: MAX_ADDRESS_LENGTH,
  province: MAX_ADDRESS_LENGTH,
  zip: MOST_PHONE,
  country: MAX_ADDRESS_LENGTH,
  phone: MOST_PHONE,
};

/** @param action - the `data` of a `create_order` action, as it is kept among a record's outcomes. Never throws. */
export function readAgentOrderOf(action: unknown): AgentOrderRequest {
  return readAgentOrder(readObject(action)?.payload);
}

/** @param payload - of a `create_order` action, as `parseJson` returns it. Never throws. */
export function readAgentOrder(payload: unknown): AgentOrderRequest {
  const order = readObject(payload) ?? {};
  const items = Array.isArray(order.lineItems) ? order.lineItems : [];
  const lines = items
    .slice(0, MOST_LINES)
    .map(lineOf)
    .filter((line) => line !== null);
  return {
    email: readLooseText(order.email, MOST_EMAIL),
    phone: readLooseText(order.phone, MOST_PHONE),
    note: plainText(readLooseText(order.note), MOST_NOTE),
    lines,
    unreadableLines: items.length - lines.length,
    shippingAddress: addressOf(order.shippingAddress),
    discountCode: readLooseText(readObject(order.discount)?.code, MAX_TITLE_LENGTH),
    paymentMode: readLooseText(order.paymentMode, MOST_WORD),
  };
}

/** The pages do not show a line: named as in a cart's own line items, or with the variant's id beside the title. */
function lineOf(item: unknown): AgentOrderLine | null {
  const line = readObject(item);
  if (line === null) return null;
  const variantId = readLooseText(readObject(line.variant)?.id ?? line.variantId, MOST_WORD);
  const title = plainText(readLooseText(line.title), MAX_TITLE_LENGTH) ?? '';
  // An item without a number is one item; a number that makes no sense is no reason to guess.
  const quantity = line.quantity === undefined || line.quantity === null ? 1 : readCount(line.quantity);
  const makesSense = quantity !== null && quantity >= 1 && quantity <= MOST_PIECES;
  return makesSense && (variantId !== null || title !== '') ? { variantId, title, quantity } : null;
}

function addressOf(value: unknown): AgentOrderAddress | null {
  const sent = readObject(value) ?? {};
  const parts = Object.entries(ADDRESS_PARTS).flatMap(([name, most]) => {
    const part = plainText(readLooseText(sent[name]), most);
    return part === null ? [] : [[name, part]];
  });
  return parts.length === 0 ? null : Object.fromEntries(parts);
}
