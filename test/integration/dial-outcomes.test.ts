/** What may follow a dial depends on what is known of it: one class of outcome after the other, against a vendor that misbehaves. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BREAKER_LIMITS } from '../../src/domain/breaker.ts';
import { RECOVERY_STATES, type Recovery, type RecoveryRecord } from '../../src/domain/recovery.ts';
import { dialQueue, jobIdOf } from '../../src/queue/dial-queue.ts';
import type { ScriptedAnswer } from '../../stand-ins/voice-vendor/scripted-answers.ts';
import { aShopper, longAgo, minutesAgo, type ShopperInTest } from '../support/a-shopper.ts';
import { type Ground, openGround, type Running } from '../support/ground.ts';
import { settled, until } from '../support/settled.ts';

const VOICE_TIMEOUT_MS = 400;

let ground: Ground;
let service: Running;

beforeAll(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  service = await ground.start({
    env: { VOICE_TIMEOUT: `${VOICE_TIMEOUT_MS}ms` },
    // One fault after the other is what this is about: dialling goes on.
    overrides: { breaker: { ...BREAKER_LIMITS, opensAfter: Infinity } },
  });
});
afterAll(() => ground.close());

/** Lets the vendor answer the next request like this. @returns the record when the dial is over. */
async function dialledWith(answer: ScriptedAnswer): Promise<{ shopper: ShopperInTest; record: RecoveryRecord }> {
  ground.vendor.nextAnswers.push(answer);
  const shopper = aShopper();
  await service.send(shopper.fillsIn(longAgo()));
  const { record } = await settled(ground.store, shopper.recoveryId, ({ record: { state, attempts } }) => {
    return attempts > 0 && state !== 'dialing';
  });
  return { shopper, record };
}

describe('a stray alarm', () => {
  it.each(RECOVERY_STATES.filter((state) => state !== 'scheduled'))(
    'that rings for a recovery that is %s dials nobody',
    async (state) => {
      const shopper = aShopper();
      await service.send(shopper.fillsIn(minutesAgo(1)));
      const { record } = (await ground.store.load(shopper.recoveryId)) as Recovery;
      const patch = {
        state,
        dueAt: Date.now() - 1_000,
        attempts: 1,
        attemptId: `${record.id}.1`,
        dialingAt: Date.now(),
      };
      expect(await ground.store.commit({ record, patch, at: Date.now() })).toBe(true);
      const { requests } = ground.vendor;

      const alarms = dialQueue(ground.redis, ground.prefix);
      const job = await alarms.add('rung by hand', { v: 1, recoveryId: record.id }, { jobId: jobIdOf(record.id, 9) });
      await until('it has rung', async () => (await job.getState()) === 'completed');
      await alarms.close();
      expect(ground.vendor.requests).toBe(requests);
      expect((await ground.store.load(record.id))?.record).toMatchObject({ state, attempts: 1 });
    },
  );

  it('for a recovery that nobody knows does nothing, and one of another version waits for somebody who does', async () => {
    const alarms = dialQueue(ground.redis, ground.prefix);
    const gone = await alarms.add('x', { v: 1, recoveryId: 'gone' }, { jobId: 'rec-gone-1' });
    const other = await alarms.add('x', { v: 2, recoveryId: 'new' } as never, { jobId: 'rec-new-1' });
    await until('the one is done', async () => (await gone.getState()) === 'completed');
    await until('the other is kept', async () => (await other.getState()) === 'failed');
    await alarms.close();
  });
});

describe('a request that the vendor refuses', () => {
  it.each([400, 404, 409, 422])('with %i is over, and the vendor’s words are kept', async (status) => {
    const { record } = await dialledWith({ status, body: { code: status, message: 'Assistant is not published' } });
    expect(record).toMatchObject({
      state: 'rejected',
      reason: `vendor_${status}`,
      vendorMessage: 'Assistant is not published',
      attempts: 1,
    });
  });

  it('is kept without what the vendor quotes of the shopper', async () => {
    const message =
      'Cannot reach +1 (415) 555-0142, tell odile.marrable@example.com: https://shop.example/recover?key=1 (line 7)';
    const { record } = await dialledWith({ status: 422, body: { code: 422, message } });
    expect(record.vendorMessage).toBe('Cannot reach …, tell … … (line 7)');
  });

  it('is over also when the refusal says nothing', async () => {
    const { record } = await dialledWith({ status: 400, body: '<html>Bad Request</html>' });
    expect(record).toMatchObject({ state: 'rejected', vendorMessage: null });
  });
});

