import { describe, expect, it } from 'vitest';
import { countryName, provinceName } from '../../../src/domain/place-names.ts';
import { PROVINCE_NAMES } from '../../../src/domain/province-names.ts';

describe('a country', () => {
  it.each([
    ['AT', 'Austria'],
    ['in', 'India'],
    ['US', 'United States'],
    ['XX', null],
    ['ZZ', null],
    ['USA', null],
    ['India', null],
    ['', null],
  ])('by the code %j is %s', (code, name) => {
    expect(countryName(code)).toBe(name);
    expect(countryName(code), 'the second time').toBe(name);
  });
});

describe('a province', () => {
  it.each([
    ['IN', 'KA', 'Karnataka'],
    ['in', 'dl', 'Delhi'],
    ['IN', 'TS', 'Telangana'],
    ['IN', 'TG', 'Telangana'],
    ['IN', 'OR', 'Odisha'],
    ['IN', 'OD', 'Odisha'],
    ['IN', 'UT', 'Uttarakhand'],
    ['US', 'OR', 'Oregon'],
    ['US', 'DC', 'District of Columbia'],
    ['CA', 'QC', 'Quebec'],
    ['AU', 'NSW', 'New South Wales'],
    ['US', 'XX', null],
    ['AT', '9', null],
    ['US', 'constructor', null],
    ['constructor', 'KY', null],
  ])('of %s by the code %s is %s', (country, code, name) => {
    expect(provinceName(country, code)).toBe(name);
  });

  it.each([
    ['AU', 8],
    ['CA', 13],
    ['IN', 38], // 28 states, 8 union territories, and the two territories that became one in 2020
    ['US', 63], // 50 states, the district, 6 territories, 3 associated states, 3 military posts
  ])('%s has every one it should have', (country, count) => {
    expect(new Set(PROVINCE_NAMES.get(country)?.values()).size).toBe(count);
  });
});
