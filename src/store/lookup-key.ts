/** The keys of the sets of recoveries that carry a value. */
import type { Lookup } from '../domain/ports.ts';
import type { ContactDigests } from './contact-digests.ts';
import type { Keys } from './keys.ts';

/** A contact stands in key names only as a digest: keys turn up in slow logs, monitors and dumps. */
export function lookupKey(keys: Keys, shop: string, lookup: Lookup, contacts: ContactDigests): string {
  return keys.lookup(shop, lookup.kind, nameOf(lookup, contacts));
}

/** Where it may be found: also under the name that a contact had before it was keyed. */
export function lookupKeys(keys: Keys, shop: string, lookup: Lookup, contacts: ContactDigests): string[] {
  const former = lookup.kind === 'contact' ? contacts.former(lookup.value) : null;
  const own = lookupKey(keys, shop, lookup, contacts);
  return former === null ? [own] : [own, keys.lookup(shop, 'contact', former)];
}

/** The value as it may stand in a name, or in clear on a record. */
export function nameOf({ kind, value }: Lookup, contacts: ContactDigests): string {
  return kind === 'contact' ? contacts.of(value) : value;
}

/** Digests are needed for contacts alone: the others are found without. @throws {StoreUnavailableError} */
export async function readyFor(lookups: readonly Lookup[], contacts: ContactDigests): Promise<void> {
  if (lookups.some(({ kind }) => kind === 'contact')) await contacts.load();
}
