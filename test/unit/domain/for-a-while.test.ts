import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../src/domain/duration.ts';
import { ForAWhile } from '../../../src/domain/for-a-while.ts';

const NOW = Date.UTC(2026, 10, 3, 12);

function keeping(...keys: string[]): ForAWhile<string> {
  const kept = new ForAWhile<string>(10);
  kept.get('', NOW);
  for (const key of keys) kept.set(key, `the ${key}`);
  return kept;
}

describe('what is kept for a while', () => {
  it('is there for half an hour at least', () => {
    expect(keeping('a').get('a', NOW + 30 * MINUTE - 1)).toBe('the a');
  });

  it('is there for as long as it is used every now and then', () => {
    const kept = keeping('a');
    for (let at = NOW; at <= NOW + 10 * HOUR; at += 20 * MINUTE) expect(kept.get('a', at)).toBe('the a');
  });

  it.each([
    ['an hour', HOUR],
    ['a year', 365 * 24 * HOUR],
    ['an hour by a clock that was set back', -HOUR],
  ])('is gone after %s, as soon as anything is asked for', (_what, passed) => {
    const kept = keeping('a', 'b');
    expect(kept.get('c', NOW + passed)).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  it('is gone after an hour in which only others were asked for', () => {
    const kept = keeping('a', 'b');
    for (let at = NOW; at <= NOW + HOUR; at += 10 * MINUTE) kept.get('b', at);
    expect(kept.get('a', NOW + HOUR)).toBeUndefined();
    expect(kept.get('b', NOW + HOUR)).toBe('the b');
  });
});
