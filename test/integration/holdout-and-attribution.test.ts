/** Who is called by lot and who is not, and which orders count for the one side and the other. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import { aShopper, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let service: Running;
let time: PassingTime;

async function begin(env: Record<string, string> = {}): Promise<void> {
  ground = await openGround();
  time = passingTime(ground);
  service = await ground.start({ env, overrides: { clock: time.clock } });
}

afterEach(async () => {
  await time.close();
  await ground.close();
});

async function leaves(...shoppers: ShopperInTest[]): Promise<RecoveryRecord[]> {
  for (const shopper of shoppers) await service.send(shopper.fillsIn(time.ago(20 * MINUTE)));
  return Promise.all(
    shoppers.map(async ({ recoveryId }) => {
      const { record } = await settled(ground.store, recoveryId, ({ record: { state } }) => {
        return state === 'ended' || state === 'skipped';
      });
      return record;
    }),
  );
}

async function recordOf({ recoveryId }: ShopperInTest): Promise<RecoveryRecord> {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

const called = () => ground.vendor.calls.map(({ body }) => body.metadata?.recoveryId);

/** So many that a lot which leaves one side empty is no lot. */
async function drawn(): Promise<{ heldOut: ShopperInTest[]; others: ShopperInTest[] }> {
  const shoppers = Array.from({ length: 30 }, () => aShopper());
  const records = await leaves(...shoppers);
  const of = (arm: RecoveryRecord['arm']) => shoppers.filter((_, index) => records[index]?.arm === arm);
  const heldOut = of('holdout');
  const others = of('call');
  expect(heldOut.length).toBeGreaterThan(4);
  expect(others.length).toBeGreaterThan(4);
  expect(heldOut.length + others.length).toBe(30);
  return { heldOut, others };
}

describe('a holdout of half the shoppers', () => {
  it('is drawn at the ring and never called, whatever comes afterwards', async () => {
    await begin({ HOLDOUT_PERCENT: '50' });
    const { heldOut, others } = await drawn();
    expect(called().sort()).toEqual(others.map(({ recoveryId }) => recoveryId).sort());
    for (const shopper of heldOut) {
      const record = await recordOf(shopper);
      expect(record).toMatchObject({ state: 'skipped', reason: 'holdout', attempts: 0, callId: null, dueAt: null });
      expect(record.armAt).toBeGreaterThanOrEqual(record.createdAt);
    }
    // More webhooks, another checkout of the same people, an impatient operator.
    await leaves(...heldOut.map((shopper) => shopper.elsewhere()));
    for (const shopper of heldOut) {
      await service.send(shopper.fillsIn(time.ago(10 * MINUTE)));
      const { status } = await service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/call-now`);
      expect(status).toBe(409);
    }
    await time.pass(HOUR);
    expect(called()).toHaveLength(others.length);
    // And those who were called once are on the same side the next time.
    const again = others.map((shopper) => shopper.elsewhere());
    for (const record of await leaves(...again)) expect(record).toMatchObject({ state: 'ended', arm: 'call' });
  });

  it('counts its orders as the others do: within the window of the lot, and no later', async () => {
    await begin({ HOLDOUT_PERCENT: '50', ATTRIBUTION_WINDOW: '7d' });
    const { heldOut, others } = await drawn();
    const sides = [heldOut, others] as const;
    await time.pass(6 * DAY);
    for (const [buyer] of sides) if (buyer) await service.send(buyer.orders(time.ago(0)));
    for (const [, buyer] of sides) if (buyer) await service.send(buyer.elsewhere().orders(time.ago(0)));
    await time.pass(2 * DAY);
    for (const [, , late] of sides) if (late) await service.send(late.orders(time.ago(0)));
    for (const [arm, side] of [
      ['holdout', heldOut],
      ['call', others],
    ] as const) {
      const [buyer, elsewhere, late, silent] = await Promise.all(side.slice(0, 4).map(recordOf));
      expect(buyer).toMatchObject({ arm, attributed: true, orderMatch: 'checkout', orderTotal: '197.90' });
      expect(elsewhere).toMatchObject({ arm, attributed: true, orderMatch: 'person', orderTotal: '197.90' });
      expect(late).toMatchObject({ arm, attributed: false, orderMatch: 'checkout', orderTotal: '197.90' });
      expect(silent).toMatchObject({ arm, attributed: false, orderedAt: null });
    }
    expect(called()).toHaveLength(others.length);
  });
});

describe('without a holdout', () => {
  it('everybody is called', async () => {
    await begin();
    const shoppers = Array.from({ length: 10 }, () => aShopper());
    for (const record of await leaves(...shoppers)) expect(record).toMatchObject({ state: 'ended', arm: 'call' });
    expect(called()).toHaveLength(10);
  });
});

describe('an order', () => {
  /** Of a shopper who was called four days ago, within a window of three to five. */
  async function fourDaysLater(env: Record<string, string> = {}): Promise<ShopperInTest> {
    await begin(env);
    const shopper = aShopper();
    await leaves(shopper);
    await time.pass(4 * DAY);
    return shopper;
  }

  const long = { ATTRIBUTION_WINDOW: '5d', ORDER_MATCH_WINDOW: '30d' };

  it.each<[string, Record<string, string>, (shopper: ShopperInTest) => ShopperInTest, Partial<RecoveryRecord>]>([
    ['of the checkout itself', long, (she) => she, { attributed: true, orderMatch: 'checkout' }],
    ['of the same person', long, (she) => she.elsewhere(), { attributed: true, orderMatch: 'person' }],
    ['after the window', { ATTRIBUTION_WINDOW: '3d' }, (she) => she, { attributed: false, orderMatch: 'checkout' }],
    [
      'of the same person, long after she left this checkout',
      { ...long, ORDER_MATCH_WINDOW: '3d' },
      (she) => she.elsewhere(),
      { attributed: false, orderMatch: null, orderedAt: null },
    ],
    ['of somebody else', long, () => aShopper(), { attributed: false, orderMatch: null, orderedAt: null }],
  ])('%s: %j', async (_whose, env, orderer, expected) => {
    const shopper = await fourDaysLater(env);
    await service.send(orderer(shopper).orders(time.ago(0)));
    expect(await recordOf(shopper)).toMatchObject({ state: 'ended', ...expected });
  });

  it('of the checkout itself says more than one of the person, in whichever order they come', async () => {
    const shopper = await fourDaysLater(long);
    await service.send(shopper.elsewhere().orders(time.ago(HOUR)));
    await service.send(shopper.orders(time.ago(0)));
    const expected = { attributed: true, orderMatch: 'checkout', orderName: `#${shopper.ids.orderNumber}` };
    expect(await recordOf(shopper)).toMatchObject(expected);
    await service.send(shopper.elsewhere().orders(time.ago(0)));
    expect(await recordOf(shopper)).toMatchObject(expected);
  });

  it('that was placed before the call and told of after it is not brought by it', async () => {
    await begin(long);
    const shopper = aShopper();
    await leaves(shopper);
    await service.send(shopper.orders(time.ago(MINUTE)));
    expect(await recordOf(shopper)).toMatchObject({ attributed: false, orderMatch: 'checkout', orderTotal: '197.90' });
  });
});
