/**
 * Whereabouts: where a shopper may be, as countries, regions and zones. Derived once from a checkout's addresses and number; holds
 * nothing of a person, so it may be stored beside a recovery and judged again when it rings.
 *
 * Nobody's zone is guessed. What addresses and number leave open stays open, and what contradicts each other counts both ways.
 */
import { getTimezonesForCountry, type CountryCode as ZoneCountry } from 'countries-and-timezones';
import { RecentlyUsed } from '../recently-used.ts';
import type { CallingRow, CallingRules } from './calling-row.ts';
import { type PhonePlaces, placesOfPhone } from './phone-places.ts';
import { type PostcodePlace, placesOfPostcode, regionCode, zonesOfRegion } from './regions.ts';

/** What an address tells. null: it does not say. */
export interface CallingPlace {
  /** ISO 3166-1 alpha-2, in either case. */
  readonly country: string | null;
  /** A state or province by its code (better) or its name. */
  readonly province: string | null;
  readonly zip: string | null;
}

export interface Whereabout {
  /** ISO 3166-1 alpha-2; {@link NO_COUNTRY} for what is no such code. */
  readonly country: string;
  /** A code; null: any region. */
  readonly region: string | null;
  /** IANA names in order; none: nobody knows what the clock says there, and no call is made. */
  readonly zones: readonly string[];
}

/** In order of country and region, each once. Empty: nothing is known, and no call is made. Plain data, fit for JSON. */
export type Whereabouts = readonly Whereabout[];

/** In the place of a country that cannot be read: there is a place, and nobody knows its clock. */
export const NO_COUNTRY = 'ZZ';

/** US "states" of the postal service that are countries of their own in ISO 3166. */
const STATES_THAT_ARE_COUNTRIES: ReadonlySet<string> = new Set(['FM', 'MH', 'PW', 'UM']);
/** States that ISO 3166 lists as countries, too, and whose rows are the United States'. */
const STATES_WITH_CODES_OF_THEIR_OWN: ReadonlySet<string> = new Set(['AS', 'GU', 'MP', 'PR', 'VI']);
/** Military post: the address says who carries the letter, not where the reader is. */
const MILITARY: ReadonlySet<string> = new Set(['AA', 'AE', 'AP']);

/** The codes by which a merchant may mean the place, the narrowest last: Puerto Rico is `US` and `PR`. */
export function countryCodesAt({ country, region }: Pick<Whereabout, 'country' | 'region'>): readonly string[] {
  const isOwn = country === 'US' && region !== null && STATES_WITH_CODES_OF_THEIR_OWN.has(region);
  return isOwn ? [country, region] : [country];
}

export interface Atlas {
  /**
   * Where the shopper may be.
   *
   * @param places - of the shipping and the billing address, in any order. An address without a country says nothing.
   * @param phone - E.164, the number that would be dialled; null when there is none yet.
   */
  whereabouts(places: readonly CallingPlace[], phone: string | null): Whereabouts;
}

/** The zones of regions with a row of their own stand in the rules, hence an atlas for each set of rules. */
export function createAtlas(rules: CallingRules): Atlas {
  /** Dozens of webhooks of a checkout name the same places and number. These keys hold personal data: in memory only, never written anywhere. */
  const known = new RecentlyUsed<string, Whereabouts>(10_000);
  const resolved = new RecentlyUsed<string, readonly Whereabout[]>(5_000);
  const lands = landsOf(rules);

  const resolve = (country: string, province: string | null, zip: string | null): readonly Whereabout[] =>
    resolved.getOrCompute(part(country) + part(province) + part(zip), () =>
      placesIn(lands, country.trim().toUpperCase(), province, zip),
    );

  const derive = (places: readonly CallingPlace[], phone: string | null): Whereabouts => {
    const found: Whereabout[] = [];
    for (const { country, province, zip } of places) {
      if (country !== null) found.push(...resolve(country, province, zip));
    }
    const { nationwide, places: ofPhone } = phone === null ? NO_PHONE : placesOfPhone(phone);
    for (const { country, region, zone } of ofPhone) {
      // A mobile number of the whole country says nothing against an address there: it moves with its owner.
      if (nationwide && found.some((place) => place.country === country)) continue;
      for (const place of resolve(country, region, null))
        found.push(zone === null ? place : { ...place, zones: [zone] });
    }
    return merged(found);
  };

  return {
    whereabouts(places, phone) {
      let key = part(phone);
      for (const { country, province, zip } of places) key += part(country) + part(province) + part(zip);
      return known.getOrCompute(key, () => derive(places, phone));
    },
  };
}

