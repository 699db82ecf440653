/** The vendor's stand-in after a call was accepted: when it lets the call be aborted or its payload replaced, and what it keeps of the requests. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VendorCall } from '../../../stand-ins/voice-vendor/call-book.ts';
import { startVoiceVendor, type VoiceVendor, type VoiceVendorOptions } from '../../../stand-ins/voice-vendor/server.ts';
import { startReceiver } from './event-receiver.ts';
import { anInitiateRequest, aPayload, ask, initiate, vendorHeaders } from './initiate-request.ts';

let vendor: VoiceVendor;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

async function startWith(options: VoiceVendorOptions): Promise<void> {
  await vendor.close();
  vendor = await startVoiceVendor(options);
}

beforeEach(async () => {
  receiver = await startReceiver();
  vendor = await startVoiceVendor({ scenario: 'silent', stepMs: 0 });
});
afterEach(async () => {
  await vendor.close();
  await receiver.close();
});

async function aCall(status: VendorCall['status'] = null): Promise<VendorCall> {
  await initiate(vendor, anInitiateRequest(vendor, receiver.url));
  const call = vendor.calls.at(-1);
  if (!call) throw new Error('the stand-in accepted no call');
  call.status = status;
  return call;
}

const abort = (callId: unknown, headers = {}) => ask(vendor, 'POST', '/v2/call/abort', { callId }, headers);
const replace = (callId: string, payload: unknown, headers = {}) =>
  ask(vendor, 'PUT', `/v2/call/${callId}`, { payload }, headers);

/** Sends an abort and gives up after a while. @returns the status, or 'none'. */
async function abortInVain(callId: string): Promise<number | 'none'> {
  const body = JSON.stringify({ callId });
  const signal = AbortSignal.timeout(1_000);
  return fetch(`${vendor.url}/v2/call/abort`, { method: 'POST', headers: vendorHeaders(vendor), body, signal }).then(
    ({ status }) => status,
    () => 'none',
  );
}

describe('POST /v2/call/abort', () => {
  it('aborts a queued call once, says so in events, and refuses the second time', async () => {
    const { callId } = await aCall();
    expect(await abort(callId)).toEqual({ status: 200, json: { message: 'Call aborted' } });
    expect((await abort(callId)).status).toBe(400);
    await vendor.idle();
    expect(receiver.types()).toEqual(['call.aborted', 'call.lifecycle-ended']);
    expect(receiver.received.map(({ json }) => json.event.data)).toMatchObject([
      { call: { id: callId, status: 'aborted' } },
      { call: { id: callId, status: 'aborted' }, report: { finalStatus: 'aborted' } },
    ]);
    expect(vendor.aborts).toMatchObject([
      { callId, status: 200, tookEffect: true },
      { callId, status: 400, tookEffect: false },
    ]);
  });

  it.each([
    [null, 200],
    ['initiate', 200],
    ['no-answer', 200],
    ['busy', 200],
    ['failed', 200],
    ['rescheduled', 200],
    ['validation-failed', 200],
    ['in-progress', 400],
    ['ended', 400],
    ['completed', 400],
    ['timeout', 400],
    ['skip', 400],
    ['aborted', 400],
  ] as const)('in status %s answers %i', async (status, expected) => {
    const { callId } = await aCall(status);
    expect((await abort(callId)).status).toBe(expected);
  });

  it('comes too late for a call whose life is over, whatever its last status', async () => {
    const call = await aCall('no-answer');
    call.over = true;
    expect(await abort(call.callId)).toMatchObject({ status: 400, json: { message: expect.stringContaining('over') } });
  });

  it('ends the retries that were still to come', async () => {
    await startWith({ scenario: 'no-answer', stepMs: 50 });
    let aborting: Promise<unknown> | undefined;
    receiver.onEvent((type) => {
      if (type !== 'call.no-answer') return;
      aborting = abort(vendor.calls[0]?.callId);
    });
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    await vendor.idle();
    await aborting;
    await vendor.idle();
    expect(receiver.types()).toEqual(['call.initiate', 'call.no-answer', 'call.aborted', 'call.lifecycle-ended']);
  });

  it('tells its events before it answers when all events travel so', async () => {
    await startWith({ scenario: 'silent', stepMs: 0, travel: { beforeResponse: true } });
    const { callId } = await aCall();
    await abort(callId);
    expect(receiver.types()).toEqual(['call.aborted', 'call.lifecycle-ended']);
  });

  it('answers in both documented shapes, in turn when asked to', async () => {
    await startWith({ scenario: 'silent', stepMs: 0, abortShape: 'alternate' });
    const calls = [await aCall(), await aCall()];
    expect((await abort(calls[0]?.callId)).json).toEqual({ message: 'Call aborted' });
    expect((await abort(calls[1]?.callId)).json).toEqual({ status: 'aborted', callId: calls[1]?.callId });
    await startWith({ scenario: 'silent', stepMs: 0, abortShape: 'call' });
    const { callId } = await aCall();
    expect((await abort(callId)).json).toEqual({ status: 'aborted', callId });
  });

  it.each<[string, number, unknown, Record<string, string>]>([
    ['an unknown call', 404, '0'.repeat(24), {}],
    ['an id that is no text', 400, 11, {}],
    ['no id', 400, undefined, {}],
    ['other keys', 401, '0'.repeat(24), { 'x-private-key': 'sk_other' }],
    ['another workspace', 404, '0'.repeat(24), { workspace: 'f'.repeat(24) }],
  ])('refuses %s with %i, and keeps that', async (_what, status, callId, headers) => {
    expect((await abort(callId, headers)).status).toBe(status);
    const kept = typeof callId === 'string' ? callId : null;
    expect(vendor.aborts).toMatchObject([{ callId: kept, status, tookEffect: false }]);
    expect(vendor.refusals).toMatchObject([{ path: '/v2/call/abort', status }]);
  });
});

