/** The keys of the sets of recoveries that carry a value. */
import { accountContact } from '../domain/person.ts';
import type { Lookup, LookupKind } from '../domain/ports.ts';
import type { ContactDigests } from './contact-digests.ts';
import type { Keys } from './keys.ts';

/** What identifies a person stands in key names only as a digest: keys turn up in slow logs, monitors and dumps. */
export function lookupKey(keys: Keys, shop: string, lookup: Lookup, contacts: ContactDigests): string {
  const { kind, name } = nameOf(lookup, contacts);
  return keys.lookup(shop, kind, name);
}

/** Where it may be found: also under the name that a contact had before it was keyed. */
export function lookupKeys(keys: Keys, shop: string, lookup: Lookup, contacts: ContactDigests): string[] {
  const contact = contactIn(lookup);
  const former = contact === null ? null : contacts.former(contact);
  const own = lookupKey(keys, shop, lookup, contacts);
  return former === null ? [own] : [own, keys.lookup(shop, 'contact', former)];
}

/** The value as it may stand in a name, or in clear on a record. */
export function nameOf(lookup: Lookup, contacts: ContactDigests): { readonly kind: LookupKind; readonly name: string } {
  const contact = contactIn(lookup);
  return contact === null ? { kind: lookup.kind, name: lookup.value } : { kind: 'contact', name: contacts.of(contact) };
}

/** The end of its key, by which a record tells what it is found by. No value has a line break in it: see readToken. */
export function lookupName(lookup: Lookup, contacts: ContactDigests): string {
  const { kind, name } = nameOf(lookup, contacts);
  return `${kind}:${name}`;
}

/** Under what the contacts among them may stand besides, a line each. */
export function formerDigests(lookups: readonly Lookup[], contacts: ContactDigests): string {
  const digests: string[] = [];
  for (const lookup of lookups) {
    const contact = contactIn(lookup);
    const former = contact === null ? null : contacts.former(contact);
    if (former !== null) digests.push(former);
  }
  return digests.join('\n');
}

/** Digests are needed for people alone: the others are found without. @throws {StoreUnavailableError} */
export async function readyFor(lookups: readonly Lookup[], contacts: ContactDigests): Promise<void> {
  if (lookups.some((lookup) => contactIn(lookup) !== null)) await contacts.load();
}

/** A customer's id is one more contact: kept, carried over and erased like the others. null: it names no person. */
function contactIn({ kind, value }: Lookup): string | null {
  if (kind === 'contact') return value;
  return kind === 'customer' ? accountContact(value) : null;
}
