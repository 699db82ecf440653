/** A discount code of the shopper's own: made when nothing stands against the call any more, offered once, and taken back when it was not used. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import type { RecoveryState } from '../../src/domain/recovery.ts';
import type { Trouble } from '../../stand-ins/shop-admin/scripted-trouble.ts';
import type { ShelvedDiscount } from '../../stand-ins/shop-admin/shelves.ts';
import { aShopper, EVERYTHING, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let service: Running;
let time: PassingTime;
let log: LogLines;

const MINT = { DISCOUNT: 'mint', DISCOUNT_VALUE: '10%', DISCOUNT_VALID_FOR: '48h', DISCOUNT_NOT_AGAIN: '90d' };

async function begin(env: Record<string, string> = MINT): Promise<void> {
  ground = await openGround();
  time = passingTime(ground);
  log = logLines();
  service = await ground.start({
    env: { ...ground.admin, LAST_LOOK: 'call', ...env },
    overrides: { clock: time.clock, random: () => 0 },
    logger: log.logger,
  });
}

afterEach(async () => {
  await time.close();
  await ground.close();
});

async function leaves(shopper: ShopperInTest, revealed = EVERYTHING): Promise<void> {
  expect(await service.send(shopper.fillsIn(time.ago(20 * MINUTE), revealed))).toBe(200);
}

/** The call of a shopper, and what the agent may offer in it. */
async function offeredTo(shopper: ShopperInTest): Promise<unknown> {
  await leaves(shopper);
  await settled(ground.store, shopper.recoveryId, 'ended');
  return ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === shopper.recoveryId)?.body.metadata
    ?.discount;
}

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

function shelved(): readonly ShelvedDiscount[] {
  return ground.shop.shelves.discounts;
}

function asked(): string[] {
  return ground.shop.asked.map(({ operation }) => operation);
}

/** How many codes were made, those counted that were taken back since. */
function made(): number {
  return asked().filter((operation) => operation === 'CreateDiscount').length;
}

const OFFER = { description: '10% off', value: 10, codeType: '%tage', applyAs: 'additional' };

