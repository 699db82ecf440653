import { describe, expect, it } from 'vitest';
import { RecentlyUsed } from '../../../src/domain/recently-used.ts';

/** Looks the keys up one after the other and tells which had to be computed. */
function computedOf(kept: RecentlyUsed<string, { key: string }>, keys: readonly string[]): string[] {
  const computed: string[] = [];
  for (const key of keys) {
    const { key: found } = kept.getOrCompute(key, () => {
      computed.push(key);
      return { key };
    });
    expect(found).toBe(key);
  }
  return computed;
}

describe('a map of recently used things', () => {
  it('computes each thing once', () => {
    expect(computedOf(new RecentlyUsed(3), ['a', 'b', 'a', 'b', 'c', 'a'])).toEqual(['a', 'b', 'c']);
  });

  it('forgets what was not used while twice its capacity came by', () => {
    const kept = new RecentlyUsed<string, { key: string }>(2);
    expect(computedOf(kept, ['a', 'b', 'c', 'd', 'e', 'a'])).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  });

  it('keeps what is used again and again, whatever else comes', () => {
    const kept = new RecentlyUsed<string, { key: string }>(2);
    const others = Array.from({ length: 50 }, (_, n) => `key ${n}`);
    const computed = computedOf(kept, ['a', ...others.flatMap((other) => [other, 'a'])]);
    expect(computed.filter((key) => key === 'a')).toEqual(['a']);
  });

  it('forgets what was not used between two requests to forget', () => {
    const kept = new RecentlyUsed<string, number>(3);
    kept.set('used', 1);
    kept.set('unused', 2);
    kept.forgetUnused();
    expect(kept.get('used')).toBe(1);
    kept.forgetUnused();
    expect([kept.get('used'), kept.get('unused')]).toEqual([1, undefined]);
  });

  it('never grows beyond twice its capacity', () => {
    const kept = new RecentlyUsed<string, { key: string }>(10);
    for (let n = 0; n < 1_000; n += 1) computedOf(kept, [`key ${n}`]);
    expect(kept.size).toBeLessThanOrEqual(20);
  });
});
