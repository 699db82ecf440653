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

  it('forgets what was used longest ago', () => {
    expect(computedOf(new RecentlyUsed(2), ['a', 'b', 'a', 'c', 'a', 'b'])).toEqual(['a', 'b', 'c', 'b']);
  });

  it('never grows beyond its capacity', () => {
    const kept = new RecentlyUsed<string, { key: string }>(10);
    for (let n = 0; n < 1_000; n += 1) computedOf(kept, [`key ${n}`]);
    expect(kept.size).toBe(10);
  });
});
