/**
 * Under what a contact stands in the names of keys and on records: an HMAC under a key of its own, which lies in Redis sealed with
 * the DATA_KEY, so that a new DATA_KEY changes no digest. Without a DATA_KEY it is a plain SHA-256, which trying all numbers undoes.
 */
import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { personKeyOf } from '../domain/e164.ts';
import { RecentlyUsed } from '../domain/recently-used.ts';
import { orUnavailable, SealedTextError, StoreUnavailableError } from '../errors.ts';
import type { Keys } from './keys.ts';
import type { Vault } from './vault.ts';

export interface ContactDigests {
  /** @throws {StoreUnavailableError} while it is not loaded. */
  of(contact: string): string;
  /**
   * Under what the same contact may still stand from the time before there was a DATA_KEY, until `reencrypt` has run. null: under
   * nothing else.
   */
  former(contact: string): string | null;
  /** Under what the contact stands, and under what it may still stand: for whoever looks for it. */
  all(contact: string): string[];
  /** What `of` would say of the contact with this plain digest. */
  ofPlain(digest: string): string;
  /**
   * By which key a digest of this form is made here: its name, never the key itself; `''` where it takes none. null: by none, nobody
   * stands under it. @throws {StoreUnavailableError} while it is not loaded.
   */
  keyOf(digest: string): string | null;
  readonly isLoaded: boolean;
  /** Asks Redis unless that was done. @throws {StoreUnavailableError} also when the key in Redis cannot be opened. */
  load(): Promise<void>;
}

export interface KeptContactDigests extends ContactDigests {
  /**
   * Asks Redis in any case: an emptied one is given the key again, and of two keys Redis's own counts. A key that cannot be opened
   * any more unloads this: what would be written could not be read by those who have the right one.
   *
   * @throws {StoreUnavailableError}
   */
  check(): Promise<void>;
}

/** Where the key lies, for the vault. */
export const CONTACT_KEY_PLACE = 'contact-key';

/** Tells a keyed digest from a plain one: both are 256 bits in base64url. */
const KEYED = 'k';

export function isPlainDigest(text: string): boolean {
  // The last letter holds four bits of the 256.
  return /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text);
}

export function isKeyedDigest(text: string): boolean {
  return text.startsWith(KEYED) && isPlainDigest(text.slice(KEYED.length));
}

/** Digests as they were kept somewhere; of those from before there was a DATA_KEY also under what the same contact stands since. */
export function withKeyed(contacts: ContactDigests, digests: readonly string[]): string[] {
  return [...new Set(digests.flatMap((one) => (isPlainDigest(one) ? [one, contacts.ofPlain(one)] : [one])))];
}

export const PLAIN_DIGESTS: ContactDigests = {
  of: plainDigest,
  former: () => null,
  all: (contact) => [plainDigest(contact)],
  ofPlain: (digest) => digest,
  keyOf: (digest) => (isPlainDigest(digest) ? '' : null),
  isLoaded: true,
  load: async () => {},
};

/** A checkout sends dozens of webhooks with the same two contacts; the number of digests kept is bounded. */
const MOST_REMEMBERED = 5_000;

export function contactDigests(redis: Redis, keys: Keys, vault: Vault): KeptContactDigests {
  let isLoaded = false;
  let key: string | null = null;
  let keyed: ((plain: string) => string) | null = null;
  let keyName: string | null = null;
  let looking: Promise<void> | null = null;

  const of = (contact: string): string => digestOf(plainDigest(contact));
  const former = (contact: string): string | null => (keyed === null ? null : plainDigest(contact));

  return {
    of,
    former,
    all: (contact) => [of(contact), former(contact)].filter((digest) => digest !== null),
    ofPlain: digestOf,
    keyOf(digest) {
      if (!isLoaded) throw new StoreUnavailableError(NOT_LOADED());
      return isKeyedDigest(digest) ? keyName : PLAIN_DIGESTS.keyOf(digest);
    },
    get isLoaded() {
      return isLoaded;
    },
    load: async () => (isLoaded ? undefined : look()),
    check: look,
  };

  function digestOf(plain: string): string {
    if (!isLoaded) throw new StoreUnavailableError(NOT_LOADED());
    return keyed === null ? plain : keyed(plain);
  }

  function look(): Promise<void> {
    looking ??= orUnavailable(lookOnce).finally(() => {
      looking = null;
    });
    return looking;
  }

  async function lookOnce(): Promise<void> {
    const there = (await redis.get(keys.contactKey)) ?? (vault.seals ? await putThere() : null);
    try {
      // Without a DATA_KEY this fails where there is a key: whoever sealed it has sealed other things, too.
      use(there === null ? null : vault.open(CONTACT_KEY_PLACE, there));
    } catch (error) {
      if (error instanceof SealedTextError) isLoaded = false;
      throw error;
    }
  }

  async function putThere(): Promise<string | null> {
    const sealed = vault.seal(CONTACT_KEY_PLACE, key ?? randomBytes(32).toString('base64url'));
    await redis.set(keys.contactKey, sealed, 'NX');
    // Somebody else may have been first.
    return redis.get(keys.contactKey);
  }

  function use(found: string | null): void {
    if (found !== null && found !== key) {
      const secret = createSecretKey(Buffer.from(found, 'base64url'));
      keyed = hmacUnder(secret);
      keyName = createHmac('sha256', secret).update('name of the key').digest('base64url').slice(0, 8);
    }
    key = found;
    isLoaded = found !== null || !vault.seals;
  }
}

const NOT_LOADED = () => new Error('the key of contacts is not loaded');

/** Over the plain digest, not the contact: so a plain one can be carried over without knowing whose it is. */
function hmacUnder(key: KeyObject): (plain: string) => string {
  const known = new RecentlyUsed<string, string>(MOST_REMEMBERED);
  return (plain) =>
    known.getOrCompute(plain, () => KEYED + createHmac('sha256', key).update(plain).digest('base64url'));
}

const plainDigests = new RecentlyUsed<string, string>(MOST_REMEMBERED);

function plainDigest(contact: string): string {
  return plainDigests.getOrCompute(contact, () =>
    createHash('sha256').update(personKeyOf(contact)).digest('base64url'),
  );
}
