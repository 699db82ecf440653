/** The last look at the shop before a dial: what its webhooks did not tell is asked, and its silence has the end that the merchant chose. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/domain/duration.ts';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import type { Trouble } from '../../stand-ins/shop-admin/scripted-trouble.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { CLIENT_ID, type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let service: Running;
let time: PassingTime;
let log: LogLines;

/** Sets the stage for all tests of a `describe`. */
function withService(env: (ground: Ground) => Record<string, string>): void {
  beforeAll(async () => {
    ground = await openGround({ vendor: { scenario: 'silent' } });
    time = passingTime(ground);
    log = logLines();
    service = await ground.start({ env: env(ground), overrides: { clock: time.clock }, logger: log.logger });
  });
  afterAll(async () => {
    await time.close();
    await ground.close();
  });
}

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

function dialsOf({ recoveryId }: ShopperInTest): number {
  return ground.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === recoveryId).length;
}

/** Of the operation, how often the shop was asked about this checkout. */
function looksAt({ token }: ShopperInTest): string[] {
  return ground.shop.asked
    .filter(({ variables }) => variables.orders === `checkout_token:${token}`)
    .map(({ operation }) => operation);
}

/** Leaves a checkout at the shop, and a webhook of it that is due at once. */
async function leaves(shopper: ShopperInTest): Promise<void> {
  if (!ground.shop.shelves.checkouts.some(({ token }) => token === shopper.token)) {
    ground.shop.shelves.putCheckout(shopper.facts(longAgo()));
  }
  expect(await service.send(shopper.fillsIn(longAgo()))).toBe(200);
}

describe('a shop that is asked', () => {
  withService(({ admin }) => ({ ...admin, LAST_LOOK: 'call' }));

  it('and knows of nothing against it has the shopper called', async () => {
    const shopper = aShopper();
    ground.shop.shelves.putAbandonment(shopper.token);
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(looksAt(shopper)).toEqual(['LastLook']);
  });

  it.each<[string, (shopper: ShopperInTest) => void, RecoveryRecord['orderMatch']]>([
    [
      'that the checkout was completed',
      (shopper) => {
        const completedAt = minutesAgo(2);
        ground.shop.shelves.putCheckout({ ...shopper.facts(completedAt), completedAt });
      },
      'checkout',
    ],
    [
      'of the order whose webhook was lost',
      (shopper) => ground.shop.shelves.putOrder(shopper.facts(minutesAgo(2))),
      'person',
    ],
    [
      'of another order of the same customer since',
      (shopper) => ground.shop.shelves.putAbandonment(shopper.token, { customerHasNoOrderSinceAbandonment: false }),
      'person',
    ],
  ])('and knows %s has nobody called', async (_what, told, orderMatch) => {
    const shopper = aShopper();
    told(shopper);
    await leaves(shopper);
    const { record } = await settled(ground.store, shopper.recoveryId, 'cancelled');
    expect(record).toMatchObject({ reason: 'ordered', orderMatch, attempts: 0, arm: null });
    expect(record.orderedAt).not.toBeNull();
    expect(dialsOf(shopper)).toBe(0);
  });

  it('and knows that the goods are gone has nobody called, until a webhook opens it again and they are back', async () => {
    const shopper = aShopper();
    ground.shop.shelves.putAbandonment(shopper.token, { inventoryAvailable: false });
    await leaves(shopper);
    const { record } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record).toMatchObject({ reason: 'out_of_stock', attempts: 0 });
    ground.shop.shelves.putAbandonment(shopper.token);
    await service.send(shopper.fillsIn(minutesAgo(15)));
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(dialsOf(shopper)).toBe(1);
  });

  it('and finds orders of others, because it ignores the search, has the shopper called', async () => {
    ground.shop.shelves.putOrder(aShopper().facts(minutesAgo(2)));
    ground.shop.moods.searchIgnored = true;
    const shopper = aShopper();
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'called');
    ground.shop.moods.searchIgnored = false;
  });

  it('is asked once for each dial, also when the dial has to be tried again', async () => {
    ground.vendor.nextAnswers.push({ status: 429, headers: { 'retry-after': '1' } });
    const shopper = aShopper();
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(await recordOf(shopper)).toMatchObject({ attempts: 2 });
    expect(looksAt(shopper)).toEqual(['LastLook', 'LastLook']);
  });

  it('is asked by the token alone when nobody told the checkout’s id', async () => {
    const shopper = aShopper();
    const { body, ...rest } = shopper.fillsIn(longAgo());
    const nameless = body.replace(/"name":"#\d+"/, '"name":null');
    expect(nameless).not.toBe(body);
    await service.send({ ...rest, body: nameless });
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(looksAt(shopper)).toEqual(['LastLookByToken']);
  });
});

