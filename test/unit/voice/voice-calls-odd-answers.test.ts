/** Abort, another payload and health against a vendor that gives every answer it should never give. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VoiceCalls } from '../../../src/domain/voice-calls.ts';
import type { ScriptedAnswer } from '../../../stand-ins/voice-vendor/scripted-answers.ts';
import { OTHER_PAYLOAD, openVoice, type VoiceAtStandIn } from './voice-at-stand-in.ts';

/** Of those that will wait in vain. */
const PATIENCE_MS = 250;

let vendor: VoiceAtStandIn['vendor'];
let voice: VoiceAtStandIn['voice'];
let aCall: VoiceAtStandIn['aCall'];
let impatient: VoiceCalls;

beforeAll(async () => {
  const opened = await openVoice();
  ({ vendor, voice, aCall } = opened);
  impatient = opened.as({ timeoutMs: PATIENCE_MS });
});
afterAll(() => vendor.close());

/** Only who waits in vain is short of time: a busy machine must not look like a silent vendor. */
function voiceFor(answer: ScriptedAnswer): VoiceCalls {
  return 'hang' in answer || answer.delayMs ? impatient : voice;
}

const DONE: object = { kind: 'aborted, or replaced' };
const away = (cause: string | RegExp, retryAfterMs: number | null = null) => ({
  kind: 'away',
  cause: typeof cause === 'string' ? cause : expect.stringMatching(cause),
  retryAfterMs,
});
const throttled = (retryAfter: string, ms: number | null): [string, ScriptedAnswer, object] => [
  `429, Retry-After ${retryAfter}`,
  { status: 429, headers: { 'retry-after': retryAfter } },
  away('throttled', ms),
];

