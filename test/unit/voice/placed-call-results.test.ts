/** What is known of an abort and of another payload after the request for it: every status, and every way of getting none. */
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/voice/exchange.ts';
import { abortResult, replaceResult } from '../../../src/voice/placed-call-results.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);

function answered(status: number, body: unknown = '', retryAfter: string | null = null): Exchange {
  return { kind: 'answered', status, retryAfter, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const away = (cause: string) => ({ kind: 'away', cause, retryAfterMs: null });
const saying = { code: 1, message: 'no: +919090909090' };
const SAID = 'no: …';

const BODIES: [what: string, body: unknown][] = [
  ['words', { message: 'Call aborted' }],
  ['status and id', { status: 'aborted', callId: 'ca11' }],
  ['the same below data', { success: true, data: { status: 'aborted', callId: 'ca11' } }],
  ['another call', { status: 'aborted', callId: 'another' }],
  ['nothing', ''],
  ['no JSON', 'OK'],
  ['a page', '<!doctype html><title>OK</title>'],
  ['null', 'null'],
  ['half of something', '{"message":'],
];

describe('an abort', () => {
  it.each(BODIES)('has succeeded by any 2xx, also one that says %s', (_what, body) => {
    for (const status of [200, 201, 202, 204, 299]) {
      expect(abortResult(answered(status, body), NOW)).toEqual({ kind: 'aborted' });
    }
  });

  it.each([
    [400, { kind: 'not_abortable', message: SAID }],
    [401, { kind: 'barred', status: 401 }],
    [402, { kind: 'barred', status: 402 }],
    [403, { kind: 'barred', status: 403 }],
    [404, { kind: 'unknown_call' }],
    [429, away('throttled')],
  ])('that gets a %d has its answer', (status, expected) => {
    expect(abortResult(answered(status, saying), NOW)).toEqual(expected);
  });

  it('may be tried again after any other status', () => {
    for (let status = 100; status < 600; status++) {
      if ((status >= 200 && status < 300) || [400, 401, 402, 403, 404, 429].includes(status)) continue;
      expect(abortResult(answered(status, saying), NOW)).toEqual(away(`vendor_${status}`));
    }
  });
});

describe('another payload', () => {
  it.each(BODIES)('has been taken by any 2xx, also one that says %s', (_what, body) => {
    for (const status of [200, 201, 202, 204, 299]) {
      expect(replaceResult(answered(status, body), NOW)).toEqual({ kind: 'replaced' });
    }
  });

  it.each([
    [400, { kind: 'too_late', message: SAID }],
    [401, { kind: 'barred', status: 401 }],
    [402, { kind: 'barred', status: 402 }],
    [403, { kind: 'barred', status: 403 }],
    [404, { kind: 'unknown_call' }],
    [409, { kind: 'refused', status: 409, message: SAID }],
    [422, { kind: 'refused', status: 422, message: SAID }],
    [429, away('throttled')],
  ])('that gets a %d has its answer', (status, expected) => {
    expect(replaceResult(answered(status, saying), NOW)).toEqual(expected);
  });

  it('may be sent again after any other status', () => {
    for (let status = 100; status < 600; status++) {
      if ((status >= 200 && status < 300) || [400, 401, 402, 403, 404, 409, 422, 429].includes(status)) continue;
      expect(replaceResult(answered(status, saying), NOW)).toEqual(away(`vendor_${status}`));
    }
  });
});

describe.each([
  ['an abort', abortResult],
  ['another payload', replaceResult],
])('%s that decided nothing', (_what, resultOf) => {
  it.each([
    { kind: 'not_sent', cause: 'econnrefused' },
    { kind: 'no_answer', cause: 'timeout' },
  ] as const)('may be tried again: %o', (exchange) => {
    expect(resultOf(exchange, NOW)).toEqual(away(exchange.cause));
  });

  it.each([
    [429, '7', 7_000],
    [429, 'Tue, 03 Nov 2026 05:30:20 GMT', 20_000],
    [429, 'soon', null],
    [408, '1', 1_000],
    [503, '120', 120_000],
    [302, '5', 5_000],
  ])('after a %d with Retry-After %j waits %j ms', (status, retryAfter, retryAfterMs) => {
    expect(resultOf(answered(status, '', retryAfter), NOW)).toMatchObject({ kind: 'away', retryAfterMs });
  });

  it('has no message where the refusal has none', () => {
    expect(resultOf(answered(400, '<html>Bad Request</html>'), NOW)).toMatchObject({ message: '' });
  });
});
