/** Discount codes for one shopper and one use. Types `DiscountCodeBasicInput` and `DiscountCodeNode`, version 2026-10. */
import { z } from 'zod';
import type { Answer, NewDiscount, ShopAdmin } from '../domain/shop-admin.ts';
import type { AdminClient } from './admin-client.ts';
import { refused, unavailable } from './admin-faults.ts';
import { messagesOf, UserErrors } from './user-errors.ts';

const CREATE = `mutation CreateDiscount($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}`;

const BY_CODE = `query DiscountByCode($code: String!) {
  codeDiscountNodeByCode(code: $code) {
    id
    codeDiscount { ... on DiscountCodeBasic { asyncUsageCount } }
  }
}`;

const BY_ID = 'query DiscountById($id: ID!) { codeDiscountNode(id: $id) { id } }';

const DELETE = `mutation DeleteDiscount($id: ID!) {
  discountCodeDelete(id: $id) { deletedCodeDiscountId userErrors { field code message } }
}`;

const Node = z.object({ id: z.string().min(1) });

const Created = z.object({
  discountCodeBasicCreate: z.object({ codeDiscountNode: Node.nullable(), userErrors: UserErrors }),
});

const ByCode = z.object({
  codeDiscountNodeByCode: Node.extend({
    codeDiscount: z.object({ asyncUsageCount: z.int().nonnegative() }),
  }).nullable(),
});

const ById = z.object({ codeDiscountNode: Node.nullable() });
const Deleted = z.object({ discountCodeDelete: z.object({ userErrors: UserErrors }) });

type Discounts = Pick<ShopAdmin, 'createDiscount' | 'findDiscount' | 'deleteDiscount'>;

export function discounts(client: AdminClient): Discounts {
  return {
    async createDiscount(discount) {
      const variables = { discount: discountInput(discount) };
      const created = await client.ask({ query: CREATE, variables, answer: Created });
      if (!created.ok) return created;
      const { codeDiscountNode, userErrors } = created.value.discountCodeBasicCreate;
      if (userErrors.some(({ code }) => code === 'TAKEN')) return existing(discount.code);
      if (userErrors.length > 0) return { ok: false, fault: refused(messagesOf(userErrors), variables) };
      if (codeDiscountNode === null) return { ok: false, fault: unavailable('answer_unreadable') };
      return { ok: true, value: { id: codeDiscountNode.id } };
    },

    findDiscount: byCode,

    async deleteDiscount(id) {
      const deleted = await client.ask({ query: DELETE, variables: { id }, answer: Deleted });
      if (!deleted.ok) return deleted;
      const { userErrors } = deleted.value.discountCodeDelete;
      if (userErrors.length === 0) return { ok: true, value: null };
      // The shop has no code for "there is none": looking for it tells.
      const left = await client.ask({ query: BY_ID, variables: { id }, answer: ById });
      if (!left.ok) return left;
      if (left.value.codeDiscountNode === null) return { ok: true, value: null };
      return { ok: false, fault: refused(messagesOf(userErrors), { id }) };
    },
  };

  async function byCode(code: string): ReturnType<ShopAdmin['findDiscount']> {
    const found = await client.ask({ query: BY_CODE, variables: { code }, answer: ByCode });
    if (!found.ok) return found;
    const node = found.value.codeDiscountNodeByCode;
    return { ok: true, value: node === null ? null : { id: node.id, uses: node.codeDiscount.asyncUsageCount } };
  }

  /** An earlier try made it, and its answer was lost. What is taken and cannot be found yet will be. */
  async function existing(code: string): Promise<Answer<{ readonly id: string }>> {
    const found = await byCode(code);
    if (!found.ok) return found;
    if (found.value === null) return { ok: false, fault: unavailable('discount_not_found_yet') };
    return { ok: true, value: { id: found.value.id } };
  }
}

/** One use in all, for any customer who has the code, and never on top of another discount. */
export function discountInput({
  code,
  title,
  value,
  startsAt,
  endsAt,
}: NewDiscount): Readonly<Record<string, unknown>> {
  return {
    title,
    code,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    usageLimit: 1,
    appliesOncePerCustomer: true,
    context: { all: 'ALL' },
    customerGets: {
      value:
        value.kind === 'percentage'
          ? { percentage: asFraction(value.percent) }
          : { discountAmount: { amount: value.amount, appliesOnEachItem: false } },
      items: { all: true },
    },
    combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false },
  };
}

/** 7 → 0.07: dividing leaves float dust, and six decimal places hold every percentage there is. */
function asFraction(percent: number): number {
  return Number((percent / 100).toFixed(6));
}
