/** Forwarding: telling the merchant's own address what a call brought. The port, and what a secret must look like. */

/** One message; sent again under the same id until it is taken, so that the receiver can tell. Holds personal data. */
export interface ForwardMessage {
  /** Stable over all tries: the Standard Webhooks `webhook-id`. */
  readonly id: string;
  /** `call.action` or `call.outcome`. */
  readonly type: string;
  /** When it happened, epoch milliseconds, UTC. */
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * - `taken`: any 2xx. - `away`: no answer, 408, 425, 429 or 5xx: again later. - `refused`: any other answer.
 * Causes are short codes without addresses.
 */
export type ForwardResult =
  | { readonly kind: 'taken' }
  | { readonly kind: 'away'; readonly cause: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'refused'; readonly cause: string };

export interface Forwarder {
  /** One request, never repeated by itself. Never throws. */
  deliver(message: ForwardMessage): Promise<ForwardResult>;
}

/** The secret's length in bytes when decoded. Standard Webhooks, "Signature scheme". */
const SECRET_BYTES = { least: 24, most: 64 };

/** Whether `text` is `whsec_` and the padded base64 of 24 to 64 bytes: what this library and those of receivers all read alike. */
export function isForwardSecret(text: string): boolean {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const key = Buffer.from(base64, 'base64');
  // Node skips what is no base64; written again it must be the same.
  return key.toString('base64') === base64 && key.length >= SECRET_BYTES.least && key.length <= SECRET_BYTES.most;
}
