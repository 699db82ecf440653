/** An order that the shopper made on the phone: what is ordered, once, and what every answer of the shop leads to. */
import { describe, expect, it } from 'vitest';
import type { AgentOrderRequest } from '../../../../src/domain/agent-order-request.ts';
import { MINUTE, SECOND } from '../../../../src/domain/duration.ts';
import type { Errand } from '../../../../src/domain/errand.ts';
import type { RecoveryRecord } from '../../../../src/domain/recovery.ts';
import type { DraftOrder, ShopFault } from '../../../../src/domain/shop-admin.ts';
import { agentOrder } from '../../../../src/recovery/errands/agent-order.ts';
import { ELEVEN_IN_BENGALURU } from '../../../support/a-record.ts';
import { anErrand } from '../../../support/an-errand.ts';
import { type FakeAdmin, fakeAdmin } from '../../../support/fakes.ts';
import { aCalledRecord } from '../../../support/moved.ts';

const KEY = 'agent_order:1';
const SAID = { payload: 'what the vendor sent' };
const called = aCalledRecord({ outcomes: { 'action:create-order': SAID } });
const ORDER_KEY = `${called.id}:${KEY}`;
const DRAFT: DraftOrder = { id: 'gid://shopify/DraftOrder/501', name: '#D7', orderName: null };

const nothingSaid: AgentOrderRequest = {
  email: null,
  phone: null,
  note: null,
  lines: [],
  unreadableLines: 0,
  shippingAddress: null,
  discountCode: null,
  paymentMode: null,
};

interface Given {
  readonly admin?: FakeAdmin;
  readonly mode?: 'off' | 'draft' | 'cod';
  readonly said?: Partial<AgentOrderRequest>;
  readonly errand?: Partial<Errand>;
  readonly record?: Partial<RecoveryRecord>;
}

async function order({ admin = fakeAdmin(), mode = 'draft', said = {}, errand = {}, record = {} }: Given = {}) {
  const sent: unknown[] = [];
  const read = (payload: unknown) => {
    sent.push(payload);
    return { ...nothingSaid, ...said };
  };
  const doing = anErrand({ kind: 'agent_order', state: 'doing', about: 'action:create-order', ...errand });
  const tried = await agentOrder({ admin, mode, read })({ ...called, ...record }, KEY, doing);
  return { ...tried, sent, asked: admin.asked.map(([question]) => question), admin };
}

const ordered = (name: string) => ({ kind: 'done', note: `ordered ${name}` });
const silent: ShopFault = { kind: 'unavailable', cause: 'timeout', retryAfterMs: null };
const denied: ShopFault = { kind: 'denied', cause: 'no_scope' };
const refused: ShopFault = { kind: 'refused', message: 'variant is gone' };
const no = (fault: ShopFault) => ({ ok: false, fault }) as const;

