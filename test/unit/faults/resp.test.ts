/** The proxy's reading of the Redis protocol: where frames end, however they are cut, and what counts as an answer. */
import { describe, expect, it } from 'vitest';
import { commandSplitter, endOfFrame, replySplitter } from '../../../faults/wire/resp.ts';

const wire = (...words: string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

describe('commands', () => {
  const stream = Buffer.from(
    wire('HSET', 'prefix:recovery:1', 'state', 'dialing') + wire('ping') + wire('GET', 'ü\r\n$3'),
  );

  it.each([1, 2, 3, 7, 1_000])('are told apart in chunks of %i bytes', (size) => {
    const splitter = commandSplitter();
    const words: (readonly string[])[] = [];
    for (let at = 0; at < stream.length; at += size) {
      words.push(...splitter.push(stream.subarray(at, at + size)).map((command) => command.words));
    }
    expect(words).toEqual([['hset', 'prefix:recovery:1', 'state', 'dialing'], ['ping'], ['get', 'ü\r\n$3']]);
  });

  it('keep their bytes, so that what is passed on is what was sent', () => {
    const commands = commandSplitter().push(stream);
    expect(Buffer.concat(commands.map(({ bytes }) => bytes))).toEqual(stream);
  });

  it('show long values cut short, and a script whole', () => {
    const long = 'x'.repeat(5_000);
    const [set, script] = commandSplitter().push(Buffer.from(wire('SET', 'key', long) + wire('EVAL', long, '0')));
    expect(set?.words[2]).toHaveLength(200);
    expect(script?.words[1]).toHaveLength(5_000);
  });
});

describe('a reply', () => {
  it.each([
    ['a simple string', '+OK\r\n'],
    ['an error', '-NOSCRIPT No matching script\r\n'],
    ['a number', ':42\r\n'],
    ['a null of RESP2', '$-1\r\n'],
    ['a null list of RESP2', '*-1\r\n'],
    ['a null of RESP3', '_\r\n'],
    ['a boolean', '#t\r\n'],
    ['a double', ',3.25\r\n'],
    ['a bulk string with line ends', '$6\r\na\r\nb\r\n\r\n'],
    ['an empty list', '*0\r\n'],
    ['nested lists', '*2\r\n*1\r\n:1\r\n$1\r\nx\r\n'],
    ['a map', '%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n'],
    ['a set', '~2\r\n+a\r\n+b\r\n'],
    ['a verbatim string', '=7\r\ntxt:abc\r\n'],
    ['an attribute and what it belongs to', '|1\r\n+ttl\r\n:3\r\n:7\r\n'],
  ])('ends where it ends: %s', (_what, text) => {
    const bytes = Buffer.from(`${text}+next\r\n`);
    expect(endOfFrame(bytes, 0)).toBe(text.length);
    for (let cut = 0; cut < text.length; cut++) {
      expect(replySplitter().push(bytes.subarray(0, cut))).toEqual([]);
    }
    expect(replySplitter().push(bytes)).toHaveLength(2);
  });

  it('is not what the server says unasked', () => {
    const replies = replySplitter().push(Buffer.from('>2\r\n+message\r\n+hello\r\n:1\r\n'));
    expect(replies.map(({ push }) => push)).toEqual([true, false]);
  });

  it('is a fault when it is no Redis protocol', () => {
    expect(() => replySplitter().push(Buffer.from('HTTP/1.1 400\r\n'))).toThrow('not the Redis protocol');
  });
});
