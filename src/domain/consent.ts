/** Consent: does this checkout carry what the merchant said stands for the shopper's consent to be phoned? */
import type { Checkout } from './checkout.ts';
import type { ConsentRule } from './policy.ts';

/**
 * @param dialled - the number that would be dialled, E.164.
 * @param smsNumber - `sms_marketing_phone` as E.164, null when absent or not a number: the tick was given for that number
 * alone, so a checkout that would be dialled on another one has no consent.
 */
export function hasConsent(checkout: Checkout, rule: ConsentRule, dialled: string, smsNumber: string | null): boolean {
  switch (rule.kind) {
    case 'none':
      return true;
    case 'sms_marketing':
      if (!checkout.smsMarketing.accepted) return false;
      return checkout.smsMarketing.phone === null || smsNumber === dialled;
    case 'attribute':
      return checkout.attributes.some(({ name, value }) => name.trim() === rule.name && value.trim() === rule.value);
  }
}
