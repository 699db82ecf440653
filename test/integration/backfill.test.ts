/** The backfill: what no webhook told is read from the shop's own list, exactly once, whatever the shop does meanwhile. */
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/duration.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import type { Trouble } from '../../stand-ins/shop-admin/scripted-trouble.ts';
import { aShopper, EVERYTHING, minutesAgo, SHOP, type ShopperInTest } from '../support/a-shopper.ts';
import { backfillNow, tryBackfill } from '../support/backfill-now.ts';
import { CLIENT_ID, type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let time: PassingTime;
let log: LogLines;
let victim: ServiceProcess | undefined;

async function open(): Promise<void> {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  time = passingTime(ground);
  log = logLines();
}

afterEach(async () => {
  victim?.kill('SIGKILL');
  await time.close();
  await ground.close();
});

/** A service that reads the shop, once it has done so for the first time. */
async function start(env: Record<string, string> = {}): Promise<Running> {
  const had = log.of('backfill').length;
  const all = { ...ground.admin, BACKFILL_EVERY: '24h', ...env };
  const service = await ground.start({ env: all, overrides: { clock: time.clock }, logger: log.logger });
  await firstRunIsOver(had);
  return service;
}

/** There are two reasons for a run at the start; both must have had their turn. */
async function firstRunIsOver(linesBefore = 0): Promise<void> {
  await until('the first run is over', () => log.of('backfill').length >= linesBefore + 2);
  await time.quiet();
}

/** A service that has read an empty shop an hour ago, so that all of this hour is news. */
async function beginning(env: Record<string, string> = {}): Promise<Running> {
  await open();
  const service = await start(env);
  await time.skip(HOUR);
  return service;
}

const HELD_BACK = { CALL_DELAY: '23h' };

function leavesUnheard(shopper: ShopperInTest, agoMs: number, revealed = EVERYTHING): void {
  ground.shop.shelves.putCheckout(shopper.facts(time.ago(agoMs), revealed));
}

async function recordOf(id: string) {
  const recovery = await ground.store.load(id);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

function dialledIds(): unknown[] {
  return ground.vendor.calls.map(({ body }) => body.metadata?.recoveryId).sort();
}

function gaps(): unknown[] {
  return log
    .of('alarm')
    .filter(({ alarm }) => alarm === 'backfill_gap')
    .map(({ what, missed }) => ({ what, missed }));
}

/** Questions of one kind, by the cursor they went on from. */
function pagesAsked(operation: string): unknown[] {
  return ground.shop.asked.filter((asked) => asked.operation === operation).map(({ variables }) => variables.after);
}

describe('three hours without a service', () => {
  it('cost no shopper her call, and nobody a call too many', async () => {
    let service = await beginning();
    const [scheduled, bought, waiting, halfway] = [aShopper(), aShopper(), aShopper(), aShopper()];
    for (const shopper of [scheduled, bought]) await service.send(shopper.fillsIn(time.ago(0)));
    for (const shopper of [waiting, halfway]) await service.send(shopper.opens(time.ago(0)));
    await service.close();

    // Nobody listens: each webhook of this time is lost.
    await time.skip(3 * HOUR);
    const missed = [150, 90, 31].map((minutes) => {
      const shopper = aShopper();
      leavesUnheard(shopper, minutes * MINUTE);
      return shopper;
    });
    const [missedNoPhone, missedNoConsent, missedAndBought, justNow] = [aShopper(), aShopper(), aShopper(), aShopper()];
    leavesUnheard(missedNoPhone, HOUR, { email: true, address: true, consent: 'yes' });
    leavesUnheard(missedNoConsent, HOUR, { ...EVERYTHING, consent: 'no' });
    leavesUnheard(missedAndBought, HOUR);
    ground.shop.shelves.putOrder(missedAndBought.facts(time.ago(50 * MINUTE)));
    ground.shop.shelves.putOrder(bought.facts(time.ago(2 * HOUR)));
    leavesUnheard(halfway, 2 * HOUR);
    leavesUnheard(scheduled, 3 * HOUR + MINUTE);
    // Its webhook is on its way.
    leavesUnheard(justNow, MINUTE);

    service = await start();
    const expected = [scheduled.recoveryId, halfway.recoveryId, ...missed.map(({ foundId }) => foundId)];
    await time.pass(0);
    await until('all of them are called', () => dialledIds().length === expected.length);
    await backfillNow(ground);
    await time.pass(0);
    expect(dialledIds()).toEqual([...expected].sort());

    expect(await recordOf(bought.recoveryId)).toMatchObject({ state: 'cancelled', reason: 'ordered' });
    expect(await recordOf(missedNoPhone.foundId)).toMatchObject({ state: 'waiting', reason: 'no_phone' });
    expect(await recordOf(missedNoConsent.foundId)).toMatchObject({ state: 'skipped', reason: 'no_consent' });
    expect(await recordOf(waiting.recoveryId)).toMatchObject({ state: 'waiting' });
    expect(await ground.store.load(justNow.foundId)).toBeNull();
    const ofBuyer = await Promise.all(
      [missedAndBought.foundId, missedAndBought.recoveryId].map((id) => ground.store.load(id)),
    );
    for (const recovery of ofBuyer) expect(recovery?.record.state ?? 'cancelled').toBe('cancelled');
    expect(gaps()).toEqual([
      { what: 'orders', missed: 2 },
      { what: 'checkouts', missed: missed.length + 4 },
    ]);
  });

  it('leave an order unheard that takes back a call in the vendor’s queue', async () => {
    const service = await beginning();
    const shopper = aShopper();
    await service.send(shopper.fillsIn(time.ago(20 * MINUTE)));
    await settled(ground.store, shopper.recoveryId, 'called');
    await time.skip(HOUR);
    ground.shop.shelves.putOrder(shopper.facts(time.ago(30 * MINUTE)));
    await backfillNow(ground);
    const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
    expect(record).toMatchObject({
      stopReason: 'ordered',
      callStatus: 'aborted',
      attributed: true,
      orderTotal: '197.90',
    });
    expect(gaps()).toEqual([{ what: 'orders', missed: 1 }]);
  });

  it('or thirty, after which a checkout older than CALL_MAX_AGE is on record and nobody is called about it', async () => {
    const service = await beginning();
    await service.close();
    await time.skip(30 * HOUR);
    const [old, fresh] = [aShopper(), aShopper()];
    leavesUnheard(old, 25 * HOUR);
    leavesUnheard(fresh, 23 * HOUR);
    await start();
    await settled(ground.store, fresh.foundId, 'called');
    expect(await recordOf(old.foundId)).toMatchObject({ state: 'skipped', reason: 'too_old', attempts: 0 });
    expect(dialledIds()).toEqual([fresh.foundId]);
  });
});

describe('a shop that is read', () => {
  it('page by page gives everything once, and the next run begins where this one ended', async () => {
    await beginning(HELD_BACK);
    const shoppers = Array.from({ length: 120 }, () => aShopper());
    for (const shopper of shoppers) leavesUnheard(shopper, 5 * MINUTE);
    const first = pagesAsked('ChangedCheckouts').length;
    expect(await backfillNow(ground)).toMatchObject({
      checkouts: { seen: 120, missed: 120, unreadable: 0, complete: true },
      orders: { seen: 0, complete: true },
    });
    expect(pagesAsked('ChangedCheckouts').slice(first)).toEqual([null, expect.any(String), expect.any(String)]);
    expect(await ground.store.countByState(SHOP)).toMatchObject({ scheduled: 120 });
    // What is read twice because the shop's index may lag is no news.
    expect(await backfillNow(ground)).toMatchObject({ checkouts: { seen: 120, missed: 0 } });
    await time.skip(20 * MINUTE);
    await backfillNow(ground);
    expect(await backfillNow(ground)).toMatchObject({ checkouts: { seen: 0, missed: 0 } });
    expect(gaps()).toEqual([{ what: 'checkouts', missed: 120 }]);
  });

  it('and throttles, fails or hangs up is asked again for the same page', async () => {
    await beginning(HELD_BACK);
    const shoppers = Array.from({ length: 60 }, () => aShopper());
    for (const shopper of shoppers) leavesUnheard(shopper, 5 * MINUTE);
    const first = pagesAsked('ChangedCheckouts').length;
    ground.shop.nextAnswers.push(
      { throttled: { cost: 60, available: 10, restoreRate: 500 } },
      { delayMs: 1 },
      { status: 429, headers: { 'retry-after': '0.1' } },
      { delayMs: 1 },
      { status: 503, headers: { 'retry-after': '0.1' } },
      { status: 430, headers: { 'retry-after': '0.1' } },
    );
    expect(await backfillNow(ground)).toMatchObject({
      checkouts: { seen: 60, missed: 60, complete: true },
      orders: { complete: true },
    });
    const pages = pagesAsked('ChangedCheckouts').slice(first);
    expect(pages.slice(0, 2)).toEqual([null, null]);
    expect(new Set(pages.slice(2)).size).toBe(1);
    expect(pages).toHaveLength(5);
  });

  it('and ends the token in the middle is asked with a new one', async () => {
    await open();
    const { SHOPIFY_ADMIN_TOKEN: _none, ...rest } = ground.admin;
    await ground.start({
      env: { ...rest, ...HELD_BACK, SHOPIFY_CLIENT_ID: CLIENT_ID, BACKFILL_EVERY: '24h' },
      overrides: { clock: time.clock },
      logger: log.logger,
    });
    await firstRunIsOver();
    await time.skip(HOUR);
    for (let n = 0; n < 60; n++) leavesUnheard(aShopper(), 5 * MINUTE);
    ground.shop.tokens.expireAll();
    ground.shop.nextAnswers.push({ delayMs: 1 }, { delayMs: 1 }, { delayMs: 1 }, { status: 401 });
    expect(await backfillNow(ground)).toMatchObject({ checkouts: { seen: 60, missed: 60, complete: true } });
    expect(ground.shop.tokenFetches).toHaveLength(3);
    expect(log.of('alarm').map(({ alarm }) => alarm)).toEqual(['backfill_gap']);
  });

  it('and shows one checkout without its customer gives all the others; that one is counted and told of', async () => {
    await beginning(HELD_BACK);
    const shoppers = [aShopper(), aShopper(), aShopper()];
    for (const shopper of shoppers) leavesUnheard(shopper, 5 * MINUTE);
    const lost = [{ path: ['abandonedCheckouts', 'nodes', 1, 'totalPriceSet'], code: 'INTERNAL_SERVER_ERROR' }];
    ground.shop.nextAnswers.push({ delayMs: 1 }, { lost });
    expect(await backfillNow(ground)).toMatchObject({ checkouts: { seen: 2, missed: 2, unreadable: 1 } });
    const known = await Promise.all(shoppers.map(({ foundId }) => ground.store.load(foundId)));
    expect(known.map((recovery) => recovery !== null)).toEqual([true, false, true]);
    expect(log.of('alarm')).toContainEqual(
      expect.objectContaining({ alarm: 'backfill_unreadable', what: 'checkouts', unreadable: 1 }),
    );
  });

  it.each<[string, number, Trouble]>([
    ['denies a field', 1, { lost: [{ path: ['abandonedCheckouts', 'nodes', 0, 'customer'], code: 'ACCESS_DENIED' }] }],
    ['takes the token for invalid', 2, { status: 401 }],
    ['refuses the question', 2, { status: 400 }],
    ['is away for longer than anybody asks', 1, { status: 503, headers: { 'retry-after': '0.05' } }],
  ])('and %s is left for now, with an alarm; the next run misses nothing of it', async (_what, page, trouble) => {
    await beginning(HELD_BACK);
    for (let n = 0; n < 60; n++) leavesUnheard(aShopper(), 5 * MINUTE);
    // The orders, and the pages before it, are answered as ever.
    ground.shop.nextAnswers.push(...Array.from({ length: page }, () => ({ delayMs: 1 })), ...Array(5).fill(trouble));
    const broken = await backfillNow(ground);
    expect(broken.checkouts).toMatchObject({ complete: false, missed: page === 1 ? 0 : 50 });
    expect(log.of('alarm')).toContainEqual(
      expect.objectContaining({ alarm: 'backfill_broken_off', what: 'checkouts' }),
    );
    ground.shop.nextAnswers.length = 0;
    await time.skip(HOUR);
    const next = await backfillNow(ground);
    expect(next.checkouts).toMatchObject({ complete: true });
    expect(broken.checkouts.missed + next.checkouts.missed).toBe(60);
    expect(await ground.store.countByState(SHOP)).toMatchObject({ scheduled: 60 });
  });

  it('and has shipped an order of last year, or of before our time, is no gap', async () => {
    await beginning();
    const placed = aShopper().facts(time.ago(300 * 24 * HOUR));
    const shipped = { ...placed, updatedAt: time.ago(5 * MINUTE) };
    ground.shop.shelves.putOrder(shipped, { fields: { createdAt: placed.createdAt.toISOString() } });
    expect(await backfillNow(ground)).toMatchObject({ orders: { seen: 1, missed: 0 } });
    expect(gaps()).toEqual([]);
  });

  it('and was heard by webhooks all along is no gap', async () => {
    const service = await beginning(HELD_BACK);
    const shoppers = [aShopper(), aShopper()];
    for (const shopper of shoppers) {
      await service.send(shopper.fillsIn(time.ago(30 * MINUTE)));
      leavesUnheard(shopper, 30 * MINUTE);
    }
    const [buyer] = shoppers as [ShopperInTest];
    await service.send(buyer.orders(time.ago(5 * MINUTE)));
    ground.shop.shelves.putOrder(buyer.facts(time.ago(5 * MINUTE)));
    await time.skip(10 * MINUTE);
    expect(await backfillNow(ground)).toMatchObject({
      checkouts: { seen: 2, missed: 0 },
      orders: { seen: 1, missed: 0 },
    });
    expect(gaps()).toEqual([]);
  });
});

describe('a run that dies in the middle', () => {
  it('is gone on with from the page where it stood, by the next one and not before the dead one’s time is up', async () => {
    await open();
    const shoppers = Array.from({ length: 110 }, () => aShopper());
    for (const shopper of shoppers) ground.shop.shelves.putCheckout(shopper.facts(minutesAgo(5)));
    ground.shop.nextAnswers.push({ delayMs: 1 }, { delayMs: 1 }, { hang: true });
    const env = { ...ground.admin, ...HELD_BACK, ROLE: 'worker', BACKFILL_EVERY: '24h' };
    victim = await startServiceProcess(ground.environment(await freePort(), env), { untilReady: false });
    await until('the second page is asked for', () => pagesAsked('ChangedCheckouts').length === 2, 15_000);
    victim.kill('SIGKILL');
    await victim.ended;
    expect(await ground.store.countByState(SHOP)).toMatchObject({ scheduled: 50 });

    await ground.start({ env: { ...env, ROLE: 'worker' }, overrides: { clock: time.clock }, logger: log.logger });
    expect(await tryBackfill(ground)).toBeNull();
    // Five minutes later.
    await ground.redis.pexpire(keysBelow(ground.prefix).backfill(SHOP, 'lock'), 1);
    // The run that went on may have been the one every service makes at its start: then this one reads it all once more.
    expect(await backfillNow(ground)).toMatchObject({ checkouts: { complete: true } });
    const [goneOn] = log.of('backfill').filter(({ what }) => what === 'checkouts');
    expect(goneOn).toMatchObject({ seen: 60, missed: 60 });
    const [first, second, third, fourth] = pagesAsked('ChangedCheckouts');
    expect([first, second]).toEqual([null, expect.any(String)]);
    expect([third, fourth]).toEqual([second, expect.any(String)]);
    expect(await ground.store.countByState(SHOP)).toMatchObject({ scheduled: 110 });
  });

  it('because the service ends is gone on with by the next service', async () => {
    const service = await beginning(HELD_BACK);
    for (let n = 0; n < 60; n++) leavesUnheard(aShopper(), 5 * MINUTE);
    ground.shop.nextAnswers.push({ delayMs: 1 }, { delayMs: 1 }, { status: 503, headers: { 'retry-after': '30' } });
    const running = tryBackfill(ground);
    await until('the second page is asked for', () => pagesAsked('ChangedCheckouts').filter(Boolean).length === 1);
    const askedAt = Date.now();
    await service.close();
    expect(Date.now() - askedAt).toBeLessThan(4_000);
    expect(await running).toMatchObject({ checkouts: { seen: 50, complete: false } });
    await start(HELD_BACK);
    expect(await ground.store.countByState(SHOP)).toMatchObject({ scheduled: 60 });
    expect(pagesAsked('ChangedCheckouts').slice(-2)).toEqual([expect.any(String), expect.any(String)]);
  });
});

describe('two services', () => {
  it('that want to read the shop at once do not both do so', async () => {
    await beginning(HELD_BACK);
    await start(HELD_BACK);
    await time.skip(HOUR);
    const asked = pagesAsked('ChangedOrders').length;
    leavesUnheard(aShopper(), 5 * MINUTE);
    ground.shop.nextAnswers.push({ delayMs: 300 });
    const reports = await Promise.all([tryBackfill(ground), tryBackfill(ground), tryBackfill(ground)]);
    expect(reports.filter((report) => report !== null)).toHaveLength(1);
    expect(pagesAsked('ChangedOrders')).toHaveLength(asked + 1);
    expect(gaps()).toEqual([{ what: 'checkouts', missed: 1 }]);
  });
});

describe('a checkout that was found, and whose own webhook comes after all,', () => {
  it('gives way to it before the call', async () => {
    const service = await beginning();
    await service.ops.put('/ops/api/dialing', { paused: true });
    const shopper = aShopper();
    leavesUnheard(shopper, 20 * MINUTE);
    await backfillNow(ground);
    expect(await recordOf(shopper.foundId)).toMatchObject({ state: 'scheduled' });
    await service.send(shopper.fillsIn(time.ago(19 * MINUTE)));
    await service.ops.put('/ops/api/dialing', { paused: false });
    await settled(ground.store, shopper.foundId, 'cancelled');
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(await recordOf(shopper.foundId)).toMatchObject({ reason: 'superseded', attempts: 0 });
    expect(dialledIds()).toEqual([shopper.recoveryId]);
  });

  it('is called once when both ring at the same moment', async () => {
    const service = await beginning();
    const shopper = aShopper();
    leavesUnheard(shopper, 20 * MINUTE);
    // The found one has been asked everything but the shop when the webhook comes, and rings, and is asked too.
    ground.shop.nextAnswers.push({ delayMs: 1 }, { delayMs: 1 }, { delayMs: 400 });
    await backfillNow(ground);
    await until('its ring asks the shop', () => ground.shop.asked.some(({ operation }) => operation === 'LastLook'));
    await service.send(shopper.fillsIn(time.ago(20 * MINUTE)));
    await settled(ground.store, shopper.recoveryId, 'called');
    const { record } = await settled(ground.store, shopper.foundId, 'skipped');
    expect(record).toMatchObject({ reason: 'duplicate_checkout', attempts: 0 });
    expect(dialledIds()).toEqual([shopper.recoveryId]);
  });

  it('is not called a second time after its call, and an order takes that call back', async () => {
    const service = await beginning();
    const shopper = aShopper();
    leavesUnheard(shopper, 20 * MINUTE);
    await backfillNow(ground);
    await settled(ground.store, shopper.foundId, 'called');
    await service.send(shopper.fillsIn(time.ago(19 * MINUTE)));
    const { record } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record).toMatchObject({ reason: 'duplicate_checkout', attempts: 0 });
    await service.send(shopper.orders(time.ago(0)));
    const ended = await settled(ground.store, shopper.foundId, 'ended');
    expect(ended.record).toMatchObject({ stopReason: 'ordered', callStatus: 'aborted' });
    expect(dialledIds()).toEqual([shopper.foundId]);
  });

  it('keeps its turn when its dial has to be tried again', async () => {
    const service = await beginning();
    const shopper = aShopper();
    ground.vendor.nextAnswers.push({ status: 429, headers: { 'retry-after': '1' }, delayMs: 200 });
    leavesUnheard(shopper, 20 * MINUTE);
    await backfillNow(ground);
    await settled(ground.store, shopper.foundId, 'dialing');
    await service.send(shopper.fillsIn(time.ago(19 * MINUTE)));
    await settled(ground.store, shopper.foundId, 'called');
    const { record } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record.reason).toBe('duplicate_checkout');
    expect(dialledIds()).toEqual([shopper.foundId]);
  });
});
