/** The addresses inside Shopify's bodies: of a checkout, an order, a customer. One shape, with every field optional. */
import type { Address } from '../domain/checkout.ts';
import { type Fields, field } from './body-fields.ts';
import { readCountryCode, readLooseText, readText } from './wire-scalars.ts';

const text = field(readText);
const looseText = field(readLooseText);
const countryCode = field(readCountryCode);

export function readAddress(body: Fields): Address {
  return {
    firstName: text(body, 'first_name'),
    lastName: text(body, 'last_name'),
    name: text(body, 'name'),
    address1: text(body, 'address1'),
    address2: text(body, 'address2'),
    city: text(body, 'city'),
    province: text(body, 'province'),
    provinceCode: text(body, 'province_code'),
    ...readCountry(body),
    zip: looseText(body, 'zip'),
    phone: looseText(body, 'phone'),
  };
}

/** The country alone. Older bodies and other senders have only `country`, a name or a code, which is then as good. */
export function readCountry(body: Fields): Pick<Address, 'country' | 'countryCode'> {
  const country = text(body, 'country');
  return { country, countryCode: countryCode(body, 'country_code') ?? readCountryCode(country) ?? null };
}
