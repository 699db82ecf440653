/** Whatever says that the shopper has bought, or is gone, stops the call: in whichever order the webhooks come. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aShopper, longAgo, minutesAgo, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start();
});
afterAll(() => ground.close());

async function takes(...webhooks: Webhook[]): Promise<void> {
  for (const webhook of webhooks) expect(await service.send(webhook)).toBe(200);
}

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

/** Requests to the vendor for this shopper. */
function dialsOf({ recoveryId }: ShopperInTest): number {
  return ground.vendor.calls.filter((call) => call.body.metadata?.recoveryId === recoveryId).length;
}

/** Rings the alarm as if it were due: what was stopped must not be dialled even then. */
async function ringNow(shopper: ShopperInTest) {
  return service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/call-now`);
}

describe('before the call', () => {
  it.each<[string, (shopper: ShopperInTest) => Webhook, string]>([
    ['a checkout with completed_at', (shopper) => shopper.completes(new Date()), 'ordered'],
    ['orders/create', (shopper) => shopper.orders(new Date()), 'ordered'],
    ['orders/paid', (shopper) => shopper.orders(new Date(), 'orders/paid'), 'ordered'],
    ['checkouts/delete, which names no token', (shopper) => shopper.deletes(), 'checkout_deleted'],
  ])('%s cancels it and takes the alarm away', async (_what, stop, reason) => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'scheduled', alarm: 1 });
    await takes(stop(shopper));
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason, dueAt: null });
    expect(await ground.redis.exists(`${ground.prefix}:dial:rec-${shopper.recoveryId}-1`)).toBe(0);
    expect((await ringNow(shopper)).status).toBe(409);
    expect(dialsOf(shopper)).toBe(0);
  });

  it('checkouts/delete finds the checkout by its cart when it has no id of its own', async () => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)));
    const body = JSON.stringify({ cart_token: shopper.ids.cartToken });
    await takes({ topic: 'checkouts/delete', apiVersion: '2026-10', body });
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'checkout_deleted' });
  });

  it('an order without a checkout token finds the checkout by its cart', async () => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)));
    const order = { ...JSON.parse(shopper.orders(new Date()).body), id: 1_017, checkout_token: null };
    await takes({ topic: 'orders/create', apiVersion: '2026-10', body: JSON.stringify(order) });
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
  });

  it('the order’s name and time are kept, so that an operator finds it', async () => {
    const shopper = aShopper();
    const orderedAt = minutesAgo(2);
    await takes(shopper.fillsIn(minutesAgo(3)), shopper.orders(orderedAt));
    const orderName = `#${shopper.ids.orderNumber}`;
    const record = await recordOf(shopper);
    expect(record).toMatchObject({ orderName, orderedAt: Math.floor(orderedAt.getTime() / 1_000) * 1_000 });
    const found = (await service.ops.get(`/ops/api/recoveries?query=${shopper.ids.orderNumber}`)).json;
    expect(found.recoveries.map(({ id }: { id: string }) => id)).toContain(shopper.recoveryId);
  });

  it.each<[string, (shopper: ShopperInTest) => Webhook]>([
    ['an order', (shopper) => shopper.orders(minutesAgo(18))],
    ['a completed checkout', (shopper) => shopper.completes(minutesAgo(18))],
  ])('%s that comes before every other webhook of its checkout rules the call out', async (_what, stop) => {
    const shopper = aShopper();
    await takes(stop(shopper), shopper.opens(minutesAgo(20)), shopper.fillsIn(minutesAgo(19)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
    expect((await ringNow(shopper)).status).toBe(409);
    // A later body that forgot about the purchase does not bring it back either.
    await takes(shopper.fillsIn(minutesAgo(15)));
    expect((await recordOf(shopper)).state).toBe('cancelled');
    expect(dialsOf(shopper)).toBe(0);
  });

  it('a purchase stops the call even when the rest of its body cannot be read, and the body is kept', async () => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)));
    const body = { ...JSON.parse(shopper.completes(new Date()).body), line_items: { first: 7 } };
    await takes({ topic: 'checkouts/update', apiVersion: '2026-10', body: JSON.stringify(body) });
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
    expect((await service.ops.get('/ops/api/parked')).json.parked).toHaveLength(1);
  });

  it('an operator cancels it, and a later webhook does not bring it back', async () => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(2)));
    const answer = await service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/cancel`);
    expect(answer).toMatchObject({ status: 200, json: { status: 'done', state: 'cancelled' } });
    await takes(shopper.fillsIn(minutesAgo(1)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'operator' });
  });

  it('the deletion of a checkout that nobody knows yet stops it when it comes', async () => {
    const shopper = aShopper();
    await takes(shopper.deletes());
    expect(await ground.store.load(shopper.recoveryId)).toBeNull();
    await takes(shopper.fillsIn(minutesAgo(1)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'checkout_deleted' });
    expect((await ringNow(shopper)).status).toBe(409);
  });

  it('an order that names only the cart stops a checkout that comes after it', async () => {
    const shopper = aShopper();
    const order = { ...JSON.parse(shopper.orders(new Date()).body), id: 1_018, checkout_token: null };
    await takes({ topic: 'orders/create', apiVersion: '2026-10', body: JSON.stringify(order) });
    await takes(shopper.fillsIn(minutesAgo(1)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
  });

  it.each([
    ['a name that is a number', { name: { no: 1017 } }],
    ['an amount with a thousands separator', { total_price: '1,299.00' }],
    ['an e-mail address that is none', { email: false }],
    ['a date of another form', { created_at: 'yesterday' }],
    ['a customer that is a word', { customer: 'x' }],
    ['no id', { id: null, admin_graphql_api_id: null }],
  ])('a purchase stops the call whatever else of the order cannot be read: %s', async (_what, odd) => {
    const shopper = aShopper();
    await takes(shopper.fillsIn(minutesAgo(1)));
    const body = JSON.stringify({ ...JSON.parse(shopper.orders(new Date()).body), ...odd });
    await takes({ topic: 'orders/create', apiVersion: '2026-10', body });
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
  });
});

describe('while the vendor has the request', () => {
  /** Starts a dial that the vendor answers with `status`, and holds the answer until the order is in. */
  async function orderDuringDial(status: number | null): Promise<ShopperInTest> {
    const shopper = aShopper();
    if (status !== null) ground.vendor.nextAnswers.push({ status, delayMs: 300, headers: { 'retry-after': '1' } });
    else ground.vendor.nextAnswers.push({ delayMs: 300 });
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'dialing');
    await takes(shopper.orders(new Date()));
    expect(await recordOf(shopper)).toMatchObject({ state: 'dialing', stopReason: 'ordered' });
    return shopper;
  }

  it('an order is remembered: a dial that turns out not placed is not tried again', async () => {
    const shopper = await orderDuringDial(429);
    const { record } = await settled(ground.store, shopper.recoveryId, 'cancelled');
    expect(record).toMatchObject({ reason: 'ordered', attempts: 1, dueAt: null });
    expect(record.orderedAt).not.toBeNull();
    expect(dialsOf(shopper)).toBe(0);
  });

  it('an order does not hide that the call was placed', async () => {
    const shopper = await orderDuringDial(null);
    const { record } = await settled(ground.store, shopper.recoveryId, ({ record: { callId } }) => callId !== null);
    expect(record).toMatchObject({ stopReason: 'ordered', orderName: `#${shopper.ids.orderNumber}` });
    expect(record.orderedAt).not.toBeNull();
  });
});

describe('after the call', () => {
  it('an order becomes a fact on the record, once, and the record stays ended', async () => {
    const shopper = aShopper();
    ground.vendor.nextScenarios.push('answered');
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'ended');
    await takes(shopper.orders(new Date()), shopper.orders(new Date(), 'orders/paid'), shopper.orders(new Date()));
    const { record, timeline } = await until('the order is noted', async () => ground.store.load(shopper.recoveryId));
    expect(record).toMatchObject({ state: 'ended', stopReason: null, orderName: `#${shopper.ids.orderNumber}` });
    expect(timeline.filter(({ event }) => event === 'ordered')).toHaveLength(1);
  });
});
