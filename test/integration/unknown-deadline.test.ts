/** What time does to a dial of unknown fate, and to a call that is never heard of again; and what a word that comes after all does. */
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/domain/duration.ts';
import { GREAT_CART } from '../../stand-ins/shop/cart.ts';
import type { VendorCall } from '../../stand-ins/voice-vendor/call-book.ts';
import { aShopper, EVERYTHING, longAgo, minutesAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { type PassingTime, passingTime } from '../support/passing-time.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let service: Running;
let time: PassingTime;
let log: LogLines;

async function begin(env: Record<string, string> = {}): Promise<void> {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  time = passingTime(ground);
  log = logLines();
  service = await ground.start({ env, overrides: { clock: time.clock }, logger: log.logger });
}

afterEach(async () => {
  await time.close();
  await ground.close();
});

/** A shopper whose dial got no answer that says anything; the vendor has the call unless `placesCall` is false. */
async function inDoubt({ placesCall = true } = {}): Promise<ShopperInTest> {
  ground.vendor.nextAnswers.push({ status: 502, placesCall });
  const shopper = aShopper();
  await service.send(shopper.fillsIn(longAgo()));
  await settled(ground.store, shopper.recoveryId, 'unknown');
  return shopper;
}

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

function callsOf({ recoveryId }: ShopperInTest): VendorCall[] {
  return ground.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === recoveryId);
}

function alarms(): unknown[] {
  return log.of('alarm').map(({ alarm }) => alarm);
}

describe('a dial of unknown fate', () => {
  it('without a word of the vendor is presumed not placed after UNKNOWN_DEADLINE, and not before', async () => {
    await begin({ UNKNOWN_DEADLINE: '6h' });
    const shopper = await inDoubt({ placesCall: false });
    await time.pass(6 * HOUR - MINUTE);
    expect(await service.service.sweep()).toMatchObject({ presumed: 0 });
    expect((await recordOf(shopper)).state).toBe('unknown');
    expect(alarms()).toEqual([]);
    await time.pass(2 * MINUTE);
    await service.service.sweep();
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'presumed_not_placed', dueAt: null });
    await service.service.sweep();
    expect(alarms()).toEqual(['presumed_not_placed']);
    expect(ground.vendor.requests).toBe(1);
  });

  it('of which an event tells late is an alarm, and the call is taken back', async () => {
    await begin();
    const shopper = await inDoubt();
    await time.pass(25 * HOUR);
    await service.service.sweep();
    const [call] = callsOf(shopper);
    await ground.vendor.sendEvent(call?.callId ?? '', 'call.initiate');
    await settled(ground.store, shopper.recoveryId, ({ record }) => record.finalStatus === 'aborted');
    await time.quiet();
    expect(await recordOf(shopper)).toMatchObject({
      state: 'cancelled',
      reason: 'presumed_not_placed',
      callId: call?.callId,
      errands: { abort: { state: 'done', note: 'aborted' } },
    });
    expect(ground.vendor.aborts).toHaveLength(1);
    expect(alarms()).toEqual(['presumed_not_placed', 'call_after_all']);
  });

  it('of which an event tells in time is never presumed anything', async () => {
    await begin();
    const shopper = await inDoubt();
    await time.pass(23 * HOUR);
    await ground.vendor.sendEvent(callsOf(shopper)[0]?.callId ?? '', 'call.in-progress');
    await time.pass(2 * HOUR);
    expect(await service.service.sweep()).toMatchObject({ presumed: 0 });
    expect(await recordOf(shopper)).toMatchObject({ state: 'called', reason: null });
    expect(alarms()).toEqual([]);
  });

  it('whose shopper has bought is over as ordered, and an abort that waited for its call is dropped', async () => {
    await begin({ UNKNOWN_REDIAL: 'yes', UNKNOWN_DEADLINE: '1h' });
    const shopper = await inDoubt({ placesCall: false });
    await service.send(shopper.orders(new Date()));
    await time.skip(61 * MINUTE);
    await service.service.sweep();
    await time.quiet();
    expect(await recordOf(shopper)).toMatchObject({ state: 'cancelled', reason: 'ordered', errands: {} });
    expect(ground.vendor).toMatchObject({ requests: 1, aborts: [] });
  });
});

