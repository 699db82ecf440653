/** The vendor's keys and the signature of its call events. */
import { createHmac, randomBytes } from 'node:crypto';

export interface VendorKeys {
  /** `pk_` and 32 hex digits. */
  readonly publicKey: string;
  /** `sk_` and 64 hex digits. Authenticates requests and signs call events. */
  readonly privateKey: string;
  /** 24 hex digits. */
  readonly workspace: string;
  /** The one assistant this workspace has. */
  readonly assistant: string;
}

/** Fresh random keys, in the vendor's formats. */
export function generateKeys(): VendorKeys {
  return {
    publicKey: `pk_${randomBytes(16).toString('hex')}`,
    privateKey: `sk_${randomBytes(32).toString('hex')}`,
    workspace: randomBytes(12).toString('hex'),
    assistant: randomBytes(12).toString('hex'),
  };
}

/** `x-signature` of a call event: lower-case hex HMAC-SHA256 of exactly these bytes, keyed with the private key. */
export function signEvent(bytes: string | Uint8Array, privateKey: string): string {
  return createHmac('sha256', privateKey).update(bytes).digest('hex');
}
