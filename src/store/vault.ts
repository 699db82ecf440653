/**
 * The vault: personal data is sealed before it reaches Redis, and opened when a record is read. AES-256-GCM with an IV made from the
 * text itself, so that equal facts of one record have equal seals; docs/decisions/0020-sealed-with-a-derived-iv.md says what that costs.
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { SealedTextError } from '../errors.ts';

/** Base64 of 32 bytes each. `current` seals, all of them open. */
export interface DataKeys {
  readonly current: string;
  readonly old: readonly string[];
}

export interface Vault {
  /** False without a DATA_KEY: then texts stay as they are. */
  readonly seals: boolean;
  /** Names of the keys that open; never the keys themselves. */
  readonly keyIds: readonly string[];
  /**
   * @param place - where the text will stand, such as `<record id>:<field>`; without a NUL. Elsewhere it does not open.
   * @returns `v1.<key id>.<base64url of IV, ciphertext and tag>`; the same for the same text, place and key.
   */
  seal(place: string, text: string): string;
  /** A text that was never sealed comes back as it is. @throws {SealedTextError} */
  open(place: string, text: string): string;
  /** Whether `seal` would leave it as it is: sealed with the current key, or there is none. */
  isCurrent(text: string): boolean;
}

const VERSION = 'v1';
const SEALED = /^v1\.([A-Za-z0-9_-]{8})\.([A-Za-z0-9_-]{38,})$/;
const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D: 96 bits of IV, 128 of tag. Bytes. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** For what is read and written without any key. */
export const CLEAR_VAULT: Vault = vaultOf(null);

/** @param keys - null: nothing is sealed, and what is sealed cannot be opened. */
export function vaultOf(keys: DataKeys | null): Vault {
  const current = keys && ringOf(keys.current);
  const rings = new Map((keys ? [keys.current, ...keys.old] : []).map(ringOf).map((ring) => [ring.id, ring]));
  return {
    seals: current !== null,
    keyIds: [...rings.keys()],
    seal: (place, text) => (current ? sealWith(current, place, text) : text),
    open(place, text) {
      const [, id, content] = sealed(text) ?? [];
      if (id === undefined || content === undefined) return text;
      const ring = rings.get(id);
      if (!ring) throw new SealedTextError('DATA_KEY_UNKNOWN');
      return openWith(ring, place, Buffer.from(content, 'base64url'));
    },
    isCurrent: (text) => current === null || sealed(text)?.[1] === current.id,
  };
}

/** What hangs on one data key: each purpose has a key of its own, derived once. */
interface Ring {
  readonly id: string;
  readonly cipher: KeyObject;
  readonly iv: KeyObject;
}

function ringOf(key: string): Ring {
  const secret = Buffer.from(key, 'base64');
  const derived = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `ringback data key ${VERSION} ${purpose}`, bytes));
  return {
    id: derived('id', 6).toString('base64url'),
    cipher: createSecretKey(derived('cipher', 32)),
    iv: createSecretKey(derived('iv', 32)),
  };
}

function sealed(text: string): RegExpExecArray | null {
  return text.startsWith(`${VERSION}.`) ? SEALED.exec(text) : null;
}

function sealWith({ id, cipher: key, iv: ivKey }: Ring, place: string, text: string): string {
  const iv = createHmac('sha256', ivKey).update(`${place}\0${text}`).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(boundTo(place));
  const content = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${id}.${content.toString('base64url')}`;
}

function openWith({ cipher: key }: Ring, place: string, content: Buffer): string {
  try {
    const decipher = createDecipheriv(CIPHER, key, content.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(place)).setAuthTag(content.subarray(-TAG_BYTES));
    const text = decipher.update(content.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    // Node says no more than that either, and a cause could only tempt somebody to log it.
    throw new SealedTextError('SEAL_BROKEN');
  }
}

function boundTo(place: string): Buffer {
  return Buffer.from(`${VERSION}\0${place}`);
}
