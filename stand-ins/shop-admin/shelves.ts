/** What this shop holds, in memory: abandoned checkouts, orders, draft orders, discounts. A test fills and reads them. */
import type { CheckoutFacts } from '../shop/checkout-body.ts';
import { idsOf } from '../shop/ids.ts';
import type { Listed } from './listing.ts';
import { type CustomerFacts, checkoutNode, instant, orderNode } from './nodes.ts';

type Node = Readonly<Record<string, unknown>>;

export interface ShelvedCheckout extends Listed {
  readonly token: string;
  readonly node: Node;
}

export interface ShelvedOrder extends Listed {
  readonly checkoutToken: string | null;
  readonly node: Node;
}

/** What the shop concluded of a checkout; it has no conclusion of a young one. */
export interface Abandonment {
  customerHasNoOrderSinceAbandonment: boolean;
  inventoryAvailable: boolean;
}

export interface ShelvedDraft {
  readonly id: string;
  readonly name: string;
  readonly input: Node & { readonly tags?: readonly string[] };
  /** False while the shop still calculates: it cannot be completed yet. */
  ready: boolean;
  /** The order it became. */
  orderName: string | null;
  /** Of that order: `PENDING` is to be paid on delivery. */
  financialStatus: 'PENDING' | 'PAID' | null;
}

export interface ShelvedDiscount {
  readonly id: string;
  readonly code: string;
  readonly input: Node;
  uses: number;
}

export interface PutOptions extends CustomerFacts {
  /** Fields that differ from what the facts make of them. */
  readonly fields?: Node;
}

export class Shelves {
  /** In order of their arrival. */
  readonly checkouts: ShelvedCheckout[] = [];
  readonly orders: ShelvedOrder[] = [];
  readonly drafts: ShelvedDraft[] = [];
  readonly discounts: ShelvedDiscount[] = [];
  /** By a checkout's numeric id. */
  readonly abandonments = new Map<string, Abandonment>();
  #numbers = 1_000;

  /** Shows a checkout as abandoned; one of the same token is replaced and keeps its place. */
  putCheckout(facts: CheckoutFacts, { fields = {}, ...customer }: PutOptions = {}): ShelvedCheckout {
    const { token } = facts;
    const place = this.checkouts.findIndex((each) => each.token === token);
    const checkout: ShelvedCheckout = {
      id: this.checkouts[place]?.id ?? BigInt(this.number()),
      updatedAt: facts.updatedAt.getTime(),
      token,
      node: { ...checkoutNode(facts, customer), ...fields },
    };
    if (place === -1) this.checkouts.push(checkout);
    else this.checkouts[place] = checkout;
    return checkout;
  }

  /** Adds the order of this checkout, placed at `facts.updatedAt`. */
  putOrder(facts: CheckoutFacts, { fields = {}, ...customer }: PutOptions = {}): ShelvedOrder {
    return this.#putOrderNode({ ...orderNode(facts, customer), ...fields }, facts.updatedAt);
  }

  /** What the shop concludes of a checkout; by default all is well: no order since, goods in stock. */
  putAbandonment(token: string, abandonment: Partial<Abandonment> = {}): void {
    const defaults = { customerHasNoOrderSinceAbandonment: true, inventoryAvailable: true };
    this.abandonments.set(String(idsOf(token).checkoutId), { ...defaults, ...abandonment });
  }

  putDraft(input: ShelvedDraft['input'], ready: boolean): ShelvedDraft {
    const number = this.number();
    const draft: ShelvedDraft = {
      id: `gid://shopify/DraftOrder/${number}`,
      name: `#D${number}`,
      input,
      ready,
      orderName: null,
      financialStatus: null,
    };
    this.drafts.push(draft);
    return draft;
  }

  /** Makes an order of it. It has no checkout of its own, but keeps the draft's attributes. */
  completeDraft(draft: ShelvedDraft, financialStatus: 'PENDING' | 'PAID'): void {
    draft.orderName = `#${this.number()}`;
    draft.financialStatus = financialStatus;
    const { email = null, phone = null, customAttributes = [], discountCodes = [] } = draft.input;
    const now = new Date();
    const node = {
      id: `gid://shopify/Order/${this.number()}`,
      ...{ __typename: 'Order', name: draft.orderName, checkoutToken: null, cartToken: null },
      ...{ createdAt: instant(now), email, phone, discountCodes, customAttributes, totalPriceSet: null },
      ...{ customer: null, shippingAddress: null, billingAddress: null },
    };
    this.#putOrderNode(node, now);
  }

  putDiscount(code: string, input: Node): ShelvedDiscount {
    const discount = { id: `gid://shopify/DiscountCodeNode/${this.number()}`, code, input, uses: 0 };
    this.discounts.push(discount);
    return discount;
  }

  /** Codes are found in either case. */
  findDiscount(code: string): ShelvedDiscount | undefined {
    return this.discounts.find((each) => each.code.toLowerCase() === code.toLowerCase());
  }

  number(): number {
    return ++this.#numbers;
  }

  #putOrderNode(node: Node, updatedAt: Date): ShelvedOrder {
    const checkoutToken = typeof node.checkoutToken === 'string' ? node.checkoutToken : null;
    const order = { id: BigInt(this.number()), updatedAt: updatedAt.getTime(), checkoutToken, node };
    this.orders.push(order);
    return order;
  }
}