describe('a discount of her own', () => {
  it('is made for the shopper just before the call, for one use and a limited time, and the agent may offer it', async () => {
    await begin();
    const shopper = aShopper();
    const before = time.clock.now();
    const offer = await offeredTo(shopper);
    const [discount] = shelved();
    expect(shelved()).toHaveLength(1);
    expect(offer).toEqual({ code: discount?.code, ...OFFER });
    expect(discount?.code).toMatch(/^RB[A-HJ-NP-Z2-9]{8}$/);
    expect(discount?.input).toMatchObject({
      usageLimit: 1,
      appliesOncePerCustomer: true,
      customerGets: { value: { percentage: 0.1 }, items: { all: true } },
      combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false },
    });
    const validMs = Date.parse(String(discount?.input.endsAt)) - before;
    expect(validMs).toBeGreaterThanOrEqual(48 * HOUR);
    expect(validMs).toBeLessThan(48 * HOUR + MINUTE);
    // Nothing is asked after it: everything that could stand against the call was asked before.
    expect(asked()).toEqual(['LastLook', 'CreateDiscount']);
    expect(await recordOf(shopper)).toMatchObject({ discount: { state: 'minted', shopId: discount?.id } });
  });

  it.each([
    [
      { DISCOUNT: 'mint', DISCOUNT_VALUE: '5.00', DISCOUNT_APPLY: 'override', DISCOUNT_DESCRIPTION: 'five off, today' },
      { description: 'five off, today', value: 5, codeType: 'fixed', applyAs: 'override' },
      { discountAmount: { amount: '5.00', appliesOnEachItem: false } },
    ],
    [{ DISCOUNT: 'mint', DISCOUNT_VALUE: '7%' }, { ...OFFER, description: '7% off', value: 7 }, { percentage: 0.07 }],
  ])('is worth what the merchant says: %j', async (env, offer, value) => {
    await begin(env);
    expect(await offeredTo(aShopper())).toEqual({ code: shelved()[0]?.code, ...offer });
    expect(shelved()[0]?.input).toMatchObject({ customerGets: { value } });
  });

  it.each<[string, Record<string, string>, (shopper: ShopperInTest) => Promise<void> | void, RecoveryState]>([
    [
      'the shop knows of her order',
      {},
      (shopper) => void ground.shop.shelves.putOrder(shopper.facts(time.ago(MINUTE))),
      'cancelled',
    ],
    [
      'the goods are gone',
      {},
      (shopper) => ground.shop.shelves.putAbandonment(shopper.token, { inventoryAvailable: false }),
      'skipped',
    ],
    [
      'she has ordered elsewhere',
      {},
      async (shopper) => {
        await service.send(shopper.elsewhere().orders(time.ago(MINUTE)));
      },
      'skipped',
    ],
    ['nobody is called in a dry run', { CALL_MODE: 'dry-run' }, () => {}, 'skipped'],
    [
      'it is night where she is',
      { CALLING_HOURS: 'rules' },
      async () => {
        // Two in the morning from the Atlantic to the Pacific, whatever the season.
        const now = time.ago(0);
        await time.skip(Date.UTC(now.getUTCFullYear() + 1, 0, 15, 9, 0) - now.getTime());
      },
      'scheduled',
    ],
  ])('is not made when %s', async (_why, env, happens, state) => {
    await begin({ ...MINT, ...env });
    const shopper = aShopper();
    await happens(shopper);
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, state);
    // And once more, should its time not have come: whoever rings asks everything again.
    await service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/call-now`);
    await time.quiet();
    expect(shelved()).toEqual([]);
    expect(await recordOf(shopper)).toMatchObject({ state, discount: null, attempts: 0 });
  });

  it('is not made for whom the lot has held out', async () => {
    await begin({ ...MINT, HOLDOUT_PERCENT: '50' });
    const shoppers = Array.from({ length: 12 }, () => aShopper());
    for (const shopper of shoppers) await leaves(shopper);
    await Promise.all(
      shoppers.map(({ recoveryId }) => settled(ground.store, recoveryId, ({ record }) => record.arm !== null)),
    );
    await time.quiet();
    const arms = await Promise.all(shoppers.map(async (shopper) => (await recordOf(shopper)).arm));
    const called = arms.filter((arm) => arm === 'call').length;
    expect(called).toBeGreaterThan(0);
    expect(called).toBeLessThan(12);
    expect(shelved()).toHaveLength(called);
  });

  it('is nothing that anybody gets by default', async () => {
    await begin({});
    expect(await offeredTo(aShopper())).toBeUndefined();
    expect(asked()).toEqual(['LastLook']);
  });
});

describe('a code that the merchant looks after', () => {
  it('is offered to everybody, and neither made nor deleted', async () => {
    await begin({ DISCOUNT: 'fixed:COMEBACK10', DISCOUNT_VALUE: '10%' });
    const shopper = aShopper();
    expect(await offeredTo(shopper)).toEqual({ code: 'COMEBACK10', ...OFFER });
    expect(await offeredTo(shopper.elsewhere())).toEqual({ code: 'COMEBACK10', ...OFFER });
    await time.pass(100 * DAY);
    expect((await recordOf(shopper)).errands).toEqual({});
    expect(asked()).toEqual(['LastLook', 'LastLook']);
  });
});

describe('a person who has had a discount', () => {
  it.each<[string, (shopper: ShopperInTest) => ShopperInTest]>([
    ['at another checkout', (shopper) => shopper.elsewhere()],
    [
      'at another checkout, with another number',
      (shopper) => shopper.elsewhere({ contactPhone: '+13125550195', typedPhone: null }),
    ],
    [
      'at another checkout, with another e-mail address',
      (shopper) => shopper.elsewhere({ email: 'second@example.com' }),
    ],
  ])('is called without one %s, until DISCOUNT_NOT_AGAIN is over', async (_where, again) => {
    await begin();
    const shopper = aShopper();
    expect(await offeredTo(shopper)).toMatchObject(OFFER);
    await time.skip(89 * DAY);
    expect(await offeredTo(again(shopper))).toBeUndefined();
    expect(made()).toBe(1);
    await time.skip(2 * DAY);
    expect(await offeredTo(again(shopper))).toMatchObject(OFFER);
    expect(made()).toBe(2);
  });
});

describe('a shop that makes no code', () => {
  it.each<[string, Trouble, string]>([
    ['because it is away', { status: 503 }, 'unavailable'],
    ['because it may not', { errors: [{ message: 'no', extensions: { code: 'ACCESS_DENIED' } }] }, 'denied'],
    ['because its answer was lost', { reset: true }, 'unavailable'],
  ])('%s costs the offer and not the call', async (_why, trouble, kind) => {
    await begin();
    ground.shop.nextAnswers.push({ delayMs: 1 }, trouble);
    const shopper = aShopper();
    expect(await offeredTo(shopper)).toBeUndefined();
    expect(log.of('alarm')).toEqual([expect.objectContaining({ alarm: 'discount_not_minted', kind })]);
    // She has had none, so she may get one another time.
    expect(await offeredTo(shopper.elsewhere())).toMatchObject(OFFER);
  });

  it('makes the one it was asked for when the dial has to be tried again', async () => {
    await begin();
    ground.shop.nextAnswers.push({ delayMs: 1 }, { reset: true, executes: true });
    ground.vendor.nextAnswers.push({ status: 429, headers: { 'retry-after': '1' } });
    const offer = await offeredTo(aShopper());
    expect(shelved()).toHaveLength(1);
    expect(offer).toEqual({ code: shelved()[0]?.code, ...OFFER });
  });

  it('although it did, has it taken back all the same when its time is over', async () => {
    await begin();
    ground.shop.nextAnswers.push({ delayMs: 1 }, { reset: true, executes: true });
    const shopper = aShopper();
    expect(await offeredTo(shopper)).toBeUndefined();
    expect(shelved()).toHaveLength(1);
    await time.pass(49 * HOUR);
    expect(shelved()).toEqual([]);
    expect(await recordOf(shopper)).toMatchObject({ discount: { state: 'deleted' } });
  });
});

describe('a code that nobody used', () => {
  it('is there as long as it was promised, and deleted afterwards', async () => {
    await begin();
    const shopper = aShopper();
    await offeredTo(shopper);
    await time.pass(47 * HOUR);
    expect(shelved()).toHaveLength(1);
    await time.pass(2 * HOUR);
    expect(shelved()).toEqual([]);
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'ended');
    expect(record).toMatchObject({ discount: { state: 'deleted' } });
    expect(timeline.at(-1)).toMatchObject({ event: 'errand_discount_delete', detail: 'deleted' });
  });

  it('is kept when it was used in time', async () => {
    await begin();
    const shopper = aShopper();
    await offeredTo(shopper);
    for (const discount of shelved()) (discount as { uses: number }).uses = 1;
    await time.pass(49 * HOUR);
    expect(shelved()).toHaveLength(1);
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'ended');
    expect(record).toMatchObject({ discount: { state: 'minted' } });
    expect(timeline.at(-1)).toMatchObject({ event: 'errand_discount_delete', detail: 'used' });
  });

  it('is deleted in the end also when the shop is away at first, and its answer is lost then', async () => {
    await begin();
    const shopper = aShopper();
    await offeredTo(shopper);
    ground.shop.nextAnswers.push({ status: 503 }, { delayMs: 1 }, { reset: true, executes: true });
    await time.pass(49 * HOUR);
    expect(shelved()).toEqual([]);
    expect(await recordOf(shopper)).toMatchObject({ discount: { state: 'deleted' } });
    expect(log.of('errand').map(({ note }) => note)).toEqual(['http_503', 'econnreset', 'no_such_code']);
    expect(log.of('alarm')).toEqual([]);
  });

  it.each<[string, (shopper: ShopperInTest) => Promise<unknown>, string]>([
    ['buys', (shopper) => service.send(shopper.orders(time.ago(0))), 'cancelled'],
    ['buys elsewhere', (shopper) => service.send(shopper.elsewhere().orders(time.ago(0))), 'cancelled'],
    [
      'is taken off the list by an operator',
      ({ recoveryId }) => service.ops.post(`/ops/api/recoveries/${recoveryId}/cancel`),
      'cancelled',
    ],
  ])('is taken back at once when the shopper %s before she is dialled', async (_what, happens, state) => {
    await begin();
    ground.vendor.nextAnswers.push({ status: 429, headers: { 'retry-after': '60' } });
    const shopper = aShopper();
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, ({ record }) => record.reason === 'throttled');
    expect(shelved()).toHaveLength(1);
    await happens(shopper);
    await time.quiet();
    expect(await recordOf(shopper)).toMatchObject({ state, discount: { state: 'deleted' } });
    expect(shelved()).toEqual([]);
    expect(ground.vendor.calls).toEqual([]);
  });

  it('is taken back at once when the vendor refuses the call', async () => {
    await begin();
    ground.vendor.nextAnswers.push({ status: 422 });
    const shopper = aShopper();
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'rejected');
    await time.quiet();
    expect(shelved()).toEqual([]);
  });

  it('is taken back within the hour when the goods are gone before she is dialled, and not when she is dialled after all', async () => {
    await begin();
    const [gone, back] = [aShopper(), aShopper()];
    for (const shopper of [gone, back]) {
      ground.vendor.nextAnswers.push({ status: 429, headers: { 'retry-after': '1' } });
      await leaves(shopper);
      await settled(ground.store, shopper.recoveryId, ({ record }) => record.reason === 'throttled');
      ground.shop.shelves.putAbandonment(shopper.token, { inventoryAvailable: false });
      await settled(ground.store, shopper.recoveryId, 'skipped');
    }
    expect(shelved()).toHaveLength(2);
    ground.shop.shelves.putAbandonment(back.token);
    await service.send(back.fillsIn(time.ago(15 * MINUTE)));
    await settled(ground.store, back.recoveryId, 'ended');
    await time.pass(61 * MINUTE);
    const { discount } = await recordOf(back);
    expect(shelved().map(({ code }) => code)).toEqual([discount?.code]);
    expect(await recordOf(gone)).toMatchObject({ discount: { state: 'deleted' } });
    await time.pass(48 * HOUR);
    expect(shelved()).toEqual([]);
  });
});
