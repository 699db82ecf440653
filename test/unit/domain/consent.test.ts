/** What stands for the shopper's consent, and what is kept of it. */
import { describe, expect, it } from 'vitest';
import { CONSENT_RULES_VERSION, consentOf, isEvidenceFor, saysNo } from '../../../src/domain/consent.ts';
import type { ConsentRule } from '../../../src/domain/policy.ts';
import { aCheckout } from '../../support/a-checkout.ts';

const NUMBER = '+919090909090';
type Dialled = Parameters<typeof consentOf>[2];
const hasConsent = (checkout: Parameters<typeof consentOf>[0], rule: ConsentRule, dialled: Dialled): boolean =>
  consentOf(checkout, rule, dialled) !== null;

describe('consent', () => {
  it('by the rule none is always there', () => {
    expect(hasConsent(aCheckout(), { kind: 'none' }, 'phone')).toBe(true);
  });

  it.each([
    ['without the tick is none', false, null, 'phone', false],
    ['without the tick is none, whatever number stands beside it', false, NUMBER, 'phone', false],
    ['with the tick and no number beside it counts for the contact number', true, null, 'phone', true],
    ['with the tick and no number beside it counts for an address number', true, null, 'shipping_address.phone', true],
    ['with the tick counts for the number beside it', true, NUMBER, 'sms_marketing_phone', true],
    ['with the tick does not count for another number', true, NUMBER, 'phone', false],
    ['with the tick beside a number nobody can read is none', true, 'my mobile', 'phone', false],
  ] as const)('by text messages %s', (_what, accepted, phone, dialled, expected) => {
    const checkout = aCheckout({ smsMarketing: { accepted, phone } });
    expect(hasConsent(checkout, { kind: 'sms_marketing' }, dialled)).toBe(expected);
  });

  it.each([
    ['is given by exactly that name and value', [{ name: 'voice_call', value: 'yes' }], true],
    ['does not mind white space around either', [{ name: ' voice_call ', value: ' yes\n' }], true],
    [
      'may stand among others',
      [
        { name: 'gift', value: 'no' },
        { name: 'voice_call', value: 'yes' },
      ],
      true,
    ],
    ['is not given by another value', [{ name: 'voice_call', value: 'no' }], false],
    ['is not given by another case', [{ name: 'voice_call', value: 'Yes' }], false],
    ['is not given by another name', [{ name: 'voice_calls', value: 'yes' }], false],
    ['is not given by an empty value', [{ name: 'voice_call', value: '' }], false],
    ['is not given by nothing', [], false],
  ])('by an attribute %s', (_what, attributes, expected) => {
    const rule = { kind: 'attribute', name: 'voice_call', value: 'yes' } as const;
    expect(hasConsent(aCheckout({ attributes }), rule, 'phone')).toBe(expected);
  });
});

describe('the evidence', () => {
  const attribute = { kind: 'attribute', name: 'voice_call', value: 'yes' } as const;
  const agreed = aCheckout({
    smsMarketing: { accepted: true, phone: NUMBER },
    attributes: [
      { name: ' voice_call ', value: 'yes ' },
      { name: 'gift_for', value: 'Asha' },
    ],
  });

  it.each<[string, ConsentRule, string, string]>([
    ['where nobody is asked', { kind: 'none' }, 'not_asked', 'none'],
    ['of the SMS tick', { kind: 'sms_marketing' }, 'sms_marketing', 'accepted'],
    ['of an attribute', attribute, 'attribute:voice_call', 'yes'],
  ])('%s is what was seen, and by which rules', (_what, rule, source, value) => {
    expect(consentOf(agreed, rule, 'sms_marketing_phone')).toEqual({
      source,
      value,
      version: CONSENT_RULES_VERSION,
    });
  });

  it.each<ConsentRule>([{ kind: 'none' }, { kind: 'sms_marketing' }, attribute])('of %j holds no contact', (rule) => {
    const kept = JSON.stringify(consentOf(agreed, rule, 'sms_marketing_phone'));
    expect(kept).not.toMatch(/90909|Asha|mail\.example/);
  });
});

describe('evidence', () => {
  const seen = (source: string, value: string) => ({ source, value, version: CONSENT_RULES_VERSION });
  const byText = seen('sms_marketing', 'accepted');
  const byAttribute = seen('attribute:voice_call', 'yes');
  const notAsked = seen('not_asked', 'none');
  const attribute = (name: string, value: string): ConsentRule => ({ kind: 'attribute', name, value });

  it.each<[string, ReturnType<typeof seen>, ConsentRule, boolean]>([
    ['by text messages, for them', byText, { kind: 'sms_marketing' }, true],
    ['by text messages, for an attribute', byText, attribute('voice_call', 'yes'), false],
    ['by the attribute', byAttribute, attribute('voice_call', 'yes'), true],
    ['by another attribute', byAttribute, attribute('call_me', 'yes'), false],
    ['by another value of it', byAttribute, attribute('voice_call', 'sure'), false],
    ['of nobody being asked, once somebody must be', notAsked, { kind: 'sms_marketing' }, false],
    ['of nobody being asked, as before', notAsked, { kind: 'none' }, true],
    ['of more than is asked for now', byAttribute, { kind: 'none' }, true],
  ])('%s', (_what, evidence, rule, counts) => {
    expect(isEvidenceFor(evidence, rule)).toBe(counts);
  });
});

it('a checkout says no when nothing in it stands for consent, whatever else it lacks', () => {
  expect(saysNo({ candidate: { consent: null } })).toBe(true);
  expect(saysNo({ candidate: { consent: { source: 'sms_marketing', value: 'accepted', version: '1' } } })).toBe(false);
  // Of before there were candidates nothing is known.
  expect(saysNo({ candidate: null })).toBe(false);
});
