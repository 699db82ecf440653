/** A person, as far as one can be told from their checkouts: by telephone numbers, e-mail addresses and the customer's account. */
import type { Address, CheckoutContent } from './checkout.ts';
import { toCallableNumber } from './e164.ts';
import type { RecoveryRecord } from './recovery.ts';
import type { MappedCheckout } from './to-abandoned-cart-payload.ts';

/** The kinds of facts that are remembered of people beside their recoveries. */
export const PERSON_FACTS = ['order', 'discount'] as const;

/** The contacts of a recovery's shopper, normalised; the number that is dialled comes first. Personal data. */
export function personOf({ person, phone, payload }: Pick<RecoveryRecord, 'person' | 'phone' | 'payload'>): string[] {
  if (person.length > 0) return [...person];
  const email = payload?.customer.email;
  return [...(phone ? [phone] : []), ...(email ? [email.toLowerCase()] : [])];
}

/**
 * Every contact of a checkout that is the shopper's own, normalised, whether or not it can be called: whoever may not be called by one
 * of them is not called by another. The number at the shipping address belongs to them only when it is the one that is dialled: a
 * present goes to somebody else, and a forwarder's is on the parcels of many.
 */
export function personIn(checkout: CheckoutContent, mapped: MappedCheckout): string[] {
  const { customer, shippingAddress, billingAddress } = checkout;
  const home = customer?.defaultAddress ?? null;
  const region = shippingAddress?.countryCode ?? billingAddress?.countryCode ?? home?.countryCode ?? null;
  const dialled = mapped.ok ? [mapped.phone] : [];
  const emails = [mapped.ok ? mapped.payload.customer.email : null, checkout.email, customer?.email];
  const phones = [
    ...[checkout.phone, checkout.smsMarketing.phone, customer?.phone].map((number) => ({ number, country: region })),
    ...[billingAddress, home].map(phoneAt),
  ];
  const own = contactsOf({
    emails: emails.filter((email) => email != null),
    phones: phones.flatMap(({ number, country }) => (number == null ? [] : [{ number, country }])),
  });
  return [...new Set([...dialled, ...own, ...(customer?.id ? [accountContact(customer.id)] : [])])];
}

/** A customer's account is one more contact: whoever took consent back in it took it back by every number. @param id - decimal digits. */
export function accountContact(id: string): string {
  return `customer:${id}`;
}

function phoneAt(address: Address | null) {
  return { number: address?.phone, country: address?.countryCode ?? null };
}

/** Contacts as somebody wrote them, normalised; those that cannot be anybody's are left out. */
export function contactsOf(written: {
  readonly emails: readonly string[];
  readonly phones: readonly { readonly number: string; readonly country: string | null }[];
}): string[] {
  const numbers: string[] = [];
  for (const [i, { number, country }] of written.phones.entries()) {
    // The same number stands in several places of most checkouts.
    if (written.phones.findIndex((one) => one.number === number && one.country === country) < i) continue;
    const read = toCallableNumber(number, country);
    if (read.ok) numbers.push(read.e164);
  }
  const emails = written.emails.map((email) => email.trim().toLowerCase()).filter((email) => email.includes('@'));
  return [...new Set([...numbers, ...emails])];
}
