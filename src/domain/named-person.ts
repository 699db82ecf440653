/**
 * A person as Shopify names one in a privacy or consent webhook: by the customer's id, by e-mail address or by telephone number, any
 * of which may be missing. Any one that fits is enough. All of it is personal data.
 */
import { possibleNumbers, spellingsOf, toValidE164 } from './e164.ts';
import type { Lookup } from './ports.ts';

export interface NamedPerson {
  /** Decimal digits. */
  readonly customerId: string | null;
  /** As written. */
  readonly email: string | null;
  /** As written, E.164 or not. */
  readonly phone: string | null;
  /** Orders of theirs that are named beside: ids as decimal digits. */
  readonly orderIds: readonly string[];
}

/** Whether nothing in it tells who is meant. */
export function isNobody({ customerId, email, phone, orderIds }: NamedPerson): boolean {
  return customerId === null && email === null && phone === null && orderIds.length === 0;
}

/**
 * Their contacts, normalised as recoveries carry them. A number written without its country code is every number that it can be in
 * any country: two people who share one but for the country, in one shop, are less likely than a number that is missed.
 */
export function contactsOfNamed({ email, phone }: Pick<NamedPerson, 'email' | 'phone'>): string[] {
  const address = email?.trim().toLowerCase();
  return [...(phone === null ? [] : possibleNumbers(phone)), ...(address ? [address] : [])];
}

/**
 * Those that are theirs and nobody else's: for telling somebody what is held of them. A number without its country code is left out, for
 * it is a stranger's in another country.
 */
export function sureContactsOfNamed({ email, phone }: Pick<NamedPerson, 'email' | 'phone'>): string[] {
  const number = phone === null ? null : toValidE164(phone, null);
  return contactsOfNamed({ email, phone: number });
}

/** By what their recoveries are found. @param contacts - of theirs, normalised. */
export function lookupsOfNamed(person: NamedPerson, contacts: readonly string[] = contactsOfNamed(person)): Lookup[] {
  const { customerId, orderIds } = person;
  return [
    ...(customerId === null ? [] : [{ kind: 'customer', value: customerId } as const]),
    ...contacts.map((value) => ({ kind: 'contact', value }) as const),
    ...orderIds.map((value) => ({ kind: 'order', value }) as const),
  ];
}

/**
 * The traces they leave in a text that nobody could read: what {@link tracesIn} finds there, in the one form in which both sides are
 * compared.
 */
export function tracesOfNamed(person: NamedPerson): string[] {
  const { customerId, phone, orderIds } = person;
  const contacts = contactsOfNamed(person);
  const numbers = contacts.filter((contact) => !contact.includes('@')).flatMap(spellingsOf);
  return [
    ...contacts.filter((contact) => contact.includes('@')).map((address) => `mail:${address}`),
    ...[...numbers.map(withoutZeros), ...(phone === null ? [] : digitRuns(phone))].map((digits) => `digits:${digits}`),
    ...[...(customerId === null ? [] : [customerId]), ...orderIds].map((id) => `digits:${withoutZeros(id)}`),
  ];
}

/** The same without digits that may be a stranger's. @param contacts - that are surely theirs, normalised. */
export function sureTracesOfNamed(person: NamedPerson, contacts: readonly string[]): string[] {
  const { customerId, orderIds } = person;
  const digits = [
    ...contacts.filter((contact) => !contact.includes('@')).map((number) => number.slice(1)),
    ...[...(customerId === null ? [] : [customerId]), ...orderIds].map(withoutZeros),
  ];
  const addresses = contacts.filter((contact) => contact.includes('@'));
  return [...addresses.map((address) => `mail:${address}`), ...digits.map((each) => `digits:${each}`)];
}

/** A trace that is a name of ours or of Shopify's: a token, a call id, a recovery id. */
export function traceOfName(name: string): string {
  return `name:${name}`;
}

/**
 * Everything in a JSON value that may be a trace of a person: e-mail addresses, runs of digits that are long enough to be a number or an
 * id, and words that may be names of ours.
 *
 * @param value - as parsed without losing digits.
 */
export function* tracesIn(value: unknown): Generator<string> {
  // Not by recursion: a body can be nested deeper than the stack is.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === 'string' || typeof next === 'number') yield* tracesInText(String(next));
    else if (Array.isArray(next)) for (const item of next) rest.push(item);
    else if (typeof next === 'object' && next !== null) for (const pair of Object.entries(next)) rest.push(...pair);
  }
}

/** What cannot stand in an address, as people write them. By splitting: searching for one would take the square of the text's length. */
const BETWEEN_ADDRESSES = /[\s"'<>(),;:\\]+/;
/** RFC 5321 §4.5.3.1 leaves room for 254 characters. */
const LONGEST_ADDRESS = 254;
/** Tokens, ids of calls and of recoveries: one word. */
const NAME = /[A-Za-z0-9][A-Za-z0-9._-]{7,254}/g;

function* tracesInText(text: string): Generator<string> {
  if (text.includes('@')) {
    for (const word of text.split(BETWEEN_ADDRESSES)) {
      if (word.length <= LONGEST_ADDRESS && word.includes('@')) yield `mail:${withoutLastDots(word.toLowerCase())}`;
    }
  }
  for (const digits of digitRuns(text)) yield `digits:${digits}`;
  for (const [name] of text.matchAll(NAME)) {
    yield traceOfName(name);
    // An attempt is named after its recovery.
    const [, recovery] = /^(.+)\.\d{1,6}$/.exec(name) ?? [];
    if (recovery !== undefined) yield traceOfName(recovery);
  }
}

/** Those that end a sentence. */
function withoutLastDots(word: string): string {
  let end = word.length;
  while (word[end - 1] === '.') end--;
  return word.slice(0, end);
}

/** The shortest telephone number in use has seven digits with its area code; ids are longer than that. */
const FEWEST_DIGITS = 6;
/** Digits with what people write between them. */
const RUN = /\d(?:[\s().\-/]{0,3}\d){5,}/g;

function digitRuns(text: string): string[] {
  return [...text.matchAll(RUN)]
    .map(([run]) => withoutZeros(run.replace(/\D/g, '')))
    .filter((digits) => digits.length >= FEWEST_DIGITS);
}

/** Those in front of a number are a prefix of the network, written or not. */
function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}
