/** The key of the set of recoveries that carry a value. */
import { createHash } from 'node:crypto';
import type { Lookup } from '../domain/ports.ts';
import type { Keys } from './keys.ts';

/** A contact stands in key names only as a digest: keys turn up in slow logs, monitors and dumps. */
export function lookupKey(keys: Keys, shop: string, { kind, value }: Lookup): string {
  const name = kind === 'contact' ? createHash('sha256').update(value).digest('base64url') : value;
  return keys.lookup(shop, kind, name);
}
