/** A cart that changes when its call is with the vendor already: what the agent will say follows it while it still can. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGRAVED_CART, GREAT_CART, SMALL_CART } from '../../stand-ins/shop/cart.ts';
import type { ReplaceRequest, VendorCall } from '../../stand-ins/voice-vendor/call-book.ts';
import { aShopper, EVERYTHING, longAgo, minutesAgo, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start({ overrides: { random: () => 0 } });
});
afterAll(() => ground.close());

async function takes(...webhooks: Webhook[]): Promise<void> {
  for (const webhook of webhooks) expect(await service.send(webhook)).toBe(200);
}

async function called(): Promise<{ shopper: ShopperInTest; call: VendorCall }> {
  const shopper = aShopper({ cart: SMALL_CART });
  await takes(shopper.fillsIn(longAgo()));
  await settled(ground.store, shopper.recoveryId, 'called');
  return { shopper, call: callOf(shopper) };
}

function callOf({ recoveryId }: ShopperInTest): VendorCall {
  const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === recoveryId);
  if (!call) throw new Error('the vendor knows no such call');
  return call;
}

function replacementsOf({ callId }: VendorCall): Readonly<ReplaceRequest>[] {
  return ground.vendor.replacements.filter((replacement) => replacement.callId === callId);
}

/** The record when the errand to tell the vendor is over. */
async function told({ recoveryId }: ShopperInTest) {
  return settled(ground.store, recoveryId, ({ record }) => {
    const state = record.errands.replace_payload?.state;
    return state === 'done' || state === 'failed';
  });
}

const titles = ({ lines }: { lines: readonly { title: string }[] }) => lines.map(({ title }) => title);

describe('a cart that changes while its call waits at the vendor', () => {
  it('is sent whole, in the place of the old one, and the number that will be dialled stays', async () => {
    const { shopper, call } = await called();
    const before = structuredClone(call.payload);
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
    const { record, timeline } = await told(shopper);

    expect(replacementsOf(call)).toEqual([expect.objectContaining({ status: 200, tookEffect: true })]);
    expect(call.payload).toEqual({
      ...before,
      ...{ discountCodes: [], taxLines: [expect.objectContaining({ rate: 0.2, ratePercentage: 20 })] },
      totalLineItemsPriceSet: { shopMoney: { amount: '705.40' } },
      subtotalPriceSet: { shopMoney: { amount: '705.40' } },
      totalPriceSet: { shopMoney: { amount: '705.40' } },
      lineItems: GREAT_CART.lines.map(({ title, quantity }) => expect.objectContaining({ title, quantity })),
    });
    expect(record).toMatchObject({ state: 'called', attempts: 1, cartValue: '705.40 EUR', payload: call.payload });
    expect(timeline.map(({ event, detail }) => [event, detail])).toEqual(
      expect.arrayContaining([
        ['cart_changed', undefined],
        ['errand_replace_payload', 'replaced'],
      ]),
    );
    expect(ground.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === shopper.recoveryId)).toHaveLength(1);
  });

  it('is sent once for many webhooks that say the same, and once more for each that says something else', async () => {
    const { shopper, call } = await called();
    const great = shopper.withCart(GREAT_CART);
    await takes(...[5, 4, 4, 3].map((minutes) => great.fillsIn(minutesAgo(minutes))));
    await told(shopper);
    await takes(shopper.withCart(ENGRAVED_CART).fillsIn(minutesAgo(2)));
    await until('the second cart is there', () => replacementsOf(call).length === 2);
    // An older webhook that comes late turns nothing back.
    await takes(great.fillsIn(minutesAgo(3)), shopper.fillsIn(minutesAgo(6)));
    await told(shopper);
    expect(call.payload.lineItems.map(({ title }) => title)).toEqual(titles(ENGRAVED_CART));
    expect(replacementsOf(call)).toHaveLength(2);
  });

  it('under another number is sent with the number that the vendor was given', async () => {
    const { shopper, call } = await called();
    const { phone } = call.payload.customer;
    const other = { ...shopper.shopper, contactPhone: '+13125550196', typedPhone: '312 555 0196' };
    await takes(aShopper({ shopper: other, token: shopper.token, cart: GREAT_CART }).fillsIn(minutesAgo(2)));
    const { record } = await told(shopper);
    expect(call.payload.customer.phone).toBe(phone);
    expect(call.payload.shippingAddress?.phone).toBe('+13125550196');
    expect(record.phone).toBe(phone);
  });

  it('until nothing is left to talk about is not sent, and neither is an empty one', async () => {
    const { shopper, call } = await called();
    await takes(shopper.withCart({ ...SMALL_CART, lines: [] }).fillsIn(minutesAgo(2)));
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({ state: 'called', errands: {} });
    expect(replacementsOf(call)).toEqual([]);
  });

  it('together with a refusal to be called takes the call back instead', async () => {
    const { shopper, call } = await called();
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2), { ...EVERYTHING, consent: 'no' }));
    const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
    expect(record).toMatchObject({ stopReason: 'opted_out', callStatus: 'aborted' });
    expect(replacementsOf(call)).toEqual([]);
  });
});

