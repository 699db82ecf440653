/**
 * The addresses of an AbandonedCartPayload: names instead of codes, numbers in E.164, nothing null. An address of which nothing is
 * left is undefined.
 */
import type { AbandonedCartPayload } from './abandoned-cart-payload.ts';
import type { Address } from './checkout.ts';
import { toValidE164 } from './e164.ts';
import { countryName, provinceName } from './place-names.ts';
import { MAX_ADDRESS_LENGTH, plainText } from './plain-text.ts';

type ShippingAddress = NonNullable<AbandonedCartPayload['shippingAddress']>;
type BillingAddress = NonNullable<AbandonedCartPayload['billingAddress']>;

/** Where the parcel goes. */
export function shippingAddressOf(address: Address | null): ShippingAddress | undefined {
  if (address === null) return undefined;
  return withoutNulls({
    country: countryOf(address),
    address1: line(address.address1),
    address2: line(address.address2),
    city: line(address.city),
    province: provinceOf(address),
    provinceCode: line(address.provinceCode),
    zip: line(address.zip),
    phone: phoneOf(address),
  });
}

/** The vendor wants no more of the billing address than this. */
export function billingAddressOf(address: Address | null): BillingAddress | undefined {
  return address === null ? undefined : withoutNulls({ country: countryOf(address), phone: phoneOf(address) });
}

function countryOf({ country, countryCode }: Address): string | null {
  const text = line(country) ?? line(countryCode);
  return text === null ? null : (countryName(text) ?? text);
}

/** The province's name; its code when no table knows it, because an assistant without a province stumbles over the placeholder. */
function provinceOf({ province, provinceCode, countryCode }: Address): string | null {
  const text = line(province) ?? line(provinceCode);
  if (text === null || countryCode === null) return text;
  return provinceName(countryCode, text) ?? text;
}

function phoneOf({ phone, countryCode }: Address): string | null {
  return phone === null ? null : toValidE164(phone, countryCode);
}

function line(raw: string | null): string | null {
  return plainText(raw, MAX_ADDRESS_LENGTH);
}

/** The fields that are known, or undefined when none is. */
function withoutNulls<Key extends string>(fields: Record<Key, string | null>): { [K in Key]?: string } | undefined {
  const known: { [K in Key]?: string } = {};
  let any = false;
  for (const key in fields) {
    const value = fields[key];
    if (value === null) continue;
    known[key] = value;
    any = true;
  }
  return any ? known : undefined;
}
