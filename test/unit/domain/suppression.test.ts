/** What may go on the do-not-call list, and as what. */
import { describe, expect, it } from 'vitest';
import { isReasonCode, isSuppressionId, readContact } from '../../../src/domain/suppression.ts';

describe('a contact', () => {
  it.each<[string, string, string | null, string]>([
    ['an international number', '+1 (415) 555-0142', null, '+14155550142'],
    ['one that begins with two zeros', '0043 664 5550142', null, '+436645550142'],
    ['a national number, with its region', '(415) 555-0142', 'US', '+14155550142'],
    ['a region in small letters', '0664/555 01 42', 'at', '+436645550142'],
    ['an international number, whatever the region', '+14155550142', 'DE', '+14155550142'],
    ['a number that would not be called', '+18005550199', null, '+18005550199'],
    ['an e-mail address', ' Odile.Marrable@Example.com ', null, 'odile.marrable@example.com'],
  ])('may be %s', (_what, written, region, contact) => {
    expect(readContact(written, region)).toEqual({ ok: true, contact });
  });

  it.each<[string, string, string | null, string]>([
    ['a national number without a region', '(415) 555-0142', null, 'needs_region'],
    ['a number that no plan assigns', '+1 415 555', null, 'no_contact'],
    ['a number of another region', '0664/555 01 42', 'US', 'no_contact'],
    ['a name', 'Odile Marrable', 'US', 'no_contact'],
    ['nothing', '  ', null, 'no_contact'],
    ['two addresses', 'a@example.com, b@example.com', null, 'no_contact'],
    ['an address with its name', 'Odile <odile@example.com>', null, 'no_contact'],
    ['half an address', '@example.com', null, 'no_contact'],
    ['an address longer than any', `${'a'.repeat(250)}@example.com`, null, 'no_contact'],
  ])('is not %s', (_what, written, region, reason) => {
    expect(readContact(written, region)).toEqual({ ok: false, reason });
  });
});

describe('a digest', () => {
  it.each([
    '+14155550142',
    '14155550142',
    'odile@example.com',
    '4'.repeat(31),
    'a'.repeat(129),
    '',
    `${'a'.repeat(40)}.b`,
  ])('is never %s', (text) => {
    expect(isSuppressionId(text)).toBe(false);
  });
  it('is what a hash looks like in base64', () => {
    expect(isSuppressionId(`${'-Uv_'.repeat(10)}x9A`)).toBe(true);
  });
});

describe('a reason', () => {
  it.each(['asked_by_mail', 'call.skip', 'end-of-call', 'x', 'gdpr-17', 'crm:2026'])('may be %s', (text) => {
    expect(isReasonCode(text)).toBe(true);
  });
  it.each(['', 'Asked', 'asked by mail', '_x', 'a@b', '+1', 'called-4155550142', 'x'.repeat(61), 'a,b', '"a"'])(
    'is not “%s”',
    (text) => {
      expect(isReasonCode(text)).toBe(false);
    },
  );
});
