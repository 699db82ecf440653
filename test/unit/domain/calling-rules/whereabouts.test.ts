/** Where a shopper may be. The zones are written down from maps and the postal and numbering authorities' lists, not taken from the data. */
import { type CountryCode, getTimezonesForCountry } from 'countries-and-timezones';
import { describe, expect, it } from 'vitest';
import { AREA_CODES, AREA_CODES_IN_ONE_ZONE } from '../../../../src/domain/calling-rules/area-codes.ts';
import { CALLING_RULES } from '../../../../src/domain/calling-rules/built-in.ts';
import { createCallingTimes } from '../../../../src/domain/calling-rules/calling-times.ts';
import { BY_THE_RULES } from '../../../../src/domain/calling-rules/hours-policy.ts';
import { POSTCODES } from '../../../../src/domain/calling-rules/postcodes.ts';
import { REGION_ZONES } from '../../../../src/domain/calling-rules/region-zones.ts';
import { knowsRegion, zonesOfRegion } from '../../../../src/domain/calling-rules/regions.ts';
import type { CallingPlace, Whereabouts } from '../../../../src/domain/calling-rules/whereabouts.ts';
import { isZone } from '../../../../src/domain/calling-rules/zone-day.ts';
import { PROVINCE_NAMES } from '../../../../src/domain/province-names.ts';

const times = createCallingTimes(CALLING_RULES);

const at = (country: string | null, province: string | null = null, zip: string | null = null): CallingPlace => ({
  country,
  province,
  zip,
});

/** `US-TX:America/Chicago+America/Denver`, place by place. */
const inShort = (whereabouts: Whereabouts): string[] =>
  whereabouts.map(
    ({ country, region, zones }) => `${country}${region === null ? '' : `-${region}`}:${zones.join('+')}`,
  );

const of = (places: readonly CallingPlace[], phone: string | null = null): string[] =>
  inShort(times.whereabouts(places, phone));

const ALL_OF_FRANCE = 'BL FR GF GP MC MF MQ NC PF PM RE TF WF YT'.split(' ');

