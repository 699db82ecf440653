/** What is kept of the vendor's words: enough to understand, nothing of the shopper, and not too much of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../src/voice/refusal-message.ts';

describe("the vendor's words on a refusal", () => {
  const kept = (message: unknown): string => messageOf(JSON.stringify({ code: 422, message }));

  it.each([
    ['phoneNumber must be in E.164', 'phoneNumber must be in E.164'],
    ['phone +919090909090 is not valid', 'phone … is not valid'],
    ['phone (502) 459-2181 is not valid', 'phone (… is not valid'],
    ['phone 90909 09090: unreachable', 'phone …: unreachable'],
    ['asha.rao@mail.example is taken', '… is taken'],
    ['see https://hill-coffee.example/recover?key=1, please', 'see … please'],
    ['code 4220: 2 errors', 'code 4220: 2 errors'],
    ['', ''],
  ])('%j are kept as %j', (message, expected) => {
    expect(kept(message)).toBe(expected);
  });

  it.each([null, 5, ['no'], { text: 'no' }])('are none when they are %j', (message) => {
    expect(kept(message)).toBe('');
  });

  it.each(['', 'null', '<html>Bad Request</html>', '{"message":"half', '"no"'])(
    'are none in a body like %j',
    (body) => {
      expect(messageOf(body)).toBe('');
    },
  );

  it('are cut where they would fill the record, and never in the middle of an address', () => {
    fc.assert(
      fc.property(fc.integer({ min: 470, max: 510 }), (length) => {
        const text = kept(`${'so it goes '.repeat(60).slice(0, length)} asha.rao@mail.example and so on`);
        expect(text.length).toBeLessThanOrEqual(501);
        expect(text).not.toMatch(/asha|rao@/);
      }),
    );
  });

  it('are scrubbed in no time, however hard they try', () => {
    const before = performance.now();
    for (const hard of ['@'.repeat(200_000), 'a'.repeat(200_000), '1 '.repeat(100_000), 'http://'.repeat(30_000)]) {
      expect(kept(hard).length).toBeLessThanOrEqual(501);
    }
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
