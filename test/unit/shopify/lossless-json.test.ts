import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/shopify/lossless-json.ts';

const parsedValue = (text: string) => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error('not JSON');
  return parsed.value;
};

describe('numbers', () => {
  it.each([
    ['{"id":981820079255243537}', { id: '981820079255243537' }],
    ['{"id": -9007199254740993}', { id: '-9007199254740993' }],
    ['[1,9007199254740993]', [1, '9007199254740993']],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740991', 9007199254740991],
    ['{"id":35550298931313}', { id: 35550298931313 }],
    ['{"a":0.1234567890123456}', { a: 0.1234567890123456 }],
    ['{"a":1234567890123456.5}', { a: 1234567890123456.5 }],
    ['{"a":1e20}', { a: 1e20 }],
    ['{"name":"#981820079255243537","n":1}', { name: '#981820079255243537', n: 1 }],
    ['{"text":"was, 9007199254740993"}', { text: 'was, 9007199254740993' }],
  ])('%s', (text, value) => {
    expect(parsedValue(text)).toEqual(value);
  });

  it('keep the digits of every integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (n) => {
        const { id } = parsedValue(`{"id":${n}}`) as { id: number | string };
        expect(String(id)).toBe(String(n));
        expect(typeof id).toBe(Number.isSafeInteger(Number(n)) ? 'number' : 'string');
      }),
    );
  });
});

describe('a long number', () => {
  it('is found wherever it stands, and however long it is', () => {
    const places = fc.tuple(fc.nat(40), fc.integer({ min: 16, max: 40 }), fc.constantFrom('', '-'));
    fc.assert(
      fc.property(places, ([before, length, sign]) => {
        const digits = `${sign}${'9'.repeat(length)}`;
        expect(parsedValue(`["${'x'.repeat(before)}",${digits}]`)).toEqual(['x'.repeat(before), digits]);
      }),
    );
  });

  it('is not made of digits that belong to several', () => {
    expect(parsedValue('[123456789012345,678901234567890,"1234567890123456"]')).toEqual([
      123456789012345,
      678901234567890,
      '1234567890123456',
    ]);
  });
});

describe('everything else', () => {
  it('is read as JSON.parse reads it', () => {
    const clean = fc.jsonValue().filter((value) => !/__proto__|constructor|\d{16}/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(clean, (value) => {
        const text = JSON.stringify(value);
        expect(parsedValue(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['half an object', '{"a":'],
    ['HTML', '<html>'],
    ['a byte order mark', '\ufeff{}'],
    ['nesting too deep to walk', `{"id":9007199254740993,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('%s is refused without throwing', (_what, text) => {
    expect(parseJson(text)).toEqual({ ok: false });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseJson(text).ok === 'boolean'));
  });
});

describe('keys that reach for prototypes', () => {
  it.each([
    '{"a":1,"__proto__":{"polluted":true}}',
    '{"a":1,"\\u005f_proto__":{"polluted":true}}',
    '{"a":1,"__\\u0070roto__":{"polluted":true}}',
    '{"a":1,"constructor":{"prototype":{"polluted":true}}}',
    '{"a":1,"\\u0063onstructor":{"prototype":{"polluted":true}}}',
  ])('are left out: %s', (text) => {
    const value = parsedValue(text) as object;
    expect(Object.keys(value)).toEqual(['a']);
    expect(Object.assign({}, value)).not.toHaveProperty('polluted');
    expect({}).not.toHaveProperty('polluted');
  });

  it('are left out at any depth', () => {
    expect(parsedValue('{"a":[{"__proto__":{"polluted":true},"b":2}]}')).toEqual({ a: [{ b: 2 }] });
  });

  it('keep a plain word for a key', () => {
    expect(parsedValue('{"constructor":"Ferrari"}')).toEqual({ constructor: 'Ferrari' });
  });
});
