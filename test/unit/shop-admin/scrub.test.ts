import { describe, expect, it } from 'vitest';
import { scrubbed } from '../../../src/shop-admin/scrub.ts';

const SENT = {
  input: {
    email: 'odile@example.com',
    phone: '+14155550142',
    note: 'Ring twice',
    shippingAddress: { firstName: 'Ann', lastName: "O'Dell-Brandt", city: 'San Jose', address1: '9 Ferry Road (rear)' },
    lineItems: [{ quantity: 2 }],
  },
};

describe('the words of a shop', () => {
  it.each([
    ['Phone is invalid', 'Phone is invalid'],
    ['Phone +14155550142 is invalid', 'Phone … is invalid'],
    ['ann cannot be shipped to', '… cannot be shipped to'],
    ["O'Dell-Brandt, Ann: unknown", '…, …: unknown'],
    ['No carrier serves San Jose.', 'No carrier serves ….'],
    ['9 Ferry Road (rear) is not found', '… is not found'],
    ['note "Ring twice" too long', 'note … too long'],
    ['Customer jo@example.org exists', 'Customer … exists'],
    ['See https://fenwick.example/c/1?x=2 for more', 'See … for more'],
    ["Customer 'Bo Lund' can't be changed", "Customer … can't be changed"],
    ['Order 98765432 and 1234 differ', 'Order … and 1234 differ'],
    ['call (415) 555-0199 first', 'call (… first'],
  ])('%s', (message, expected) => {
    expect(scrubbed(message, SENT)).toBe(expected);
  });

  it('are bounded, and not cut through a word', () => {
    const message = scrubbed(`${'word '.repeat(59)}confidential`, {});
    expect(message).toBe(`${'word '.repeat(59)}…`);
  });

  it('are scrubbed of texts full of signs without stumbling', () => {
    const sent = { note: 'a+b (c) [d] {e} ^f$ g|h \\i /j. *k? -l' };
    expect(scrubbed(`bad: ${sent.note}!`, sent)).toBe('bad: …!');
  });
});
