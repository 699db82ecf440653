/**
 * Phone numbers: from what a shopper typed to a number that may be dialled, and to what an operator may see of it.
 * Which of a checkout's numbers to prefer is decided in `shopper-phone.ts`.
 */
import { getCountries, isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { RecentlyUsed } from './recently-used.ts';

export type CallableNumber =
  | {
      readonly ok: true;
      readonly e164: string;
      /** ISO 3166-1 alpha-2, by the numbering plan; null when several countries share the plan and the number is in none's part of it. */
      readonly country: string | null;
    }
  | { readonly ok: false; readonly reason: UncallableReason };

/**
 * - `empty`: nothing but white space.
 * - `unparsable`: not a phone number at all: letters, two numbers in one field, too long, national without a region.
 * - `invalid`: it has the form of a number, but its numbering plan assigns no such number, or it is longer than any.
 * - `not_callable`: it exists, but nobody's own telephone rings there, or calling it costs more than a call.
 */
export type UncallableReason = 'empty' | 'unparsable' | 'invalid' | 'not_callable';

/** The longest number in use, with prefix, punctuation and extension, stays below this; anything longer is never parsed. */
const MAX_TYPED_LENGTH = 40;

/** `+` and 15 digits: ITU-T E.164 (2010) §6.2. The library lets longer ones pass, for instance German ones. */
const MAX_E164_LENGTH = 16;

/**
 * The number a call may be placed to.
 *
 * Callable are fixed lines, mobiles and internet telephony. Refused are premium, shared-cost, toll-free, company-wide (UAN), pager,
 * voicemail and personal (UK 070) numbers, short codes, and the calling codes of no country (satellite phones +870 and +881, networks
 * +882 and +883, +800, +808, +888, +979): no shopper is known to live behind them and fraud is.
 * An extension is dropped: E.164 has no place for it, the main number is dialled.
 *
 * @param raw - as typed; invisible marks that address books paste along are ignored.
 * @param region - ISO 3166-1 alpha-2 country in which a number without `+` is read; null accepts international numbers only.
 */
export function toCallableNumber(raw: string, region: string | null): CallableNumber {
  return readNumber(raw, region).callable;
}

/** The same reading for a number that is only passed on: E.164 when the number exists, callable or not, else null. */
export function toValidE164(raw: string, region: string | null): string | null {
  return readNumber(raw, region).validE164;
}

/** Whether national numbers can be read in this country: ISO 3166-1 alpha-2, in either case. */
export function isKnownRegion(code: string): boolean {
  return isSupportedCountry(code.toUpperCase());
}

/**
 * Every number that the text can be when nobody says of which country: E.164, each once, callable or not. One with a `+` is one number
 * or none.
 */
export function possibleNumbers(raw: string): string[] {
  const international = toValidE164(raw, null);
  if (international !== null || raw.length > MAX_TYPED_LENGTH) return international === null ? [] : [international];
  // Past the cache: some 245 readings of one text that nobody asks for again.
  const everywhere = getCountries().map((country) => parseNumber(raw, country).validE164);
  return [...new Set(everywhere.filter((number) => number !== null))];
}

/**
 * One spelling per person of a normalised contact, in which contacts are compared, counted and listed; the number itself is dialled.
 *
 * An Argentine mobile has a 9 behind the country's code when it is called from abroad and none at home, and both pass as valid: shoppers
 * type one, Shopify sends the other (ENACOM, national numbering plan, resolution SC 46/97). Mexico's 1 of before 2019 is valid no more
 * and never comes as far.
 */
export function personKeyOf(contact: string): string {
  return contact.replace(/^\+549(?=\d{10}$)/, '+54');
}

/** The digits of a number as people write them: with the country's code and without, and an Argentine mobile with its 9 and without. */
export function spellingsOf(e164: string): string[] {
  const key = personKeyOf(e164);
  const marked = key.replace(/^\+54(?=\d{10}$)/, '+549');
  const digits = [...new Set([e164, key, marked])].map((number) => number.replace(/\D/g, ''));
  return digits.flatMap((each) => [each, each.slice(callingCodeLength(each))]);
}

interface NumberReading {
  readonly callable: CallableNumber;
  readonly validE164: string | null;
}

/**
 * Dozens of webhooks of one checkout carry the same numbers and parsing one costs some 25 µs, so the latest 10,000 readings are kept: about
 * 2 MB. They are personal data in memory only, never written anywhere.
 */
const readings = new RecentlyUsed<string, NumberReading>(10_000);

function readNumber(raw: string, region: string | null): NumberReading {
  if (raw.length > MAX_TYPED_LENGTH) return refused('unparsable');
  return readings.getOrCompute(`${region ?? ''}|${raw}`, () => parseNumber(raw, region));
}

function parseNumber(raw: string, region: string | null): NumberReading {
  const typed = raw.replace(/[\p{Cc}\p{Cf}]/gu, '').trim();
  if (typed === '') return refused('empty');
  const number = parseTyped(typed, region);
  if (number === undefined) return refused('unparsable');
  if (!number.isValid()) return refused('invalid');
  const e164: string = number.number;
  if (e164.length > MAX_E164_LENGTH) return refused('invalid');
  const callable: CallableNumber = isCallable(number)
    ? { ok: true, e164, country: number.country ?? null }
    : { ok: false, reason: 'not_callable' };
  return { callable, validE164: e164 };
}

function parseTyped(typed: string, region: string | null): PhoneNumber | undefined {
  const country = region?.toUpperCase();
  // `extract: false`: the whole field must be one number. A number picked out of a sentence may be somebody else's.
  const number =
    country !== undefined && isSupportedCountry(country)
      ? parsePhoneNumberFromString(typed, { defaultCountry: country, extract: false })
      : parsePhoneNumberFromString(typed, { extract: false });
  if (number?.isValid() || !typed.startsWith('00')) return number;
  // `00` is most of the world's international prefix, and is typed also where the region's own is another (US: 011).
  return parsePhoneNumberFromString(`+${typed.slice(2)}`, { extract: false }) ?? number;
}

function isCallable(number: PhoneNumber): boolean {
  if (number.isNonGeographic()) return false;
  switch (number.getType()) {
    case 'FIXED_LINE':
    case 'MOBILE':
    case 'FIXED_LINE_OR_MOBILE':
    case 'VOIP':
    case undefined: // valid, in a range the metadata does not sort any further
      return true;
    default:
      return false;
  }
}

function refused(reason: UncallableReason): NumberReading {
  return { callable: { ok: false, reason }, validE164: null };
}

/**
 * What an operator may see of a number: its calling code and the last two to four digits, e.g. `+91••••••3210`. At least half of the
 * national digits are hidden. Text that is not E.164 is hidden whole.
 */
export function maskE164(e164: string): string {
  const digits = /^\+([1-9]\d{1,14})$/.exec(e164)?.[1];
  if (digits === undefined) return HIDDEN;
  const callingCode = digits.slice(0, callingCodeLength(digits));
  const national = digits.slice(callingCode.length);
  const shown = Math.min(4, Math.floor(national.length / 2));
  if (shown < 2) return `+${callingCode}${HIDDEN}`;
  return `+${callingCode}${'•'.repeat(national.length - shown)}${national.slice(-shown)}`;
}

const HIDDEN = '•••';

/** Calling codes are prefix-free: `1` and `7` have one digit, these two, all others three. Source: ITU-T E.164, list of assigned codes (2016). */
const TWO_DIGIT_CALLING_CODE = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

function callingCodeLength(digits: string): number {
  if (digits.startsWith('1') || digits.startsWith('7')) return 1;
  return TWO_DIGIT_CALLING_CODE.test(digits) ? 2 : 3;
}
