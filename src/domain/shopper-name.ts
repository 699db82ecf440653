/** How to address the shopper. */
import type { Address, CheckoutContent } from './checkout.ts';
import { MAX_NAME_LENGTH, plainText } from './plain-text.ts';

export interface ShopperName {
  readonly firstName: string;
  readonly lastName: string | null;
}

/**
 * The shopper's name: the first given name on the customer account, the shipping, billing or default address, in that order; when
 * none has one, the first word of an address's full name.
 *
 * The family name comes from where the given name stood. If that place has none, from the next place in the same order that does not
 * name somebody else: a parcel sent to Steve must not make his family name John's.
 *
 * @returns null when nobody is named. A name without a letter ("." in a mandatory field) is no name.
 */
export function shopperName(checkout: CheckoutContent): ShopperName | null {
  const { customer, shippingAddress, billingAddress } = checkout;
  const addresses = [shippingAddress, billingAddress, customer?.defaultAddress ?? null];
  const places = [customer, ...addresses].map(namesIn);

  const named = places.find((place) => place.firstName !== null);
  if (named?.firstName) {
    const { firstName } = named;
    return { firstName, lastName: named.lastName ?? familyNameElsewhere(places, firstName) };
  }

  for (const address of addresses) {
    const fullName = nameText(address?.name ?? null);
    if (fullName === null) continue;
    const [firstName = fullName, ...others] = fullName.split(' ');
    return { firstName, lastName: nameText(others.join(' ')) };
  }
  return null;
}

interface Names {
  readonly firstName: string | null;
  readonly lastName: string | null;
}

function namesIn(place: Pick<Address, 'firstName' | 'lastName'> | null): Names {
  return { firstName: nameText(place?.firstName ?? null), lastName: nameText(place?.lastName ?? null) };
}

function familyNameElsewhere(places: readonly Names[], firstName: string): string | null {
  const wanted = firstName.toLowerCase();
  const place = places.find(
    (other) => other.lastName !== null && (other.firstName === null || other.firstName.toLowerCase() === wanted),
  );
  return place?.lastName ?? null;
}

function nameText(raw: string | null): string | null {
  const name = plainText(raw, MAX_NAME_LENGTH);
  return name !== null && /\p{L}/u.test(name) ? name : null;
}
