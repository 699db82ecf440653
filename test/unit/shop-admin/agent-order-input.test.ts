import { describe, expect, it } from 'vitest';
import type { AgentOrder } from '../../../src/domain/shop-admin.ts';
import { agentOrderTag, draftOrderInput } from '../../../src/shop-admin/agent-order-input.ts';

const ORDER: AgentOrder = {
  key: 'rec-1:agent_order:call-1',
  checkoutToken: 'c0ffee',
  email: 'odile@example.com',
  phone: '+14155550142',
  note: 'Ring twice',
  lines: [
    { variantId: '49302817465112', title: 'Storm lantern', quantity: 2 },
    { variantId: 'gid://shopify/ProductVariant/49302817497880', title: 'Wool blanket', quantity: 1 },
  ],
  shippingAddress: {
    firstName: 'Odile',
    address1: '9 Ferry Road',
    city: 'San Francisco',
    province: 'CA',
    country: 'us',
  },
  discountCodes: ['RB-TEN'],
};

const inputOf = (differs: Partial<AgentOrder>) => {
  const built = draftOrderInput({ ...ORDER, ...differs });
  return built.ok ? built.input : built.reason;
};

describe('what the shop is told of an order by phone', () => {
  it('is all that was agreed, by articles', () => {
    expect(inputOf({})).toEqual({
      lineItems: [
        { variantId: 'gid://shopify/ProductVariant/49302817465112', quantity: 2 },
        { variantId: 'gid://shopify/ProductVariant/49302817497880', quantity: 1 },
      ],
      tags: [agentOrderTag(ORDER.key)],
      customAttributes: [{ key: 'ringback_checkout_token', value: 'c0ffee' }],
      email: 'odile@example.com',
      phone: '+14155550142',
      note: 'Ring twice',
      shippingAddress: {
        firstName: 'Odile',
        address1: '9 Ferry Road',
        city: 'San Francisco',
        provinceCode: 'CA',
        countryCode: 'US',
      },
      discountCodes: ['RB-TEN'],
    });
  });

  it('leaves out what is not known', () => {
    const input = inputOf({ email: null, phone: '', note: null, shippingAddress: null, discountCodes: [] });
    expect(Object.keys(input)).toEqual(['lineItems', 'tags', 'customAttributes']);
  });

  it('names country and province when it was told names', () => {
    expect(inputOf({ shippingAddress: { country: 'India', province: 'Karnataka' } })).toMatchObject({
      shippingAddress: { country: 'India', province: 'Karnataka' },
    });
  });

  it.each<[string, AgentOrder['lines']]>([
    ['nothing', []],
    ['a thing without an article: it would cost nothing', [{ variantId: null, title: 'Engraving', quantity: 1 }]],
    ['an article that is none', [{ variantId: 'lantern', title: 'Storm lantern', quantity: 1 }]],
    ['no pieces', [{ variantId: '49302817465112', title: 'Storm lantern', quantity: 0 }]],
    ['half a piece', [{ variantId: '49302817465112', title: 'Storm lantern', quantity: 0.5 }]],
    [
      'one good line and a bad one',
      [ORDER.lines[0], { variantId: null, title: '', quantity: 1 }] as AgentOrder['lines'],
    ],
  ])('is not told of %s', (_what, lines) => {
    expect(draftOrderInput({ ...ORDER, lines }).ok).toBe(false);
  });
});

describe('the tag of an order by phone', () => {
  it('is the same for the same key, another for another, and fits into a tag', () => {
    const tags = ['a', 'a', 'b', 'x'.repeat(10_000)].map(agentOrderTag);
    expect(tags[0]).toBe(tags[1]);
    expect(new Set(tags).size).toBe(3);
    // Shopify's tags hold 40 characters.
    for (const tag of tags) expect(tag).toMatch(/^ringback-[0-9a-f]{24}$/);
  });
});
