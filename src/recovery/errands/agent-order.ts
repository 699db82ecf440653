/**
 * The errand `agent_order`: the shopper ordered on the phone, and the shop gets a draft order of it, completed for payment on
 * delivery when that is configured. Once per call: an order whose creation was left in doubt is looked for before it is made again.
 */

import type { AbandonedCartPayload } from '../../domain/abandoned-cart-payload.ts';
import type { AgentOrderRequest } from '../../domain/agent-order-request.ts';
import { SECOND } from '../../domain/duration.ts';
import { toValidE164 } from '../../domain/e164.ts';
import type { Errand } from '../../domain/errand.ts';
import type { RecoveryRecord } from '../../domain/recovery.ts';
import type { AgentOrder, DraftOrder, ShopAdmin } from '../../domain/shop-admin.ts';
import type { RunErrand, Tried } from '../see-to-errands.ts';
import { resultOfFault } from './ask-shop.ts';

/** The shop's search shows a new order only after a while: one that is in doubt is looked for twice, so far apart. */
const SEARCH_LAG_MS = 30 * SECOND;
const LOOKED = 'not_found_yet';
/** Nothing that only sounds like it (Cashfree, cash app): a draft can still be completed, an order not taken back. */
const ON_DELIVERY = /^(cod|cash|(cash|pay(ment)?)[ _-]on[ _-]delivery)$/i;

export function agentOrder(deps: {
  /** null: there is no Admin token, so nothing can be ordered. */
  readonly admin: ShopAdmin | null;
  readonly mode: 'off' | 'draft' | 'cod';
  /** Reads what the vendor sent as the action's payload. */
  readonly read: (payload: unknown) => AgentOrderRequest;
}): RunErrand {
  const { admin, mode, read } = deps;

  return async (record, key, errand) => {
    if (!admin || mode === 'off') return failed('not_configured');
    const action = actionOf(record, errand);
    if (action.truncated) return failed('too_large');
    const said = read(action.payload);
    // An order of only some of what was agreed would be another one.
    if (said.unreadableLines > 0) return failed('unreadable_lines');
    const draft = await draftFor(admin, record, key, errand, said);
    if ('result' in draft) return draft;
    const onDelivery = said.paymentMode === null || ON_DELIVERY.test(said.paymentMode.trim());
    if (mode === 'draft' || !onDelivery || draft.orderName !== null) return placed(draft);
    // Meanwhile the shopper may have bought by herself; the draft is left for the merchant to see.
    if (record.orderedAt !== null) return { result: { kind: 'done', note: 'ordered_already' } };
    const completed = await admin.completeAgentOrder(draft.id);
    if (completed.ok) return placed(completed.value);
    const result = resultOfFault(completed.fault, true);
    return { result: result.kind === 'again' ? { ...result, ref: draft.id } : result };
  };

  /** The draft order: the one that an earlier try made, or a new one. */
  async function draftFor(
    admin: ShopAdmin,
    record: RecoveryRecord,
    key: string,
    errand: Errand,
    said: AgentOrderRequest,
  ): Promise<DraftOrder | Tried> {
    if (errand.ref !== null) return { id: errand.ref, name: null, orderName: null };
    const orderKey = `${record.id}:${key}`;
    if (errand.doubtful) {
      const known = await admin.findAgentOrder(orderKey);
      if (!known.ok) return { result: resultOfFault(known.fault, true) };
      if (known.value !== null) return known.value;
      if (errand.note !== LOOKED) return { result: { kind: 'wait', note: LOOKED, forMs: SEARCH_LAG_MS } };
    }
    // The shopper may have bought by herself meanwhile: a second parcel helps nobody.
    if (record.orderedAt !== null) return { result: { kind: 'done', note: 'ordered_already' } };
    // Of the cart only when the agent talked about the cart that stands on the record.
    const told = record.errands.replace_payload;
    if (said.lines.length === 0 && told && told.note !== 'replaced') return failed('cart_changed');
    const order = orderOf(record, orderKey, said);
    if (order.lines.length === 0) return failed('no_lines');
    const created = await admin.createAgentOrder(order);
    return created.ok ? created.value : { result: resultOfFault(created.fault, true) };
  }
}

function actionOf(
  record: RecoveryRecord,
  { about }: Errand,
): { readonly payload?: unknown; readonly truncated?: unknown } {
  const told = about === null ? null : record.outcomes[about];
  return typeof told === 'object' && told !== null ? told : {};
}

function failed(note: string): Tried {
  return { result: { kind: 'failed', note } };
}

function placed(draft: DraftOrder): Tried {
  const name = draft.orderName ?? draft.name ?? draft.id;
  return { result: { kind: 'done', note: `ordered ${name}` } };
}

/** What the shopper said counts; what she did not say is as in the checkout. */
function orderOf(record: RecoveryRecord, key: string, said: AgentOrderRequest): AgentOrder {
  const { payload } = record;
  return {
    key,
    checkoutToken: record.checkoutToken,
    email: said.email ?? payload?.customer.email ?? null,
    // The shop takes no number that is not one; what cannot be read was misheard.
    phone: (said.phone && toValidE164(said.phone, said.shippingAddress?.country ?? null)) ?? record.phone,
    note: said.note,
    lines: said.lines.length > 0 ? said.lines : linesOf(payload),
    shippingAddress: said.shippingAddress ?? addressOf(payload),
    // A code that nobody offered is one that somebody talked the agent into.
    discountCodes: said.discountCode && offered(record).includes(said.discountCode) ? [said.discountCode] : [],
  };
}

function offered({ discount, payload }: RecoveryRecord): readonly string[] {
  return [...(discount ? [discount.code] : []), ...(payload?.discountCodes ?? [])];
}

function addressOf(payload: AbandonedCartPayload | null): AgentOrder['shippingAddress'] {
  if (!payload?.shippingAddress) return null;
  const { provinceCode: _code, ...address } = payload.shippingAddress;
  const { firstName, lastName } = payload.customer;
  return { ...address, firstName, ...(lastName === undefined ? {} : { lastName }) };
}

function linesOf(payload: AbandonedCartPayload | null): AgentOrder['lines'] {
  return (payload?.lineItems ?? []).map(({ title, quantity, variant }) => ({
    variantId: variant?.id ?? null,
    title,
    quantity,
  }));
}