describe('an address', () => {
  it.each([
    ['of a country with one zone', at('IN'), ['IN:Asia/Kolkata']],
    ['of a country in small letters', at('in'), ['IN:Asia/Kolkata']],
    ['of a state by its code', at('US', 'NY'), ['US-NY:America/New_York']],
    ['of a state by its name', at('US', 'New York'), ['US-NY:America/New_York']],
    ['of a province by its name with accents', at('CA', 'Québec', 'H2X 1Y4'), ['CA-QC:America/Toronto']],
    ['of a province by the code of long ago', at('CA', 'PQ', 'H2X 1Y4'), ['CA-QC:America/Toronto']],
    ['of a province by its code with the country in front', at('BR', 'BR-SP'), ['BR-SP:America/Sao_Paulo']],
    ['in El Paso by its ZIP code', at('US', 'TX', '79901'), ['US-TX:America/Denver']],
    ['in Houston by its ZIP code and four', at('US', 'TX', '77002-1234'), ['US-TX:America/Chicago']],
    ['near the line between them', at('US', 'TX', '79855'), ['US-TX:America/Chicago+America/Denver']],
    ['in Texas without a ZIP code', at('US', 'TX'), ['US-TX:America/Chicago+America/Denver']],
    ['in Texas with a ZIP code that is none', at('US', 'TX', 'n/a'), ['US-TX:America/Chicago+America/Denver']],
    ['in Pensacola', at('US', 'FL', '32501'), ['US-FL:America/Chicago+America/New_York']],
    ['in Miami', at('US', 'FL', '33101'), ['US-FL:America/New_York']],
    [
      'in Phenix City, whose clocks are kept by Georgia',
      at('US', 'AL', '36867'),
      ['US-AL:America/Chicago+America/New_York'],
    ],
    ['in Adak', at('US', 'AK', '99546'), ['US-AK:America/Adak+America/Anchorage']],
    ['of a ZIP code without a state', at('US', null, '10001'), ['US-NY:America/New_York']],
    [
      'of a ZIP code that two states share',
      at('US', null, '06390'),
      ['US-CT:America/New_York', 'US-NY:America/New_York'],
    ],
    [
      'whose state and ZIP code contradict each other',
      at('US', 'TX', '10001'),
      ['US-NY:America/New_York', 'US-TX:America/Chicago+America/Denver'],
    ],
    ['in Puerto Rico, a country', at('PR'), ['US-PR:America/Puerto_Rico']],
    ['in Puerto Rico, a state', at('US', 'PR', '00901'), ['US-PR:America/Puerto_Rico']],
    ['in Guam', at('GU'), ['US-GU:Pacific/Guam']],
    ['in Palau, a state of the postal service', at('US', 'PW', '96940'), ['PW:Pacific/Palau']],
    ['in Guadeloupe', at('GP'), ['GP:America/Puerto_Rico']],
    ['in Kenora', at('CA', 'ON', 'P9N 1S8'), ['CA-ON:America/Panama+America/Toronto+America/Winnipeg']],
    ['in Toronto', at('CA', 'ON', 'm5v 3l9'), ['CA-ON:America/Toronto']],
    ['by the first half of a postcode', at('CA', 'BC', 'V6B'), ['CA-BC:America/Vancouver']],
    ['in Labrador City', at('CA', 'NL', 'A2V 1A1'), ['CA-NL:America/Goose_Bay+America/St_Johns']],
    ['in Lloydminster', at('CA', 'SK', 'S9V 0A1'), ['CA-SK:America/Edmonton+America/Regina+America/Winnipeg']],
    ['in Broken Hill', at('AU', 'NSW', '2880'), ['AU-NSW:Australia/Broken_Hill']],
    ['in Sydney', at('AU', 'New South Wales', '2000'), ['AU-NSW:Australia/Sydney']],
    ['in New South Wales', at('AU', 'NSW'), ['AU-NSW:Australia/Broken_Hill+Australia/Lord_Howe+Australia/Sydney']],
    ['in Perth', at('AU', 'WA', '6000'), ['AU-WA:Australia/Perth']],
    ['in Manaus', at('BR', 'Amazonas'), ['BR-AM:America/Eirunepe+America/Manaus']],
    ['in São Paulo, typed without the tilde', at('BR', 'Sao Paulo'), ['BR-SP:America/Sao_Paulo']],
    ['on Fernando de Noronha', at('BR', 'PE', '53990-000'), ['BR-PE:America/Noronha']],
    ['in Quintana Roo, as Shopify writes it', at('MX', 'Q ROO'), ['MX-ROO:America/Cancun']],
    ['in Quintana Roo, as ISO does', at('MX', 'ROO'), ['MX-ROO:America/Cancun']],
    ['in Bali', at('ID', 'Bali'), ['ID-BA:Asia/Makassar']],
    ['in Kamchatka', at('RU', 'KAM'), ['RU-KAM:Asia/Kamchatka']],
    ['in Punta Arenas', at('CL', 'MA'), ['CL-MA:America/Punta_Arenas']],
    ['in Las Palmas', at('ES', 'Las Palmas', '35001'), ['ES-GC:Atlantic/Canary']],
    ['in Madrid by its postcode alone', at('ES', null, '28013'), ['ES:Europe/Madrid']],
    ['on Tenerife with a province nobody knows', at('ES', 'Tenerife Sur', '38670'), ['ES-TF:Atlantic/Canary']],
    [
      'whose Spanish province and postcode contradict each other',
      at('ES', 'M', '35001'),
      ['ES-GC:Atlantic/Canary', 'ES-M:Europe/Madrid'],
    ],
    ['on the Azores by its postcode', at('PT', null, '9500-150'), ['PT-20:Atlantic/Azores']],
    ['in Lisbon', at('PT', 'PT-11', '1100-148'), ['PT-11:Europe/Lisbon']],
    ['on the Chatham Islands', at('NZ', null, '8016'), ['NZ-CIT:Pacific/Chatham']],
    ['in Auckland', at('NZ', 'AUK', '1010'), ['NZ-AUK:Pacific/Auckland']],
    ['in Paris by its postcode', at('FR', null, '75001'), ['FR:Europe/Paris']],
    ['in Paris, as letters are addressed', at('FR', null, 'F-75001'), ['FR:Europe/Paris']],
    ['in Corsica', at('FR', null, '20000'), ['FR:Europe/Paris']],
    ['in France without a postcode', at('FR', null, ' '), ['FR:Europe/Paris']],
    ['in Leeds', at('GB', null, 'LS1 4AP'), ['GB:Europe/London']],
    ['in Glasgow, whose code begins like a country', at('GB', null, 'G1 1AA'), ['GB:Europe/London']],
    ['in Britain with a postcode nobody can read', at('GB', null, 'none'), ['GB:Europe/London']],
    ['in Copenhagen', at('DK', null, '1050'), ['DK:Europe/Berlin']],
    ['in Amsterdam', at('NL', null, '1012 AB'), ['NL:Europe/Brussels']],
  ])('%s', (_what, place, expected) => {
    expect(of([place])).toEqual(expected);
  });

  it.each([
    ['Guadeloupe', at('FR', null, '97110'), ['GP:America/Puerto_Rico']],
    ['Saint-Barthélemy', at('FR', null, '97133'), ['BL:America/Puerto_Rico']],
    ['Saint-Martin', at('FR', null, '97150'), ['MF:America/Puerto_Rico']],
    ['Martinique', at('FR', null, '97200'), ['MQ:America/Martinique']],
    ['Martinique, with the country in front', at('FR', null, 'FR-97200'), ['MQ:America/Martinique']],
    ['French Guiana', at('FR', null, '97300'), ['GF:America/Cayenne']],
    ['Réunion', at('FR', null, '97400'), ['RE:Asia/Dubai']],
    ['Saint-Pierre and Miquelon', at('FR', null, '97500'), ['PM:America/Miquelon']],
    ['Mayotte', at('FR', null, '97600'), ['YT:Africa/Nairobi']],
    ['Wallis', at('FR', null, '98600'), ['WF:Pacific/Tarawa']],
    ['French Polynesia', at('FR', null, '98714'), ['PF:Pacific/Gambier+Pacific/Marquesas+Pacific/Tahiti']],
    ['New Caledonia', at('FR', null, '98800'), ['NC:Pacific/Noumea']],
    ['Monaco', at('FR', null, '98000'), ['MC:Europe/Paris']],
    ['Greenland', at('DK', null, '3900'), ['GL:America/Danmarkshavn+America/Nuuk+America/Scoresbysund+America/Thule']],
    ['Christmas Island', at('AU', null, '6798'), ['CX:Asia/Bangkok']],
    ['the Cocos Islands, which post by Perth', at('AU', 'WA', '6799'), ['AU-WA', 'CC:Asia/Yangon']],
    ['Norfolk Island', at('AU', null, '2899'), ['NF:Pacific/Norfolk']],
    ['the Falklands', at('GB', null, 'FIQQ 1ZZ'), ['FK:Atlantic/Stanley']],
    ['Gibraltar', at('GB', null, 'GX11 1AA'), ['GI:Europe/Gibraltar']],
    ['Guam by its ZIP code', at('US', 'GU', '96910'), ['US-GU:Pacific/Guam']],
    ['Pago Pago by its ZIP code', at('US', null, '96799'), ['US-AS:Pacific/Pago_Pago']],
  ])('addressed to the mother country is where its postcode lies: %s', (_what, place, expected) => {
    expect(of([place]).map((found) => (found.startsWith('AU-WA:') ? 'AU-WA' : found))).toEqual(expected);
  });

  it.each([
    ['France', at('FR', null, '99999'), ALL_OF_FRANCE],
    ['the French forces', at('FR', null, '00610'), ALL_OF_FRANCE],
    ['an overseas part of France with no department', at('FR', null, '97'), ALL_OF_FRANCE],
    ['Denmark or the Faroe Islands', at('DK', null, 'FO-100'), ['DK', 'FO', 'GL']],
    ['the Netherlands', at('NL', null, '0000'), ['AW', 'BQ', 'CW', 'NL', 'SX']],
    ['Australia', at('AU', null, 'n/a'), ['AU', 'CC', 'CX', 'NF']],
  ])('whose postcode nobody can read leaves the overseas parts open: %s', (_what, place, countries) => {
    expect(times.whereabouts([place], null).map(({ country }) => country)).toEqual(countries);
  });

  it.each([
    ['Martinique at 05:30', at('FR', null, '97200'), '+33612345678', '2026-11-03T09:30Z'],
    ['Réunion at 20:30', at('FR', null, '97400'), '+33612345678', '2026-11-03T16:30Z'],
    ['New Caledonia at 20:30', at('FR', null, '98800'), '+33612345678', '2026-11-03T09:30Z'],
    ['Nuuk at 07:30', at('DK', null, '3900'), '+4520123456', '2026-11-03T09:30Z'],
    ['the Cocos Islands at 08:35', at('AU', 'WA', '6799'), '+61412345678', '2026-11-03T02:05Z'],
    ['France with a postcode that is none', at('FR', null, '00000'), '+33612345678', '2026-11-03T10:00Z'],
  ])('is not phoned by the clock of the mother country: %s', (_what, place, phone, now) => {
    expect(times.isAllowedAt(Date.parse(now), times.whereabouts([place], phone), BY_THE_RULES)).toBe(false);
  });

  it.each([
    [
      'the United States',
      'US',
      ['Adak', 'Anchorage', 'Chicago', 'Denver', 'Los_Angeles', 'New_York', 'Phoenix', 'Honolulu'],
    ],
    ['Spain', 'ES', ['Madrid', 'Ceuta', 'Canary']],
    ['Portugal', 'PT', ['Lisbon', 'Madeira', 'Azores']],
    ['New Zealand', 'NZ', ['Auckland', 'Chatham']],
    ['Ecuador, which no table of ours knows', 'EC', ['Guayaquil', 'Galapagos']],
  ])('that names only %s may be in any of its zones', (_what, country, cities) => {
    const [whereabout] = times.whereabouts([at(country)], null);
    expect(whereabout?.region).toBeNull();
    expect(whereabout?.zones.map((zone) => zone.split('/').at(-1)).sort()).toEqual(cities.sort());
  });

  it('with a province nobody knows may be anywhere in the country', () => {
    expect(of([at('US', 'Quux')])).toEqual(of([at('US')]));
  });

  it.each([
    ['in a country that is none', at('XX'), ['XX:']],
    ['in a country by its name', at('Germany'), ['ZZ:']],
    ['of nobody and nowhere', at(''), ['ZZ:']],
    ['in a property of every object', at('constructor'), ['ZZ:']],
    ['of uninhabited islands', at('HM'), ['HM:']],
    ['of military post, wherever its reader is', at('US', 'AE', '09012'), ['US-AE:']],
    ['of military post by its ZIP code', at('US', null, '96201'), ['US-AP:']],
    ['of British military post', at('GB', null, 'BF1 2AS'), ['ZZ:']],
    ['of British military post by its old number', at('GB', null, 'BFPO 57'), ['ZZ:']],
  ])('%s has no clock', (_what, place, expected) => {
    expect(of([place])).toEqual(expected);
    expect(times.plausibleZones([place], null)).toEqual({ ok: false, reason: 'unknown_country' });
  });

  it('without a country says nothing', () => {
    expect(of([at(null, 'NY', '10001'), at('IN')])).toEqual(['IN:Asia/Kolkata']);
    expect(of([at(null, 'NY', '10001')])).toEqual([]);
  });

  it('typed so that it reads like two parts of another is not taken for it', () => {
    expect(of([at('US', 'TX', '10001')])).not.toEqual(of([at('US', 'TX5:10001', null)]));
  });
});

