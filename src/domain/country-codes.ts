/**
 * From what stands for a country in an address to its ISO 3166-1 alpha-2 code. The other way, from a code to what is said aloud, is
 * `place-names.ts`.
 */
import { getAllCountries } from 'countries-and-timezones';
import { countryName } from './place-names.ts';

/**
 * The code of a country by its alpha-2 or alpha-3 code or its English name, in any case; null for what is none of these.
 *
 * Two letters are given back in upper case whether or not a country has them: they are meant as a code, and a wrong one must not pass
 * for a country that was left out.
 */
export function countryCodeOf(written: string): string | null {
  const text = written.trim();
  if (text.length > LONGEST_NAME) return null;
  if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase() === 'UK' ? 'GB' : text.toUpperCase();
  if (/^[A-Za-z]{3}$/.test(text)) return byThreeLetters.get(text.toUpperCase()) ?? null;
  return byName.get(folded(text)) ?? null;
}

/** Whether ISO 3166-1 has assigned the two letters. */
export function isCountryCode(code: string): boolean {
  return twoLetters.has(code);
}

/** Twice the longest name of a country in English. */
const LONGEST_NAME = 100;

/** ISO 3166-1 as of 2026: alpha-3 and alpha-2. */
const CODES = `
  ABW:AW AFG:AF AGO:AO AIA:AI ALA:AX ALB:AL AND:AD ARE:AE ARG:AR ARM:AM ASM:AS ATA:AQ ATF:TF ATG:AG AUS:AU AUT:AT AZE:AZ BDI:BI
  BEL:BE BEN:BJ BES:BQ BFA:BF BGD:BD BGR:BG BHR:BH BHS:BS BIH:BA BLM:BL BLR:BY BLZ:BZ BMU:BM BOL:BO BRA:BR BRB:BB BRN:BN BTN:BT
  BVT:BV BWA:BW CAF:CF CAN:CA CCK:CC CHE:CH CHL:CL CHN:CN CIV:CI CMR:CM COD:CD COG:CG COK:CK COL:CO COM:KM CPV:CV CRI:CR CUB:CU
  CUW:CW CXR:CX CYM:KY CYP:CY CZE:CZ DEU:DE DJI:DJ DMA:DM DNK:DK DOM:DO DZA:DZ ECU:EC EGY:EG ERI:ER ESH:EH ESP:ES EST:EE ETH:ET
  FIN:FI FJI:FJ FLK:FK FRA:FR FRO:FO FSM:FM GAB:GA GBR:GB GEO:GE GGY:GG GHA:GH GIB:GI GIN:GN GLP:GP GMB:GM GNB:GW GNQ:GQ GRC:GR
  GRD:GD GRL:GL GTM:GT GUF:GF GUM:GU GUY:GY HKG:HK HMD:HM HND:HN HRV:HR HTI:HT HUN:HU IDN:ID IMN:IM IND:IN IOT:IO IRL:IE IRN:IR
  IRQ:IQ ISL:IS ISR:IL ITA:IT JAM:JM JEY:JE JOR:JO JPN:JP KAZ:KZ KEN:KE KGZ:KG KHM:KH KIR:KI KNA:KN KOR:KR KWT:KW LAO:LA LBN:LB
  LBR:LR LBY:LY LCA:LC LIE:LI LKA:LK LSO:LS LTU:LT LUX:LU LVA:LV MAC:MO MAF:MF MAR:MA MCO:MC MDA:MD MDG:MG MDV:MV MEX:MX MHL:MH
  MKD:MK MLI:ML MLT:MT MMR:MM MNE:ME MNG:MN MNP:MP MOZ:MZ MRT:MR MSR:MS MTQ:MQ MUS:MU MWI:MW MYS:MY MYT:YT NAM:NA NCL:NC NER:NE
  NFK:NF NGA:NG NIC:NI NIU:NU NLD:NL NOR:NO NPL:NP NRU:NR NZL:NZ OMN:OM PAK:PK PAN:PA PCN:PN PER:PE PHL:PH PLW:PW PNG:PG POL:PL
  PRI:PR PRK:KP PRT:PT PRY:PY PSE:PS PYF:PF QAT:QA REU:RE ROU:RO RUS:RU RWA:RW SAU:SA SDN:SD SEN:SN SGP:SG SGS:GS SHN:SH SJM:SJ
  SLB:SB SLE:SL SLV:SV SMR:SM SOM:SO SPM:PM SRB:RS SSD:SS STP:ST SUR:SR SVK:SK SVN:SI SWE:SE SWZ:SZ SXM:SX SYC:SC SYR:SY TCA:TC
  TCD:TD TGO:TG THA:TH TJK:TJ TKL:TK TKM:TM TLS:TL TON:TO TTO:TT TUN:TN TUR:TR TUV:TV TWN:TW TZA:TZ UGA:UG UKR:UA UMI:UM URY:UY
  USA:US UZB:UZ VAT:VA VCT:VC VEN:VE VGB:VG VIR:VI VNM:VN VUT:VU WLF:WF WSM:WS YEM:YE ZAF:ZA ZMB:ZM ZWE:ZW
`;

