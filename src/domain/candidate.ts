/**
 * Candidate: what of a checkout decides whether and when its shopper is phoned. Worked out once from a webhook, kept on the
 * record, and decided on again at the ring. It holds no contact, no name and no address.
 */
import { type BotSignal, botSignalsOf } from './bot-signals.ts';
import { type CallingPlace, NO_COUNTRY, type Whereabouts } from './calling-rules/whereabouts.ts';
import type { Address, CheckoutContent } from './checkout.ts';
import { type ConsentSign, consentOf } from './consent.ts';
import type { CallPolicy } from './policy.ts';
import type { WaitingReason } from './reasons.ts';
import type { MappedCheckout } from './to-abandoned-cart-payload.ts';

export interface Candidate {
  /** What a later webhook must mend before anything can be called about; null: nothing. */
  readonly lacks: WaitingReason | null;
  /** `invalid`: numbers were given and none can be called. */
  readonly phone: 'callable' | 'invalid' | 'none';
  /** A test of the shop's own, not a shopper. */
  readonly test: boolean;
  readonly botSignals: readonly BotSignal[];
  /** Where the shopper may be, by every address and the number to dial. */
  readonly whereabouts: Whereabouts;
  /** Decimal string in `currency`, the shop's. */
  readonly value: string | null;
  readonly currency: string | null;
  /** null: nothing in the checkout stands for consent. */
  readonly consent: ConsentSign | null;
}

export function candidateOf(
  checkout: CheckoutContent,
  mapped: MappedCheckout,
  { consent, times }: Pick<CallPolicy, 'consent' | 'times'>,
): Candidate {
  const lacks = mapped.ok || mapped.reason === 'invalid_phone' ? null : mapped.reason;
  return {
    lacks,
    phone: mapped.ok ? 'callable' : mapped.reason === 'invalid_phone' ? 'invalid' : 'none',
    test: checkout.test,
    botSignals: botSignalsOf(checkout, mapped.ok ? mapped.phone : null),
    whereabouts: times.whereabouts(placesOf(checkout), mapped.ok ? mapped.phone : null),
    value: checkout.totals.total,
    currency: checkout.currency,
    // Also of what cannot be called yet: that it was taken back must be seen whatever else is wrong.
    consent: consentOf(checkout, consent, mapped.ok ? mapped.phoneSource : null),
  };
}

function placesOf({ shippingAddress, billingAddress }: CheckoutContent): CallingPlace[] {
  return [shippingAddress, billingAddress].filter((address) => address !== null).map(placeOf);
}

function placeOf(address: Address): CallingPlace {
  const { countryCode, provinceCode, province, zip } = address;
  return {
    country: countryCode ?? (namesAPlace(address) ? NO_COUNTRY : null),
    province: provinceCode ?? province,
    zip,
  };
}

/** A street in a country nobody can read lies somewhere, and its clock is not known; names and numbers alone say nothing of a place. */
function namesAPlace({ address1, address2, city, province, provinceCode, zip, country }: Address): boolean {
  return [address1, address2, city, province, provinceCode, zip, country].some((text) => text !== null);
}