describe('a number', () => {
  it.each([
    ['of Texas', '+15125550142', ['US-TX:America/Chicago']],
    ['of El Paso', '+19155550142', ['US-TX:America/Denver']],
    ['of an area code that crosses the line', '+14325550142', ['US-TX:America/Chicago+America/Denver']],
    ['of Puerto Rico', '+17875550142', ['US-PR:America/Puerto_Rico']],
    ['of Ontario', '+14165550142', ['CA-ON:America/Toronto']],
    ['of two provinces', '+19025550142', ['CA-NS:America/Halifax', 'CA-PE:America/Halifax']],
    ['of Jamaica, under the same calling code', '+18765550142', ['JM:America/Jamaica']],
    ['of India', '+919876543210', ['IN:Asia/Kolkata']],
    ['of Guernsey, under the calling code of Britain', '+447781123456', ['GG:Europe/London']],
    ['of satellites', '+870773111632', ['ZZ:']],
    ['that is none', 'hello', ['ZZ:']],
  ])('%s', (_what, phone, expected) => {
    expect(of([], phone)).toEqual(expected);
  });

  it('of an area code that is in no table may be anywhere in North America', () => {
    const places = times.whereabouts([], '+12225550142');
    expect(places.map(({ country, region }) => [country, region])).toEqual([
      ['CA', null],
      ['US', null],
    ]);
    expect(places[1]?.zones).toEqual(times.whereabouts([at('US')], null)[0]?.zones);
  });

  it.each([
    ['an Australian mobile', '+61412345678', at('AU', 'NSW', '2000'), ['AU-NSW:Australia/Sydney']],
    ['a Russian mobile', '+79161234567', at('RU', 'MOW'), ['RU-MOW:Europe/Moscow']],
    ['a Spanish mobile', '+34612345678', at('ES', 'M', '28013'), ['ES-M:Europe/Madrid']],
  ])('of the whole country says nothing against an address there: %s', (_what, phone, place, expected) => {
    expect(of([place], phone)).toEqual(expected);
  });

  it.each([
    ['an Australian landline, which is of some city', '+61892345678', at('AU', 'NSW', '2000'), 'AU'],
    ['a Brazilian mobile, whose area is not read', '+5511961234567', at('BR', 'SP'), 'BR'],
    ['an Australian mobile with an address elsewhere', '+61412345678', at('NZ', 'AUK'), 'AU'],
  ])('leaves the country open all the same: %s', (_what, phone, place, country) => {
    const whole = times.whereabouts([], phone);
    expect(whole.map((each) => [each.country, each.region])).toEqual([[country, null]]);
    expect(new Set(of([place], phone))).toEqual(new Set([...of([place]), ...inShort(whole)]));
  });
});

