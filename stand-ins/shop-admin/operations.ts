/**
 * What each operation answers, by its name: the ones the service uses and no others. From Shopify's reference of the GraphQL
 * Admin API 2026-10. Fields that were not asked for are cut off elsewhere.
 */
import { changedSince, connection, searchedValue } from './listing.ts';
import { GraphqlFault } from './selection.ts';
import type { ShelvedDiscount, ShelvedDraft, Shelves } from './shelves.ts';
import { SCOPES } from './tokens.ts';

/** Oddities of a real shop, switched on by a test. */
export interface ShopMoods {
  /** Draft orders are not found by the search yet. */
  draftsHidden: boolean;
  /** New draft orders are still being calculated. */
  draftsUnready: boolean;
  /** Search terms are ignored, as those are that the shop does not know: everything is found. */
  searchIgnored: boolean;
  /** Of the scopes that the app asked for, those that the merchant did not grant. */
  withheldScopes: readonly string[];
}

type Variables = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

interface UserError {
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly code?: string;
}

/**
 * The `data` of an answer.
 *
 * @param query - the operation's text: some of its arguments stand in it.
 * @throws {GraphqlFault} for an operation that is not known here.
 */
export function execute(name: string, variables: Variables, query: string, shelves: Shelves, moods: ShopMoods): Answer {
  switch (name) {
    case 'GrantedScopes':
      return { currentAppInstallation: { accessScopes: scopesBut(moods.withheldScopes) } };
    case 'LastLook':
      return lastLook(variables, shelves, moods);
    case 'LastLookByToken':
      return { orders: { nodes: ordersOf(variables.orders, shelves, moods) } };
    case 'ChangedCheckouts':
      return { abandonedCheckouts: changed(shelves.checkouts, variables, sortKey(query, ['ID']), moods) };
    case 'ChangedOrders':
      return { orders: changed(shelves.orders, variables, sortKey(query, ['ID', 'UPDATED_AT']), moods) };
    case 'FindAgentOrder':
      return { draftOrders: { nodes: draftsOf(variables.tag, shelves, moods).map(draftNode) } };
    case 'CreateAgentOrder':
      return { draftOrderCreate: createDraft(variables.input as ShelvedDraft['input'], shelves, moods) };
    case 'CompleteAgentOrder':
      return { draftOrderComplete: completeDraft(variables.id, /paymentPending:\s*true/.test(query), shelves) };
    case 'LookUpAgentOrder':
      return { draftOrder: draftNode(shelves.drafts.find(({ id }) => id === variables.id)) };
    case 'CreateDiscount':
      return { discountCodeBasicCreate: createDiscount(variables.discount as Answer, shelves) };
    case 'DiscountByCode':
      return { codeDiscountNodeByCode: discountNode(shelves.findDiscount(String(variables.code))) };
    case 'DiscountById':
      return { codeDiscountNode: discountNode(shelves.discounts.find(({ id }) => id === variables.id)) };
    case 'DeleteDiscount':
      return { discountCodeDelete: deleteDiscount(variables.id, shelves) };
    default:
      throw new GraphqlFault(`No operation named "${name}"`, 'undefinedOperation');
  }
}

function scopesBut(withheld: readonly string[]): Answer[] {
  return SCOPES.filter((scope) => !withheld.includes(scope)).map((handle) => ({ handle }));
}

function lastLook(variables: Variables, shelves: Shelves, moods: ShopMoods): Answer {
  const number = /^gid:\/\/shopify\/AbandonedCheckout\/(\d+)$/.exec(String(variables.id))?.[1] ?? '';
  return {
    node: shelves.checkouts.find(({ node }) => node.id === variables.id)?.node ?? null,
    orders: { nodes: ordersOf(variables.orders, shelves, moods) },
    abandonmentByAbandonedCheckoutId: shelves.abandonments.get(number) ?? null,
  };
}

function ordersOf(term: unknown, { orders }: Shelves, { searchIgnored }: ShopMoods): unknown[] {
  const token = searchedValue(term, 'checkout_token');
  const found = orders.filter(({ checkoutToken }) => searchIgnored || (token !== null && checkoutToken === token));
  return found.slice(0, 1).map(({ node }) => node);
}

function changed(
  entries: readonly (Shelves['checkouts'][number] | Shelves['orders'][number])[],
  variables: Variables,
  by: 'ID' | 'UPDATED_AT',
  moods: ShopMoods,
) {
  const since = moods.searchIgnored ? null : changedSince(variables.changed);
  const found = entries.filter(({ updatedAt }) => since === null || updatedAt >= since);
  const after = typeof variables.after === 'string' ? variables.after : null;
  return connection(found, { first: Number(variables.first), after, by }, ({ node }) => node);
}

