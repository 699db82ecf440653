/** One call event on the wire: envelope, signature, POST. Failures are values; nothing is ever sent again. */
import type { VendorCall } from './call-book.ts';
import { type CallStatus, type Step, statusAfter } from './lifecycle.ts';
import { signEvent } from './signature.ts';

const TALK_SECONDS = 96;
/** A receiver that takes longer has lost the event: the vendor asks for 200 "at once" and promises no redelivery. */
const TIMEOUT_MS = 5_000;

/** `right`; `wrong`: another key's; `absent`: no header; `upper-case`: right but not in the documented spelling. */
export type SignatureKind = 'right' | 'wrong' | 'absent' | 'upper-case';

/** The body of a call event: `{metadata, event: {type, data: {call, …}}}`. `now` is epoch milliseconds. */
export function eventBody(call: VendorCall, step: Step, status: CallStatus | null, now: number): string {
  const data = step.withoutCall ? step.data : { call: callFacts(call, step.type, status, now), ...step.data };
  return JSON.stringify({ metadata: call.body.metadata, event: { type: step.type, data } });
}

function callFacts(call: VendorCall, type: string, status: CallStatus | null, now: number): Record<string, unknown> {
  const facts: Record<string, unknown> = { id: call.callId, status: statusAfter(type) ?? status };
  const talked = facts.status === 'ended' || facts.status === 'completed' || facts.status === 'timeout';
  if (facts.status === 'in-progress') facts.startedAt = new Date(now).toISOString();
  if (talked) {
    facts.startedAt = new Date(now - TALK_SECONDS * 1_000).toISOString();
    facts.endedAt = new Date(now).toISOString();
    facts.durationSeconds = TALK_SECONDS;
  }
  if (facts.status === 'completed') {
    facts.recordingUrl = `https://recordings.vendor.example/${call.callId}.mp3`;
    facts.detailUrl = `https://console.vendor.example/calls/${call.callId}`;
  }
  return facts;
}

/** Posts `body` as the vendor does; `{status}` is the receiver's answer, `{error}` stands for none within 5 s. */
export async function postEvent(options: {
  to: string;
  body: string;
  publicKey: string;
  privateKey: string;
  signature?: SignatureKind;
  signal?: AbortSignal;
}): Promise<{ status: number } | { error: string }> {
  const { to, body, publicKey, privateKey, signature = 'right', signal } = options;
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-public-key': publicKey };
  const right = signEvent(body, privateKey);
  if (signature === 'right') headers['x-signature'] = right;
  if (signature === 'wrong') headers['x-signature'] = signEvent(body, `${privateKey}0`);
  if (signature === 'upper-case') headers['x-signature'] = right.toUpperCase();
  const deadline = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(to, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    await response.arrayBuffer();
    return { status: response.status };
  } catch (fault) {
    return { error: wordFor(fault) };
  }
}

function wordFor(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown fault';
  const { cause } = fault;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return fault.name;
}
