/** What a telephone number says of where its owner is: a country, in North America a state or province, and nothing of the person. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { RecentlyUsed } from '../recently-used.ts';
import { AREA_CODES, AREA_CODES_IN_ONE_ZONE } from './area-codes.ts';

export interface PhonePlace {
  /** ISO 3166-1 alpha-2, or `ZZ` when the number is of no country. */
  readonly country: string;
  readonly region: string | null;
  /** null: any zone of the region, or of the country. */
  readonly zone: string | null;
}

export interface PhonePlaces {
  /** All that the number leaves open, at least one. */
  readonly places: readonly PhonePlace[];
  /** true: the number names its country and by its nature nothing narrower, as most mobile numbers do. */
  readonly nationwide: boolean;
}

/**
 * Countries whose mobile numbers begin with the code of an area, which no table here reads: Mexico, Argentina, Brazil. Their numbers stay
 * open to the whole country, whatever the address says. North America's (1) are read by area code.
 */
const MOBILE_NUMBERS_WITH_AREA: ReadonlySet<string> = new Set(['1', '52', '54', '55']);

/** As many as `e164.ts` keeps. Personal data in memory only, never written anywhere. */
const read = new RecentlyUsed<string, PhonePlaces>(10_000);

/** @param e164 - as `toCallableNumber` gives it. */
export function placesOfPhone(e164: string): PhonePlaces {
  return read.getOrCompute(e164, () => (e164.startsWith('+1') ? northAmerican(e164) : elsewhere(e164)));
}

function northAmerican(e164: string): PhonePlaces {
  const areaCode = e164.slice(2, 5);
  const regions = areaCodes.get(areaCode);
  const zone = oneZone.get(areaCode) ?? null;
  if (regions !== undefined) return { places: regions.map((region) => ({ ...region, zone })), nationwide: false };
  // An area code that is not in the table names a region all the same; we do not know which. One that the library does not know either
  // is newer than both: new codes go to the two large countries.
  const country = parsePhoneNumberFromString(e164, { extract: false })?.country;
  return { places: wholeCountries(country === undefined ? ['US', 'CA'] : [country]), nationwide: false };
}

function elsewhere(e164: string): PhonePlaces {
  const number = parsePhoneNumberFromString(e164, { extract: false });
  const countries = countriesOf(e164);
  const nationwide =
    number?.getType() === 'MOBILE' &&
    !MOBILE_NUMBERS_WITH_AREA.has(number.countryCallingCode) &&
    countries.length === 1;
  return { places: wholeCountries(countries.length > 0 ? countries : ['ZZ']), nationwide };
}

/** The number's country; all that share its calling code when it is in none's part of the plan. */
function countriesOf(e164: string): readonly string[] {
  const number = parsePhoneNumberFromString(e164, { extract: false });
  if (number === undefined || number.isNonGeographic()) return [];
  return number.country === undefined ? number.getPossibleCountries() : [number.country];
}

const wholeCountries = (countries: readonly string[]): PhonePlace[] =>
  countries.map((country) => ({ country, region: null, zone: null }));

const areaCodes = new Map<string, { readonly country: string; readonly region: string }[]>();
for (const [country, regions] of Object.entries(AREA_CODES)) {
  for (const [region, codes] of Object.entries(regions)) {
    for (const code of codes.split(' ')) areaCodes.set(code, [...(areaCodes.get(code) ?? []), { country, region }]);
  }
}

const oneZone: ReadonlyMap<string, string> = new Map(
  Object.entries(AREA_CODES_IN_ONE_ZONE).flatMap(([zone, codes]) =>
    codes.split(' ').map((code) => [code, zone] as const),
  ),
);
