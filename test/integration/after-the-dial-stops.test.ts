/** A purchase, or an operator, that comes when the call is with the vendor already: it is taken back as long as that can be. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecoveryRecord } from '../../src/domain/recovery.ts';
import type { AbortRequest, VendorCall } from '../../stand-ins/voice-vendor/call-book.ts';
import type { ScriptedAnswer } from '../../stand-ins/voice-vendor/scripted-answers.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest, type Webhook } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { type LogLines, logLines } from '../support/log-lines.ts';
import { settled, until } from '../support/settled.ts';

let ground: Ground;
let service: Running;
let log: LogLines;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent', abortShape: 'alternate' } });
  // The shortest pauses between two tries: a second after the first.
  log = logLines();
  service = await ground.start({ overrides: { random: () => 0 }, logger: log.logger });
});
afterAll(() => ground.close());

async function takes(...webhooks: Webhook[]): Promise<void> {
  for (const webhook of webhooks) expect(await service.send(webhook)).toBe(200);
}

/** A shopper whose call is in the vendor's queue. */
async function called(shopper = aShopper()): Promise<{ shopper: ShopperInTest; call: VendorCall }> {
  await takes(shopper.fillsIn(longAgo()));
  await settled(ground.store, shopper.recoveryId, 'called');
  return { shopper, call: callOf(shopper) };
}

function callOf({ recoveryId }: ShopperInTest): VendorCall {
  const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === recoveryId);
  if (!call) throw new Error('the vendor knows no such call');
  return call;
}

function abortsOf({ callId }: VendorCall): Readonly<AbortRequest>[] {
  return ground.vendor.aborts.filter((abort) => abort.callId === callId);
}

async function recordOf({ recoveryId }: ShopperInTest): Promise<RecoveryRecord> {
  const recovery = await ground.store.load(recoveryId);
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

/** The record when the vendor has confirmed that the call is off. */
async function abortedRecordOf(shopper: ShopperInTest): Promise<RecoveryRecord> {
  const { record } = await settled(ground.store, shopper.recoveryId, 'ended');
  expect(callOf(shopper)).toMatchObject({ status: 'aborted', over: true });
  return record;
}

/** The order without these of its fields. */
function without(order: Webhook, ...fields: string[]): Webhook {
  const body = fields.reduce(
    (text, field) => text.replace(new RegExp(`"${field}":"[^"]*"`), `"${field}":null`),
    order.body,
  );
  return { ...order, body };
}

describe('an order takes the queued call back', () => {
  it.each<[string, (shopper: ShopperInTest) => Webhook, RecoveryRecord['orderMatch']]>([
    ['by its checkout’s token', (shopper) => shopper.orders(new Date()), 'checkout'],
    ['by its cart', (shopper) => without(shopper.orders(new Date()), 'checkout_token'), 'checkout'],
    ['by the person, who ordered at another checkout', (shopper) => shopper.elsewhere().orders(new Date()), 'person'],
    [
      'by the person, in an order that no checkout led to',
      (shopper) => without(shopper.elsewhere().orders(new Date()), 'checkout_token', 'cart_token'),
      'person',
    ],
    [
      'by the number alone, written as people write it',
      (shopper) => {
        const typedPhone = (shopper.shopper.typedPhone ?? '').replace('(', '1-').replace(') ', '.').replace('-0', ' 0');
        return shopper.elsewhere({ contactPhone: null, typedPhone, email: 'somebody@example.net' }).orders(new Date());
      },
      'person',
    ],
    [
      'by the number of an address, beside a contact number that is another',
      (shopper) => {
        const differs = { contactPhone: '+13125550197', email: 'somebody.else@example.net' };
        return shopper.elsewhere(differs).orders(new Date());
      },
      'person',
    ],
    [
      'by the e-mail address alone, in capitals and with another number',
      (shopper) => {
        const email = shopper.shopper.email.toUpperCase();
        return shopper.elsewhere({ contactPhone: '+13125550199', typedPhone: null, email }).orders(new Date());
      },
      'person',
    ],
  ])('%s', async (_how, order, orderMatch) => {
    const { shopper, call } = await called();
    await takes(order(shopper));
    const record = await abortedRecordOf(shopper);
    expect(record).toMatchObject({
      stopReason: 'ordered',
      callStatus: 'aborted',
      finalStatus: 'aborted',
      orderMatch,
    });
    expect(abortsOf(call)).toEqual([expect.objectContaining({ status: 200, tookEffect: true })]);
    expect(ground.vendor.calls.filter(({ body }) => body.metadata?.recoveryId === shopper.recoveryId)).toHaveLength(1);
  });

  it('by the completed checkout, and the order that follows adds its name without a second abort', async () => {
    const { shopper, call } = await called();
    await takes(shopper.completes(new Date()), shopper.orders(new Date()));
    const record = await abortedRecordOf(shopper);
    expect(record).toMatchObject({ orderName: `#${shopper.ids.orderNumber}`, orderTotal: '197.90' });
    expect(abortsOf(call)).toHaveLength(1);
  });

  it('and stops at once all that the same person had left open', async () => {
    const { shopper: first } = await called();
    const second = first.elsewhere();
    await called(second);
    const waiting = first.elsewhere();
    await takes(waiting.fillsIn(minutesAgo(1)));
    await takes(first.orders(new Date()));
    await Promise.all([first, second].map(abortedRecordOf));
    expect(await recordOf(waiting)).toMatchObject({ state: 'cancelled', reason: 'ordered', orderMatch: 'person' });
  });
});

describe('an order', () => {
  it('of a person does not stop the checkout that she began after it, also when its webhook comes late', async () => {
    const bought = aShopper();
    const order = bought.orders(minutesAgo(30));
    await takes(order);
    const { shopper, call } = await called(bought.elsewhere());
    await takes(order);
    expect(await recordOf(shopper)).toMatchObject({ state: 'called', stopReason: null, orderedAt: null });
    expect(abortsOf(call)).toEqual([]);
  });

  it('that comes before the webhooks of what she had left earlier has nobody called, until she comes back to it', async () => {
    const bought = aShopper();
    await takes(bought.orders(minutesAgo(15)));
    const left = bought.elsewhere();
    await takes(left.fillsIn(longAgo()));
    expect(await recordOf(left)).toMatchObject({ state: 'skipped', reason: 'ordered_since', attempts: 0, phone: null });
    await takes(left.fillsIn(minutesAgo(12)));
    await settled(ground.store, left.recoveryId, 'called');
  });

  it('of somebody else with the same name and address stops nothing', async () => {
    const { shopper, call } = await called();
    const other = { contactPhone: '+13125550198', typedPhone: null, email: 'another-odile@example.com' };
    await takes(shopper.elsewhere(other).orders(new Date()));
    expect(await recordOf(shopper)).toMatchObject({ state: 'called', stopReason: null });
    expect(abortsOf(call)).toEqual([]);
  });

  it('after the call is over is a fact on the record, and nobody is asked to abort anything', async () => {
    ground.vendor.nextScenarios.push('answered');
    const shopper = aShopper();
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'ended');
    await takes(shopper.orders(new Date()));
    expect(await recordOf(shopper)).toMatchObject({ state: 'ended', orderMatch: 'checkout', errands: {} });
    expect(abortsOf(callOf(shopper))).toEqual([]);
  });
});

