/** The vendor's stand-in as a sender: whole lives of signed call events, and the disorder they may arrive in. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCENARIOS, stepsOf } from '../../../stand-ins/voice-vendor/lifecycle.ts';
import { startVoiceVendor, type VoiceVendor, type VoiceVendorOptions } from '../../../stand-ins/voice-vendor/server.ts';
import { startReceiver } from './event-receiver.ts';
import { anInitiateRequest, initiate } from './initiate-request.ts';

let vendor: VoiceVendor;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await vendor.close();
  await receiver.close();
});

async function oneCall(options: VoiceVendorOptions): Promise<void> {
  vendor = await startVoiceVendor({ stepMs: 0, ...options });
  await initiate(vendor, anInitiateRequest(vendor, `${receiver.url}/webhooks/call-events/attempt-7`));
  await vendor.idle();
}

describe('a life', () => {
  it.each(SCENARIOS)('plays "%s" in order, to its end', async (scenario) => {
    await oneCall({ scenario });
    expect(receiver.types()).toEqual(stepsOf(scenario).map(({ type }) => type));
    expect(vendor.calls[0]?.over).toBe(scenario !== 'silent');
  });

  it('is told to the callback URL with the metadata exactly as sent', async () => {
    await oneCall({ scenario: 'answered' });
    for (const { path, json } of receiver.received) {
      expect(path).toBe('/webhooks/call-events/attempt-7');
      expect(json.metadata).toEqual({ recoveryId: 'r-1', nested: { kept: [1, 'two', null] } });
    }
  });

  it('is signed over the exact bytes, in lower-case hex, with the private key', async () => {
    await oneCall({ scenario: 'answered' });
    expect(receiver.received).toHaveLength(6);
    for (const { raw, headers } of receiver.received) {
      expect(headers['x-signature']).toBe(createHmac('sha256', vendor.keys.privateKey).update(raw).digest('hex'));
      expect(headers['x-public-key']).toBe(vendor.keys.publicKey);
    }
  });

  it('tells the call with its status, times and recording', async () => {
    await oneCall({ scenario: 'answered' });
    const completed = receiver.received.find(({ json }) => json.event.type === 'call.completed');
    expect(completed?.json.event.data.call).toMatchObject({
      id: vendor.calls[0]?.callId,
      status: 'completed',
      durationSeconds: 96,
      recordingUrl: expect.stringMatching(/^https:/),
    });
  });

  it('may tell the analysis without naming the call', async () => {
    await oneCall({ scenario: 'opt-out' });
    const end = receiver.received.find(({ json }) => json.event.type === 'end-of-call');
    expect(end?.json.event.data).toMatchObject({ analysis: { insights: { do_not_call: true } } });
    expect(end?.json.event.data.call).toBeUndefined();
  });
});

describe('disorder', () => {
  it('sends every event twice with the same bytes', async () => {
    await oneCall({ scenario: 'busy', travel: { twice: true } });
    const bodies = receiver.received.map(({ raw }) => raw.toString());
    expect(bodies).toHaveLength(2 * stepsOf('busy').length);
    for (let index = 0; index < bodies.length; index += 2) expect(bodies[index]).toBe(bodies[index + 1]);
  });

  it('sends the last event first', async () => {
    await oneCall({ scenario: 'answered', travel: { reversed: true } });
    expect(receiver.types()).toEqual(
      stepsOf('answered')
        .map(({ type }) => type)
        .reverse(),
    );
  });

  it('sends the whole life before the response', async () => {
    vendor = await startVoiceVendor({ stepMs: 0, travel: { beforeResponse: true } });
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    expect(receiver.types()).toHaveLength(stepsOf('answered').length);
  });

  it('gives the next call the scenario it is told', async () => {
    vendor = await startVoiceVendor({ stepMs: 0, scenario: (request) => (request.priority ? 'busy' : 'silent') });
    vendor.nextScenarios.push('skip');
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    await initiate(vendor, anInitiateRequest(vendor, receiver.url, { priority: true }));
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    expect(vendor.calls.map(({ scenario }) => scenario)).toEqual(['skip', 'busy', 'silent']);
  });
});

describe('a failed delivery', () => {
  it.each([401, 500, 302])('keeps the receiver’s %i and is not repeated', async (status) => {
    await receiver.close();
    receiver = await startReceiver(status);
    await oneCall({ scenario: 'skip' });
    expect(vendor.deliveries).toMatchObject([
      { type: 'call.skip', status },
      { type: 'call.lifecycle-ended', status },
    ]);
    expect(receiver.received).toHaveLength(2);
  });

  it('is recorded, not thrown, when nobody listens', async () => {
    await receiver.close();
    await oneCall({ scenario: 'skip' });
    expect(vendor.deliveries).toMatchObject([{ error: 'ECONNREFUSED' }, { error: 'ECONNREFUSED' }]);
  });
});

describe('sendEvent', () => {
  it.each([
    ['wrong', /^[0-9a-f]{64}$/],
    ['upper-case', /^[0-9A-F]{64}$/],
  ] as const)('signs %s when asked to', async (signature, pattern) => {
    await oneCall({ scenario: 'silent' });
    await vendor.sendEvent(vendor.calls[0]?.callId ?? '', 'call.completed', {}, { signature });
    const event = receiver.received[0];
    const right = createHmac('sha256', vendor.keys.privateKey)
      .update(event?.raw ?? '')
      .digest('hex');
    expect(event?.headers['x-signature']).toMatch(pattern);
    expect(event?.headers['x-signature']).not.toBe(right);
  });

  it('leaves the signature away, claims another key, and sends foreign types and data', async () => {
    await oneCall({ scenario: 'silent' });
    const callId = vendor.calls[0]?.callId ?? '';
    const options = { signature: 'absent', publicKey: 'pk_other' } as const;
    expect(await vendor.sendEvent(callId, 'call.unheard-of', { note: 1 }, options)).toEqual({ status: 200 });
    const event = receiver.received[0];
    expect(event?.headers['x-signature']).toBeUndefined();
    expect(event?.headers['x-public-key']).toBe('pk_other');
    expect(event?.json.event).toMatchObject({ type: 'call.unheard-of', data: { note: 1, call: { id: callId } } });
  });

  it('throws for a call it does not know', async () => {
    await oneCall({ scenario: 'silent' });
    await expect(vendor.sendEvent('0'.repeat(24), 'call.ended')).rejects.toThrow('knows no call');
  });
});