describe('addresses and number together', () => {
  it.each([
    [
      'a Texas number with a New York address',
      [at('US', 'NY', '10001')],
      '+15125550142',
      ['US-NY:America/New_York', 'US-TX:America/Chicago'],
    ],
    [
      'an Indian number with an American address',
      [at('US', 'CA', '90001')],
      '+919876543210',
      ['IN:Asia/Kolkata', 'US-CA:America/Los_Angeles'],
    ],
    [
      'a gift: shipped to Germany, paid from France, by a Swiss number',
      [at('DE', null, '10115'), at('FR', null, '75001')],
      '+41791234567',
      ['CH:Europe/Zurich', 'DE:Europe/Berlin+Europe/Zurich', 'FR:Europe/Paris'],
    ],
    [
      'two addresses in different parts of one state',
      [at('US', 'TX', '79901'), at('US', 'TX', '77002')],
      null,
      ['US-TX:America/Chicago+America/Denver'],
    ],
  ])('%s', (_what, places, phone, expected) => {
    expect(of(places, phone)).toEqual(expected);
    expect(of(places.toReversed(), phone)).toEqual(expected);
  });

  it('name all their zones once, in order', () => {
    expect(times.plausibleZones([at('US', 'NY'), at('US', 'TX')], '+15125550142')).toEqual({
      ok: true,
      zones: ['America/Chicago', 'America/Denver', 'America/New_York'],
    });
  });

  it('hold nothing of the person', () => {
    const stored = JSON.stringify(
      times.whereabouts([at('US', 'NY', '10001'), at('DE', 'Berlin', '10115')], '+15125550142'),
    );
    for (const trace of ['10001', '10115', 'Berlin,', '555', '5125']) expect(stored).not.toContain(trace);
    expect(JSON.parse(stored)).toEqual(
      times.whereabouts([at('US', 'NY', '10001'), at('DE', 'Berlin', '10115')], '+15125550142'),
    );
  });
});

