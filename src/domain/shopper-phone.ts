/** Which of a checkout's telephone numbers to call. How a number is read is told in `e164.ts`. */
import type { Address, CheckoutContent } from './checkout.ts';
import { toCallableNumber } from './e164.ts';

/** Where a number stood, in Shopify's words. */
export type PhoneSource =
  | 'sms_marketing_phone'
  | 'phone'
  | 'shipping_address.phone'
  | 'billing_address.phone'
  | 'customer.phone'
  | 'customer.default_address.phone';

export type ShopperPhone =
  | { readonly ok: true; readonly e164: string; readonly source: PhoneSource; readonly country: string | null }
  /** `no_phone`: the shopper gave no number yet. `invalid_phone`: gave some, and none can be called. */
  | { readonly ok: false; readonly reason: 'no_phone' | 'invalid_phone' };

/**
 * The first callable number in order of trust: the one given for text messages (only while that consent stands), the contact number,
 * then the addresses' and the customer account's.
 *
 * An address number is read with that address's country; a contact number with the first country known of the shipping, billing and
 * default address. Shopify sends contact numbers in E.164, address numbers as typed.
 */
export function shopperPhone(checkout: CheckoutContent): ShopperPhone {
  const { customer, shippingAddress, billingAddress, smsMarketing } = checkout;
  const defaultAddress = customer?.defaultAddress ?? null;
  const contactRegion =
    shippingAddress?.countryCode ?? billingAddress?.countryCode ?? defaultAddress?.countryCode ?? null;

  const candidates: readonly Candidate[] = [
    ['sms_marketing_phone', smsMarketing.accepted ? smsMarketing.phone : null, contactRegion],
    ['phone', checkout.phone, contactRegion],
    ['shipping_address.phone', ...typedPhone(shippingAddress)],
    ['billing_address.phone', ...typedPhone(billingAddress)],
    ['customer.phone', customer?.phone ?? null, contactRegion],
    ['customer.default_address.phone', ...typedPhone(defaultAddress)],
  ];

  let anyGiven = false;
  for (const [source, typed, region] of candidates) {
    if (typed === null) continue;
    const number = toCallableNumber(typed, region);
    if (number.ok) return { ok: true, e164: number.e164, source, country: number.country };
    anyGiven ||= number.reason !== 'empty';
  }
  return { ok: false, reason: anyGiven ? 'invalid_phone' : 'no_phone' };
}

type Candidate = readonly [source: PhoneSource, typed: string | null, region: string | null];

function typedPhone(address: Address | null): readonly [typed: string | null, region: string | null] {
  return [address?.phone ?? null, address?.countryCode ?? null];
}
