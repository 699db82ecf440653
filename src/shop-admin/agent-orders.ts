/** Orders that a shopper gave on the phone: as a draft first, then completed as one to be paid on delivery. */
import { z } from 'zod';
import type { Answer, DraftOrder, ShopAdmin } from '../domain/shop-admin.ts';
import type { AdminClient } from './admin-client.ts';
import { refused, unavailable } from './admin-faults.ts';
import { agentOrderTag, draftOrderInput } from './agent-order-input.ts';
import { having } from './search-terms.ts';
import { messagesOf, UserErrors } from './user-errors.ts';

const DRAFT = '{ id name status ready tags order { name } }';

const FIND = `query FindAgentOrder($tag: String!) {
  draftOrders(first: 10, query: $tag, sortKey: ID) { nodes ${DRAFT} }
}`;

const CREATE = `mutation CreateAgentOrder($input: DraftOrderInput!) {
  draftOrderCreate(input: $input) { draftOrder ${DRAFT} userErrors { field message } }
}`;

/** `paymentPending` is deprecated in favour of payment terms, which need a scope and a template of the shop; 2026-10 still has it. */
const COMPLETE = `mutation CompleteAgentOrder($id: ID!) {
  draftOrderComplete(id: $id, paymentPending: true) { draftOrder ${DRAFT} userErrors { field message } }
}`;

const LOOK_UP = `query LookUpAgentOrder($id: ID!) { draftOrder(id: $id) ${DRAFT} }`;

const Draft = z.object({
  id: z.string().min(1),
  name: z.string().nullable(),
  status: z.string(),
  ready: z.boolean(),
  tags: z.array(z.string()),
  order: z.object({ name: z.string() }).nullable(),
});

const Payload = z.object({ draftOrder: Draft.nullable(), userErrors: UserErrors });

const Found = z.object({ draftOrders: z.object({ nodes: z.array(Draft) }) });
const Created = z.object({ draftOrderCreate: Payload });
const Completed = z.object({ draftOrderComplete: Payload });
const LookedUp = z.object({ draftOrder: Draft.nullable() });

/** How soon a draft that the shop still works on may be tried again. */
const READY_IN_MS = 2_000;

type AgentOrders = Pick<ShopAdmin, 'findAgentOrder' | 'createAgentOrder' | 'completeAgentOrder'>;

export function agentOrders(client: AdminClient): AgentOrders {
  return {
    async findAgentOrder(key) {
      const tag = agentOrderTag(key);
      const found = await client.ask({ query: FIND, variables: { tag: having('tag', tag) }, answer: Found });
      if (!found.ok) return found;
      // A search term that the shop ignores finds every draft; only those that carry the tag are ours.
      const ours = found.value.draftOrders.nodes.filter(({ tags }) => tags.includes(tag));
      const draft = ours.find(({ order }) => order !== null) ?? ours[0];
      return { ok: true, value: draft === undefined ? null : toDraftOrder(draft) };
    },

    async createAgentOrder(order) {
      const built = draftOrderInput(order);
      if (!built.ok) return { ok: false, fault: { kind: 'refused', message: built.reason } };
      const variables = { input: built.input };
      const created = await client.ask({ query: CREATE, variables, answer: Created });
      if (!created.ok) return created;
      const { draftOrder, userErrors } = created.value.draftOrderCreate;
      if (userErrors.length > 0) return { ok: false, fault: refused(messagesOf(userErrors), variables) };
      return made(draftOrder);
    },

    async completeAgentOrder(id) {
      const completed = await client.ask({ query: COMPLETE, variables: { id }, answer: Completed });
      if (!completed.ok) return completed;
      const { draftOrder, userErrors } = completed.value.draftOrderComplete;
      return userErrors.length === 0 ? made(draftOrder) : objectedTo(id, messagesOf(userErrors));
    },
  };

  /** The shop has no code for "completed already" or "not ready yet": the draft itself tells. */
  async function objectedTo(id: string, messages: readonly string[]): Promise<Answer<DraftOrder>> {
    const looked = await client.ask({ query: LOOK_UP, variables: { id }, answer: LookedUp });
    if (!looked.ok) return looked;
    const { draftOrder } = looked.value;
    if (draftOrder?.status === 'COMPLETED') return made(draftOrder);
    if (draftOrder?.ready === false) return { ok: false, fault: unavailable('draft_not_ready', READY_IN_MS) };
    return { ok: false, fault: refused(messages, { id }) };
  }
}

function made(draft: z.output<typeof Draft> | null): Answer<DraftOrder> {
  if (draft === null) return { ok: false, fault: unavailable('answer_unreadable') };
  return { ok: true, value: toDraftOrder(draft) };
}

function toDraftOrder({ id, name, order }: z.output<typeof Draft>): DraftOrder {
  return { id, name, orderName: order?.name ?? null };
}