describe('the tables of places', () => {
  const regionRows = [...CALLING_RULES.rows.values()].filter(({ region }) => region !== null);

  it('name no zone that this runtime does not know', () => {
    const named = [
      ...Object.values(REGION_ZONES).flatMap((byZone) => Object.keys(byZone).flatMap((zones) => zones.split(' '))),
      ...Object.values(POSTCODES).flatMap(({ prefixes }) => prefixes.flatMap(([, zone]) => zone ?? [])),
      ...Object.keys(AREA_CODES_IN_ONE_ZONE),
    ];
    expect(named.filter((zone) => !isZone(zone))).toEqual([]);
  });

  it('have a row for every state and province that they lead to', () => {
    const ids = new Set(CALLING_RULES.rows.keys());
    const military = new Set(['AA', 'AE', 'AP', 'FM', 'MH', 'PW', 'UM']);
    const led = [
      ...Object.entries(AREA_CODES).flatMap(([country, regions]) =>
        Object.keys(regions).map((region) => `${country}-${region}`),
      ),
      ...['US', 'CA'].flatMap((country) =>
        [...(PROVINCE_NAMES.get(country)?.keys() ?? [])].map((region) => `${country}-${region}`),
      ),
    ].filter((id) => !military.has(id.slice(3)) && id !== 'CA-NF' && id !== 'CA-PQ');
    expect(led.filter((id) => !ids.has(id))).toEqual([]);
    expect(regionRows).toHaveLength(50 + 1 + 5 + 13);
  });

  it('give a postcode only regions that the country has, and zones of theirs', () => {
    const strays = Object.entries(POSTCODES).flatMap(([country, { prefixes }]) =>
      prefixes.filter(([region, zone]) => {
        if (region === null) return zone === null;
        const zones = CALLING_RULES.rows.get(`${country}-${region}`)?.zones ?? zonesOfRegion(country, region);
        return !knowsRegion(country, region) || (zone !== null && !zones?.includes(zone));
      }),
    );
    expect(strays).toEqual([]);
  });

  it('give an area code one zone only where its state has that zone', () => {
    const strays = Object.entries(AREA_CODES_IN_ONE_ZONE).flatMap(([zone, codes]) =>
      codes.split(' ').filter((code) => {
        const states = Object.entries(AREA_CODES).flatMap(([country, regions]) =>
          Object.entries(regions).flatMap(([region, list]) =>
            list.split(' ').includes(code) ? [`${country}-${region}`] : [],
          ),
        );
        return states.length !== 1 || !CALLING_RULES.rows.get(states[0] ?? '')?.zones.includes(zone);
      }),
    );
    expect(strays).toEqual([]);
  });

  // Whatever the library thinks of a large country, our regions together must show the same times of day.
  it.each([...Object.keys(REGION_ZONES), 'US', 'CA'])('reach every clock of %s', (country) => {
    const ours = times.whereabouts([at(country)], null)[0]?.zones ?? [];
    const theirs = (getTimezonesForCountry(country as CountryCode) ?? []).map(({ name }) => name);
    // Macquarie Island has no shoppers; the library counts Tokyo to Australia.
    const left = theirs.filter((zone) => !['Asia/Tokyo', 'Antarctica/Macquarie'].includes(zone));
    expect(offsetsOf(left).filter((offsets) => !offsetsOf(ours).includes(offsets))).toEqual([]);
  });
});

/** The offsets of each zone on the first of every month from 2026 to 2030, as one text. */
function offsetsOf(zones: readonly string[]): string[] {
  return zones.map((timeZone) => {
    const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    const instants = Array.from({ length: 60 }, (_, month) => Date.UTC(2026, month, 1));
    return instants
      .map((instant) => format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value)
      .join();
  });
}
