/** What the agent agreed on the phone, as far as it can be read: never a fault, never a guess. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAgentOrder, readAgentOrderOf } from '../../../src/voice/agent-order-body.ts';

const NOTHING = {
  email: null,
  phone: null,
  note: null,
  lines: [],
  unreadableLines: 0,
  shippingAddress: null,
  discountCode: null,
  paymentMode: null,
};

describe('what the agent agreed', () => {
  it('is read whole', () => {
    const shippingAddress = {
      firstName: 'Asha',
      lastName: 'Rao',
      address1: '7 Lake View Road',
      address2: 'Flat 3',
      city: 'Bengaluru',
      province: 'Karnataka',
      zip: '560001',
      country: 'India',
      phone: '+919090909090',
    };
    const payload = {
      email: 'asha@shopper.example',
      phone: '+919090909090',
      lineItems: [
        { title: 'Hill Arabica', quantity: 2, variant: { id: 'gid://shopify/ProductVariant/41', title: '500 g' } },
        { title: 'Filter', quantity: '1', variantId: 42 },
        { title: 'Wrapping' },
      ],
      shippingAddress,
      cartTotal: '1955.00',
      codCharge: '40.00',
      discount: { code: 'HILL10', reason: 'hesitated' },
      note: 'Ring the bell twice',
      paymentMode: 'cod',
      abandonedCheckoutId: null,
    };
    expect(readAgentOrder(payload)).toEqual({
      email: 'asha@shopper.example',
      phone: '+919090909090',
      note: 'Ring the bell twice',
      lines: [
        { variantId: 'gid://shopify/ProductVariant/41', title: 'Hill Arabica', quantity: 2 },
        { variantId: '42', title: 'Filter', quantity: 1 },
        { variantId: null, title: 'Wrapping', quantity: 1 },
      ],
      unreadableLines: 0,
      shippingAddress,
      discountCode: 'HILL10',
      paymentMode: 'cod',
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'two bags'],
    ['a list', [{ title: 'Hill Arabica' }]],
    ['empty', {}],
    ['nulls', { email: null, phone: null, lineItems: null, shippingAddress: null, discount: null, note: null }],
    [
      'of the wrong kinds',
      { email: {}, phone: true, lineItems: 'two bags', shippingAddress: [], discount: 10, note: {} },
    ],
    ['empty parts', { email: '', lineItems: [], shippingAddress: { city: '', zip: null }, discount: {}, note: ' ' }],
  ])('is nothing when the payload is %s', (_what, payload) => {
    expect(readAgentOrder(payload)).toEqual(NOTHING);
  });

  it.each([
    ['says nothing', {}],
    ['is no object', 'Hill Arabica'],
    ['is nothing', null],
    ['names no thing', { quantity: 1 }],
    ['has none of it', { title: 'Hill Arabica', quantity: 0 }],
    ['has less than none', { title: 'Hill Arabica', quantity: -1 }],
    ['has half of it', { title: 'Hill Arabica', quantity: 1.5 }],
    ['has a number that is none', { title: 'Hill Arabica', quantity: 'two' }],
    ['has more than anybody orders', { title: 'Hill Arabica', quantity: 560_001 }],
  ])('counts a line that %s as unreadable', (_what, line) => {
    const { lines, unreadableLines } = readAgentOrder({ lineItems: [line, { title: 'Filter' }] });
    expect(lines).toEqual([{ variantId: null, title: 'Filter', quantity: 1 }]);
    expect(unreadableLines).toBe(1);
  });

  it('reads a line that has a variant alone', () => {
    const [line] = readAgentOrder({ lineItems: [{ variantId: 'gid://shopify/ProductVariant/41', quantity: 3 }] }).lines;
    expect(line).toEqual({ variantId: 'gid://shopify/ProductVariant/41', title: '', quantity: 3 });
  });

  it('reads a postcode and a phone that were sent as numbers', () => {
    const order = readAgentOrder({ phone: 919_090_909_090, shippingAddress: { zip: 560_001 } });
    expect(order).toMatchObject({ phone: '919090909090', shippingAddress: { zip: '560001' } });
  });

  it('makes its texts one plain line each', () => {
    const order = readAgentOrder({ note: 'Ring\n\u202Etwice\u0000 ', shippingAddress: { city: 'Benga\u200Bluru' } });
    expect(order).toMatchObject({ note: 'Ring twice', shippingAddress: { city: 'Bengaluru' } });
  });

  it.each([
    ['with its payload', { action: 'create_order', payload: { paymentMode: 'cod' } }, 'cod'],
    ['without one', { action: 'create_order', reason: 'missing_address' }, null],
    ['that was too long to be kept', { truncated: true, action: 'create_order' }, null],
    ['that is none', null, null],
  ])('is read from an action %s', (_what, action, paymentMode) => {
    expect(readAgentOrderOf(action)).toEqual({ ...NOTHING, paymentMode });
  });

  it('is bounded, and says how much it left out', () => {
    const long = 'x'.repeat(10_000);
    const lineItems = Array.from({ length: 1_000 }, () => ({ title: long, quantity: 1 }));
    const order = readAgentOrder({ email: long, note: long, lineItems, shippingAddress: { city: long } });
    expect(order.lines).toHaveLength(250);
    expect(order.unreadableLines).toBe(750);
    expect(order.lines[0]?.title).toHaveLength(255);
    expect([order.email, order.note?.length, order.shippingAddress?.city?.length]).toEqual([null, 1_000, 255]);
  });

  it('is never a fault, whatever was sent', () => {
    const part = fc.jsonValue();
    const payload = fc.record({
      email: part,
      phone: part,
      note: part,
      lineItems: fc.oneof(part, fc.array(fc.record({ title: part, quantity: part, variant: part, variantId: part }))),
      shippingAddress: fc.oneof(part, fc.record({ firstName: part, zip: part, country: part })),
      discount: fc.oneof(part, fc.record({ code: part })),
      paymentMode: part,
    });
    fc.assert(
      fc.property(fc.oneof(part, payload), (sent) => {
        const order = readAgentOrder(sent);
        expect(Object.keys(order).sort()).toEqual(Object.keys(NOTHING).sort());
        for (const { title, variantId, quantity } of order.lines) {
          expect(title !== '' || variantId !== null).toBe(true);
          expect(Number.isInteger(quantity) && quantity >= 1).toBe(true);
        }
      }),
    );
  });
});