const SILENCES: [what: string, trouble: Trouble, kind: string][] = [
  ['is away', { status: 503 }, 'unavailable'],
  ['throttles', { throttled: { cost: 50, available: 10, restoreRate: 100 } }, 'unavailable'],
  ['hangs', { hang: true }, 'unavailable'],
  ['resets the connection', { reset: true }, 'unavailable'],
  ['answers nonsense', { status: 200, body: '<html>maintenance</html>' }, 'unavailable'],
  ['takes the token for invalid', { status: 401 }, 'denied'],
  ['is frozen', { status: 402 }, 'denied'],
  ['loses the orders', { lost: [{ path: ['orders'], code: 'INTERNAL_SERVER_ERROR' }] }, 'unavailable'],
];

describe('a shop that does not answer, to a merchant who says LAST_LOOK=call', () => {
  withService(({ admin }) => ({ ...admin, LAST_LOOK: 'call', LAST_LOOK_TIMEOUT: '300ms' }));

  it.each(SILENCES)(
    'because it %s has the shopper called all the same, with an alarm',
    async (_what, trouble, kind) => {
      const shopper = aShopper();
      ground.shop.nextAnswers.push(trouble);
      await leaves(shopper);
      await settled(ground.store, shopper.recoveryId, 'called');
      expect(log.of('alarm').filter(({ recoveryId }) => recoveryId === shopper.recoveryId)).toEqual([
        expect.objectContaining({ alarm: 'shop_silent', kind }),
      ]);
      expect(looksAt(shopper)).toHaveLength(1);
    },
  );
});

describe('a shop that does not answer, to a merchant who says LAST_LOOK=wait', () => {
  withService(({ admin }) => ({ ...admin, LAST_LOOK: 'wait', LAST_LOOK_TIMEOUT: '300ms' }));

  it.each(SILENCES)(
    'because it %s is asked again a minute later, and then the shopper is called',
    async (_what, trouble) => {
      const shopper = aShopper();
      ground.shop.nextAnswers.push(trouble);
      await leaves(shopper);
      const { record } = await settled(
        ground.store,
        shopper.recoveryId,
        (seen) => seen.record.reason === 'shop_silent',
      );
      expect(record).toMatchObject({ state: 'scheduled', attempts: 0 });
      expect((record.dueAt ?? 0) - time.clock.now()).toBeGreaterThan(50_000);
      expect(dialsOf(shopper)).toBe(0);
      await time.pass(MINUTE);
      await settled(ground.store, shopper.recoveryId, 'called');
      expect(looksAt(shopper)).toHaveLength(2);
    },
  );

  it('again and again has nobody called, at last because the checkout is too old', async () => {
    const shopper = aShopper();
    ground.shop.nextAnswers.push(...Array.from({ length: 4 }, () => ({ status: 503 })));
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, (seen) => seen.record.reason === 'shop_silent');
    await time.pass(2 * MINUTE);
    expect((await recordOf(shopper)).reason).toBe('shop_silent');
    await time.skip(24 * 60 * MINUTE);
    await time.pass(0);
    const { record } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record).toMatchObject({ reason: 'too_old', attempts: 0 });
    expect(looksAt(shopper).length).toBeGreaterThanOrEqual(2);
    expect(dialsOf(shopper)).toBe(0);
    ground.shop.nextAnswers.length = 0;
  });
});

describe('a token', () => {
  withService(({ admin: { SHOPIFY_ADMIN_TOKEN: _none, ...admin } }) => ({ ...admin, SHOPIFY_CLIENT_ID: CLIENT_ID }));

  it('that the app must fetch is fetched once for many looks, and anew when the shop ends it', async () => {
    const shoppers = [aShopper(), aShopper(), aShopper()];
    await Promise.all(shoppers.map(leaves));
    await Promise.all(shoppers.map(({ recoveryId }) => settled(ground.store, recoveryId, 'called')));
    expect(ground.shop.tokenFetches).toEqual([{ clientId: CLIENT_ID, grantType: 'client_credentials', right: true }]);
    expect(shoppers.flatMap(looksAt)).toHaveLength(3);

    ground.shop.tokens.expireAll();
    const shopper = aShopper();
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(ground.shop.tokenFetches).toHaveLength(2);
    expect(log.of('alarm')).toEqual([]);
  });
});

describe('a merchant who does not want the shop asked', () => {
  withService(({ admin }) => ({ ...admin, LAST_LOOK: 'off' }));

  it('has the shopper called on what the webhooks told', async () => {
    const shopper = aShopper();
    ground.shop.shelves.putOrder(shopper.facts(minutesAgo(2)));
    await leaves(shopper);
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(ground.shop.asked).toEqual([]);
  });
});
