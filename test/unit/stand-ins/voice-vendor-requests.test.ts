/** The vendor's stand-in as a server: what it accepts, what it refuses, and with which status. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startVoiceVendor, type VoiceVendor, type VoiceVendorOptions } from '../../../stand-ins/voice-vendor/server.ts';
import { startReceiver } from './event-receiver.ts';
import { anInitiateRequest, aPayload, ask, initiate } from './initiate-request.ts';

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

describe('POST /v2/call/initiate', () => {
  it('accepts a whole request and keeps it without the private key', async () => {
    const body = anInitiateRequest(vendor, receiver.url);
    const { status, json } = await initiate(vendor, body);
    expect(status).toBe(200);
    expect(json).toEqual({ status: 'initiate', callId: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(vendor.calls).toHaveLength(1);
    expect(vendor.calls[0]).toMatchObject({ callId: json.callId, body, status: null });
    expect(vendor.calls[0]?.headers['x-public-key']).toBe(vendor.keys.publicKey);
    expect(JSON.stringify(vendor.calls[0]?.headers)).not.toContain(vendor.keys.privateKey);
  });

  it('answers in both documented shapes, in turn when asked to', async () => {
    await startWith({ scenario: 'silent', shape: 'alternate' });
    const body = anInitiateRequest(vendor, receiver.url);
    expect((await initiate(vendor, body)).json).toEqual({ status: 'initiate', callId: vendor.calls[0]?.callId });
    expect((await initiate(vendor, body)).json).toEqual({
      success: true,
      data: { callId: vendor.calls[1]?.callId, status: 'queued' },
    });
  });

  it.each<[string, number, Record<string, string | undefined>]>([
    ['no public key', 401, { 'x-public-key': undefined }],
    ['a wrong private key', 401, { 'x-private-key': `sk_${'0'.repeat(64)}` }],
    ['no private key', 401, { 'x-private-key': undefined }],
    ['another workspace', 404, { workspace: 'f'.repeat(24) }],
    ['no workspace', 404, { workspace: undefined }],
  ])('refuses %s with %i', async (_name, status, headers) => {
    const answer = await initiate(vendor, anInitiateRequest(vendor, receiver.url), headers);
    expect(answer).toEqual({ status, json: { code: status, message: expect.any(String) } });
    expect(vendor.calls).toEqual([]);
    expect(vendor.requests).toBe(1);
    expect(vendor.refusals).toMatchObject([{ path: '/v2/call/initiate', status }]);
  });

  it('refuses an unknown assistant with 404', async () => {
    const answer = await initiate(vendor, anInitiateRequest(vendor, receiver.url, { assistant: 'nobody' }));
    expect(answer.status).toBe(404);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a number that is not E.164', { phoneNumber: '0415 555 0142' }, 'phoneNumber'],
    ['no number', { phoneNumber: undefined }, 'phoneNumber'],
    ['no callback URL', { callbackUrl: undefined }, 'callbackUrl'],
    ['a plain http callback on another host', { callbackUrl: 'http://example.com/events' }, 'callbackUrl'],
    ['a priority in words', { priority: 'high' }, 'priority'],
    ['metadata that is no object', { metadata: 'r-1' }, 'metadata'],
    ['a field of its own', { retries: 3 }, 'retries'],
    ['no payload', { payload: undefined }, 'payload'],
    ['a foreign field in the payload', { payload: aPayload({ currency: 'EUR' }) }, 'currency'],
    ['no line items', { payload: aPayload({ lineItems: [] }) }, 'payload.lineItems'],
    [
      'null where only text may stand',
      { payload: aPayload({ shippingAddress: { city: null } }) },
      'shippingAddress.city',
    ],
    ['discount codes as objects', { payload: aPayload({ discountCodes: [{ code: 'X' }] }) }, 'discountCodes.0'],
    ['a quantity of none', { payload: aPayload({ lineItems: [{ title: 'Lamp', quantity: 0 }] }) }, 'quantity'],
    [
      'a currency beside an amount',
      { payload: aPayload({ totalPriceSet: { shopMoney: { amount: '1.00', currencyCode: 'EUR' } } }) },
      'currencyCode',
    ],
    ['an amount as a number', { payload: aPayload({ totalPriceSet: { shopMoney: { amount: 1 } } }) }, 'totalPriceSet'],
    [
      'a missing required total',
      { payload: aPayload({ totalLineItemsPriceSet: undefined }) },
      'totalLineItemsPriceSet',
    ],
    ['a bare checkout id', { payload: aPayload({ id: '40211938574410913' }) }, 'payload.id'],
    ['an empty first name', { payload: aPayload({ customer: { firstName: '', phone: '+14155550142' } }) }, 'firstName'],
  ])('refuses %s with 400 that names the field', async (_name, changes, field) => {
    const { status, json } = await initiate(vendor, anInitiateRequest(vendor, receiver.url, changes));
    expect({ status, code: json.code }).toEqual({ status: 400, code: 400 });
    expect(json.message).toContain(field);
    expect(vendor.calls).toEqual([]);
  });

  it('never repeats a value in its message', async () => {
    const changes = { phoneNumber: '0415 555 0142', payload: aPayload({ customer: { firstName: 7, phone: '0415' } }) };
    const { json } = await initiate(vendor, anInitiateRequest(vendor, receiver.url, changes));
    expect(json.message).not.toContain('0415');
  });

  it('accepts https callbacks anywhere, and the smallest payload', async () => {
    const { customer, lineItems, totalLineItemsPriceSet, totalDiscountSet, subtotalPriceSet, totalPriceSet } =
      aPayload();
    const payload = { customer, lineItems, totalLineItemsPriceSet, totalDiscountSet, subtotalPriceSet, totalPriceSet };
    const changes = { payload, callbackUrl: 'https://hooks.fenwick-lantern.example/events', metadata: undefined };
    expect((await initiate(vendor, anInitiateRequest(vendor, receiver.url, changes))).status).toBe(200);
  });

  it('answers a body that is not JSON with a flat 400', async () => {
    const { status, json } = await initiate(vendor, '{"phoneNumber":');
    expect({ status, code: json.code }).toEqual({ status: 400, code: 400 });
  });
});

describe('the other routes', () => {
  it('is healthy without keys', async () => {
    const { status, json } = await ask(vendor, 'GET', '/health', undefined, { 'x-private-key': undefined });
    expect(status).toBe(200);
    expect(json).toEqual({
      status_code: 200,
      message: expect.any(String),
      data: { underMaintenance: false, status: 'ok' },
    });
  });

  it('says that it is under maintenance as soon as it is told to, and goes on with all else', async () => {
    vendor.underMaintenance = true;
    expect((await ask(vendor, 'GET', '/health')).json).toMatchObject({ data: { underMaintenance: true } });
    expect((await initiate(vendor, anInitiateRequest(vendor, receiver.url))).status).toBe(200);
    vendor.underMaintenance = false;
    expect((await ask(vendor, 'GET', '/health')).json).toMatchObject({ data: { underMaintenance: false } });
    await startWith({ underMaintenance: true });
    expect((await ask(vendor, 'GET', '/health')).json).toMatchObject({ data: { underMaintenance: true } });
  });

  it.each([
    ['/v1/admin/assistant/list', {}, 200],
    ['/v1/admin/assistant/list', { 'x-private-key': 'sk_0' }, 401],
    ['/v1/admin/assistant/get/nobody', {}, 404],
    ['/v9/unheard-of', {}, 404],
  ])('GET %s with headers %o answers %i', async (path, headers, expected) => {
    expect((await ask(vendor, 'GET', path, undefined, headers)).status).toBe(expected);
  });

  it('shows its assistant', async () => {
    const { json } = await ask(vendor, 'GET', `/v1/admin/assistant/get/${vendor.keys.assistant}`);
    expect(json).toMatchObject({ status_code: 200, data: { _id: vendor.keys.assistant, type: 'abandoned_cart' } });
  });
});
