/**
 * Regions: a state or province by code or name, its zones, and what a postcode says of it, from the tables beside this file. The zones of
 * regions that have a row of their own stand in that row.
 */
import { PROVINCE_NAMES } from '../province-names.ts';
import { POSTCODES } from './postcodes.ts';
import { REGION_ZONES } from './region-zones.ts';

interface CountryRegions {
  /** By the written form of code or name, see `folded`. */
  readonly codes: ReadonlyMap<string, string>;
  /** By code; empty where the zones stand in the rows. */
  readonly zones: ReadonlyMap<string, readonly string[]>;
}

const COUNTRIES: ReadonlyMap<string, CountryRegions> = new Map([
  ...[...PROVINCE_NAMES].map(([country, names]) => [country, regionsOfNames(names)] as const),
  ...Object.entries(REGION_ZONES).map(([country, byZone]) => [country, regionsOfZones(byZone)] as const),
]);

/** Only the countries whose regions matter to us are known here: for others nobody asks. */
export const knowsRegion = (country: string, region: string): boolean =>
  [...(COUNTRIES.get(country)?.codes.values() ?? [])].includes(region);

/** Old codes that address books keep, under the code of today. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['CA-NF', 'NL'],
  ['CA-PQ', 'QC'],
]);

/** The code of a region, by its code or name in any case, with or without accents or the country in front (`BR-SP`); null when unknown. */
export function regionCode(country: string, written: string): string | null {
  const known = COUNTRIES.get(country)?.codes;
  if (known === undefined) return null;
  const plain = written.startsWith(`${country}-`) ? written.slice(3) : written;
  const code = known.get(plain) ?? known.get(folded(plain)) ?? null;
  return code === null ? null : (RENAMED.get(`${country}-${code}`) ?? code);
}

/** The zones of a region, or with null those of all regions of the country; null when the tables do not say. */
export function zonesOfRegion(country: string, region: string | null): readonly string[] | null {
  const zones = COUNTRIES.get(country)?.zones;
  if (zones === undefined || zones.size === 0) return null;
  return region === null ? [...new Set([...zones.values()].flat())] : (zones.get(region) ?? null);
}

/** Where a postcode may lie: in a country, in a region of it, or in one zone (of the region, or with region null of the country). */
export interface PostcodePlace {
  /** Not always the one it was written under, see {@link OverseasParts}; `ZZ` where nobody can say. */
  readonly country: string;
  readonly region: string | null;
  readonly zone: string | null;
}

const byPrefix: ReadonlyMap<string, ReadonlyMap<string, readonly PostcodePlace[]>> = new Map(
  Object.entries(POSTCODES).map(([country, { prefixes, parts }]) => {
    const places = new Map<string, PostcodePlace[]>();
    const add = (spans: string, place: PostcodePlace) => {
      for (const prefix of spans.split(' ').flatMap(spread)) places.set(prefix, [...(places.get(prefix) ?? []), place]);
    };
    for (const [region, zone, spans] of prefixes) add(spans, { country, region, zone });
    for (const [part, spans] of parts?.prefixes ?? []) add(spans, wholeOf(part));
    // No postcode is empty: those are parts without any.
    places.delete('');
    return [country, places];
  }),
);

/** The longest prefix in any of the tables: a whole postcode. */
const LONGEST_PREFIX = 5;

/**
 * Every place that the postcode leaves open; null when it tells nothing.
 *
 * @param written - as typed, also with the country in front as on letters: `F-75001`.
 */
export function placesOfPostcode(country: string, written: string): readonly PostcodePlace[] | null {
  const { form, parts } = POSTCODES[country] ?? {};
  const typed = written.replace(/[\s.-]/g, '').toUpperCase();
  if (form === undefined || typed === '') return null;
  const postcode = form.test(typed) ? typed : typed.replace(/^[A-Z]{1,2}(?=\d)/, '');
  const found = form.test(postcode) ? placesByPrefix(country, postcode) : null;
  if (found !== null || !parts?.whenUnread) return found;
  return [...new Set([country, ...parts.prefixes.map(([part]) => part)])].map(wholeOf);
}

function placesByPrefix(country: string, postcode: string): readonly PostcodePlace[] | null {
  const prefixes = byPrefix.get(country);
  for (let length = Math.min(postcode.length, LONGEST_PREFIX); length > 0; length -= 1) {
    const places = prefixes?.get(postcode.slice(0, length));
    if (places !== undefined) return places;
  }
  return null;
}

function wholeOf(country: string): PostcodePlace {
  return { country, region: null, zone: null };
}

/** `750-770` is every number from the one to the other, as wide as they are written. */
function spread(span: string): string[] {
  const [first = '', last] = span.split('-');
  if (last === undefined) return [first];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, n) => String(Number(first) + n).padStart(first.length, '0'));
}

function regionsOfNames(names: ReadonlyMap<string, string>): CountryRegions {
  // Codes last: where a code was renamed, two codes have one name, and each still reads as itself.
  const codes = new Map([...names].map(([code, name]) => [folded(name), code]));
  for (const code of names.keys()) codes.set(folded(code), code);
  return { codes, zones: new Map() };
}

function regionsOfZones(byZone: Readonly<Record<string, string>>): CountryRegions {
  const codes = new Map<string, string>();
  const zones = new Map<string, readonly string[]>();
  for (const [zoneList, regions] of Object.entries(byZone)) {
    for (const region of regions.split(', ')) {
      const [spellings = '', ...name] = region.split(' ');
      const [code = ''] = spellings.split('/').toReversed();
      for (const spelling of [...spellings.split('/'), name.join(' ')]) codes.set(folded(spelling), code);
      zones.set(code, zoneList.split(' '));
    }
  }
  return { codes, zones };
}

/** Names are typed with and without accents, blanks and full stops; `Q ROO` and `Q. Roo` are one. */
function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase();
}
