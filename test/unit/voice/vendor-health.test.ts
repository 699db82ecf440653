/** How the vendor is: as documented, and as it may be told all the same. */
import { describe, expect, it } from 'vitest';
import { vendorHealth } from '../../../src/voice/vendor-health.ts';

const saying = (underMaintenance: unknown, status = 'ok') => ({
  status_code: 200,
  message: 'Service',
  data: { underMaintenance, status },
});

describe('the vendor', () => {
  it.each([
    ['says that it is', 200, saying(false), 'up'],
    ['says that it is, with another word', 200, saying(false, 'running'), 'up'],
    ['says nothing', 200, '', 'up'],
    ['has nothing to say', 204, '', 'up'],
    ['says it in another format', 200, 'OK', 'up'],
    ['says null', 200, 'null', 'up'],
    ['leaves its data out', 200, { status_code: 200, message: 'Service', data: null }, 'up'],
    ['speaks of maintenance in a word we do not know', 200, saying('maybe'), 'up'],
    ['is worked on', 200, saying(true), 'maintenance'],
    ['is worked on, in words', 200, saying('true'), 'maintenance'],
    ['is worked on, and answers so', 503, saying(true), 'maintenance'],
    ['is worked on, told at the top level', 200, { underMaintenance: true }, 'maintenance'],
    ['fails', 500, { code: 500, message: 'no' }, 'away'],
    ['fails without words', 502, '<html>Bad Gateway</html>', 'away'],
    ['fails, but not for maintenance', 503, saying(false), 'away'],
    ['has moved', 301, '', 'away'],
    ['wants keys', 401, { code: 401, message: 'keys' }, 'away'],
    ['has no such page', 404, '', 'away'],
    ['throttles', 429, '', 'away'],
  ])('%s', (_what, status, body, expected) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(vendorHealth({ kind: 'answered', status, retryAfter: null, body: text })).toBe(expected);
  });

  it.each([
    { kind: 'not_sent', cause: 'econnrefused' },
    { kind: 'no_answer', cause: 'timeout' },
  ] as const)('is away when it gives no answer: %o', (exchange) => {
    expect(vendorHealth(exchange)).toBe('away');
  });
});
