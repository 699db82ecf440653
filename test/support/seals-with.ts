/** Seals as the service has them: for a test's own eyes on what the service wrote. */
import type { Redis } from 'ioredis';
import { contactDigests, type KeptContactDigests } from '../../src/store/contact-digests.ts';
import type { Keys } from '../../src/store/keys.ts';
import { type DataKeys, type Vault, vaultOf } from '../../src/store/vault.ts';

export function sealsWith(
  redis: Redis,
  keys: Keys,
  dataKeys: DataKeys | null,
): { readonly vault: Vault; readonly contacts: KeptContactDigests } {
  const vault = vaultOf(dataKeys);
  return { vault, contacts: contactDigests(redis, keys, vault) };
}
