import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import {
  maskE164,
  personKeyOf,
  possibleNumbers,
  spellingsOf,
  toCallableNumber,
  toValidE164,
} from '../../../src/domain/e164.ts';

describe('a callable number', () => {
  it.each([
    // as typed                     region  dialled           country
    ['90909 09090', 'IN', '+919090909090', 'IN'],
    ['090909-09090', 'IN', '+919090909090', 'IN'],
    ['919090909090', 'IN', '+919090909090', 'IN'],
    ['+91 98765 43210', null, '+919876543210', 'IN'],
    ['+91 (0) 98765 43210', 'IN', '+919876543210', 'IN'],
    ['0091 98765 43210', 'IN', '+919876543210', 'IN'],
    ['0091 98765 43210', 'US', '+919876543210', 'IN'],
    ['0091 98765 43210', null, '+919876543210', 'IN'],
    ['011 91 98765 43210', 'US', '+919876543210', 'IN'],
    ['0011 91 98765 43210', 'AU', '+919876543210', 'IN'],
    ['(502) 459-2181', 'US', '+15024592181', 'US'],
    ['+1(502)-459-2181', 'IN', '+15024592181', 'US'],
    ['613 612 0707', 'US', '+16136120707', 'CA'],
    ['502 459 2181 ext. 12', 'US', '+15024592181', 'US'],
    ['0664/1234567', 'AT', '+436641234567', 'AT'],
    ['+43 1 5127777', null, '+4315127777', 'AT'],
    ['٩٠٩٠٩٠٩٠٩٠', 'IN', '+919090909090', 'IN'],
    ['\u202a+91 98765 43210\u202c', 'IN', '+919876543210', 'IN'],
    ['(502) 459-2181', 'us', '+15024592181', 'US'],
    // Internet telephony.
    ['056 0012 3456', 'GB', '+445600123456', 'GB'],
    ['050-1234-5678', 'JP', '+815012345678', 'JP'],
  ])('reads %j in %s as %s', (typed, region, e164, country) => {
    expect(toCallableNumber(typed, region)).toEqual({ ok: true, e164, country });
  });
});

describe('a number that is refused', () => {
  it.each([
    ['nothing', '', 'IN', 'empty'],
    ['white space', ' \t ', 'IN', 'empty'],
    ['only invisible marks', '\u200e\u202c', 'IN', 'empty'],
    ['letters for digits', '555-555-SHIP', 'US', 'unparsable'],
    ['a national number of nowhere', '90909 09090', null, 'unparsable'],
    ['a national number of a region that is none', '90909 09090', 'ZZ', 'unparsable'],
    ['two numbers in one field', '+91 98765 43210 / +91 98765 43211', 'IN', 'unparsable'],
    ['a sentence', 'call +91 98765 43210', 'IN', 'unparsable'],
    ['more than forty characters', `+91 98765 43210${' '.repeat(30)}`, 'IN', 'unparsable'],
    ['an unassigned area code', '555-555-1234', 'US', 'invalid'],
    ['a number longer than E.164 allows', '+49 92665927851431', null, 'invalid'],
    ['the same, typed in its own country', '092665927851431', 'DE', 'invalid'],
    ['zeros', '+91 00000 00000', null, 'invalid'],
    ['an emergency number', '911', 'US', 'invalid'],
    ['another emergency number', '112', 'IN', 'invalid'],
    ['a premium number', '1-900-234-5678', 'US', 'not_callable'],
    ['a shared-cost number', '1860 266 2667', 'IN', 'not_callable'],
    ['a toll-free number', '1-800-356-9377', 'US', 'not_callable'],
    ['a company-wide number', '+44 330 123 4567', null, 'not_callable'],
    ['a pager', '+44 7640 123456', null, 'not_callable'],
    ['a personal number', '+44 70 1234 5678', null, 'not_callable'],
    ['a satellite phone', '+881 6 1234 5678', null, 'not_callable'],
    ['a global network', '+882 16 1234567', null, 'not_callable'],
    ['international toll-free', '+800 1234 5678', null, 'not_callable'],
  ])('%s is refused', (_what, typed, region, reason) => {
    expect(toCallableNumber(typed, region)).toEqual({ ok: false, reason });
  });

  it('can still be passed on when it exists', () => {
    expect(toValidE164('1-800-356-9377', 'US')).toBe('+18003569377');
    expect(toValidE164('555-555-SHIP', 'US')).toBeNull();
    expect(toValidE164('555-555-1234', 'US')).toBeNull();
    expect(toValidE164('+49 92665927851431', null)).toBeNull();
  });

  it('is not refused for the fifteen digits that E.164 does allow', () => {
    expect(toCallableNumber('+49 9266592785143', null)).toMatchObject({ ok: true, e164: '+499266592785143' });
  });
});

