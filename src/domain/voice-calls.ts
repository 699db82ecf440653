/** VoiceCalls: what is asked of the voice vendor, and every end that it can have. Types only. */
import type { AbandonedCartPayload } from './abandoned-cart-payload.ts';

export interface InitiateCall {
  readonly phoneNumber: string;
  readonly payload: AbandonedCartPayload;
  readonly priority: boolean;
  /** Echoed in every call event; nothing personal. `discount`, when given, is what the agent may offer. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attemptId: string;
}

/**
 * What is known of a dial afterwards, which alone decides what may follow.
 * - `placed`: the vendor accepted it.
 * - `not_placed`: nothing was sent, or the vendor said "not now": it may be tried again.
 * - `barred`: the vendor serves none of our calls (keys, credits, rights): dialling pauses for all.
 * - `refused`: the vendor will never take this request.
 * - `unknown`: bytes were sent and no usable answer came: the shopper's phone may be ringing.
 */
export type DialResult =
  | { readonly kind: 'placed'; readonly callId: string; readonly vendorStatus: string | null }
  | { readonly kind: 'not_placed'; readonly cause: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'barred'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | { readonly kind: 'unknown'; readonly cause: string };

/**
 * The vendor took no position: nothing was sent, no whole answer came, or one that decides nothing (3xx, 408, 429, 5xx, any
 * status without a documented meaning). What was asked may have happened all the same; aborting and replacing twice does no
 * more than once, so it may be tried again. `retryAfterMs`: its wish, counted from the answer.
 */
export interface VoiceAway {
  readonly kind: 'away';
  readonly cause: string;
  readonly retryAfterMs: number | null;
}

/**
 * - `aborted`: the vendor said yes; the call and its retries are over, and call events will say so.
 * - `not_abortable`: in progress, over, or aborted before. After a try that ended `away` it may have been that one.
 * - `unknown_call`: the vendor has no call of that id.
 * - `barred`: as with a dial, it serves none of our requests.
 */
export type AbortResult =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'not_abortable'; readonly message: string }
  | { readonly kind: 'unknown_call' }
  | { readonly kind: 'barred'; readonly status: number }
  | VoiceAway;

/**
 * - `replaced`: the agent will talk about the new payload.
 * - `too_late`: the call has been attempted, and keeps the payload it has. The vendor answers a payload that it cannot read
 *   with the same status: `message` is the only trace of the difference.
 * - `refused`: it will never take this payload. - `unknown_call`, `barred`: as with an abort.
 */
export type ReplaceResult =
  | { readonly kind: 'replaced' }
  | { readonly kind: 'too_late'; readonly message: string }
  | { readonly kind: 'unknown_call' }
  | { readonly kind: 'barred'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | VoiceAway;

/** `up`: it answers. `maintenance`: it says that it is being worked on. `away`: no answer, or none of success. */
export type VoiceHealth = 'up' | 'maintenance' | 'away';

/**
 * Each method is one request, never repeated by itself. None throws: every end is a result. Messages are the vendor's words
 * without the numbers, e-mail addresses and links in them.
 */
export interface VoiceCalls {
  initiate(call: InitiateCall): Promise<DialResult>;
  /** Takes back a call that is not being held yet, and the vendor's retries of it. */
  abort(callId: string): Promise<AbortResult>;
  /** The whole payload of a call that has not been attempted yet; nothing is merged. */
  replacePayload(callId: string, payload: AbandonedCartPayload): Promise<ReplaceResult>;
  /** Asked without our keys: it tells nothing of them. */
  health(): Promise<VoiceHealth>;
}
