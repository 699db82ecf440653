/** The verdict: what differs between how the play should have ended and how it did. Pure. */
import type { VendorCall } from '../stand-ins/voice-vendor/call-book.ts';
import { EXPECTED } from './cast.ts';
import type { Scene } from './scene.ts';

/** One difference; `who` is a session's title, or the part of the machinery it is about. */
export interface Difference {
  readonly who: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** True when the scene's recovery is in the state it must end in, for the reason it must. */
export function hasEnded({ session, seen }: Scene): boolean {
  const expected = EXPECTED[session.kind];
  return seen?.state === expected.state && seen.reason === expected.reason;
}

/** Compares one scene with the operator's view and with the calls the vendor has for that shopper's number. */
export function differencesOf(scene: Scene, calls: readonly VendorCall[], callDelayMs: number): Difference[] {
  const { session, seen, failures } = scene;
  const expected = EXPECTED[session.kind];
  const differences: Difference[] = [];
  const compare = (what: string, wanted: string, found: string) => {
    if (wanted !== found) differences.push({ who: session.title, what, expected: wanted, found });
  };
  compare('outcome', outcome(expected.state, expected.reason), seen ? outcome(seen.state, seen.reason) : 'no recovery');
  compare('webhooks answered', String(session.deliveries.length), String(scene.sent));
  compare('webhooks refused', 'none', failures.length === 0 ? 'none' : failures.join(', '));
  const own = calls.filter(({ body }) => body.phoneNumber === session.shopper.e164);
  compare('calls', String(expected.calls), String(own.length));
  for (const call of own) {
    compare('priority', String(expected.priority), String(call.body.priority === true));
    compare(
      'number in the payload',
      'the dialled one',
      call.body.payload.customer.phone === call.body.phoneNumber ? 'the dialled one' : 'another',
    );
    compare('callId', call.callId, seen?.callId ?? 'none');
    const early = lastChangeOf(scene) + callDelayMs - call.receivedAt;
    compare('call', 'not before the delay', early > 0 ? `${early} ms before` : 'not before the delay');
  }
  return differences;
}

/** Differences that belong to no single shopper. */
export function strayDifferences(
  scenes: readonly Scene[],
  vendor: { calls: readonly VendorCall[]; requests: number; refusals: readonly { status: number; message: string }[] },
): Difference[] {
  const numbers = new Set(scenes.map(({ session }) => session.shopper.e164));
  const strangers = vendor.calls.filter(({ body }) => !numbers.has(body.phoneNumber)).length;
  const refusals = vendor.refusals.map(({ status, message }) => `${status} ${message}`);
  const found = [
    { what: 'calls to nobody of the cast', expected: '0', found: String(strangers) },
    { what: 'requests refused', expected: 'none', found: refusals.join('; ') || 'none' },
    { what: 'initiate requests', expected: String(vendor.calls.length), found: String(vendor.requests) },
  ];
  return found
    .filter(({ expected, found }) => expected !== found)
    .map((difference) => ({ who: 'the vendor', ...difference }));
}

/** What the shopper's last change says in whole seconds, as the service can know it. Epoch milliseconds. */
function lastChangeOf({ session }: Scene): number {
  const changes = session.deliveries.filter(
    ({ topic }) => topic === 'checkouts/create' || topic === 'checkouts/update',
  );
  const latest = Math.max(...changes.map(({ triggeredAt }) => triggeredAt.getTime()));
  return Math.floor(latest / 1_000) * 1_000;
}

function outcome(state: string, reason: string | null): string {
  return reason ? `${state}: ${reason}` : state;
}
