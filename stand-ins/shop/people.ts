/**
 * The shoppers: invented people at invented addresses, with telephone numbers that the rules of numbering plans set
 * aside for fiction wherever libphonenumber still calls such a number valid.
 *
 * - US: 555-0100 to 555-0199 (NANPA, fictitious use). Australia: 0491 570 156 to 159 (ACMA). London: 020 7946 0000 to
 *   0999 (Ofcom). Berlin: 030 23125 000 to 999 (Bundesnetzagentur, for film and television).
 * - India and Austria set nothing aside: those numbers are merely well formed. No number here is ever dialled: the only
 *   voice vendor these shoppers meet is the stand-in.
 */
export interface Shopper {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** The checkout's contact phone; Shopify sends it in E.164. */
  readonly contactPhone: string | null;
  /** The address's phone, exactly as typed. */
  readonly typedPhone: string | null;
  /** The number above as E.164, for a test to compare with. */
  readonly e164: string | null;
  readonly locale: string;
  readonly address: ShopperAddress;
}

export interface ShopperAddress {
  readonly address1: string;
  readonly address2: string | null;
  readonly city: string;
  readonly zip: string;
  readonly province: string | null;
  readonly provinceCode: string | null;
  /** A name as a rule; some themes and apps leave the bare code here. */
  readonly country: string;
  readonly countryCode: string;
}

const california = { province: 'California', provinceCode: 'CA', country: 'United States', countryCode: 'US' };
const washington = { province: 'Washington', provinceCode: 'WA', country: 'United States', countryCode: 'US' };
const germany = { province: null, provinceCode: null, country: 'Germany', countryCode: 'DE' };
const britain = { province: 'England', provinceCode: 'ENG', country: 'United Kingdom', countryCode: 'GB' };

export const ODILE_US: Shopper = {
  firstName: 'Odile',
  lastName: 'Marrable',
  email: 'odile.marrable@example.com',
  contactPhone: null,
  typedPhone: '(415) 555-0142',
  e164: '+14155550142',
  locale: 'en-US',
  address: { address1: '9 Ferry Road', address2: 'Apt 4', city: 'San Francisco', zip: '94111', ...california },
};

export const JOERDIS_DE: Shopper = {
  firstName: 'Jördis',
  lastName: 'Achterberg',
  email: 'joerdis@example.de',
  contactPhone: null,
  typedPhone: '030 23125 042',
  e164: '+493023125042',
  locale: 'de-DE',
  address: { address1: 'Ahornzeile 17', address2: null, city: 'Berlin', zip: '10115', ...germany },
};

export const DEVIKA_IN: Shopper = {
  firstName: 'Devika',
  lastName: 'Rangaswamy',
  email: 'devika.r@example.in',
  contactPhone: '+919000001234',
  typedPhone: '90000 01234',
  e164: '+919000001234',
  locale: 'en-IN',
  address: {
    address1: '3rd Cross, Neem Layout',
    address2: 'Above the tailor',
    city: 'Bengaluru',
    zip: '560038',
    province: 'Karnataka',
    provinceCode: 'KA',
    country: 'India',
    countryCode: 'IN',
  },
};

export const LEOPOLD_AT: Shopper = {
  firstName: 'Leopold',
  lastName: 'Zwettler',
  email: 'l.zwettler@example.at',
  contactPhone: null,
  typedPhone: '0664/555 01 42',
  e164: '+436645550142',
  locale: 'de-AT',
  address: {
    address1: 'Nusswaldgasse 5/12',
    address2: null,
    city: 'Wien',
    zip: '1190',
    province: null,
    provinceCode: null,
    country: 'AT',
    countryCode: 'AT',
  },
};

export const BETTANY_WITHOUT_PHONE: Shopper = {
  firstName: 'Bettany',
  lastName: 'Quill',
  email: 'bettany.quill@example.co.uk',
  contactPhone: null,
  typedPhone: null,
  e164: null,
  locale: 'en-GB',
  address: { address1: '2 Sexton Row', address2: null, city: 'Leeds', zip: 'LS1 4AP', ...britain },
};

export const CORVIN_PREMIUM: Shopper = {
  firstName: 'Corvin',
  lastName: 'Hallermann',
  email: 'corvin@example.de',
  contactPhone: null,
  typedPhone: '0900 1 234567',
  e164: '+499001234567',
  locale: 'de-DE',
  address: { address1: 'Am Kolk 3', address2: null, city: 'Bremen', zip: '28195', ...germany },
};

