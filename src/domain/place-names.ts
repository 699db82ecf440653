/**
 * Names of countries and provinces for their codes, in English, so that a caller says "Karnataka, India" and not "KA, IN".
 * The provinces themselves are listed in `province-names.ts`.
 */
import { PROVINCE_NAMES } from './province-names.ts';

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const countryNames = new Map<string, string | null>();

/** The English name of an ISO 3166-1 alpha-2 code in either case (Unicode CLDR, as bundled with Node); null for anything else. */
export function countryName(code: string): string | null {
  if (!/^[A-Za-z]{2}$/.test(code)) return null;
  const upper = code.toUpperCase();
  let name = countryNames.get(upper);
  if (name === undefined) {
    // CLDR calls ZZ "Unknown Region", which nobody should hear. At most 676 entries: the key is two letters.
    name = upper === 'ZZ' ? null : (regionNames.of(upper) ?? null);
    countryNames.set(upper, name);
  }
  return name;
}

/** The English name of a province, state or territory for its code in either case; null when the table does not know the country or the code. */
export function provinceName(countryCode: string, provinceCode: string): string | null {
  return PROVINCE_NAMES.get(countryCode.toUpperCase())?.get(provinceCode.toUpperCase()) ?? null;
}
