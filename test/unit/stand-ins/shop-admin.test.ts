/** The stand-in of the shop's Admin API is strict where the real one is: with tokens, with what is asked, with cursors. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_VERSION, type ShopAdminStandIn, startShopAdmin } from '../../../stand-ins/shop-admin/server.ts';
import { checkoutFacts } from '../../support/shop-admin-at-stand-in.ts';

let shop: ShopAdminStandIn;

beforeEach(async () => {
  shop = await startShopAdmin();
});
afterEach(() => shop.close());

async function post(path: string, body: unknown, token = shop.tokens.permanent) {
  const headers = { 'content-type': 'application/json', 'x-shopify-access-token': token };
  const response = await fetch(`${shop.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const ask = (query: string, variables: object = {}, token?: string) =>
  post(`/admin/api/${API_VERSION}/graphql.json`, { query, variables }, token);

const CHANGED = 'query ChangedCheckouts($first: Int!) { abandonedCheckouts(first: $first) { nodes { id }';
const EVER = { first: 2, after: null, changed: "updated_at:>='1970-01-01T00:00:00Z'" };

describe('the stand-in of the Admin API', () => {
  it('gives what was asked for and nothing else', async () => {
    const facts = checkoutFacts('2026-11-20T11:30:05Z');
    shop.shelves.putCheckout(facts);
    const query = `query ChangedCheckouts($changed: String!) {
      abandonedCheckouts(first: 2, query: $changed, sortKey: ID) {
        nodes { updatedAt customer { defaultEmailAddress { emailAddress } } totalPriceSet { shopMoney { amount } } }
      }
    }`;
    expect((await ask(query, EVER)).body.data).toEqual({
      abandonedCheckouts: {
        nodes: [
          {
            updatedAt: '2026-11-20T11:30:05Z',
            customer: { defaultEmailAddress: { emailAddress: facts.shopper.email } },
            totalPriceSet: { shopMoney: { amount: '197.9' } },
          },
        ],
      },
    });
  });

  it.each([
    ['a field that does not exist', `${CHANGED} pageInfo { hasNextPage total } } }`, 'undefinedField'],
    ['an object without its fields', `${CHANGED} pageInfo } }`, 'selectionMismatch'],
    ['fields of a scalar', `${CHANGED} pageInfo { hasNextPage { of } } } }`, 'selectionMismatch'],
    ['an operation it does not know', 'query Everything { shop { name } }', 'undefinedOperation'],
    ['an operation without a name', '{ orders(first: 1) { nodes { id } } }', 'parseError'],
    ['half an operation', `${CHANGED}`, 'parseError'],
    ['more than an operation', `${CHANGED} pageInfo { hasNextPage } } } }`, 'parseError'],
  ])('objects to %s', async (_what, query, code) => {
    const { status, body } = await ask(query, EVER);
    expect([status, body]).toMatchObject([200, { errors: [{ extensions: { code } }] }]);
  });

  it('follows inline fragments of the type and of no other', async () => {
    const query = 'query DiscountByCode($code: String!) { codeDiscountNodeByCode(code: $code) { codeDiscount';
    shop.shelves.putDiscount('RB-TEN', { title: 'Ten' });
    const of = (type: string) => ask(`${query} { ... on ${type} { asyncUsageCount } } } }`, { code: 'rb-ten' });
    expect((await of('DiscountCodeBasic')).body.data).toMatchObject({
      codeDiscountNodeByCode: { codeDiscount: { asyncUsageCount: 0 } },
    });
    expect((await of('DiscountCodeBxgy')).body.data).toEqual({ codeDiscountNodeByCode: { codeDiscount: {} } });
  });

  it('goes on after the cursor, whatever came or changed meanwhile', async () => {
    const [first, second, third] = [1, 2, 3].map((minute) => checkoutFacts(`2026-11-20T11:0${minute}:00Z`));
    for (const facts of [first, second, third]) if (facts) shop.shelves.putCheckout(facts);
    const query = `${CHANGED} pageInfo { hasNextPage endCursor } } }`;
    const page = (await ask(query, EVER)).body.data as { abandonedCheckouts: { pageInfo: { endCursor: string } } };
    const { endCursor } = page.abandonedCheckouts.pageInfo;
    if (first) shop.shelves.putCheckout({ ...first, updatedAt: new Date('2026-11-20T12:00:00Z') });
    const last = (await ask(query, { ...EVER, after: endCursor })).body.data;
    expect(last).toMatchObject({ abandonedCheckouts: { nodes: [{}], pageInfo: { hasNextPage: false } } });
  });

  it('turns away a token that is none, one that expired, and none at all', async () => {
    const credentials = { client_id: shop.credentials.clientId, client_secret: shop.credentials.clientSecret };
    const grant = { ...credentials, grant_type: 'client_credentials' };
    const issued = await post('/admin/oauth/access_token', grant);
    expect(issued.body).toMatchObject({ expires_in: 86_399, access_token: expect.stringMatching(/^shpat_/) });
    const token = String(issued.body.access_token);
    const query = 'query DiscountById($id: ID!) { codeDiscountNode(id: $id) { id } }';
    expect((await ask(query, {}, token)).status).toBe(200);
    shop.tokens.expireAll();
    for (const wrong of [token, 'shpat_made-up', '']) expect((await ask(query, {}, wrong)).status).toBe(401);
  });

  it.each([
    ['another secret', { client_secret: 'shpss_made-up' }],
    ['another application', { client_id: 'nobody' }],
    ['another kind of grant', { grant_type: 'password' }],
  ])('issues no token for %s', async (_what, wrong) => {
    const { clientId, clientSecret } = shop.credentials;
    const grant = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', ...wrong };
    expect((await post('/admin/oauth/access_token', grant)).status).toBe(400);
    expect(shop.tokenFetches).toMatchObject([{ right: false }]);
  });
});