const HALF_AN_ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 80\r\n\r\n{"callId":"0a1b';

const FATE_UNKNOWN: [what: string, answer: ScriptedAnswer, reason: string | RegExp][] = [
  ...[500, 502, 503, 504, 408, 418].map((status): [string, ScriptedAnswer, string] => [
    `a ${status}`,
    { status },
    `vendor_${status}`,
  ]),
  ['a redirect', { redirectTo: 'http://127.0.0.1:9/elsewhere' }, 'vendor_307'],
  ['no answer in time', { hang: true }, 'timeout'],
  ['an answer that comes too late', { delayMs: VOICE_TIMEOUT_MS * 2, placesCall: true }, 'timeout'],
  ['a reset before the body is read', { reset: 'before' }, /econnreset|epipe/],
  ['a reset after it', { reset: 'after' }, 'econnreset'],
  ['an end without an answer', { raw: '' }, 'econnreset'],
  ['half an answer', { raw: HALF_AN_ANSWER }, 'answer_cut_off'],
  ['something that is not HTTP', { raw: 'SSH-2.0-OpenSSH_9.2\r\n' }, /^hpe_/],
  ['a success that is no JSON', { status: 200, body: 'OK' }, 'answer_without_call_id'],
  ['a success without a body', { status: 204, body: '' }, 'answer_without_call_id'],
  ['a success that is null', { status: 200, body: 'null' }, 'answer_without_call_id'],
  ['a success without a call id', { status: 200, body: { status: 'initiate' } }, 'answer_without_call_id'],
  ['an empty call id', { status: 200, body: { callId: '' } }, 'answer_without_call_id'],
  ['a call id in a list', { status: 200, body: [{ callId: 'a' }] }, 'answer_without_call_id'],
  ['a body beyond all measure', { hugeBody: 2 * 1024 * 1024 }, 'answer_too_large'],
];

describe('a request whose fate is unknown', () => {
  it.each(FATE_UNKNOWN)('after %s is never made again', async (_what, answer, reason) => {
    const { shopper, record } = await dialledWith(answer);
    expect(record).toMatchObject({ state: 'unknown', attempts: 1, callId: null });
    expect(record.reason).toMatch(reason);
    const requests = ground.vendor.requests;
    // Everything that might ring again: a new webhook, an impatient operator, the sweep.
    expect(await service.send(shopper.fillsIn(minutesAgo(15)))).toBe(200);
    expect((await service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/call-now`)).status).toBe(409);
    await service.service.sweep();
    expect(await ground.redis.hget(`${ground.prefix}:recovery:${shopper.recoveryId}`, 'state')).toBe('unknown');
    expect(ground.vendor.requests).toBe(requests);
  });

  it('is settled by a later event of the call', async () => {
    const { shopper } = await dialledWith({ status: 502, placesCall: true });
    const call = ground.vendor.calls.find(({ body }) => body.metadata?.recoveryId === shopper.recoveryId);
    expect(await ground.vendor.sendEvent(call?.callId ?? '', 'call.in-progress')).toEqual({ status: 200 });
    const { record } = await settled(ground.store, shopper.recoveryId, 'called');
    expect(record).toMatchObject({ callId: call?.callId, callStatus: 'in-progress', reason: null, attempts: 1 });
  });

  it.each([
    [
      'that it was placed',
      { placed: true, callId: 'found-at-the-vendor' },
      { state: 'called', callId: 'found-at-the-vendor' },
    ],
    ['that it was not', { placed: false }, { state: 'cancelled', reason: 'operator_not_placed', callId: null }],
  ])('is settled by an operator who says %s', async (_what, finding, expected) => {
    const { shopper } = await dialledWith({ status: 500 });
    const requests = ground.vendor.requests;
    const answer = await service.ops.post(`/ops/api/recoveries/${shopper.recoveryId}/settle`, finding);
    expect(answer).toMatchObject({ status: 200, json: { status: 'done', state: expected.state } });
    expect((await ground.store.load(shopper.recoveryId))?.record).toMatchObject(expected);
    expect(ground.vendor.requests).toBe(requests);
  });

  it('keeps its secrets: a redirect is not followed anywhere', async () => {
    let requests = 0;
    const elsewhere = createServer((_request, response) => {
      requests++;
      response.end('{"callId":"stolen"}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = elsewhere.address() as AddressInfo;
      for (const status of [301, 302, 303, 307, 308]) {
        const location = `http://127.0.0.1:${port}/v2/call/initiate`;
        const { record } = await dialledWith({ status, headers: { location }, body: {} });
        expect(record).toMatchObject({ state: 'unknown', reason: `vendor_${status}` });
      }
      expect(requests).toBe(0);
    } finally {
      elsewhere.close();
    }
  });
});