describe('PUT /v2/call/:callId', () => {
  it('replaces the whole payload of a call that was not attempted, and keeps each', async () => {
    const call = await aCall();
    const { discountCodes, ...without } = aPayload();
    expect((await replace(call.callId, aPayload({ discountCodes: ['OTHER'] }))).status).toBe(200);
    expect(call.payload.discountCodes).toEqual(['OTHER']);
    expect((await replace(call.callId, without)).status).toBe(200);
    expect(call.payload).toEqual(without);
    expect(call.body.payload.discountCodes).toEqual(discountCodes);
    expect(vendor.replacements).toMatchObject([
      { callId: call.callId, status: 200, tookEffect: true, payload: { discountCodes: ['OTHER'] } },
      { callId: call.callId, status: 200, tookEffect: true, payload: without },
    ]);
  });

  it.each(['initiate', 'busy', 'no-answer', 'in-progress', 'completed', 'aborted', 'rescheduled'] as const)(
    'comes too late when the call is %s',
    async (status) => {
      const call = await aCall(status);
      const before = call.payload;
      expect((await replace(call.callId, aPayload({ discountCodes: [] }))).status).toBe(400);
      expect(call.payload).toBe(before);
      expect(vendor.replacements).toMatchObject([{ status: 400, tookEffect: false }]);
    },
  );

  it('comes too late after an abort', async () => {
    const { callId } = await aCall();
    await abort(callId);
    expect((await replace(callId, aPayload())).status).toBe(400);
  });

  it.each([
    ['nothing', undefined, 'payload'],
    ['a part', { discountCodes: [] }, 'payload.customer'],
    ['a foreign field', aPayload({ currency: 'EUR' }), 'currency'],
    ['null where only text may stand', aPayload({ shippingAddress: { city: null } }), 'shippingAddress.city'],
  ])('refuses %s with 400 that names the field', async (_what, payload, field) => {
    const call = await aCall();
    const before = call.payload;
    const { status, json } = await replace(call.callId, payload);
    expect({ status, message: json.message }).toEqual({ status: 400, message: expect.stringContaining(field) });
    expect(call.payload).toBe(before);
  });

  it('knows no other call, and no other keys', async () => {
    expect((await replace('0'.repeat(24), aPayload())).status).toBe(404);
    const { callId } = await aCall();
    expect((await replace(callId, aPayload(), { 'x-public-key': 'pk_other' })).status).toBe(401);
    expect(vendor.replacements.map(({ status }) => status)).toEqual([404, 401]);
  });
});