describe('a stop that is faster than the call’s id', () => {
  it('waits for the vendor’s answer and takes the call back at once', async () => {
    const shopper = aShopper();
    ground.vendor.nextAnswers.push({ delayMs: 300 });
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'dialing');
    await takes(shopper.orders(new Date()));
    expect(await recordOf(shopper)).toMatchObject({ state: 'dialing', stopReason: 'ordered' });
    expect(await abortedRecordOf(shopper)).toMatchObject({ callStatus: 'aborted' });
    expect(abortsOf(callOf(shopper))).toHaveLength(1);
  });

  it('waits for the call’s own event when the answer is lost', async () => {
    const shopper = aShopper();
    ground.vendor.nextAnswers.push({ reset: 'after', placesCall: true });
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'unknown');
    await takes(shopper.orders(new Date()));
    expect(await recordOf(shopper)).toMatchObject({ state: 'unknown', stopReason: 'ordered' });
    const call = callOf(shopper);
    expect(abortsOf(call)).toEqual([]);
    await ground.vendor.sendEvent(call.callId, 'call.initiate');
    await abortedRecordOf(shopper);
    expect(abortsOf(call)).toHaveLength(1);
  });
});

describe('an abort', () => {
  it('that comes while the call is held is a normal no; before the vendor rings again the call is taken back', async () => {
    const { shopper, call } = await called();
    const words = { code: 400, message: 'Call cannot be aborted: it is in-progress' };
    ground.vendor.nextAbortAnswers.push({ status: 400, body: words });
    await takes(shopper.orders(new Date()));
    const { record } = await settled(ground.store, shopper.recoveryId, ({ record: { errands } }) => {
      return errands.abort?.state === 'done';
    });
    expect(record).toMatchObject({ state: 'called', errands: { abort: { note: 'in_progress_or_over', tries: 0 } } });
    await ground.vendor.sendEvent(call.callId, 'call.busy');
    await abortedRecordOf(shopper);
    expect(abortsOf(call).map(({ status }) => status)).toEqual([400, 200]);
  });

  it.each(['failed', 'no-answer', 'rescheduled', 'validation-failed'])(
    'is asked for again when a call that was to end goes “%s”',
    async (status) => {
      const { shopper, call } = await called();
      ground.vendor.nextAbortAnswers.push({ status: 400 });
      await takes(shopper.orders(new Date()));
      await until('the first no', () => abortsOf(call).length === 1);
      await ground.vendor.sendEvent(call.callId, `call.${status}`);
      await abortedRecordOf(shopper);
      expect(abortsOf(call)).toHaveLength(2);
    },
  );

  it('that gets no yes and no no is tried again, a second later at the soonest', async () => {
    const bad: ScriptedAnswer[] = [
      { status: 500 },
      { status: 429, headers: { 'retry-after': '1' } },
      { reset: 'after' },
    ];
    const callers = await Promise.all(bad.map(() => called()));
    ground.vendor.nextAbortAnswers.push(...bad);
    await takes(...callers.map(({ shopper }) => shopper.orders(new Date())));
    await Promise.all(callers.map(({ shopper }) => abortedRecordOf(shopper)));
    for (const { call } of callers) {
      const [first, second, ...more] = abortsOf(call);
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950);
      expect(more).toEqual([]);
    }
    const notes = log
      .of('errand')
      .filter(({ result }) => result === 'again')
      .map(({ note }) => note);
    expect(notes.sort()).toEqual(['econnreset', 'throttled', 'vendor_500']);
  });

  it('whose answer was lost is not asked for again when the call’s own events say that it is over', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextAbortAnswers.push({ reset: 'after', takesEffect: true });
    await takes(shopper.orders(new Date()));
    await abortedRecordOf(shopper);
    const { record } = await settled(ground.store, shopper.recoveryId, ({ record: { errands } }) => {
      return errands.abort?.state === 'done';
    });
    expect(record.errands.abort).toMatchObject({ note: 'nothing_to_abort: ended', tries: 1 });
    expect(abortsOf(call)).toHaveLength(1);
  });

  it('of a call that the vendor does not know yet is tried again', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextAbortAnswers.push({ status: 404 });
    await takes(shopper.orders(new Date()));
    await settled(ground.store, shopper.recoveryId, ({ record }) => record.errands.abort?.note === 'unknown_call');
    expect(await recordOf(shopper)).toMatchObject({ state: 'called', errands: { abort: { state: 'open', tries: 1 } } });
    expect(abortsOf(call)).toHaveLength(1);
  });
});

