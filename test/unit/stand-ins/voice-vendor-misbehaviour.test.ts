/** The vendor's stand-in at its worst: scripted answers, and what a client sees of them. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startVoiceVendor, type VoiceVendor } from '../../../stand-ins/voice-vendor/server.ts';
import { startReceiver } from './event-receiver.ts';
import { anInitiateRequest, initiate, vendorHeaders } from './initiate-request.ts';

let vendor: VoiceVendor;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
  vendor = await startVoiceVendor({ scenario: 'skip', stepMs: 0 });
});
afterEach(async () => {
  await vendor.close();
  await receiver.close();
});

/** The bare client: bytes, no redirects, and the socket's own error code. */
function exchange(timeoutMs = 5_000): Promise<{ status?: number; headers?: object; bytes?: number; error?: string }> {
  return new Promise((resolve) => {
    const outgoing = request(
      `${vendor.url}/v2/call/initiate`,
      { method: 'POST', headers: vendorHeaders(vendor), signal: AbortSignal.timeout(timeoutMs), agent: false },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }));
        response.on('error', (fault: NodeJS.ErrnoException) => resolve({ error: fault.code ?? fault.name }));
      },
    );
    outgoing.on('error', (fault: NodeJS.ErrnoException) => resolve({ error: fault.code ?? fault.name }));
    outgoing.end(JSON.stringify(anInitiateRequest(vendor, receiver.url)));
  });
}

describe('a scripted answer', () => {
  it('is given once, and then all is well again', async () => {
    vendor.nextAnswers.push({ status: 500 });
    expect((await exchange()).status).toBe(500);
    expect((await exchange()).status).toBe(200);
    expect({ requests: vendor.requests, calls: vendor.calls.length }).toEqual({ requests: 2, calls: 1 });
    expect(vendor.refusals).toEqual([]);
  });

  it('carries its own body and headers', async () => {
    vendor.nextAnswers.push({
      status: 429,
      body: { status_code: 429, message: 'slow down' },
      headers: { 'retry-after': '7' },
    });
    const response = await fetch(`${vendor.url}/v2/call/initiate`, {
      method: 'POST',
      headers: vendorHeaders(vendor),
      body: '{}',
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toEqual({ status_code: 429, message: 'slow down' });
  });

  it.each(['before', 'after'] as const)('resets the connection %s the body is read', async (reset) => {
    vendor.nextAnswers.push({ reset });
    expect(await exchange()).toEqual({ error: 'ECONNRESET' });
    expect({ requests: vendor.requests, calls: vendor.calls.length }).toEqual({ requests: 1, calls: 0 });
  });

  it('hangs until the client gives up', async () => {
    vendor.nextAnswers.push({ hang: true });
    expect((await exchange(60)).error).toMatch(/ABORT|Timeout/i);
  });

  it('does not keep a hanging client when it closes', async () => {
    vendor.nextAnswers.push({ hang: true });
    vendor.onInitiate(() => {});
    const pending = exchange();
    while (vendor.requests === 0) await new Promise((resolve) => setImmediate(resolve));
    await vendor.close();
    expect((await pending).error).toBe('ECONNRESET');
  });

  it('writes raw bytes instead of HTTP', async () => {
    vendor.nextAnswers.push({ raw: 'no such protocol\r\n\r\n' });
    expect((await exchange()).error).toMatch(/^HPE_/);
  });

  it('sends a huge body without a length', async () => {
    vendor.nextAnswers.push({ hugeBody: 5_000_000 });
    const answer = await exchange();
    expect(answer.bytes).toBeGreaterThan(5_000_000);
    expect(answer.headers).not.toHaveProperty('content-length');
  });

  it('redirects so that a careless client would repeat the body elsewhere', async () => {
    vendor.nextAnswers.push({ redirectTo: 'http://127.0.0.1:9/elsewhere' });
    expect(await exchange()).toMatchObject({ status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' } });
  });

  it('delays an answer that is otherwise as ever', async () => {
    vendor.nextAnswers.push({ delayMs: 40 });
    const before = performance.now();
    expect((await exchange()).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
    expect(vendor.calls).toHaveLength(1);
  });

  it.each([
    { reset: 'after' },
    { hang: true },
    { status: 502 },
    { raw: 'x' },
    { redirectTo: 'http://127.0.0.1:9/' },
  ] as const)('may hide a placed call behind %o, whose events then come', async (answer) => {
    vendor.nextAnswers.push({ ...answer, placesCall: true });
    await exchange(100);
    await vendor.waitForCalls(1);
    await vendor.idle();
    expect(receiver.types()).toEqual(['call.skip', 'call.lifecycle-ended']);
  });
});

describe('what a test can wait for', () => {
  it('runs the hook before the answer, with the call already in the book', async () => {
    const seen: (string | undefined)[] = [];
    vendor.onInitiate(async (call) => {
      seen.push(call.callId, vendor.calls[0]?.callId);
    });
    const { json } = await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    expect(seen).toEqual([json.callId, json.callId]);
  });

  it('resolves at the n-th call and names the count when it does not come', async () => {
    const waiting = vendor.waitForCalls(2);
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    expect(await waiting).toHaveLength(2);
    await expect(vendor.waitForCalls(3, { timeoutMs: 20 })).rejects.toThrow(
      'waited 20 ms for 3 calls, the vendor has 2',
    );
  });

  it('counts as busy from the answer to the last event', async () => {
    await initiate(vendor, anInitiateRequest(vendor, receiver.url));
    await vendor.idle();
    expect(vendor.deliveries.map(({ status }) => status)).toEqual([200, 200]);
  });
});
