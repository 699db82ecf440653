import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/domain/checkout.ts';
import { shopperName } from '../../../src/domain/shopper-name.ts';
import { aCheckout, anAddress } from '../../support/a-checkout.ts';

type Place = readonly [firstName: string | null, lastName: string | null, name?: string] | null;

function place(names: Place): Address | null {
  return names && anAddress({ firstName: names[0], lastName: names[1], name: names[2] ?? null });
}

const who = (account: Place, shipping: Place = null, billing: Place = null, standard: Place = null) =>
  shopperName(
    aCheckout({
      customer: {
        id: null,
        firstName: account?.[0] ?? null,
        lastName: account?.[1] ?? null,
        email: null,
        phone: null,
        defaultAddress: place(standard),
      },
      shippingAddress: place(shipping),
      billingAddress: place(billing),
    }),
  );

describe('the name of the shopper', () => {
  it.each<[string, Place[], string, string | null]>([
    [
      'the account',
      [
        ['Asha', 'Rao'],
        ['Steve', 'Shipper'],
      ],
      'Asha',
      'Rao',
    ],
    [
      'the shipping address when the account is nameless',
      [null, ['Meera', 'Iyer'], ['Dana', 'Poole']],
      'Meera',
      'Iyer',
    ],
    ['the billing address', [null, null, ['Dana', 'Poole']], 'Dana', 'Poole'],
    ['the default address', [null, null, null, ['Rosa', 'Feld']], 'Rosa', 'Feld'],
    [
      'two places that agree',
      [
        ['Asha', null],
        ['ASHA', 'Rao'],
      ],
      'Asha',
      'Rao',
    ],
    [
      'two places that complete each other',
      [
        [null, 'Huber'],
        ['Jonas', null],
      ],
      'Jonas',
      'Huber',
    ],
    [
      'one place of two that name different people',
      [
        ['John', null],
        ['Steve', 'Shipper'],
      ],
      'John',
      null,
    ],
    ['the first word of a full name', [null, [null, null, 'Meera Lakshmi Iyer']], 'Meera', 'Lakshmi Iyer'],
    ['a full name of one word', [null, [null, null, 'Meera']], 'Meera', null],
    [
      'a given name rather than a full name before it',
      [null, [null, null, 'Meera Iyer'], ['Dana', null]],
      'Dana',
      null,
    ],
    ['a place whose family name is only a mark', [['Arjun', '.']], 'Arjun', null],
    [
      'the next place when the given name is only a mark',
      [
        ['-', 'Rao'],
        ['Asha', 'Rao'],
      ],
      'Asha',
      'Rao',
    ],
  ])('comes from %s', (_from, places, firstName, lastName) => {
    expect(who(places[0] ?? null, places[1], places[2], places[3])).toEqual({ firstName, lastName });
  });

  it('is one clean line of at most a hundred characters', () => {
    expect(who(['Asha\n\u202e ', 'Rao'])).toEqual({ firstName: 'Asha', lastName: 'Rao' });
    expect(who(['x'.repeat(500), null])?.firstName).toHaveLength(100);
  });

  it.each<[string, Place[]]>([
    ['nobody is named', [null]],
    ['only a family name is known', [['', 'Rao']]],
    [
      'all names are marks',
      [
        ['.', '.'],
        [' ', null, '-'],
      ],
    ],
  ])('is none when %s', (_what, places) => {
    expect(who(places[0] ?? null, places[1])).toBeNull();
  });

  it('is none when there is neither account nor address', () => {
    expect(shopperName(aCheckout({ customer: null, shippingAddress: null }))).toBeNull();
  });
});