describe('an operator’s cancel', () => {
  const cancel = ({ recoveryId }: ShopperInTest) => service.ops.post(`/ops/api/recoveries/${recoveryId}/cancel`);

  it('takes a queued call back', async () => {
    const { shopper, call } = await called();
    expect(await cancel(shopper)).toMatchObject({ status: 200, json: { status: 'done', state: 'called' } });
    expect(await abortedRecordOf(shopper)).toMatchObject({ stopReason: 'operator', orderedAt: null });
    expect(abortsOf(call)).toHaveLength(1);
  });

  it('of a call whose request is on the wire is obeyed as soon as it has an id', async () => {
    const shopper = aShopper();
    ground.vendor.nextAnswers.push({ delayMs: 200 });
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'dialing');
    expect(await cancel(shopper)).toMatchObject({ status: 200, json: { status: 'done', state: 'dialing' } });
    await abortedRecordOf(shopper);
  });

  it('of a call that is over is refused', async () => {
    ground.vendor.nextScenarios.push('answered');
    const shopper = aShopper();
    await takes(shopper.fillsIn(longAgo()));
    await settled(ground.store, shopper.recoveryId, 'ended');
    expect(await cancel(shopper)).toMatchObject({ status: 409, json: { status: 'refused', state: 'ended' } });
    expect(abortsOf(callOf(shopper))).toEqual([]);
  });
});

describe('a vendor that serves none of our requests', () => {
  it('is asked to abort again when somebody may have mended it', async () => {
    const { shopper, call } = await called();
    ground.vendor.nextAbortAnswers.push({ status: 402 });
    await takes(shopper.orders(new Date()));
    const { record } = await settled(ground.store, shopper.recoveryId, ({ record: { errands } }) => {
      return errands.abort?.note === 'vendor_402';
    });
    expect(record.errands.abort).toMatchObject({ state: 'open', tries: 1 });
    expect((record.errands.abort?.dueAt ?? 0) - Date.now()).toBeGreaterThan(4 * 60_000);
    // A sign of life of the call itself does not wait so long.
    await ground.vendor.sendEvent(call.callId, 'call.no-answer');
    await abortedRecordOf(shopper);
    expect(abortsOf(call)).toHaveLength(2);
  });
});
