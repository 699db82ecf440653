/** The verdict: what differs between how the play should have ended and how it did. Pure. */
import { totalsOf } from '../stand-ins/shop/cart.ts';
import type { ShelvedDraft } from '../stand-ins/shop-admin/shelves.ts';
import type { AbortRequest, ReplaceRequest, VendorCall } from '../stand-ins/voice-vendor/call-book.ts';
import { EXPECTED, type FollowUp } from './cast.ts';
import type { Scene } from './scene.ts';

/** One difference; `who` is a session's title, or the part of the machinery it is about. */
export interface Difference {
  readonly who: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What the vendor and the shop have on record. */
export interface Evidence {
  readonly calls: readonly VendorCall[];
  readonly aborts: readonly Readonly<AbortRequest>[];
  readonly replacements: readonly Readonly<ReplaceRequest>[];
  readonly drafts: readonly ShelvedDraft[];
}

/** Compares one scene with the operator's view, and with what the vendor and the shop have of that shopper. */
export function differencesOf(scene: Scene, evidence: Evidence, callDelayMs: number): Difference[] {
  const { session, seen, failures } = scene;
  const expected = EXPECTED[session.kind];
  const differences: Difference[] = [];
  const compare = (what: string, wanted: string, found: string) => {
    if (wanted !== found) differences.push({ who: session.title, what, expected: wanted, found });
  };
  compare('outcome', outcome(expected.state, expected.reason), seen ? outcome(seen.state, seen.reason) : 'no recovery');
  compare('drawn as', expected.arm ?? 'nothing', seen?.arm ?? 'nothing');
  compare('webhooks answered', String(session.lost ? 0 : session.deliveries.length), String(scene.sent));
  compare('webhooks refused', 'none', failures.length === 0 ? 'none' : failures.join(', '));
  const own = evidence.calls.filter(({ body }) => body.phoneNumber === session.shopper.e164);
  compare('calls', String(expected.calls), String(own.length));
  for (const call of own) {
    compare('priority', String(expected.priority), String(call.body.priority === true));
    compare(
      'number in the payload',
      'the dialled one',
      call.payload.customer.phone === call.body.phoneNumber ? 'the dialled one' : 'another',
    );
    compare('callId', call.callId, seen?.callId ?? 'none');
    compare('the agent talks of', totalOf(scene), call.payload.totalPriceSet.shopMoney.amount);
    const early = lastChangeOf(scene) + callDelayMs - call.receivedAt;
    compare('call', 'not before the delay', early > 0 ? `${early} ms before` : 'not before the delay');
  }
  compare('done about it', inWords(expected.followUps), inWords(followUpsIn(scene, own, evidence)));
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

/** Everything that took effect, as often as it did. */
function followUpsIn({ session }: Scene, own: readonly VendorCall[], evidence: Evidence): FollowUp[] {
  const ids = new Set(own.map(({ callId }) => callId));
  const took = ({ callId, tookEffect }: { readonly callId: string | null; readonly tookEffect: boolean }) =>
    tookEffect && callId !== null && ids.has(callId);
  const isHers = ({ input }: ShelvedDraft) => JSON.stringify(input.customAttributes ?? null).includes(session.token);
  return [
    ...evidence.aborts.filter(took).map(() => 'abort' as const),
    ...evidence.replacements.filter(took).map(() => 'replace' as const),
    ...evidence.drafts.filter(isHers).map(() => 'draft' as const),
  ];
}

function inWords(followUps: readonly FollowUp[]): string {
  return followUps.join(', ') || 'nothing';
}

/** What the cart comes to in the end, as Shopify writes it. */
function totalOf({ session }: Scene): string {
  return (totalsOf(session.inTheEnd.cart).total / 100).toFixed(2);
}

/** What the shopper's last change before the call says in whole seconds, as the service can know it. Epoch milliseconds. */
function lastChangeOf({ session }: Scene): number {
  const changes = session.deliveries.filter(
    ({ topic, onceCalled }) => !onceCalled && (topic === 'checkouts/create' || topic === 'checkouts/update'),
  );
  const latest = Math.max(...changes.map(({ triggeredAt }) => triggeredAt.getTime()));
  return Math.floor(latest / 1_000) * 1_000;
}

function outcome(state: string, reason: string | null): string {
  return reason ? `${state}: ${reason}` : state;
}
