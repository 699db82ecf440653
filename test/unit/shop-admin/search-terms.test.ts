import { describe, expect, it } from 'vitest';
import { changedSince, having } from '../../../src/shop-admin/search-terms.ts';
import { changedSince as instantIn, searchedValue } from '../../../stand-ins/shop-admin/listing.ts';

describe('a search term', () => {
  it('counts the second in which the instant lies in full: the shop keeps no fractions', () => {
    expect(changedSince(Date.parse('2026-11-20T11:30:05.999Z'))).toBe("updated_at:>='2026-11-20T11:30:05Z'");
  });

  it('is read back as it was meant', () => {
    const at = Date.parse('2026-11-20T11:30:05Z');
    expect(instantIn(changedSince(at))).toBe(at);
  });

  it.each([
    ['c0ffee', 'checkout_token:c0ffee'],
    ['hWN1-9_x', 'checkout_token:hWN1-9_x'],
    ['a:b', 'checkout_token:"a:b"'],
    ['a"b\\c', 'checkout_token:"a\\"b\\\\c"'],
    ["x'OR'y", `checkout_token:"x'OR'y"`],
  ])('holds %s as one value', (value, term) => {
    expect(having('checkout_token', value)).toBe(term);
    expect(searchedValue(term, 'checkout_token')).toBe(value);
  });
});