/** As the operation's text has it: checkouts cannot be had in order of their changes. By id when it has none. */
function sortKey<Key extends string>(query: string, keys: readonly ['ID', ...Key[]]): 'ID' | Key {
  const asked = /sortKey:\s*(\w+)/.exec(query)?.[1] ?? 'ID';
  const key = keys.find((each) => each === asked);
  if (key === undefined) throw new GraphqlFault(`No sort key "${asked}" here`, 'argumentLiteralsIncompatible');
  return key;
}

function draftsOf(term: unknown, { drafts }: Shelves, { draftsHidden, searchIgnored }: ShopMoods): ShelvedDraft[] {
  const tag = searchedValue(term, 'tag');
  if (draftsHidden) return [];
  return drafts.filter(({ input }) => searchIgnored || (tag !== null && input.tags?.includes(tag)));
}

function draftNode(draft: ShelvedDraft | undefined): Answer | null {
  if (!draft) return null;
  const { id, name, ready, orderName, input } = draft;
  return {
    __typename: 'DraftOrder',
    ...{ id, name, ready, tags: input.tags ?? [] },
    status: orderName === null ? 'OPEN' : 'COMPLETED',
    order: orderName === null ? null : { name: orderName, displayFinancialStatus: draft.financialStatus },
  };
}

function createDraft(input: ShelvedDraft['input'], shelves: Shelves, moods: ShopMoods): Answer {
  const lines = Array.isArray(input.lineItems) ? input.lineItems : [];
  const { phone } = input;
  if (lines.length === 0) return { draftOrder: null, userErrors: [{ field: null, message: 'Add at least 1 product' }] };
  if (typeof phone === 'string' && !/^\+\d{8,15}$/.test(phone)) {
    return { draftOrder: null, userErrors: [{ field: ['phone'], message: `${phone} is no valid phone number` }] };
  }
  return { draftOrder: draftNode(shelves.putDraft(input, !moods.draftsUnready)), userErrors: [] };
}

function completeDraft(id: unknown, paymentPending: boolean, shelves: Shelves): Answer {
  const draft = shelves.drafts.find((each) => each.id === id);
  const refusal = (message: string) => ({ draftOrder: null, userErrors: [{ field: null, message }] });
  if (!draft) return refusal('Draft order does not exist');
  if (draft.orderName !== null) return refusal('This order has been paid');
  if (!draft.ready) return refusal('This draft order has not finished calculating');
  shelves.completeDraft(draft, paymentPending ? 'PENDING' : 'PAID');
  return { draftOrder: draftNode(draft), userErrors: [] };
}

function discountNode(discount: ShelvedDiscount | undefined): Answer | null {
  if (!discount) return null;
  return {
    id: discount.id,
    codeDiscount: { __typename: 'DiscountCodeBasic', asyncUsageCount: discount.uses, title: discount.input.title },
  };
}

function createDiscount(input: Answer, shelves: Shelves): Answer {
  const userErrors = objectionsTo(input, shelves);
  if (userErrors.length > 0) return { codeDiscountNode: null, userErrors };
  return { codeDiscountNode: discountNode(shelves.putDiscount(String(input.code), input)), userErrors };
}

function objectionsTo(input: Answer, shelves: Shelves): UserError[] {
  const at = (field: string) => ['basicCodeDiscount', field];
  const { percentage } = ((input.customerGets as Answer | undefined)?.value ?? {}) as { percentage?: number };
  const errors: UserError[] = [];
  if (shelves.findDiscount(String(input.code))) {
    errors.push({ field: at('code'), code: 'TAKEN', message: 'Code must be unique. Please try a different code.' });
  }
  if (percentage !== undefined && !(percentage > 0 && percentage <= 1)) {
    errors.push({
      field: at('customerGets'),
      code: 'VALUE_OUTSIDE_RANGE',
      message: 'Value must be between 0.0 and 1.0',
    });
  }
  if (Date.parse(String(input.endsAt)) <= Date.parse(String(input.startsAt))) {
    errors.push({ field: at('endsAt'), code: 'END_DATE_BEFORE_START_DATE', message: 'Ends at needs to be later' });
  }
  return errors;
}

function deleteDiscount(id: unknown, shelves: Shelves): Answer {
  const place = shelves.discounts.findIndex((each) => each.id === id);
  if (place === -1) {
    const message = 'Discount does not exist.';
    return { deletedCodeDiscountId: null, userErrors: [{ field: ['id'], code: 'INVALID', message }] };
  }
  shelves.discounts.splice(place, 1);
  return { deletedCodeDiscountId: id, userErrors: [] };
}
