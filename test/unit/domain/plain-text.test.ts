import { describe, expect, it } from 'vitest';
import { plainText } from '../../../src/domain/plain-text.ts';

describe('text by strangers', () => {
  it.each([
    ['ordinary text', 'Copper Kettle', 'Copper Kettle'],
    ['other scripts', 'Schüssel „Ährenfeld“ · चाय · 茶', 'Schüssel „Ährenfeld“ · चाय · 茶'],
    ['joiners that spelling needs', 'क्\u200dष', 'क्\u200dष'],
    ['lines and tabs', ' Kettle\r\n\tsmall ', 'Kettle small'],
    ['spaces of all kinds', 'a\u00a0\u2003b\u2028c', 'a b c'],
    ['control characters', 'a\u0000b\u001b[31mc\u007f', 'a b [31mc'],
    ['bidi overrides and isolates', '\u202eelttek\u202c \u2066x\u2069', 'elttek x'],
    ['zero-width spaces', 'ig\u200bno\ufeffre', 'ignore'],
    ['a message in tag characters', `Mug${String.fromCodePoint(0xe0041, 0xe0042)}`, 'Mug'],
    ['bytes hidden in variation selectors', `Mug\u{e0100}\u{e01ef}\ufe0f`, 'Mug'],
    ['half a surrogate pair', 'a\ud83d b', 'a b'],
  ])('%s', (_what, raw, plain) => {
    expect(plainText(raw, 255)).toBe(plain);
  });

  it.each([
    ['nothing', null],
    ['an empty text', ''],
    ['white space', ' \n '],
    ['only invisible characters', '\u200b\u202e'],
  ])('of %s nothing is left', (_what, raw) => {
    expect(plainText(raw, 255)).toBeNull();
  });

  it('is cut to its bound, never through a character, and ends in no space', () => {
    expect(plainText('abcdef', 4)).toBe('abcd');
    expect(plainText('abc def', 4)).toBe('abc');
    expect(plainText('abc🫖', 4)).toBe('abc');
  });

  it('is looked for in the first stretch of absurdly long input only', () => {
    expect(plainText(`${' '.repeat(1_000)}Kettle`, 255)).toBe('Kettle');
    expect(plainText(`${' '.repeat(1_100)}Kettle`, 255)).toBeNull();
  });
});
