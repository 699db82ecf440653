/** Call events out of the ordinary, signed as the vendor signs: for a record, a path or a call of the test's choosing. */
import type { SignatureKind } from '../../stand-ins/voice-vendor/event-post.ts';
import { postEvent } from '../../stand-ins/voice-vendor/event-post.ts';
import type { VendorKeys } from '../../stand-ins/voice-vendor/signature.ts';

export interface CallEventToSend {
  readonly type: string;
  /** Default: none. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
  /** These bytes instead. */
  readonly body?: string;
  /** The end of the callback path; default: none. */
  readonly attemptId?: string;
  readonly signature?: SignatureKind;
  readonly publicKey?: string;
}

/** @returns the status of the answer. @throws {Error} when there was none. */
export async function sendCallEvent(to: string, keys: VendorKeys, event: CallEventToSend): Promise<number> {
  const { type, metadata, data = {}, attemptId, signature = 'right', publicKey = keys.publicKey } = event;
  const result = await postEvent({
    to: `${to}/webhooks/call-events${attemptId ? `/${attemptId}` : ''}`,
    body: event.body ?? JSON.stringify({ metadata, event: { type, data } }),
    publicKey,
    privateKey: keys.privateKey,
    signature,
  });
  if ('error' in result) throw new Error(`the call event got no answer: ${result.error}`);
  return result.status;
}