export const TAMSIN_BUYS: Shopper = {
  firstName: 'Tamsin',
  lastName: 'Oakhurst',
  email: 'tamsin@example.com',
  contactPhone: '+12065550100',
  typedPhone: '206-555-0100',
  e164: '+12065550100',
  locale: 'en-US',
  address: { address1: '810 Cannery Street', address2: null, city: 'Seattle', zip: '98101', ...washington },
};

export const MARLOW_ORDERS: Shopper = {
  firstName: 'Marlow',
  lastName: 'Dunnock',
  email: 'marlow.dunnock@example.com.au',
  contactPhone: null,
  typedPhone: '0491 570 156',
  e164: '+61491570156',
  locale: 'en-AU',
  address: {
    address1: '44 Jetty Parade',
    address2: null,
    city: 'Hobart',
    zip: '7000',
    province: 'Tasmania',
    provinceCode: 'TAS',
    country: 'Australia',
    countryCode: 'AU',
  },
};

export const ISOLDE_STORM: Shopper = {
  firstName: 'Isolde',
  lastName: 'Farthing',
  email: 'isolde.farthing@example.co.uk',
  contactPhone: null,
  typedPhone: '020 7946 0123',
  e164: '+442079460123',
  locale: 'en-GB',
  address: { address1: '61 Glasshouse Lane', address2: 'Flat B', city: 'London', zip: 'SE1 9RT', ...britain },
};

export const GIDEON_DELETES: Shopper = {
  firstName: 'Gideon',
  lastName: 'Plover',
  email: 'gideon.plover@example.com',
  contactPhone: null,
  typedPhone: '415.555.0177',
  e164: '+14155550177',
  locale: 'en-US',
  address: { address1: '120 Mint Alley', address2: null, city: 'Oakland', zip: '94607', ...california },
};

export const WILHELMINA_REFUSES: Shopper = {
  firstName: 'Wilhelmina',
  lastName: 'Sparrow',
  email: 'w.sparrow@example.com',
  contactPhone: null,
  typedPhone: '206 555 0187',
  e164: '+12065550187',
  locale: 'en-US',
  address: { address1: '5 Lighthouse Loop', address2: null, city: 'Tacoma', zip: '98402', ...washington },
};

export const ROSALBA_OTHER_WAY: Shopper = {
  firstName: 'Rosalba',
  lastName: 'Threlkeld',
  email: 'rosalba.threlkeld@example.co.uk',
  contactPhone: null,
  typedPhone: '020 7946 0311',
  e164: '+442079460311',
  locale: 'en-GB',
  address: { address1: '14 Saltmarsh Walk', address2: null, city: 'London', zip: 'E3 5QJ', ...britain },
};

export const FERGUS_NEW_CART: Shopper = {
  firstName: 'Fergus',
  lastName: 'Ainscough',
  email: 'fergus@example.com',
  contactPhone: null,
  typedPhone: '(206) 555-0114',
  e164: '+12065550114',
  locale: 'en-US',
  address: { address1: '77 Dogwood Terrace', address2: null, city: 'Spokane', zip: '99201', ...washington },
};

export const PERPETUA_HELD_OUT: Shopper = {
  firstName: 'Perpetua',
  lastName: 'Winslade',
  email: 'perpetua.winslade@example.com',
  contactPhone: null,
  typedPhone: '206 555 0162',
  e164: '+12065550162',
  locale: 'en-US',
  address: { address1: '3 Harrier Court', address2: null, city: 'Olympia', zip: '98501', ...washington },
};

export const HANNE_UNHEARD: Shopper = {
  firstName: 'Hanne',
  lastName: 'Brackwede',
  email: 'hanne.brackwede@example.de',
  contactPhone: null,
  typedPhone: '030 23125 077',
  e164: '+493023125077',
  locale: 'de-DE',
  address: { address1: 'Weidensteg 2', address2: null, city: 'Berlin', zip: '13187', ...germany },
};

/** Everybody above, for tests. */
export const PEOPLE: readonly Shopper[] = [
  ODILE_US,
  JOERDIS_DE,
  DEVIKA_IN,
  LEOPOLD_AT,
  BETTANY_WITHOUT_PHONE,
  CORVIN_PREMIUM,
  TAMSIN_BUYS,
  MARLOW_ORDERS,
  ISOLDE_STORM,
  GIDEON_DELETES,
  WILHELMINA_REFUSES,
  ROSALBA_OTHER_WAY,
  FERGUS_NEW_CART,
  PERPETUA_HELD_OUT,
  HANNE_UNHEARD,
];
