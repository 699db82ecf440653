/** Consent: does this checkout carry what the merchant said stands for the shopper's consent to be phoned? */
import type { Checkout } from './checkout.ts';
import type { ConsentRule } from './policy.ts';
import type { PhoneSource } from './shopper-phone.ts';

/**
 * @param dialled - which of the checkout's numbers would be dialled. The SMS tick was given for the number beside it alone:
 * a checkout that has one and would be dialled on another has no consent.
 */
export function hasConsent(checkout: Checkout, rule: ConsentRule, dialled: PhoneSource): boolean {
  switch (rule.kind) {
    case 'none':
      return true;
    case 'sms_marketing':
      if (!checkout.smsMarketing.accepted) return false;
      return checkout.smsMarketing.phone === null || dialled === 'sms_marketing_phone';
    case 'attribute':
      return checkout.attributes.some(({ name, value }) => name.trim() === rule.name && value.trim() === rule.value);
  }
}
