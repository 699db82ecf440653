import { describe, expect, it } from 'vitest';
import {
  contactsOfNamed,
  isNobody,
  lookupsOfNamed,
  type NamedPerson,
  sureContactsOfNamed,
  sureTracesOfNamed,
  traceOfName,
  tracesIn,
  tracesOfNamed,
} from '../../../src/domain/named-person.ts';

const NOBODY: NamedPerson = { customerId: null, email: null, phone: null, orderIds: [] };

describe('a person whom Shopify names', () => {
  it.each<[string, Partial<NamedPerson>, boolean]>([
    ['nothing', {}, true],
    ['an id', { customerId: '7' }, false],
    ['an address', { email: 'a@b.example' }, false],
    ['a number', { phone: '1' }, false],
    ['an order', { orderIds: ['7'] }, false],
  ])('by %s is nobody: %s', (_what, named, expected) => {
    expect(isNobody({ ...NOBODY, ...named })).toBe(expected);
  });

  it('is found by the id, by the contacts as recoveries carry them, and by each order', () => {
    const person = {
      customerId: '71',
      email: ' Asha.Rao@Mail.example ',
      phone: '+91 90909 09090',
      orderIds: ['1', '2'],
    };
    expect(lookupsOfNamed(person)).toEqual([
      { kind: 'customer', value: '71' },
      { kind: 'contact', value: '+919090909090' },
      { kind: 'contact', value: 'asha.rao@mail.example' },
      { kind: 'order', value: '1' },
      { kind: 'order', value: '2' },
    ]);
  });

  it('by a number without its country is meant by every number that this can be', () => {
    const contacts = contactsOfNamed({ email: null, phone: '(415) 555-0142' });
    expect(contacts).toContain('+14155550142');
    expect(contacts.length).toBeGreaterThan(1);
    expect(new Set(contacts).size).toBe(contacts.length);
  });

  it.each<[string, string | null, string[]]>([
    ['a national number, which is a stranger’s elsewhere', '(415) 555-0142', ['asha@mail.example']],
    ['a number with its country', '+1 415 555 0142', ['+14155550142', 'asha@mail.example']],
    ['no number', null, ['asha@mail.example']],
  ])('has surely the contacts that are nobody else’s: %s', (_what, phone, contacts) => {
    expect(sureContactsOfNamed({ email: ' Asha@mail.example', phone })).toEqual(contacts);
  });

  it('leaves no trace of a number without its country where only what is surely theirs counts', () => {
    const person = { customerId: '0071', email: null, phone: '4155550142', orderIds: ['18'] };
    expect(sureTracesOfNamed(person, [])).toEqual(['digits:71', 'digits:18']);
    expect(sureTracesOfNamed(person, ['+14155550142', 'asha@mail.example'])).toEqual([
      ...['mail:asha@mail.example', 'digits:14155550142', 'digits:71', 'digits:18'],
    ]);
  });

  it.each(['', 'call me', '555-SHIP', '1', '9'.repeat(60)])('by “%s” has no number', (phone) => {
    expect(contactsOfNamed({ email: null, phone })).toEqual([]);
  });
});

describe('the traces of a person', () => {
  const person = {
    customerId: '713851970716743426',
    email: 'Asha@Mail.example',
    phone: '+919090909095',
    orderIds: ['918273'],
  };
  const theirs = new Set(tracesOfNamed(person));
  const found = (value: unknown) => [...tracesIn(value)].filter((trace) => theirs.has(trace));

  it.each<[string, unknown]>([
    ['the address, in any case', { email: 'ASHA@mail.example' }],
    ['the address in a sentence', { note: 'Please write to asha@mail.example.' }],
    ['the address as a key', { 'asha@mail.example': true }],
    ['the number', { phone: '+919090909095' }],
    ['the number with its country, as people write it', { phone: '0091 90909-09095' }],
    ['the number without its country', { shipping_address: { phone: '90909 09095' } }],
    ['the number with a zero in front', ['(0)90909 09095']],
    ['the number as a number', { phone: 919090909095 }],
    ['the id, as it is without losing digits', { customer: { id: '713851970716743426' } }],
    ['the id in a gid', { id: 'gid://shopify/Customer/713851970716743426' }],
    ['an order’s id', { order: { id: 918273 } }],
  ])('are found: %s', (_what, value) => {
    expect(found(value)).not.toEqual([]);
  });

  it.each<[string, unknown]>([
    ['another address', { email: 'natasha@mail.example' }],
    ['another number', { phone: '+919090909096' }],
    ['a longer number', { phone: '+9190909090951' }],
    ['another id', { id: '713851970716743427' }],
    ['an amount', { total: '9090.90', quantity: 9095 }],
    ['nothing', null],
    ['flags', [true, false, {}]],
  ])('are not found in %s', (_what, value) => {
    expect(found(value)).toEqual([]);
  });

  it('are names of ours and Shopify’s, too: of a token, and of a recovery by its attempt', () => {
    const id = 'hill-coffee.0123456789abcdefghjkmnpqrs';
    expect([...tracesIn({ token: 'c0ffeec0ffee' })]).toContain(traceOfName('c0ffeec0ffee'));
    expect([...tracesIn(`${id}.12`)]).toContain(traceOfName(id));
    expect([...tracesIn({ token: 'c0ffeec0ffee1' })]).not.toContain(traceOfName('c0ffeec0ffee'));
  });

  it('are looked for however deep they lie', () => {
    let deep: unknown = 'asha@mail.example';
    for (let i = 0; i < 100_000; i++) deep = i % 2 === 0 ? [deep] : { deep };
    expect(found(deep)).toEqual(['mail:asha@mail.example']);
  });

  it.each([
    ['digits', '1 '.repeat(500_000)],
    ['at signs', '@'.repeat(1_000_000)],
    ['a word', 'a'.repeat(1_000_000)],
    ['dots', 'a.'.repeat(500_000)],
    ['zeros', '0'.repeat(1_000_000)],
  ])('are looked for in a megabyte of %s in no time', (_what, text) => {
    const begun = performance.now();
    expect(found(text)).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
