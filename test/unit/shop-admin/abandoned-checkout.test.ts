import { describe, expect, it } from 'vitest';
import { toCheckout } from '../../../src/shop-admin/abandoned-checkout.ts';
import { parseCheckout } from '../../../src/shopify/checkout-body.ts';
import { parseJson } from '../../../src/shopify/lossless-json.ts';
import { DISCOUNTED_CART, ENGRAVED_CART, GREAT_CART, SMALL_CART } from '../../../stand-ins/shop/cart.ts';
import { type CheckoutFacts, checkoutBody } from '../../../stand-ins/shop/checkout-body.ts';
import { idsOf } from '../../../stand-ins/shop/ids.ts';
import { checkoutNode } from '../../../stand-ins/shop-admin/nodes.ts';
import { SHOP } from '../../support/a-shopper.ts';
import { checkoutFacts } from '../../support/shop-admin-at-stand-in.ts';

const AT = '2026-11-20T11:30:05Z';
const everything = checkoutFacts(AT);

function webhookOf(facts: CheckoutFacts) {
  const body = parseJson(checkoutBody(facts));
  const parsed = body.ok ? parseCheckout(body.value, SHOP) : { ok: false as const };
  if (!parsed.ok) throw new Error('the stand-in made an unreadable body');
  return parsed.checkout;
}

const read = (fields: Readonly<Record<string, unknown>>) =>
  toCheckout({ ...checkoutNode(everything), ...fields }, SHOP);

describe('an abandoned checkout of the Admin API', () => {
  it.each<[string, Partial<CheckoutFacts>]>([
    ['with everything given', { cart: SMALL_CART }],
    ['with a great cart', { cart: GREAT_CART }],
    ['with a discount', { cart: DISCOUNTED_CART }],
    ['with a line that is no article', { cart: ENGRAVED_CART }],
    ['without an address', { revealed: { email: true } }],
    ['completed', { completedAt: new Date('2026-11-20T11:40:00Z') }],
  ])('%s says what the webhook says, but for the token and the contact of the checkout', (_what, differs) => {
    const facts = checkoutFacts(AT, differs);
    const webhook = webhookOf(facts);
    const found = toCheckout(checkoutNode(facts), SHOP);
    const lineItems = webhook.lineItems.map((line) => ({ ...line, variantTitle: line.variantTitle || null }));
    const taxLines = webhook.taxLines.map((line) => ({ ...line, source: null }));
    expect(found).toEqual({
      ...webhook,
      ...{ lineItems, taxLines, token: '', email: null, phone: null },
      recoveryUrl: found?.recoveryUrl,
    });
    expect(found?.cartToken).toBe(idsOf(facts.token).cartToken);
  });

  it('has the token of a recovery URL of the older form', () => {
    const abandonedCheckoutUrl = `https://${SHOP}/70134591/checkouts/${everything.token}/recover?key=0f`;
    expect(read({ abandonedCheckoutUrl })).toMatchObject({ token: everything.token, cartToken: null });
  });

  it('keeps all digits of an id beyond 2^53', () => {
    expect(read({ id: 'gid://shopify/AbandonedCheckout/98765432109876543210' })?.id).toBe('98765432109876543210');
  });

  it('puts back the zero that GraphQL drops from an amount, and no more', () => {
    const total = (amount: string) =>
      read({ totalPriceSet: { shopMoney: { amount, currencyCode: 'EUR' } } })?.totals.total;
    expect(['189.0', '189.55', '189', '0.5', '1.125'].map(total)).toEqual(['189.00', '189.55', '189', '0.50', '1.125']);
  });

  it.each([
    ['SUBSCRIBED', { accepted: true, phone: '+14155550142' }],
    ['PENDING', { accepted: false, phone: null }],
    ['UNSUBSCRIBED', { accepted: false, phone: null }],
    ['NEVER_SUBSCRIBED', { accepted: false, phone: null }],
    ['REDACTED', { accepted: false, phone: null }],
  ] as const)('of a customer who is %s to text messages', (smsMarketing, expected) => {
    expect(toCheckout(checkoutNode(everything, { smsMarketing }), SHOP)?.smsMarketing).toEqual(expected);
  });

  it('says nothing of a consent nobody was asked for', () => {
    expect(read({ customer: null })?.smsMarketing).toEqual({ accepted: false, phone: null });
  });

  it.each([
    ['no object', 'gid'],
    ['null', null],
    ['an id that is none', { ...checkoutNode(everything), id: 'AbandonedCheckout' }],
    ['no id', { ...checkoutNode(everything), id: null }],
    ['an instant that is none', { ...checkoutNode(everything), completedAt: 'yesterday' }],
    ['an amount that is none', { ...checkoutNode(everything), totalPriceSet: { shopMoney: { amount: 'much' } } }],
    ['lines that are none', { ...checkoutNode(everything), lineItems: [] }],
    ['a customer lost to an error', withoutField('customer')],
    ['an address lost to an error', withoutField('shippingAddress')],
  ])('cannot be read with %s', (_what, node) => {
    expect(toCheckout(node, SHOP)).toBeNull();
  });
});

function withoutField(field: string) {
  const { [field]: _lost, ...rest } = checkoutNode(everything);
  return rest;
}
