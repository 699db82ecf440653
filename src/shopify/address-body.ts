/** The addresses inside Shopify's bodies: of a checkout, an order, a customer. One shape, with every field optional. */
import { z } from 'zod';
import type { Address } from '../domain/checkout.ts';
import { readCountryCode, readLooseText, readText, scalar } from './wire-scalars.ts';

const text = scalar(readText);
const looseText = scalar(readLooseText);

/** `AddressBody` reads the fields under Shopify's names; `toAddress` gives them ours. */
export const AddressBody = z.object({
  first_name: text,
  last_name: text,
  name: text,
  address1: text,
  address2: text,
  city: text,
  province: text,
  province_code: text,
  country: text,
  country_code: scalar(readCountryCode),
  zip: looseText,
  phone: looseText,
});

export function toAddress(body: z.output<typeof AddressBody> | null): Address | null {
  if (body === null) return null;
  return {
    firstName: body.first_name,
    lastName: body.last_name,
    name: body.name,
    address1: body.address1,
    address2: body.address2,
    city: body.city,
    province: body.province,
    provinceCode: body.province_code,
    country: body.country,
    countryCode: countryCodeOf(body),
    zip: body.zip,
    phone: body.phone,
  };
}

/** ISO 3166-1 alpha-2. Where only `country` is given it may hold the bare code, which is then as good. */
export function countryCodeOf(body: Pick<z.output<typeof AddressBody>, 'country' | 'country_code'>): string | null {
  return body.country_code ?? readCountryCode(body.country) ?? null;
}
