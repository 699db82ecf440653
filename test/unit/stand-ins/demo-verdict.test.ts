/** The demo's verdict finds what it is there to find: a demo that cannot fail proves nothing. */
import { describe, expect, it } from 'vitest';
import { EXPECTED, scenarioFor } from '../../../demo/cast.ts';
import type { Scene } from '../../../demo/scene.ts';
import { differencesOf, hasEnded, strayDifferences } from '../../../demo/verdict.ts';
import { createSession, SESSION_KINDS, type SessionKind } from '../../../stand-ins/shop/sessions.ts';
import type { VendorCall } from '../../../stand-ins/voice-vendor/call-book.ts';

const DELAY_MS = 2_500;
const startedAt = Date.UTC(2026, 10, 20, 12);

/** A scene that ended as it must. */
function aScene(kind: SessionKind, changes: Partial<Scene> = {}): Scene {
  const session = createSession(kind, { shop: 'any.myshopify.com', startedAt: new Date(startedAt), minuteMs: 1_100 });
  const { state, reason, calls } = EXPECTED[kind];
  const callId = calls === 1 ? `call-${kind}` : null;
  const seen = { id: 'any.1', checkoutToken: session.token, state, reason, dueAt: null, callId, callStatus: null };
  return { session, startedAt, sent: session.deliveries.length, failures: [], seen, ...changes };
}

/** The call that belongs to it, placed a delay after the last change. */
function aCall(
  kind: SessionKind,
  changes: { receivedAt?: number; priority?: boolean; phone?: string } = {},
): VendorCall {
  const { shopper } = aScene(kind).session;
  return {
    callId: `call-${kind}`,
    receivedAt: changes.receivedAt ?? startedAt + 2 * 1_100 + DELAY_MS,
    body: {
      phoneNumber: shopper.e164,
      priority: changes.priority ?? EXPECTED[kind].priority,
      payload: { customer: { phone: changes.phone ?? shopper.e164 } },
    },
  } as unknown as VendorCall;
}

function found(scene: Scene, calls: VendorCall[]): string[] {
  return differencesOf(scene, calls, DELAY_MS).map(({ what, found }) => `${what}: ${found}`);
}

describe('the verdict', () => {
  it.each(SESSION_KINDS)('has nothing to say about "%s" when it went as it must', (kind) => {
    const scene = aScene(kind);
    const calls = SESSION_KINDS.filter((other) => EXPECTED[other].calls === 1).map((other) => aCall(other));
    expect(hasEnded(scene)).toBe(true);
    expect(found(scene, calls)).toEqual([]);
  });

  it('sees a second call, a missing one and one that must not be', () => {
    expect(found(aScene('us'), [aCall('us'), aCall('us')])).toEqual(['calls: 2']);
    expect(found(aScene('us'), [])).toEqual(['calls: 0']);
    expect(found(aScene('order'), [aCall('order')])).toContain('calls: 1');
  });

  it('sees another state, another reason and no recovery at all', () => {
    const other = aScene('no-phone');
    if (other.seen) other.seen = { ...other.seen, state: 'skipped' };
    expect(hasEnded(other)).toBe(false);
    expect(found(other, [])).toEqual(['outcome: skipped: no_phone']);
    expect(found(aScene('no-phone', { seen: null }), [])).toEqual(['outcome: no recovery']);
  });

  it('sees a call that came too early, in the wrong lane, or with another number in its payload', () => {
    const receivedAt = startedAt + 2_000 + DELAY_MS - 1;
    expect(found(aScene('us'), [aCall('us', { receivedAt })])).toEqual(['call: 1 ms before']);
    expect(found(aScene('us'), [aCall('us', { priority: false })])).toEqual(['priority: false']);
    expect(found(aScene('us'), [aCall('us', { phone: '+14155550199' })])).toEqual(['number in the payload: another']);
  });

  it('sees webhooks that were refused or never answered', () => {
    const failures = ['checkouts/update → 503'];
    expect(found(aScene('no-phone', { failures }), [])).toEqual(['webhooks refused: checkouts/update → 503']);
    expect(found(aScene('no-phone', { sent: 2 }), [])).toEqual(['webhooks answered: 2']);
  });

  it('sees strangers, refused payloads and requests that placed no call', () => {
    const vendor = { calls: [aCall('us'), aCall('de')], requests: 3, refusals: [{ status: 400, message: 'payload' }] };
    const strays = strayDifferences([aScene('us')], vendor).map(({ what, found }) => `${what}: ${found}`);
    expect(strays).toEqual(['calls to nobody of the cast: 1', 'requests refused: 400 payload', 'initiate requests: 3']);
  });

  it('lets each called shopper have a call of its own kind', () => {
    for (const kind of SESSION_KINDS) {
      const { e164 } = aScene(kind).session.shopper;
      if (e164 !== null) expect(scenarioFor(e164)).toBe(EXPECTED[kind].scenario);
    }
  });
});
