/** Abort, another payload and health against the vendor's stand-in at its best. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AbandonedCartPayload } from '../../../src/domain/abandoned-cart-payload.ts';
import type { VoiceCalls } from '../../../src/domain/voice-calls.ts';
import { freePort } from '../../../stand-ins/free-port.ts';
import { OTHER_PAYLOAD, openVoice, PAYLOAD, type VoiceAtStandIn } from './voice-at-stand-in.ts';

let vendor: VoiceAtStandIn['vendor'];
let voice: VoiceAtStandIn['voice'];
let as: VoiceAtStandIn['as'];
let aCall: VoiceAtStandIn['aCall'];

beforeAll(async () => {
  ({ vendor, voice, as, aCall } = await openVoice());
});
afterAll(() => vendor.close());

describe('an abort', () => {
  it.each([null, 'busy', 'failed', 'no-answer', 'rescheduled', 'validation-failed'] as const)(
    'is taken while the call is %s',
    async (status) => {
      const { callId } = await aCall(status);
      expect(await voice.abort(callId)).toEqual({ kind: 'aborted' });
      await vendor.idle();
      const told = vendor.deliveries.filter((delivery) => delivery.callId === callId);
      expect(told.map(({ type }) => type)).toEqual(['call.aborted', 'call.lifecycle-ended']);
    },
  );

  it.each(['in-progress', 'ended', 'completed', 'timeout', 'aborted'] as const)(
    'comes too late when the call is %s',
    async (status) => {
      const { callId } = await aCall(status);
      const message = `Call cannot be aborted: it is ${status}`;
      expect(await voice.abort(callId)).toEqual({ kind: 'not_abortable', message });
    },
  );

  it('is taken once: the second time there is nothing left to abort', async () => {
    const { callId } = await aCall();
    expect(await voice.abort(callId)).toEqual({ kind: 'aborted' });
    expect(await voice.abort(callId)).toMatchObject({ kind: 'not_abortable' });
  });

  it('may have been taken although it seemed lost, which the next one shows', async () => {
    const { callId } = await aCall();
    vendor.nextAbortAnswers.push({ reset: 'after', takesEffect: true });
    expect(await voice.abort(callId)).toEqual({ kind: 'away', cause: 'econnreset', retryAfterMs: null });
    expect(await voice.abort(callId)).toMatchObject({ kind: 'not_abortable' });
  });
});

describe('another payload', () => {
  it('takes the place of the old one as long as nobody was rung', async () => {
    const call = await aCall();
    for (const payload of [OTHER_PAYLOAD, PAYLOAD]) {
      expect(await voice.replacePayload(call.callId, payload)).toEqual({ kind: 'replaced' });
      expect(call.payload).toEqual(payload);
    }
  });

  it.each(['initiate', 'busy', 'no-answer', 'in-progress', 'completed', 'aborted'] as const)(
    'comes too late when the call is %s',
    async (status) => {
      const call = await aCall(status);
      expect(await voice.replacePayload(call.callId, OTHER_PAYLOAD)).toEqual({
        kind: 'too_late',
        message: 'Call has already been attempted',
      });
      expect(call.payload).toEqual(PAYLOAD);
    },
  );

  it('that the vendor cannot read is told apart by its words alone', async () => {
    const { callId } = await aCall();
    const unreadable = { ...PAYLOAD, lineItems: [] } as unknown as AbandonedCartPayload;
    expect(await voice.replacePayload(callId, unreadable)).toMatchObject({
      kind: 'too_late',
      message: expect.stringContaining('payload.lineItems'),
    });
  });
});

const REQUESTS: [what: string, send: (voice: VoiceCalls, callId: string) => Promise<unknown>][] = [
  ['an abort', (of, callId) => of.abort(callId)],
  ['another payload', (of, callId) => of.replacePayload(callId, OTHER_PAYLOAD)],
];

describe.each(REQUESTS)('%s', (_what, send) => {
  it('of a call that the vendor does not know has an answer', async () => {
    expect(await send(voice, '0'.repeat(24))).toEqual({ kind: 'unknown_call' });
  });

  it('is barred with another private key', async () => {
    const { callId } = await aCall();
    expect(await send(as({ privateKey: `sk_${'0'.repeat(64)}` }), callId)).toEqual({
      kind: 'barred',
      status: 401,
    });
  });

  it('finds no call in another workspace', async () => {
    const { callId } = await aCall();
    expect(await send(as({ workspace: '0'.repeat(24) }), callId)).toEqual({ kind: 'unknown_call' });
  });

  it('is not sent when nobody is at the door', async () => {
    const nobody = as({ url: `http://127.0.0.1:${await freePort()}` });
    expect(await send(nobody, 'ca11')).toEqual({ kind: 'away', cause: 'econnrefused', retryAfterMs: null });
  });
});

describe("the vendor's health", () => {
  it('is told without keys', async () => {
    expect(await as({ privateKey: 'sk_wrong' }).health()).toBe('up');
  });

  it('may be maintenance', async () => {
    vendor.underMaintenance = true;
    expect(await voice.health()).toBe('maintenance');
    vendor.underMaintenance = false;
    expect(await voice.health()).toBe('up');
  });

  it('is away when nobody is at the door', async () => {
    expect(await as({ url: `http://127.0.0.1:${await freePort()}` }).health()).toBe('away');
  });
});