describe('a scripted answer to an abort or another payload', () => {
  it('is given once, to its own route, and nothing comes of the request', async () => {
    const call = await aCall();
    vendor.nextAbortAnswers.push({
      status: 503,
      body: { code: 503, message: 'later' },
      headers: { 'retry-after': '3' },
    });
    vendor.nextReplaceAnswers.push({ status: 422 });
    expect(await replace(call.callId, aPayload({ discountCodes: [] }))).toMatchObject({ status: 422 });
    expect(await abort(call.callId)).toEqual({ status: 503, json: { code: 503, message: 'later' } });
    expect({ status: call.status, over: call.over, codes: call.payload.discountCodes }).toEqual({
      status: null,
      over: false,
      codes: ['SPRING'],
    });
    expect(vendor.aborts).toMatchObject([{ callId: call.callId, status: 503, tookEffect: false }]);
    expect(vendor.replacements).toMatchObject([{ callId: call.callId, status: 422, tookEffect: false }]);
    expect((await replace(call.callId, aPayload())).status).toBe(200);
    expect((await abort(call.callId)).status).toBe(200);
  });

  it.each([
    ['a reset before the body is read', { reset: 'before' }, false],
    ['a reset after it', { reset: 'after' }, true],
    ['silence', { hang: true }, true],
    ['something that is not HTTP', { raw: 'no such protocol\r\n\r\n' }, true],
  ] as const)('may be %s: the request is in the book, without a status', async (_what, answer, isRead) => {
    const { callId } = await aCall();
    vendor.nextAbortAnswers.push(answer);
    expect(await abortInVain(callId)).toBe('none');
    expect(vendor.aborts).toMatchObject([{ callId: isRead ? callId : null, status: null, tookEffect: false }]);
  });

  it('may come late, and be right', async () => {
    const { callId } = await aCall();
    vendor.nextAbortAnswers.push({ delayMs: 30 });
    const before = performance.now();
    expect((await abort(callId)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
    expect(vendor.aborts).toMatchObject([{ tookEffect: true }]);
  });

  it.each([{ status: 502 }, { reset: 'after' }, { hang: true }, { redirectTo: '/elsewhere' }] as const)(
    'may hide an abort behind %o, whose events then come',
    async (answer) => {
      const { callId } = await aCall();
      vendor.nextAbortAnswers.push({ ...answer, takesEffect: true });
      await abortInVain(callId);
      await vendor.idle();
      expect(vendor.aborts).toMatchObject([{ callId, tookEffect: true }]);
      expect(receiver.types()).toEqual(['call.aborted', 'call.lifecycle-ended']);
    },
  );

  it('may hide a replacement', async () => {
    const call = await aCall();
    vendor.nextReplaceAnswers.push({ status: 500, takesEffect: true });
    expect((await replace(call.callId, aPayload({ discountCodes: [] }))).status).toBe(500);
    expect(call.payload.discountCodes).toEqual([]);
    expect(vendor.replacements).toMatchObject([{ status: 500, tookEffect: true }]);
  });

  it('is given to a question after its health, too', async () => {
    vendor.nextHealthAnswers.push({ status: 503, body: { status_code: 503, message: 'no' } });
    expect(await ask(vendor, 'GET', '/health')).toEqual({ status: 503, json: { status_code: 503, message: 'no' } });
    expect((await ask(vendor, 'GET', '/health')).status).toBe(200);
  });
});
