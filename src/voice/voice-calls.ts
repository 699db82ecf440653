/** VoiceCalls on the vendor's HTTP API. The private key goes into one header and nowhere else. */
import type { Clock } from '../domain/ports.ts';
import type { VoiceCalls } from '../domain/voice-calls.ts';
import { type Exchange, exchange } from './exchange.ts';
import { initiateResult } from './initiate-result.ts';
import { abortResult, replaceResult } from './placed-call-results.ts';
import { vendorHealth } from './vendor-health.ts';

export interface VoiceAccount {
  readonly baseUrl: URL;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly workspace: string;
  readonly assistant: string;
  /** For a whole request, connecting included. Milliseconds. */
  readonly timeoutMs: number;
}

/** @param publicUrl - where the vendor reaches us; call events come to `/webhooks/call-events/<attempt id>` below it. */
export function voiceCalls(account: VoiceAccount, publicUrl: URL, clock: Clock): VoiceCalls {
  const { baseUrl, timeoutMs } = account;

  /** With our keys, and a body in JSON. @param wants - `status`: it alone decides, whatever becomes of the answer's body. */
  function send(method: 'POST' | 'PUT', path: string, body: unknown, wants: 'body' | 'status'): Promise<Exchange> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-public-key': account.publicKey,
      'x-private-key': account.privateKey,
      workspace: account.workspace,
    };
    return exchange({
      url: below(baseUrl, path),
      method,
      headers,
      body: JSON.stringify(body),
      timeoutMs,
      statusSuffices: wants === 'status',
    });
  }

  return {
    async initiate({ phoneNumber, payload, priority, metadata, attemptId }) {
      const callbackUrl = below(publicUrl, `webhooks/call-events/${encodeURIComponent(attemptId)}`).href;
      const body = { phoneNumber, assistant: account.assistant, payload, callbackUrl, priority, metadata };
      const answer = await send('POST', 'v2/call/initiate', body, 'body');
      return initiateResult(answer, clock.now());
    },

    async abort(callId) {
      const answer = await send('POST', 'v2/call/abort', { callId }, 'status');
      return abortResult(answer, clock.now());
    },

    async replacePayload(callId, payload) {
      if (!isPathSegment(callId)) return { kind: 'unknown_call' };
      const answer = await send('PUT', `v2/call/${encodeURIComponent(callId)}`, { payload }, 'status');
      return replaceResult(answer, clock.now());
    },

    async health() {
      const headers = { accept: 'application/json' };
      const answer = await exchange({ url: below(baseUrl, 'health'), method: 'GET', headers, body: '', timeoutMs });
      return vendorHealth(answer);
    },
  };
}

/** `https://host/base` and `https://host/base/` both mean: below `/base/`. */
function below(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith('/') ? base.href : `${base.href}/`);
}

/**
 * Ids come from outside, and some cannot stand in a path, even encoded: `.` and `..` are steps in it however they are written
 * (WHATWG URL, "double-dot URL path segment"), and half of a surrogate pair has no encoding. No call of the vendor's is called so.
 */
function isPathSegment(id: string): boolean {
  return id !== '' && id !== '.' && id !== '..' && id.isWellFormed();
}
