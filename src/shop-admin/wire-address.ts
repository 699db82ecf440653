/** The addresses inside the Admin API's answers: of a checkout, an order, a customer. Type `MailingAddress`, version 2026-10. */
import { z } from 'zod';
import type { Address } from '../domain/checkout.ts';
import { readCountryCode, readLooseText, readText, scalar } from '../shopify/wire-scalars.ts';

/** The part of a query that asks for one. */
export const ADDRESS =
  '{ firstName lastName name address1 address2 city province provinceCode country countryCodeV2 zip phone }';

const text = scalar(readText);

export const MailingAddress = z
  .object({
    firstName: text,
    lastName: text,
    name: text,
    address1: text,
    address2: text,
    city: text,
    province: text,
    provinceCode: text,
    country: text,
    countryCodeV2: scalar(readCountryCode),
    zip: scalar(readLooseText),
    phone: scalar(readLooseText),
  })
  .nullable();

export function toAddress(address: z.output<typeof MailingAddress>): Address | null {
  if (address === null) return null;
  const { countryCodeV2, ...rest } = address;
  return { ...rest, countryCode: countryCodeV2 ?? readCountryCode(rest.country) ?? null };
}