const byThreeLetters: ReadonlyMap<string, string> = new Map(
  CODES.trim()
    .split(/\s+/)
    .map((pair) => [pair.slice(0, 3), pair.slice(4)] as const),
);
const twoLetters: ReadonlySet<string> = new Set(byThreeLetters.values());

/** Names of before, of Shopify's lists, and of habit, which neither the zone database nor CLDR has. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  BN: 'Brunei Darussalam',
  BO: 'Plurinational State of Bolivia',
  CD: 'Congo, The Democratic Republic Of The',
  CG: 'Congo',
  CI: "Côte d'Ivoire",
  CZ: 'Czech Republic',
  FK: 'Falkland Islands (Malvinas)',
  FM: 'Federated States of Micronesia',
  GB: 'Great Britain, England, Scotland, Wales, Northern Ireland',
  HK: 'Hong Kong SAR',
  IE: 'Republic of Ireland',
  IR: 'Islamic Republic of Iran',
  KR: 'Korea, Republic of Korea',
  LA: "Lao People's Democratic Republic",
  MD: 'Republic of Moldova',
  MK: 'Macedonia, Republic of North Macedonia',
  MM: 'Burma',
  MO: 'Macao SAR, Macau',
  NL: 'Holland',
  PS: 'Palestinian Territory, Palestinian Territory Occupied',
  RU: 'Russian Federation',
  SY: 'Syrian Arab Republic',
  SZ: 'Swaziland',
  TL: 'East Timor',
  TR: 'Turkey',
  TW: 'Taiwan, Province of China',
  TZ: 'United Republic of Tanzania',
  US: 'U.S.A., U.S.',
  VA: 'Holy See (Vatican City State)',
  VE: 'Bolivarian Republic of Venezuela',
  VG: 'Virgin Islands British',
  VN: 'Viet Nam',
};

const zoneNames: Readonly<Record<string, { readonly name: string } | undefined>> = getAllCountries();
const shortNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none', style: 'short' });

const byName: ReadonlyMap<string, string> = new Map(
  [...twoLetters].flatMap((code) => {
    const others = OTHER_NAMES[code] ?? '';
    const names = [countryName(code), shortNames.of(code), zoneNames[code]?.name, others, ...others.split(',')];
    return names.filter((name) => !!name).map((name) => [folded(name as string), code] as const);
  }),
);

/** Accents, blanks, full stops, articles and "Saint" are written one way or the other. */
function folded(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/\p{M}/gu, '')
    .replace(/\b(?:the|saint|st)\b/g, (word) => (word === 'the' ? '' : 'st'))
    .replace(/[^\p{L}]/gu, '');
}