describe('a merchant who wants the call rather than certainty', () => {
  const redial = { UNKNOWN_REDIAL: 'yes', UNKNOWN_DEADLINE: '1h' };

  it('gets it dialled once more, as another attempt', async () => {
    await begin(redial);
    const shopper = await inDoubt({ placesCall: false });
    await time.pass(61 * MINUTE);
    await service.service.sweep();
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(record).toMatchObject({ attempts: 2, attemptId: `${shopper.recoveryId}.2`, reason: null });
    expect(callsOf(shopper).map(({ body }) => body.metadata?.attemptId)).toEqual([`${shopper.recoveryId}.2`]);
    expect(alarms()).toEqual(['presumed_not_placed']);
  });

  it('does not get it when an event comes between the presumption and the dial', async () => {
    await begin(redial);
    const shopper = await inDoubt();
    await time.pass(61 * MINUTE);
    await service.ops.put('/ops/api/dialing', { paused: true });
    await service.service.sweep();
    expect((await recordOf(shopper)).state).toBe('scheduled');
    const [call] = callsOf(shopper);
    await ground.vendor.sendEvent(call?.callId ?? '', 'call.in-progress');
    await service.ops.put('/ops/api/dialing', { paused: false });
    await time.quiet();
    expect(await recordOf(shopper)).toMatchObject({ state: 'called', callId: call?.callId, attempts: 1 });
    expect(ground.vendor.requests).toBe(1);
  });

  it('gets it with the cart as it is by then', async () => {
    await begin(redial);
    const shopper = await inDoubt({ placesCall: false });
    await service.send(shopper.withCart(GREAT_CART).fillsIn(minutesAgo(5)));
    await time.pass(61 * MINUTE);
    await service.service.sweep();
    await settled(ground.store, shopper.recoveryId, 'called');
    const [call] = callsOf(shopper);
    expect(call?.body.payload.totalPriceSet.shopMoney.amount).toBe('705.40');
  });

  it('does not get it from a shopper who has withdrawn her consent meanwhile', async () => {
    await begin(redial);
    const shopper = await inDoubt({ placesCall: false });
    await service.send(shopper.fillsIn(minutesAgo(5), { ...EVERYTHING, consent: 'no' }));
    await time.pass(61 * MINUTE);
    await service.service.sweep();
    await time.quiet();
    expect(await recordOf(shopper)).toMatchObject({ state: 'skipped', reason: 'no_consent' });
    expect(ground.vendor.requests).toBe(1);
  });

  it('does not get it when the checkout is too old by then', async () => {
    await begin({ ...redial, UNKNOWN_DEADLINE: '23h' });
    const shopper = await inDoubt({ placesCall: false });
    await time.pass(26 * HOUR);
    await service.service.sweep();
    const { record } = await settled(ground.store, shopper.recoveryId, 'skipped');
    expect(record).toMatchObject({ reason: 'too_old', attempts: 1 });
    expect(ground.vendor.requests).toBe(1);
  });
});

describe('a call that is never heard of again', () => {
  async function called(): Promise<{ shopper: ShopperInTest; callId: string }> {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(longAgo()));
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    return { shopper, callId: record.callId ?? '' };
  }

  it('is closed CALL_CLOSE_AFTER its last event, with an alarm', async () => {
    await begin();
    const { shopper, callId } = await called();
    await time.pass(2 * DAY);
    await ground.vendor.sendEvent(callId, 'call.in-progress');
    await time.pass(2 * DAY);
    expect(await service.service.sweep()).toMatchObject({ closed: 0 });
    await time.pass(DAY + MINUTE);
    await service.service.sweep();
    expect(await recordOf(shopper)).toMatchObject({
      state: 'ended',
      reason: 'no_final_event',
      callStatus: 'in-progress',
      finalStatus: null,
    });
    expect(alarms()).toEqual(['no_final_event']);
  });

  it('and tells its end after all has the end it told', async () => {
    await begin({ CALL_CLOSE_AFTER: '1h' });
    const { shopper, callId } = await called();
    await time.pass(61 * MINUTE);
    await service.service.sweep();
    expect(await recordOf(shopper)).toMatchObject({ state: 'ended', reason: 'no_final_event' });
    await ground.vendor.sendEvent(callId, 'call.completed');
    await ground.vendor.sendEvent(callId, 'call.lifecycle-ended', { report: { finalStatus: 'completed' } });
    expect(await recordOf(shopper)).toMatchObject({
      state: 'ended',
      reason: null,
      callStatus: 'completed',
      finalStatus: 'completed',
    });
    expect(alarms()).toEqual(['no_final_event']);
  });

  it('is closed also while the vendor keeps failing to abort it', async () => {
    await begin({ CALL_CLOSE_AFTER: '1h' });
    const { shopper } = await called();
    const away = { status: 503, body: { code: 503, message: 'away' } } as const;
    ground.vendor.nextAbortAnswers.push(...Array.from({ length: 20 }, () => away));
    await service.send(shopper.orders(new Date()));
    for (let minutes = 0; minutes < 70; minutes += 14) {
      await time.quiet();
      await time.pass(14 * MINUTE);
    }
    expect(ground.vendor.aborts.length).toBeGreaterThan(2);
    await service.service.sweep();
    expect(await recordOf(shopper)).toMatchObject({ state: 'ended', reason: 'no_final_event' });
  });
});
