/** Who a person is: their number and their address, however somebody wrote them. */
import { describe, expect, it } from 'vitest';
import { contactsOf, personOf } from '../../../src/domain/person.ts';
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
  ])('has %s', (_what, record, contacts) => {
    expect(personOf(aRecord(record))).toEqual(contacts);
  });

  it('comes first by the number: the lot is drawn by it, whatever address was typed', () => {
    expect(personOf(aRecord())[0]).toBe('+919090909090');
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