/** One part of a key. With its length in front, whatever strangers typed: no two lists of parts make one key. */
const part = (text: string | null): string => (text === null ? '-' : `${text.length}:${text}`);

const NO_PHONE: PhonePlaces = { places: [], nationwide: false };

interface Lands {
  /** Rows of regions, by country. Those with `also` are left out: see CallingRow. */
  readonly regions: ReadonlyMap<string, readonly CallingRow[]>;
  readonly rows: ReadonlyMap<string, CallingRow>;
  /** By ISO code of a country: the row of the region it is. */
  readonly regionsUnderTheirOwnCode: ReadonlyMap<string, CallingRow>;
}

function landsOf(rules: CallingRules): Lands {
  const regions = new Map<string, CallingRow[]>();
  const regionsUnderTheirOwnCode = new Map<string, CallingRow>();
  for (const row of rules.rows.values()) {
    if (row.region === null) continue;
    for (const code of row.also) regionsUnderTheirOwnCode.set(code, row);
    if (row.also.length === 0) regions.set(row.country, [...(regions.get(row.country) ?? []), row]);
  }
  return { regions, rows: rules.rows, regionsUnderTheirOwnCode };
}

function placesIn(lands: Lands, country: string, province: string | null, zip: string | null): readonly Whereabout[] {
  if (!/^[A-Z]{2}$/.test(country)) return [{ country: NO_COUNTRY, region: null, zones: [] }];
  const own = lands.regionsUnderTheirOwnCode.get(country);
  if (own !== undefined) return [{ country: own.country, region: own.region, zones: own.zones }];
  const region = province === null ? null : regionCode(country, province);
  const byRegion = region === null ? null : placeIn(lands, { country, region, zone: null });
  const byPostcode = zip === null ? null : placesOfPostcode(country, zip)?.map((place) => placeIn(lands, place));
  if (!byPostcode) return [byRegion ?? placeIn(lands, { country, region: null, zone: null })];
  if (byRegion === null) return byPostcode;
  const zones = byPostcode.flatMap((place) => zonesOfBoth(byRegion, place));
  return zones.length > 0 ? [{ ...byRegion, zones: [...new Set(zones)] }] : [byRegion, ...byPostcode];
}

/** The zones in which a region and a postcode agree; none when they are of different regions. */
function zonesOfBoth(byRegion: Whereabout, byPostcode: Whereabout): readonly string[] {
  if (byPostcode.country !== byRegion.country) return [];
  if (byPostcode.region !== null && byPostcode.region !== byRegion.region) return [];
  return byPostcode.zones.filter((zone) => byRegion.zones.includes(zone));
}

function placeIn(lands: Lands, { country, region, zone }: PostcodePlace): Whereabout {
  if (country === 'US' && region !== null) {
    if (MILITARY.has(region)) return { country, region, zones: [] };
    if (STATES_THAT_ARE_COUNTRIES.has(region))
      return { country: region, region: null, zones: zonesOfCountry(lands, region) };
  }
  if (zone !== null) return { country, region, zones: [zone] };
  const zones =
    region === null
      ? zonesOfCountry(lands, country)
      : (lands.rows.get(`${country}-${region}`)?.zones ??
        zonesOfRegion(country, region) ??
        zonesOfCountry(lands, country));
  return { country, region, zones };
}

/** Every zone of a country; none for what is no country. */
function zonesOfCountry(lands: Lands, country: string): readonly string[] {
  const rows = lands.regions.get(country);
  if (rows !== undefined) return rows.flatMap(({ zones }) => zones);
  const ofRegions = zonesOfRegion(country, null);
  if (ofRegions !== null) return ofRegions;
  return (getTimezonesForCountry(country as ZoneCountry) ?? []).map(({ name }) => name);
}

function merged(places: readonly Whereabout[]): Whereabouts {
  const zonesOf = new Map<string, Set<string>>();
  const kept = new Map<string, Whereabout>();
  for (const place of places) {
    const key = `${place.country}-${place.region ?? ''}`;
    const zones = zonesOf.get(key) ?? new Set();
    for (const zone of place.zones) zones.add(zone);
    zonesOf.set(key, zones);
    kept.set(key, place);
  }
  return [...kept.keys()].sort().map((key) => {
    const { country, region } = kept.get(key) as Whereabout;
    return { country, region, zones: [...(zonesOf.get(key) ?? [])].sort() };
  });
}
