/** Consent: does this checkout carry what the merchant said stands for the shopper's consent to be phoned, and what exactly was seen? */
import type { CheckoutContent } from './checkout.ts';
import type { ConsentRule } from './policy.ts';
import type { PhoneSource } from './shopper-phone.ts';

/** Grows when the meaning of a rule below changes; it stands beside every piece of evidence. */
export const CONSENT_RULES_VERSION = '2026-11';

/** What in a checkout stands for consent. Holds no contact. */
export interface ConsentSign {
  /** `sms_marketing`, `attribute:<name>`, or `not_asked` where the merchant decided to ask nobody. */
  readonly source: string;
  /** What stood there: `accepted`, or the attribute's value. */
  readonly value: string;
  readonly version: string;
}

/** What was taken for consent. Kept with the attempt. */
export interface ConsentEvidence extends ConsentSign {
  /** When it was last seen: with the last activity on the checkout. Epoch milliseconds, UTC. */
  readonly at: number;
}

/**
 * @param dialled - which of the checkout's numbers would be dialled. The SMS tick was given for the number beside it alone:
 * a checkout that has one and would be dialled on another has no consent.
 * null: none of its numbers can be dialled (yet).
 * @returns null when there is none.
 */
export function consentOf(
  checkout: CheckoutContent,
  rule: ConsentRule,
  dialled: PhoneSource | null,
): ConsentSign | null {
  const version = CONSENT_RULES_VERSION;
  switch (rule.kind) {
    case 'none':
      return { source: 'not_asked', value: 'none', version };
    case 'sms_marketing': {
      const { accepted, phone } = checkout.smsMarketing;
      const given = accepted && (phone === null || dialled === null || dialled === 'sms_marketing_phone');
      return given ? { source: 'sms_marketing', value: 'accepted', version } : null;
    }
    case 'attribute': {
      const seen = checkout.attributes.some(
        ({ name, value }) => name.trim() === rule.name && value.trim() === rule.value,
      );
      return seen ? { source: `attribute:${rule.name}`, value: rule.value, version } : null;
    }
  }
}

/** Whether this is what the merchant takes for consent today: what was enough under another setting may not be any more. */
export function isEvidenceFor({ source, value }: ConsentSign, rule: ConsentRule): boolean {
  switch (rule.kind) {
    case 'none':
      return true;
    case 'sms_marketing':
      return source === 'sms_marketing';
    case 'attribute':
      return source === `attribute:${rule.name}` && value === rule.value;
  }
}

/** Whether nothing in the checkout stands for consent (any more): a no that is obeyed. */
export function saysNo({
  candidate,
}: {
  readonly candidate: { readonly consent: ConsentSign | null } | null;
}): boolean {
  return candidate !== null && candidate.consent === null;
}
