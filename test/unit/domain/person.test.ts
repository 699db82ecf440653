/** Who a person is: their number and their address, however somebody wrote them. */
import { describe, expect, it } from 'vitest';
import type { Checkout } from '../../../src/domain/checkout.ts';
import { contactsOf, personIn, personOf } from '../../../src/domain/person.ts';
import { toAbandonedCartPayload } from '../../../src/domain/to-abandoned-cart-payload.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';
import { aRecord } from '../../support/a-record.ts';

const written = (emails: readonly string[], ...phones: readonly [string, string | null][]) =>
  contactsOf({ emails, phones: phones.map(([number, country]) => ({ number, country })) });

describe('the shopper of a recovery', () => {
  const { payload } = aRecord();
  const withEmail = (email: string | null) => ({
    payload: payload && { ...payload, customer: { ...payload.customer, email } },
  });

  it.each([
    ['a number and an address', {}, ['+919090909090', 'asha.rao@mail.example']],
    ['an address in capitals', withEmail('Asha.RAO@mail.example'), ['+919090909090', 'asha.rao@mail.example']],
    ['a number alone', withEmail(null), ['+919090909090']],
    ['an address alone', { phone: null }, ['asha.rao@mail.example']],
    ['nothing', { phone: null, payload: null }, []],
  ])('of before every contact was kept has %s', (_what, record, contacts) => {
    expect(personOf(aRecord({ ...record, person: [] }))).toEqual(contacts);
  });

  it('is known by every contact that was kept', () => {
    const person = ['+919090909090', 'asha.rao@mail.example', 'asha@work.example', 'customer:7700'];
    expect(personOf(aRecord({ person }))).toEqual(person);
  });

  it('comes first by the number: the lot is drawn by it, whatever address was typed', () => {
    expect(personOf(aRecord())[0]).toBe('+919090909090');
  });
});

describe('the shopper of a checkout', () => {
  const account = { id: '7700', firstName: null, lastName: null, email: null, phone: null, defaultAddress: null };
  const known = (changes: Partial<Checkout>): string[] => {
    const checkout = aCheckout({ customer: null, ...changes });
    return personIn(checkout, toAbandonedCartPayload(checkout));
  };
  const usual = ['+919090909090', 'asha.rao@mail.example'];

  it.each<[string, Partial<Checkout>, readonly string[]]>([
    ['the contact number and address', {}, []],
    ['the account', { customer: account }, ['customer:7700']],
    [
      'the account’s address',
      { customer: { ...account, id: null, email: 'Asha@Work.example' } },
      ['asha@work.example'],
    ],
    ['the account’s number', { customer: { ...account, id: null, phone: '+919876501234' } }, ['+919876501234']],
    [
      'the number at the account’s own address, as typed',
      { customer: { ...account, id: null, defaultAddress: anAddress({ phone: '098765 01234' }) } },
      ['+919876501234'],
    ],
    ['the number of whoever pays', { billingAddress: anAddress({ phone: '098765 01234' }) }, ['+919876501234']],
    ['not the number of whoever gets the parcel', { shippingAddress: anAddress({ phone: '098765 01234' }) }, []],
  ])('is known by %s', (_what, changes, more) => {
    expect(known(changes).toSorted()).toEqual([...usual, ...more].toSorted());
  });

  it('is known by the number for text messages, which is dialled, and by the other', () => {
    const smsMarketing = { accepted: true, phone: '+919876501234' };
    expect(known({ smsMarketing })).toEqual(['+919876501234', '+919090909090', 'asha.rao@mail.example']);
  });

  it('is known by the number of the parcel when it is the one that is dialled', () => {
    expect(known({ phone: null, shippingAddress: anAddress({ phone: '098765 01234' }) })[0]).toBe('+919876501234');
  });

  it('is known by what there is when nothing can be dialled', () => {
    expect(known({ phone: null })).toEqual(['asha.rao@mail.example']);
  });
});

describe('contacts as somebody wrote them', () => {
  it.each<[string, readonly string[], readonly [string, string | null][], readonly string[]]>([
    ['a number in E.164', [], [['+919090909090', null]], ['+919090909090']],
    ['a national number, by its country', [], [['090909 09090', 'IN']], ['+919090909090']],
    ['no national number without a country', [], [['090909 09090', null]], []],
    ['no number that nobody may call', [], [['+91900', 'IN']], []],
    ['no text for a number', [], [['call me', 'IN']], []],
    ['an address, trimmed and in small letters', [' Asha.Rao@Mail.Example '], [], ['asha.rao@mail.example']],
    ['no text for an address', ['none', ''], [], []],
    [
      'each contact once',
      ['asha.rao@mail.example', 'ASHA.RAO@mail.example'],
      [
        ['+919090909090', null],
        ['9090909090', 'IN'],
      ],
      ['+919090909090', 'asha.rao@mail.example'],
    ],
    ['nobody', [], [], []],
  ])('are %s', (_what, emails, phones, contacts) => {
    expect(written(emails, ...phones)).toEqual(contacts);
  });
});
