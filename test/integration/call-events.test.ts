/** Call events as they really come: early, twice, late, backwards, with names nobody documented, and for calls nobody knows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VendorCall } from '../../stand-ins/voice-vendor/call-book.ts';
import type { EventTravel } from '../../stand-ins/voice-vendor/call-player.ts';
import { aShopper, longAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { sendCallEvent } from '../support/call-event.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start();
});
afterAll(() => ground.close());

/** A shopper whose call the vendor has accepted and says nothing more about. */
async function called(): Promise<{ shopper: ShopperInTest; call: VendorCall }> {
  const shopper = aShopper();
  await service.send(shopper.fillsIn(longAgo()));
  const { record } = await settled(ground.store, shopper.recoveryId, 'called');
  const call = ground.vendor.calls.find(({ callId }) => callId === record.callId);
  if (!call) throw new Error('the vendor knows no such call');
  return { shopper, call };
}

async function recordOf({ recoveryId }: ShopperInTest) {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

describe('a call event finds its recovery', () => {
  it.each([
    ['by our metadata alone', ({ recoveryId }: ShopperInTest) => ({ metadata: { recoveryId } })],
    ['by the callback path alone', ({ recoveryId }: ShopperInTest) => ({ attemptId: `${recoveryId}.1` })],
    ['by the call id alone', (_: ShopperInTest, { callId }: VendorCall) => ({ data: { call: { id: callId } } })],
    ['by a call id outside of data.call', (_: ShopperInTest, { callId }: VendorCall) => ({ data: { callId } })],
  ])('%s', async (_how, address) => {
    const { shopper, call } = await called();
    const event = { type: 'call.in-progress', ...address(shopper, call) };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(200);
    expect(await recordOf(shopper)).toMatchObject({ state: 'called', callStatus: 'in-progress', callId: call.callId });
  });

  it('by the path when the metadata is somebody’s own', async () => {
    const { shopper } = await called();
    const event = { type: 'call.busy', metadata: { recoveryId: 7, note: 'x' }, attemptId: `${shopper.recoveryId}.1` };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(200);
    expect((await recordOf(shopper)).callStatus).toBe('busy');
  });
});

describe('a call event', () => {
  it('that comes a second time changes nothing and is counted', async () => {
    const { shopper, call } = await called();
    const facts = { id: call.callId, status: 'completed', endedAt: '2026-11-03T05:31:36Z', durationSeconds: 96 };
    const event = { type: 'call.completed', metadata: { recoveryId: shopper.recoveryId }, data: { call: facts } };
    await sendCallEvent(service.url, ground.vendor.keys, event);
    const once = await recordOf(shopper);
    await sendCallEvent(service.url, ground.vendor.keys, event);
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'called');
    const { revision: _a, changedAt: _b, ...before } = once;
    expect(record).toMatchObject(before);
    expect(timeline.at(-1)).toMatchObject({ event: 'call.completed', times: 2 });
  });

  it('that comes late turns nothing back', async () => {
    const { shopper, call } = await called();
    await ground.vendor.sendEvent(call.callId, 'call.completed');
    await ground.vendor.sendEvent(call.callId, 'call.lifecycle-ended', { report: { finalStatus: 'completed' } });
    for (const late of ['call.initiate', 'call.in-progress', 'call.no-answer']) {
      expect(await ground.vendor.sendEvent(call.callId, late)).toEqual({ status: 200 });
    }
    expect(await recordOf(shopper)).toMatchObject({
      state: 'ended',
      callStatus: 'completed',
      finalStatus: 'completed',
    });
  });

  it('with a name nobody documented is kept on the timeline and moves nothing', async () => {
    const { shopper, call } = await called();
    await ground.vendor.sendEvent(call.callId, 'call.in-progress');
    expect(await ground.vendor.sendEvent(call.callId, 'call.transferred')).toEqual({ status: 200 });
    const { record, timeline } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(record.callStatus).toBe('in-progress');
    expect(timeline.at(-1)?.event).toBe('call.transferred');
  });

  it('of a second call for one attempt is an alarm and leaves the record alone', async () => {
    const { shopper, call } = await called();
    const other = 'f'.repeat(24);
    await sendCallEvent(service.url, ground.vendor.keys, {
      type: 'call.completed',
      metadata: { recoveryId: shopper.recoveryId },
      data: { call: { id: other } },
    });
    expect(await recordOf(shopper)).toMatchObject({ callId: call.callId, callStatus: null });
    expect(await service.service.metrics.alarms.get()).toMatchObject({
      values: expect.arrayContaining([expect.objectContaining({ labels: { name: 'duplicate_call_id' } })]),
    });
  });

  it.each([
    ['with another key’s signature', { signature: 'wrong' }],
    ['without a signature', { signature: 'absent' }],
    ['with its signature in capitals, which is another spelling', { signature: 'upper-case' }],
    ['that claims another public key', { publicKey: `pk_${'0'.repeat(32)}` }],
  ] as const)('%s is refused with 401 and changes nothing', async (_what, how) => {
    const { shopper } = await called();
    const before = await recordOf(shopper);
    const event = { type: 'call.completed', metadata: { recoveryId: shopper.recoveryId }, ...how };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(401);
    expect(await recordOf(shopper)).toEqual(before);
  });

  it('without a metadata that means anything to us, and of no call we know, is kept for replay', async () => {
    const before = (await service.ops.get('/ops/api/parked')).json.parked.length;
    const event = { type: 'call.completed', data: { call: { id: 'a'.repeat(24) } } };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(200);
    const { parked } = (await service.ops.get('/ops/api/parked')).json;
    expect(parked).toHaveLength(before + 1);
    expect(parked.at(-1)).toMatchObject({ source: 'call-events', field: 'unmatched' });
  });

  it('of a recovery that was never dialled is kept for replay and invents no call', async () => {
    const shopper = aShopper();
    await service.send(shopper.fillsIn(new Date()));
    const event = { type: 'call.completed', metadata: { recoveryId: shopper.recoveryId } };
    expect(await sendCallEvent(service.url, ground.vendor.keys, event)).toBe(200);
    expect(await recordOf(shopper)).toMatchObject({ state: 'scheduled', callId: null, callStatus: null });
  });

  it('that is no JSON is refused with 400, also when it is signed', async () => {
    expect(await sendCallEvent(service.url, ground.vendor.keys, { type: '', body: '{"event":' })).toBe(400);
  });
});

describe('the order of events', () => {
  it.each<[string, EventTravel]>([
    ['before the answer to the dial', { beforeResponse: true }],
    ['every one twice', { twice: true }],
    ['the last one first', { reversed: true }],
    ['backwards and twice, before the answer', { beforeResponse: true, twice: true, reversed: true }],
  ])('does not matter when they come %s', async (_order, travel) => {
    const other = await openGround({ vendor: { travel, stepMs: 1 } });
    try {
      const one = await other.start();
      const shopper = aShopper();
      await one.send(shopper.fillsIn(longAgo()));
      await other.vendor.waitForCalls(1);
      const { record } = await settled(
        other.store,
        shopper.recoveryId,
        (seen) => seen.record.state === 'ended' && seen.record.vendorStatus !== null,
      );
      await other.vendor.idle();
      expect(record).toMatchObject({
        callId: other.vendor.calls[0]?.callId,
        callStatus: 'completed',
        finalStatus: 'completed',
        attempts: 1,
      });
      expect(other.vendor.deliveries.every((delivery) => delivery.status === 200)).toBe(true);
      expect(other.vendor.requests).toBe(1);
    } finally {
      await other.close();
    }
  });
});
