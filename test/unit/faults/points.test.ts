/** Crash points: their names, their numbers, and which of them a command asks for. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSweepOptions, type SweepOptions, selectKills } from '../../../faults/sweep/command.ts';
import { type Point, parsePoint, Tally } from '../../../faults/sweep/points.ts';
import { isPulse, nameOf } from '../../../faults/wire/command-names.ts';
import { nameOfWhole } from '../../../faults/wire/http-proxy.ts';

describe('the name of a request', () => {
  const lua = (name: string) =>
    readFileSync(new URL(`../../../src/store/scripts/${name}.lua`, import.meta.url), 'utf8');
  const digest = createHash('sha1')
    .update(`${lua('timeline')}\n${lua('commit')}`)
    .digest('hex');

  it.each([
    [['hgetall', 'p:recovery:shop.abc'], 'hgetall recovery'],
    [['zrange', 'p:shop:a.myshopify.com:state:dialing', '-inf'], 'zrange state'],
    [['evalsha', digest, '6', 'p:recovery:shop.abc'], 'commit recovery'],
    [['evalsha', 'f'.repeat(40), '2', 'p:dial:wait'], 'ffffffff dial'],
    [['exec'], 'exec'],
    [['get', 'of another installation'], 'get'],
  ])('%j is %s', (words, name) => {
    expect(nameOf(words, 'p')).toBe(name);
  });

  it('holds nothing of the shopper', () => {
    expect(nameOf(['zadd', 'p:shop:a.myshopify.com:person:order:0f3c', '1', '#1001'], 'p')).toBe('zadd person');
  });

  it.each([
    ['bzpopmin dial', true],
    ['extendLocks dial', true],
    ['commit recovery', false],
    ['exec', false],
  ])('%s is pulse: %s', (name, pulse) => {
    expect(isPulse(name)).toBe(pulse);
  });

  it('of an HTTP request is there when the whole body is', () => {
    const request = Buffer.from('PUT /v2/call/0123456789abcdef01234567 HTTP/1.1\r\ncontent-length: 4\r\n\r\nabcd');
    expect(nameOfWhole(request.subarray(0, -1))).toBeNull();
    expect(nameOfWhole(request)).toBe('PUT /v2/call/:id');
  });
});

describe('a point', () => {
  it('is found again by its name and count', () => {
    const tally = new Tally();
    expect(['commit', 'hgetall', 'commit'].map((name) => tally.count(name))).toEqual([
      'commit #1',
      'hgetall #1',
      'commit #2',
    ]);
  });

  it.each([
    ['17b', { number: 17, side: 'b' }],
    ['17', { number: 17, side: null }],
    ['b17', null],
    ['17c', null],
    ['', null],
  ])('%s reads as %j', (text, point) => {
    expect(parsePoint(text)).toEqual(point);
  });
});

describe('the kills of a sweep', () => {
  const names = [
    'receive-checkouts recoveries #1',
    'hgetall recovery #1',
    'commit recovery #1',
    'vendor POST /v2/call/initiate #1',
  ];
  const points = names.map(
    (name, i): Point => ({ number: i + 1, layout: 'split', scenario: 'life', role: i < 2 ? 'web' : 'worker', name }),
  );
  const chosen = (...args: string[]): string[] =>
    selectKills(points, readSweepOptions(args) as SweepOptions).map(({ point, side }) => `${point.number}${side}`);

  it('are both sides of every point, but for reads, which leave nothing', () => {
    expect(chosen()).toEqual(['1a', '1b', '2a', '3a', '3b', '4a', '4b']);
  });

  it.each([
    [['--point', '3b'], ['3b']],
    [
      ['--point', '1', '--point', '4a'],
      ['1a', '1b', '4a'],
    ],
    [
      ['--every', '3'],
      ['1a', '3a', '4b'],
    ],
    [['--ci'], ['1a', '3a', '4b']],
    [
      ['--match', 'worker: vendor'],
      ['4a', '4b'],
    ],
    [['--scenario', 'mended'], []],
  ])('with %j are %j', (args, kills) => {
    expect(chosen(...args)).toEqual(kills);
  });

  it.each([[['--point', 'x']], [['--layout', 'none']], [['--jobs', '0']], [['--what']]])('refuse %j', (args) => {
    expect(readSweepOptions(args)).toMatch(/does not understand/);
  });
});
