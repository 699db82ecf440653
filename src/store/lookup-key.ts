/** The key of the set of recoveries that carry a value. */
import { createHash } from 'node:crypto';
import type { Lookup } from '../domain/ports.ts';
import { RecentlyUsed } from '../domain/recently-used.ts';
import type { Keys } from './keys.ts';

/** A contact stands in key names only as a digest: keys turn up in slow logs, monitors and dumps. */
export function lookupKey(keys: Keys, shop: string, { kind, value }: Lookup): string {
  return keys.lookup(shop, kind, kind === 'contact' ? digestOfContact(value) : value);
}

export function digestOfContact(contact: string): string {
  return digests.getOrCompute(contact, () => digestOf(contact));
}

/** A checkout sends dozens of webhooks with the same two contacts; the number of digests kept is bounded. */
const digests = new RecentlyUsed<string, string>(5_000);

function digestOf(contact: string): string {
  return createHash('sha256').update(contact).digest('base64url');
}
