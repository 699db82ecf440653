/** What keeps people out of Redis's sight: the vault for texts, the digests for contacts. Every store that holds either is given both. */
import { type ContactDigests, PLAIN_DIGESTS } from './contact-digests.ts';
import { CLEAR_VAULT, type Vault } from './vault.ts';

export interface Seals {
  readonly vault: Vault;
  readonly contacts: ContactDigests;
}

/** Without a DATA_KEY, and where nobody looks for one. */
export const IN_CLEAR: Seals = { vault: CLEAR_VAULT, contacts: PLAIN_DIGESTS };
