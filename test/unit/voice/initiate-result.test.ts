/** What is known of a call after the request for it: every status, every shape of answer. */
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/voice/exchange.ts';
import { initiateResult } from '../../../src/voice/initiate-result.ts';

const NOW = Date.UTC(2026, 10, 3, 5, 30);

function answered(status: number, body: unknown, retryAfter: string | null = null): Exchange {
  return { kind: 'answered', status, retryAfter, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe('a call', () => {
  it.each([
    ['with id and status', { status: 'initiate', callId: 'ca11' }, 'ca11', 'initiate'],
    ['below data', { success: true, data: { callId: 'ca11', status: 'queued' } }, 'ca11', 'queued'],
    ['with an id alone', { callId: 'ca11' }, 'ca11', null],
    ['with more than is documented', { callId: 'ca11', status: 'later', eta: 5, nested: { a: [] } }, 'ca11', 'later'],
    ['with a number for an id', { callId: 11 }, '11', null],
    ['with a number beyond 2^53 for an id', '{"callId":98182007925524353}', '98182007925524353', null],
    ['with a number for a status', { callId: 'ca11', status: 3 }, 'ca11', '3'],
    ['with null for a status', { data: { callId: 'ca11', status: null } }, 'ca11', null],
    ['with an object for a status', { callId: 'ca11', status: { code: 1 } }, 'ca11', null],
    ['with a status as long as may be', { callId: 'ca11', status: 's'.repeat(60) }, 'ca11', 's'.repeat(60)],
    ['with a status that is no word', { callId: 'ca11', status: 's'.repeat(61) }, 'ca11', null],
    ['at the top level where both are there', { callId: 'top', data: { callId: 'below' } }, 'top', null],
  ])('is placed by an answer %s', (_what, body, callId, vendorStatus) => {
    for (const status of [200, 201, 202, 299]) {
      expect(initiateResult(answered(status, body), NOW)).toEqual({ kind: 'placed', callId, vendorStatus });
    }
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '<html>all is well</html>'],
    ['half of it', '{"status":"initiate","callId":"ca'],
    ['null', 'null'],
    ['a list', '[{"callId":"ca11"}]'],
    ['no id', { status: 'initiate' }],
    ['an empty id', { callId: '' }],
    ['an id beyond all measure', { callId: 'c'.repeat(201) }],
    ['an object for an id', { callId: { id: 'ca11' } }],
    ['its data as a text', { data: 'ca11' }],
  ])('is of unknown fate after a 200 that says %s', (_what, body) => {
    expect(initiateResult(answered(200, body), NOW)).toEqual({ kind: 'unknown', cause: 'answer_without_call_id' });
  });

  const message = { code: 1, message: 'no' };
  it.each([
    [400, { kind: 'refused', status: 400, message: 'no' }],
    [401, { kind: 'barred', status: 401 }],
    [402, { kind: 'barred', status: 402 }],
    [403, { kind: 'barred', status: 403 }],
    [404, { kind: 'refused', status: 404, message: 'no' }],
    [409, { kind: 'refused', status: 409, message: 'no' }],
    [422, { kind: 'refused', status: 422, message: 'no' }],
    [429, { kind: 'not_placed', cause: 'throttled', retryAfterMs: null }],
  ])('that gets a %d is known not to have been placed', (status, expected) => {
    expect(initiateResult(answered(status, message), NOW)).toEqual(expected);
  });

  it('may have been placed whenever another status came: it is never tried again', () => {
    const known = [400, 401, 402, 403, 404, 409, 422, 429];
    for (let status = 100; status < 600; status++) {
      if (known.includes(status) || (status >= 200 && status < 300)) continue;
      expect(initiateResult(answered(status, { callId: 'ca11' }), NOW)).toEqual({
        kind: 'unknown',
        cause: `vendor_${status}`,
      });
    }
  });

  it('was not placed when nothing was sent', () => {
    const result = initiateResult({ kind: 'not_sent', cause: 'econnrefused' }, NOW);
    expect(result).toEqual({ kind: 'not_placed', cause: 'econnrefused', retryAfterMs: null });
  });

  it('is of unknown fate when bytes were sent and no whole answer came', () => {
    const result = initiateResult({ kind: 'no_answer', cause: 'timeout' }, NOW);
    expect(result).toEqual({ kind: 'unknown', cause: 'timeout' });
  });

  it('that is throttled knows when the vendor wants to be asked again', () => {
    expect(initiateResult(answered(429, 'slow down', '7'), NOW)).toMatchObject({ retryAfterMs: 7_000 });
  });

  it('that is refused keeps what the vendor said, without what it quotes of the shopper', () => {
    const quoting = answered(422, { message: 'phone +919090909090 is not valid' });
    expect(initiateResult(quoting, NOW)).toMatchObject({ message: 'phone … is not valid' });
  });
});