const MESSAGE = { code: 1, message: 'Not for +1 (415) 555-0142 or odile.marrable@example.com' };
const SCRUBBED = 'Not for … or …';
const PAGE = '<!doctype html><title>Sign in</title>';
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 80\r\n\r\n{"message":"Call';

/** What comes of both requests; where they differ, first of the abort, then of the payload. */
const ODD_ANSWERS: [what: string, answer: ScriptedAnswer, abort: object, replace?: object][] = [
  ['200 with words', { status: 200, body: { message: 'Call aborted' } }, DONE],
  ['200 with status and id', { status: 200, body: { status: 'aborted', callId: 'ca11' } }, DONE],
  ['200 with null', { status: 200, body: 'null' }, DONE],
  ['200 with a list', { status: 200, body: [1, 2] }, DONE],
  ['200 with half of something', { status: 200, body: '{"message":' }, DONE],
  ['200 with a page', { status: 200, body: PAGE, headers: { 'content-type': 'text/html' } }, DONE],
  ['200 with depths', { status: 200, body: '['.repeat(100_000) }, DONE],
  ['200 and more than anybody should read', { hugeBody: 2 * 1024 * 1024 }, DONE],
  ['200 and the end in the middle of a word', { raw: HEAD }, DONE],
  ['201', { status: 201 }, DONE],
  ['202', { status: 202 }, DONE],
  ['204', { status: 204, body: '' }, DONE],
  ['301', { status: 301, body: '', headers: { location: '/elsewhere' } }, away('vendor_301')],
  ['302 to a page', { status: 302, body: PAGE, headers: { location: '/sign-in' } }, away('vendor_302')],
  ['307', { redirectTo: '/elsewhere' }, away('vendor_307')],
  [
    '400',
    { status: 400, body: MESSAGE },
    { kind: 'not_abortable', message: SCRUBBED },
    { kind: 'too_late', message: SCRUBBED },
  ],
  [
    '400 with a page',
    { status: 400, body: PAGE },
    { kind: 'not_abortable', message: '' },
    { kind: 'too_late', message: '' },
  ],
  ['401', { status: 401 }, { kind: 'barred', status: 401 }],
  ['402', { status: 402 }, { kind: 'barred', status: 402 }],
  ['403', { status: 403 }, { kind: 'barred', status: 403 }],
  ['404', { status: 404 }, { kind: 'unknown_call' }],
  ['405', { status: 405 }, away('vendor_405')],
  ['408', { status: 408 }, away('vendor_408')],
  ['409', { status: 409, body: MESSAGE }, away('vendor_409'), { kind: 'refused', status: 409, message: SCRUBBED }],
  ['422', { status: 422, body: MESSAGE }, away('vendor_422'), { kind: 'refused', status: 422, message: SCRUBBED }],
  ['425', { status: 425 }, away('vendor_425')],
  ['429', { status: 429 }, away('throttled')],
  throttled('7', 7_000),
  throttled('0', 0),
  throttled('9999', 9_999_000),
  throttled('-5', null),
  throttled('soon', null),
  throttled('Tue, 03 Nov 2026 05:30:20 GMT', 20_000),
  throttled('Tue, 03 Nov 2026 05:29:00 GMT', 0),
  ['500', { status: 500 }, away('vendor_500')],
  ['502 with a page', { status: 502, body: PAGE }, away('vendor_502')],
  ['503', { status: 503 }, away('vendor_503')],
  ['503, Retry-After 30', { status: 503, headers: { 'retry-after': '30' } }, away('vendor_503', 30_000)],
  ['504', { status: 504 }, away('vendor_504')],
  ['a reset before the body is read', { reset: 'before' }, away(/^(econnreset|epipe)$/)],
  ['a reset after it', { reset: 'after' }, away('econnreset')],
  ['silence', { hang: true }, away('timeout')],
  ['a 200 that comes too late', { status: 200, delayMs: PATIENCE_MS * 2 }, away('timeout')],
  ['the end of the stream', { raw: '' }, away('econnreset')],
  ['something that is not HTTP', { raw: 'SSH-2.0-OpenSSH_9.9\r\n' }, away(/^hpe_/)],
  ['half a status line', { raw: 'HTTP/1.1 20' }, away(/^(econnreset|hpe_.+)$/)],
];

describe('a request answered with', () => {
  it.each(ODD_ANSWERS)('%s: an abort', async (_what, answer, expected) => {
    const { callId } = await aCall();
    const before = vendor.aborts.length;
    vendor.nextAbortAnswers.push(answer);
    const result = await voiceFor(answer).abort(callId);
    expect(result).toEqual(expected === DONE ? { kind: 'aborted' } : expected);
    expect(vendor.aborts.slice(before)).toHaveLength(1);
  });

  it.each(ODD_ANSWERS)('%s: another payload', async (_what, answer, ofAbort, expected = ofAbort) => {
    const { callId } = await aCall();
    const before = vendor.replacements.length;
    vendor.nextReplaceAnswers.push(answer);
    const result = await voiceFor(answer).replacePayload(callId, OTHER_PAYLOAD);
    expect(result).toEqual(expected === DONE ? { kind: 'replaced' } : expected);
    expect(vendor.replacements.slice(before)).toMatchObject([{ callId }]);
  });

  it('a redirect goes nowhere else, and its secrets stay', async () => {
    let asked = 0;
    const elsewhere = createServer((_request, response) => {
      asked++;
      response.end('{}');
    });
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    try {
      const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/v2/call/abort`;
      for (const status of [301, 302, 303, 307, 308]) {
        const answer = { status, body: '', headers: { location } };
        vendor.nextAbortAnswers.push(answer);
        vendor.nextReplaceAnswers.push(answer);
        vendor.nextHealthAnswers.push(answer);
        expect(await voice.abort('ca11')).toEqual(away(`vendor_${status}`));
        expect(await voice.replacePayload('ca11', OTHER_PAYLOAD)).toEqual(away(`vendor_${status}`));
        expect(await voice.health()).toBe('away');
      }
      expect(asked).toBe(0);
    } finally {
      await new Promise((resolve) => elsewhere.close(resolve));
    }
  });
});

describe("the vendor's health", () => {
  it.each<[what: string, answer: ScriptedAnswer, expected: string]>([
    ['a 200 without a word', { status: 200, body: '' }, 'up'],
    ['a 200 that is a page', { status: 200, body: PAGE }, 'up'],
    ['a 503 that says maintenance', { status: 503, body: { data: { underMaintenance: true } } }, 'maintenance'],
    ['a 503', { status: 503 }, 'away'],
    ['a 404', { status: 404 }, 'away'],
    ['a reset', { reset: 'before' }, 'away'],
    ['silence', { hang: true }, 'away'],
    ['something that is not HTTP', { raw: 'SSH-2.0-OpenSSH_9.9\r\n' }, 'away'],
    ['more than anybody should read', { hugeBody: 2 * 1024 * 1024 }, 'away'],
  ])('after %s', async (_what, answer, expected) => {
    vendor.nextHealthAnswers.push(answer);
    expect(await voiceFor(answer).health()).toBe(expected);
  });
});
