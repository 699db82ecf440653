import { describe, expect, it } from 'vitest';
import { countryCodeOf, isCountryCode } from '../../../src/domain/country-codes.ts';
import { countryName } from '../../../src/domain/place-names.ts';

describe('a country', () => {
  it.each([
    ['at', 'AT'],
    ['AUT', 'AT'],
    ['jpn', 'JP'],
    ['Japan', 'JP'],
    [' austria ', 'AT'],
    ['United States', 'US'],
    ['United States of America', 'US'],
    ['U.S.A.', 'US'],
    ['USA', 'US'],
    ['UK', 'GB'],
    ['Great Britain', 'GB'],
    ['The Netherlands', 'NL'],
    ['Czech Republic', 'CZ'],
    ['Czechia', 'CZ'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
    ["Côte d'Ivoire", 'CI'],
    ['Cote d’Ivoire', 'CI'],
    ['Ivory Coast', 'CI'],
    ['St. Lucia', 'LC'],
    ['Saint Lucia', 'LC'],
    ['Bosnia & Herzegovina', 'BA'],
    ['Bosnia and Herzegovina', 'BA'],
    ['Congo, The Democratic Republic Of The', 'CD'],
    ['Hong Kong SAR', 'HK'],
    ['Viet Nam', 'VN'],
  ])('written as %j is %s', (written, code) => {
    expect(countryCodeOf(written)).toBe(code);
  });

  it.each(['', ' ', '-', 'XXX', 'Atlantis', 'Deutschland?', 'constructor', 'A'.repeat(500), '91'])(
    'is not told by %j',
    (written) => {
      expect(countryCodeOf(written)).toBeNull();
    },
  );

  it('is told by the name under which it is said aloud, whichever it is', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
    const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountryCode);
    expect(codes).toHaveLength(249);
    expect(codes.filter((code) => countryCodeOf(countryName(code) ?? '') !== code)).toEqual([]);
  });
});
