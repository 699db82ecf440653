/** VoiceCalls on the vendor's HTTP API. The private key goes into one header and nowhere else. */
import type { Clock, VoiceCalls } from '../domain/ports.ts';
import { exchange } from './exchange.ts';
import { initiateResult } from './initiate-result.ts';

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
  return {
    async initiate({ phoneNumber, payload, priority, metadata, attemptId }) {
      const answer = await exchange({
        url: below(account.baseUrl, 'v2/call/initiate'),
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-public-key': account.publicKey,
          'x-private-key': account.privateKey,
          workspace: account.workspace,
        },
        body: JSON.stringify({
          phoneNumber,
          assistant: account.assistant,
          payload,
          callbackUrl: below(publicUrl, `webhooks/call-events/${encodeURIComponent(attemptId)}`).href,
          priority,
          metadata,
        }),
        timeoutMs: account.timeoutMs,
      });
      return initiateResult(answer, clock.now());
    },
  };
}

/** `https://host/base` and `https://host/base/` both mean: below `/base/`. */
function below(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith('/') ? base.href : `${base.href}/`);
}