describe('what is ordered', () => {
  it('is the cart, where the shopper said nothing else', async () => {
    const { admin, sent } = await order();
    expect(sent).toEqual(['what the vendor sent']);
    expect(admin.asked).toEqual([
      [
        'createAgentOrder',
        {
          key: ORDER_KEY,
          checkoutToken: called.checkoutToken,
          email: 'asha.rao@mail.example',
          phone: '+919090909090',
          note: null,
          lines: [
            {
              variantId: 'gid://shopify/ProductVariant/45500011122233',
              title: 'Monsooned Malabar, 1 kg',
              quantity: 1,
            },
          ],
          shippingAddress: expect.objectContaining({ firstName: 'Asha', country: 'India' }),
          discountCodes: [],
        },
      ],
    ]);
  });

  it('is what she said, where she said something', async () => {
    const said = {
      email: 'asha@home.example',
      phone: '+91 90909 19191',
      note: 'ring twice',
      lines: [{ variantId: null, title: 'Filter paper', quantity: 3 }],
      shippingAddress: { address1: '7 Cubbon Road', zip: '560001' },
      discountCode: 'TEA',
    };
    const { discountCode: _code, ...asSaid } = { ...said, phone: '+919090919191' };
    const offered = { code: 'TEA', state: 'fixed', shopId: null, endsAt: null } as const;
    const { admin } = await order({ said, record: { discount: offered } });
    expect(admin.asked[0]?.[1]).toEqual({
      key: ORDER_KEY,
      checkoutToken: called.checkoutToken,
      ...asSaid,
      discountCodes: ['TEA'],
    });
  });

  it.each([
    ['in the way of her country', '090909 19191', 'IN', '+919090919191'],
    ['in no way that anybody can tell', '090909 19191', null, '+919090909090'],
    ['in the way of no country there is', '090909 19191', 'Bharat', '+919090909090'],
    ['misheard', '+91 9', 'IN', '+919090909090'],
  ])('is for her number, or the one that was dialled: %s', async (_what, phone, country, expected) => {
    const shippingAddress = country === null ? null : { country };
    const { admin } = await order({ said: { phone, shippingAddress } });
    expect(admin.asked[0]?.[1]).toMatchObject({ phone: expected });
  });

  it('is nothing when a part of what was agreed cannot be read', async () => {
    const lines = [{ variantId: null, title: 'Filter paper', quantity: 3 }];
    const { result, asked } = await order({ said: { lines, unreadableLines: 1 } });
    expect(result).toEqual({ kind: 'failed', note: 'unreadable_lines' });
    expect(asked).toEqual([]);
  });

  it('is nothing when nothing is known of what it was', async () => {
    const { result, asked } = await order({ record: { payload: null } });
    expect(result).toEqual({ kind: 'failed', note: 'no_lines' });
    expect(asked).toEqual([]);
  });

  it('is nothing when what was sent was too much to keep', async () => {
    const outcomes = { 'action:create-order': { truncated: true } };
    const { result, asked } = await order({ record: { outcomes } });
    expect(result).toEqual({ kind: 'failed', note: 'too_large' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['is about nothing', { about: null }, {}],
    ['is about what is not on the record', {}, { outcomes: {} }],
    ['is about what is no object', {}, { outcomes: { 'action:create-order': 'yes' } }],
  ])('is the cart when the errand %s', async (_what, errand, record) => {
    const { sent, asked } = await order({ errand, record });
    expect(sent).toEqual([undefined]);
    expect(asked).toEqual(['createAgentOrder']);
  });

  it('is nothing when the shopper bought by herself meanwhile', async () => {
    const { result, asked } = await order({ record: { orderedAt: ELEVEN_IN_BENGALURU } });
    expect(result).toEqual({ kind: 'done', note: 'ordered_already' });
    expect(asked).toEqual([]);
  });

  it.each<[string, Given]>([
    ['switched off', { mode: 'off' }],
    ['without access to the shop', {}],
  ])('is nothing %s: a fault for an operator', async (what, given) => {
    const result = { kind: 'failed', note: 'not_configured' };
    if (what === 'switched off') expect(await order(given)).toMatchObject({ result, asked: [] });
    else {
      const hand = agentOrder({ admin: null, mode: 'cod', read: () => nothingSaid });
      expect(await hand(called, KEY, anErrand())).toEqual({ result });
    }
  });
});

describe('an order', () => {
  it('stays a draft where the merchant wants that', async () => {
    const { result, asked } = await order({ mode: 'draft' });
    expect(asked).toEqual(['createAgentOrder']);
    expect(result).toEqual(ordered('#D7'));
  });

  it.each([null, 'cod', 'COD', 'cash on delivery', 'Cash'])(
    'is completed for payment on delivery when she will pay so: %s',
    async (paymentMode) => {
      const { result, admin } = await order({ mode: 'cod', said: { paymentMode } });
      expect(admin.asked[1]).toEqual(['completeAgentOrder', DRAFT.id]);
      expect(result).toEqual(ordered('#1042'));
    },
  );

  it.each(['prepaid', 'upi', 'encoded', 'card'])(
    'stays a draft when she will pay otherwise: %s',
    async (paymentMode) => {
      const { result, asked } = await order({ mode: 'cod', said: { paymentMode } });
      expect(asked).toEqual(['createAgentOrder']);
      expect(result).toEqual(ordered('#D7'));
    },
  );

  it('that has no name yet is told by its id', async () => {
    const admin = fakeAdmin({ createAgentOrder: { ok: true, value: { ...DRAFT, name: null } } });
    expect((await order({ admin })).result).toEqual(ordered(DRAFT.id));
  });
});

describe('an order that may have been made', () => {
  const doubtful = { doubtful: true };
  const found = (draft: Partial<DraftOrder> = {}) =>
    fakeAdmin({ findAgentOrder: { ok: true, value: { ...DRAFT, ...draft } } });

  it('is looked for by its key, and not made again', async () => {
    const { result, admin } = await order({ admin: found(), errand: doubtful });
    expect(admin.asked).toEqual([['findAgentOrder', ORDER_KEY]]);
    expect(result).toEqual(ordered('#D7'));
  });

  it('is completed where that is still to be done', async () => {
    const { result, asked } = await order({ admin: found(), errand: doubtful, mode: 'cod' });
    expect(asked).toEqual(['findAgentOrder', 'completeAgentOrder']);
    expect(result).toEqual(ordered('#1042'));
  });

  it('and was completed, too, is done', async () => {
    const { result, asked } = await order({ admin: found({ orderName: '#1041' }), errand: doubtful, mode: 'cod' });
    expect(asked).toEqual(['findAgentOrder']);
    expect(result).toEqual(ordered('#1041'));
  });

  it('is looked for also when she has bought meanwhile: it may be that very order', async () => {
    const bought = { orderedAt: ELEVEN_IN_BENGALURU };
    const { result } = await order({ admin: found({ orderName: '#1041' }), errand: doubtful, record: bought });
    expect(result).toEqual(ordered('#1041'));
  });

  it('is looked for twice before it is made: the shop’s search is slow', async () => {
    const first = await order({ errand: doubtful });
    expect(first).toMatchObject({
      asked: ['findAgentOrder'],
      result: { kind: 'wait', note: 'not_found_yet', forMs: 30 * SECOND },
    });
    const second = await order({ errand: { ...doubtful, note: 'not_found_yet' } });
    expect(second).toMatchObject({ asked: ['findAgentOrder', 'createAgentOrder'], result: ordered('#D7') });
  });

  it('is not made while the shop cannot say', async () => {
    const admin = fakeAdmin({ findAgentOrder: no(silent) });
    expect(await order({ admin, errand: { ...doubtful, note: 'not_found_yet' } })).toMatchObject({
      asked: ['findAgentOrder'],
      result: { kind: 'again', note: 'timeout', afterMs: null, doubtful: true },
    });
  });

  it('and is known by its id is not looked for', async () => {
    const { result, admin } = await order({ mode: 'cod', errand: { ...doubtful, ref: DRAFT.id } });
    expect(admin.asked).toEqual([['completeAgentOrder', DRAFT.id]]);
    expect(result).toEqual(ordered('#1042'));
  });
});

describe('a shop that does not make it', () => {
  it.each<[ShopFault, object]>([
    [silent, { kind: 'again', note: 'timeout', afterMs: null, doubtful: true }],
    [denied, { kind: 'again', note: 'no_scope', afterMs: 10 * MINUTE, doubtful: false }],
    [refused, { kind: 'failed', note: 'shop_refused' }],
  ])('and answers %j may have made it, or not', async (fault, result) => {
    expect((await order({ admin: fakeAdmin({ createAgentOrder: no(fault) }) })).result).toEqual(result);
  });

  it.each([silent, denied])('complete, and answers %j, keeps the draft for the next try', async (fault) => {
    const { result } = await order({ mode: 'cod', admin: fakeAdmin({ completeAgentOrder: no(fault) }) });
    expect(result).toMatchObject({ kind: 'again', ref: DRAFT.id });
  });

  it('complete at all is a fault for an operator', async () => {
    const { result } = await order({ mode: 'cod', admin: fakeAdmin({ completeAgentOrder: no(refused) }) });
    expect(result).toEqual({ kind: 'failed', note: 'shop_refused' });
  });
});

describe('an order that must not be made', () => {
  it.each(['Cashfree', 'cashless', 'prepaid (no COD)', 'Cash App Pay', 'not cash'])(
    'is not completed for payment on delivery when she said %s',
    async (paymentMode) => {
      expect((await order({ mode: 'cod', said: { paymentMode } })).asked).toEqual(['createAgentOrder']);
    },
  );

  it('is not completed when she has bought by herself since the draft was made', async () => {
    const { asked, result } = await order({ mode: 'cod', errand: { ref: DRAFT.id }, record: { orderedAt: 1 } });
    expect(asked).toEqual([]);
    expect(result).toEqual({ kind: 'done', note: 'ordered_already' });
  });

  it('is not made of a cart that the agent never talked about', async () => {
    const errands = { replace_payload: anErrand({ kind: 'replace_payload', state: 'done', note: 'too_late' }) };
    const { asked, result } = await order({ record: { errands } });
    expect(asked).toEqual([]);
    expect(result).toEqual({ kind: 'failed', note: 'cart_changed' });
  });

  it('has no code that nobody offered', async () => {
    const { admin } = await order({ said: { discountCode: 'STAFF100' } });
    expect(admin.asked[0]?.[1]).toMatchObject({ discountCodes: [] });
  });
});