describe('a cart that changes when the call has been attempted', () => {
  it('and nobody told us yet is refused by the vendor as too late, quietly', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextReplaceAnswers.push({ status: 400, body: { code: 400, message: 'Call has been attempted' } });
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
    const { record } = await told(shopper);
    expect(record).toMatchObject({
      state: 'called',
      errands: { replace_payload: { state: 'done', note: 'too_late', tries: 0 } },
    });
    expect(replacementsOf(call)).toHaveLength(1);
  });

  it.each(['call.in-progress', 'call.busy', 'call.completed'])(
    'and “%s” was told is not sent at all',
    async (event) => {
      const { shopper, call } = await called();
      await ground.vendor.sendEvent(call.callId, event);
      await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
      expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject({ state: 'called', errands: {} });
      expect(replacementsOf(call)).toEqual([]);
    },
  );
});

describe('a vendor that does not take the new cart', () => {
  it('is asked again while it gives no answer that decides anything', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextReplaceAnswers.push({ status: 503 });
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
    const { record } = await told(shopper);
    expect(record.errands.replace_payload).toMatchObject({ state: 'done', note: 'replaced', tries: 1 });
    expect(replacementsOf(call).map(({ status }) => status)).toEqual([503, 200]);
    expect(call.payload.lineItems.map(({ title }) => title)).toEqual(titles(GREAT_CART));
  });

  it('because it will never do so leaves the errand to an operator, and the call as it is', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextReplaceAnswers.push({ status: 422, body: { code: 422, message: 'no' } });
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
    const { record } = await told(shopper);
    expect(record).toMatchObject({
      state: 'called',
      errands: { replace_payload: { state: 'failed', note: 'vendor_422' } },
    });
    expect(call.payload.lineItems.map(({ title }) => title)).toEqual(titles(SMALL_CART));
  });

  it('is not asked any more once the shopper has bought', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextReplaceAnswers.push({ status: 503 });
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
    await until('the first try', () => replacementsOf(call).length === 1);
    await takes(shopper.orders(new Date()));
    const { record } = await told(shopper);
    expect(record.errands.replace_payload).toMatchObject({ state: 'done', note: 'not_needed' });
    expect(replacementsOf(call)).toHaveLength(1);
  });
});

describe('a cart that changes while the request is on the wire', () => {
  it('is sent after the call was placed', async () => {
    const shopper = aShopper({ cart: SMALL_CART });
    ground.vendor.nextAnswers.push({ delayMs: 300 });
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'dialing');
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(2)));
    const { record } = await told(shopper);
    const call = callOf(shopper);
    expect(call.body.payload.lineItems.map(({ title }) => title)).toEqual(titles(SMALL_CART));
    expect(call.payload.lineItems.map(({ title }) => title)).toEqual(titles(GREAT_CART));
    expect(record).toMatchObject({ state: 'called', held: null, attempts: 1 });
  });

  it('and is as it was before when the call is placed is not sent', async () => {
    const shopper = aShopper({ cart: SMALL_CART });
    ground.vendor.nextAnswers.push({ delayMs: 300 });
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'dialing');
    await takes(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(3)), shopper.fillsIn(minutesAgo(2)));
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(record).toMatchObject({ held: null, errands: {} });
    expect(replacementsOf(callOf(shopper))).toEqual([]);
  });
});
