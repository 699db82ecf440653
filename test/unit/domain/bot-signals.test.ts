/** Marks of a checkout that no shopper left, and people who must never be taken for a script. */
import { describe, expect, it } from 'vitest';
import { type BotSignal, botSignalsOf } from '../../../src/domain/bot-signals.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';

const NUMBER = '+919090909090';
const named = (firstName: string | null, lastName: string | null = null) =>
  aCheckout({ customer: { id: null, firstName, lastName, email: null, phone: null, defaultAddress: null } });

describe('a name', () => {
  it.each([
    'http://win.example',
    'HTTPS://WIN.EXAMPLE',
    'see www.win.example',
    'asha@mail.example',
    'Asha 12345',
    '4111111111111111',
    'aaaa',
    'XXXX',
    'ZzZzzz',
    '   qqqqq ',
    'あああああ',
  ])('%j is nobody’s', (name) => {
    for (const checkout of [named(name), named('Asha', name)]) {
      expect(botSignalsOf(checkout, NUMBER)).toEqual(['impossible_name']);
    }
  });

  it.each([
    'Ng',
    'Al',
    'Xiu',
    'Nguyễn',
    'O’Neil-Brown',
    "O'Neil-Brown",
    '5ive',
    'A',
    'É',
    'Jean-Luc',
    'X Æ A-12',
    'Aa',
    'Aaa',
    'Lll',
    'Aaaron',
    'Wwwilhelm',
    'MMMM & Sons',
    'van der Aaaa',
    '李',
    '陳大文',
    'アシャ',
    'محمد',
    'Мария',
    'ಆಶಾ',
    'Ὀδυσσεύς',
    'Null',
    'Test',
    'None',
    'Robot',
    'John Smith III',
    'Apt 1204',
    '',
    '   ',
  ])('%j may be somebody’s', (name) => {
    expect(botSignalsOf(named(name), NUMBER)).toEqual([]);
    expect(botSignalsOf(named('Asha', name), NUMBER)).toEqual([]);
  });

  it('that is missing says nothing', () => {
    expect(botSignalsOf(named(null), NUMBER)).toEqual([]);
    expect(botSignalsOf(aCheckout({ customer: null, shippingAddress: null }), NUMBER)).toEqual([]);
  });

  it.each(['shippingAddress', 'billingAddress'] as const)('is looked at in the %s, too', (field) => {
    for (const part of ['firstName', 'lastName'] as const) {
      const checkout = aCheckout({ [field]: anAddress({ [part]: 'www.win.example' }) });
      expect(botSignalsOf(checkout, NUMBER)).toEqual(['impossible_name']);
    }
  });

  it('of a hundred thousand letters is looked at quickly, and a street number is no name', () => {
    const begun = performance.now();
    botSignalsOf(named(`${'a'.repeat(100_000)}!`), NUMBER);
    expect(performance.now() - begun).toBeLessThan(100);
    expect(botSignalsOf(aCheckout({ shippingAddress: anAddress({ address1: '12345 Cubbon Road' }) }), NUMBER)).toEqual(
      [],
    );
  });
});

describe('an e-mail address', () => {
  it.each(['a@mailinator.com', 'A@YOPMAIL.COM ', 'a@b@guerrillamail.com', 'a@shop.invalid', 'a@x.test', 'a@localhost'])(
    '%j is no shopper’s',
    (email) => {
      expect(botSignalsOf(aCheckout({ email }), NUMBER)).toEqual(['throwaway_email']);
      const customer = { id: null, firstName: 'Asha', lastName: null, email, phone: null, defaultAddress: null };
      expect(botSignalsOf(aCheckout({ email: null, customer }), NUMBER)).toEqual(['throwaway_email']);
    },
  );

  it.each([
    'asha@mail.example',
    'asha@example.com',
    'test@gmail.com',
    'mailinator.com@gmail.com',
    'asha@not-mailinator.com',
    'asha@eu.mailinator.community',
    'asha@testing.de',
    'asha@contest.org',
    'asha+test@proton.me',
    'asha@privaterelay.appleid.com',
    'asha',
    '',
  ])('%j may be', (email) => {
    expect(botSignalsOf(aCheckout({ email }), NUMBER)).toEqual([]);
  });
});

describe('a number', () => {
  it.each(['+919999999999', '+14155555555', '+491234567890', '+4498765432101', '+4915678901234', '+447890123456'])(
    '%s was typed to fill a field',
    (phone) => {
      expect(botSignalsOf(aCheckout(), phone)).toEqual(['patterned_phone']);
    },
  );

  it.each([
    '+919090909090',
    '+14155550123',
    '+4930901820',
    '+919888888123',
    '+33123456700',
    '+447777712345',
    '+12025550186',
  ])('%s is one that people have', (phone) => {
    expect(botSignalsOf(aCheckout(), phone)).toEqual([]);
  });

  it('that is not known says nothing', () => {
    expect(botSignalsOf(aCheckout(), null)).toEqual([]);
  });
});

it('the signs are named in one order, each once, however often they show', () => {
  const all: BotSignal[] = ['impossible_name', 'throwaway_email', 'patterned_phone'];
  const checkout = aCheckout({
    email: 'a@mailinator.com',
    customer: {
      id: null,
      firstName: 'XXXX',
      lastName: 'XXXX',
      email: 'b@yopmail.com',
      phone: null,
      defaultAddress: null,
    },
  });
  expect(botSignalsOf(checkout, '+919999999999')).toEqual(all);
});