describe('a number of no known country', () => {
  it.each<[string, string[]]>([
    ['+1 415 555 0142', ['+14155550142']],
    ['0044 20 7946 0958', ['+442079460958']],
    ['+49 92665927851431', []],
    ['555-SHIP', []],
    ['', []],
  ])('%s can be %j', (raw, expected) => {
    expect(possibleNumbers(raw)).toEqual(expected);
  });

  it('can be one of several, each named once', () => {
    const numbers = possibleNumbers('(415) 555-0142');
    expect(numbers).toContain('+14155550142');
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(toValidE164(number, null)).toBe(number);
  });

  it('is spelled with the country’s code and without', () => {
    expect(spellingsOf('+14155550142')).toEqual(['14155550142', '4155550142']);
    expect(spellingsOf('+493023125042')).toEqual(['493023125042', '3023125042']);
    expect(spellingsOf('+29023456')).toEqual(['29023456', '23456']);
    const argentine = ['541168217035', '1168217035', '5491168217035', '91168217035'];
    expect(spellingsOf('+5491168217035').toSorted()).toEqual(argentine.toSorted());
    expect(new Set(spellingsOf('+541168217035'))).toEqual(new Set(argentine));
  });
});

describe('remembered readings', () => {
  it('keep the same text apart by region', () => {
    const read = (region: string) => toCallableNumber('90909 09090', region).ok;
    expect([read('IN'), read('US'), read('IN'), read('US')]).toEqual([true, false, true, false]);
  });
});

describe('a masked number', () => {
  it.each([
    ['+919090909090', '+91••••••9090'],
    ['+15024592181', '+1••••••2181'],
    ['+4315127777', '+43••••7777'],
    ['+29023456', '+290•••56'],
    ['+6834002', '+683••02'],
    ['+43123', '+43•••'],
    ['asha.rao@mail.example', '•••'],
    ['', '•••'],
  ])('%s is shown as %s', (e164, shown) => {
    expect(maskE164(e164)).toBe(shown);
  });

  it('keeps the calling code of every country', () => {
    for (const country of getCountries()) {
      const code = getCountryCallingCode(country);
      expect(maskE164(`+${code}12345678`), country).toBe(`+${code}••••5678`);
    }
  });
});

describe('a person', () => {
  it.each([
    ['an Argentine mobile called from abroad', '+5491168217035', '+541168217035'],
    ['the same as it is dialled at home', '+541168217035', '+541168217035'],
    ['an Argentine number that is too short for one', '+549116821', '+549116821'],
    ['a Brazilian mobile', '+5511961234567', '+5511961234567'],
    ['a Mexican mobile', '+525512345678', '+525512345678'],
    ['an e-mail address', 'asha@mail.example', 'asha@mail.example'],
    ['a customer’s account', 'customer:+5491168217035', 'customer:+5491168217035'],
  ])('is known by one spelling: %s', (_what, contact, key) => {
    expect(personKeyOf(contact)).toBe(key);
    expect(personKeyOf(key)).toBe(key);
  });

  it.each(['11 6821-7035', '011 15 6821-7035', '+54 9 11 6821 7035', '+54 11 6821 7035'])(
    'in Argentina is the same however the mobile is typed: %s',
    (typed) => {
      const number = toCallableNumber(typed, 'AR');
      expect(number.ok && personKeyOf(number.e164)).toBe('+541168217035');
    },
  );
});
