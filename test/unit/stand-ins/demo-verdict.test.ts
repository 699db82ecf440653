/** The demo's verdict finds what it is there to find: a demo that cannot fail proves nothing. */
import { describe, expect, it } from 'vitest';
import { EXPECTED, HOLDOUT_PERCENT, scenarioFor } from '../../../demo/cast.ts';
import { reportLine, verdictLines } from '../../../demo/closing-words.ts';
import { nameOf, type Scene } from '../../../demo/scene.ts';
import { SHOP } from '../../../demo/stage.ts';
import { differencesOf, type Evidence, strayDifferences } from '../../../demo/verdict.ts';
import { isHeldOut } from '../../../src/domain/holdout.ts';
import { totalsOf } from '../../../stand-ins/shop/cart.ts';
import { idsOf } from '../../../stand-ins/shop/ids.ts';
import { createSession, SESSION_KINDS, type SessionKind } from '../../../stand-ins/shop/sessions.ts';
import type { VendorCall } from '../../../stand-ins/voice-vendor/call-book.ts';

const DELAY_MS = 2_500;
const startedAt = Date.UTC(2026, 10, 20, 12);
const called = SESSION_KINDS.filter((kind) => EXPECTED[kind].calls === 1);

/** A scene that ended as it must. */
function aScene(kind: SessionKind, changes: Partial<Scene> = {}): Scene {
  const session = createSession(kind, { shop: SHOP, startedAt: new Date(startedAt), minuteMs: 1_100 });
  const { state, reason, calls, arm } = EXPECTED[kind];
  const callId = calls === 1 ? `call-${kind}` : null;
  const seen = { id: 'any.1', checkoutToken: session.token, state, reason, dueAt: null, callId, callStatus: null, arm };
  return { session, startedAt, sent: session.lost ? 0 : session.deliveries.length, failures: [], seen, ...changes };
}

/** The call that belongs to it, placed a delay after the last change. */
function aCall(
  kind: SessionKind,
  changes: { receivedAt?: number; priority?: boolean; phone?: string; total?: string } = {},
): VendorCall {
  const { shopper, inTheEnd } = aScene(kind).session;
  const amount = changes.total ?? (totalsOf(inTheEnd.cart).total / 100).toFixed(2);
  return {
    callId: `call-${kind}`,
    receivedAt: changes.receivedAt ?? startedAt + 2 * 1_100 + DELAY_MS,
    body: { phoneNumber: shopper.e164, priority: changes.priority ?? EXPECTED[kind].priority },
    payload: {
      customer: { phone: changes.phone ?? shopper.e164 },
      totalPriceSet: { shopMoney: { amount } },
    },
  } as unknown as VendorCall;
}

/** What the vendor and the shop have when all went as it must. */
function allWell(scene: Scene, changes: Partial<Record<keyof Evidence, unknown>> = {}): Evidence {
  const draft = { input: { customAttributes: [{ key: 'checkout', value: scene.session.token }] } };
  const took = (kind: SessionKind) => ({ callId: `call-${kind}`, tookEffect: true });
  return {
    calls: called.map((kind) => aCall(kind)),
    aborts: [took('other-way')],
    replacements: [took('new-cart')],
    drafts: scene.session.kind === 'in' ? [draft] : [],
    ...changes,
  } as unknown as Evidence;
}

function found(scene: Scene, changes: Parameters<typeof allWell>[1] = {}): string[] {
  return differencesOf(scene, allWell(scene, changes), DELAY_MS).map(({ what, found }) => `${what}: ${found}`);
}

describe('the verdict', () => {
  it.each(SESSION_KINDS)('has nothing to say about "%s" when it went as it must', (kind) => {
    expect(found(aScene(kind))).toEqual([]);
  });

  it('sees a second call, a missing one and one that must not be', () => {
    expect(found(aScene('us'), { calls: [aCall('us'), aCall('us')] })).toEqual(['calls: 2']);
    expect(found(aScene('us'), { calls: [] })).toEqual(['calls: 0']);
    expect(found(aScene('order'), { calls: [aCall('order')] })).toContain('calls: 1');
    expect(found(aScene('held-out'), { calls: [aCall('held-out')] })).toContain('calls: 1');
  });

  it('sees another state, another reason and no recovery at all', () => {
    const other = aScene('no-phone');
    if (other.seen) other.seen = { ...other.seen, state: 'skipped' };
    expect(found(other)).toEqual(['outcome: skipped: no_phone']);
    expect(found(aScene('no-phone', { seen: null }))).toEqual(['outcome: no recovery']);
  });

  it('sees a call that came too early, in the wrong lane, or with another number in its payload', () => {
    const receivedAt = startedAt + 2_000 + DELAY_MS - 1;
    expect(found(aScene('us'), { calls: [aCall('us', { receivedAt })] })).toEqual(['call: 1 ms before']);
    expect(found(aScene('us'), { calls: [aCall('us', { priority: false })] })).toEqual(['priority: false']);
    expect(found(aScene('us'), { calls: [aCall('us', { phone: '+14155550199' })] })).toEqual([
      'number in the payload: another',
    ]);
  });

  it('sees a call that was not taken back, or one that was without need', () => {
    expect(found(aScene('other-way'), { aborts: [] })).toEqual(['done about it: nothing']);
    const inVain = { callId: 'call-other-way', tookEffect: false };
    expect(found(aScene('other-way'), { aborts: [inVain] })).toEqual(['done about it: nothing']);
    expect(found(aScene('us'), { aborts: [{ callId: 'call-us', tookEffect: true }] })).toEqual([
      'done about it: abort',
    ]);
  });

  it('sees an agent that talks of the old cart', () => {
    const calls = [aCall('new-cart', { total: '197.90' })];
    expect(found(aScene('new-cart'), { calls, replacements: [] })).toEqual([
      'the agent talks of: 197.90',
      'done about it: nothing',
    ]);
  });

  it('sees an order that was not made, or made twice', () => {
    const scene = aScene('in');
    const [draft] = allWell(scene).drafts;
    expect(found(scene, { drafts: [] })).toEqual(['done about it: nothing']);
    expect(found(scene, { drafts: [draft, draft] })).toEqual(['done about it: draft, draft']);
  });

  it('sees who was drawn otherwise', () => {
    const { seen } = aScene('held-out');
    expect(found(aScene('held-out', { seen: seen && { ...seen, arm: 'call' } }))).toEqual(['drawn as: call']);
  });

  it('sees webhooks that were refused, never answered, or not lost', () => {
    const failures = ['checkouts/update → 503'];
    expect(found(aScene('no-phone', { failures }))).toEqual(['webhooks refused: checkouts/update → 503']);
    expect(found(aScene('no-phone', { sent: 2 }))).toEqual(['webhooks answered: 2']);
    expect(found(aScene('lost', { sent: 3 }))).toEqual(['webhooks answered: 3']);
  });

  it('sees strangers, refused payloads and requests that placed no call', () => {
    const vendor = { calls: [aCall('us'), aCall('de')], requests: 3, refusals: [{ status: 400, message: 'payload' }] };
    const strays = strayDifferences([aScene('us')], vendor).map(({ what, found }) => `${what}: ${found}`);
    expect(strays).toEqual(['calls to nobody of the cast: 1', 'requests refused: 400 payload', 'initiate requests: 3']);
  });
});

describe('the cast', () => {
  it('lets each called shopper have a call of its own kind', () => {
    for (const kind of SESSION_KINDS) {
      const { e164 } = aScene(kind).session.shopper;
      if (e164 !== null) expect(scenarioFor(e164)).toBe(EXPECTED[kind].scenario);
    }
  });

  it('has one shopper on whom the lot falls, and no other who could be called', () => {
    const heldOut = SESSION_KINDS.filter((kind) =>
      isHeldOut(aScene(kind).session.shopper.e164 ?? '', SHOP, Number(HOLDOUT_PERCENT)),
    );
    expect(heldOut).toEqual(['held-out']);
  });

  it('is found by its tokens, and where webhooks are lost by what the shop’s list tells', () => {
    const [us, lost] = [aScene('us'), aScene('lost')];
    expect(nameOf(us)).toBe(us.session.token);
    expect(nameOf(lost)).toBe(`${idsOf(lost.session.token).checkoutId}`);
  });
});

describe('the closing words', () => {
  it('have a line for every shopper, and mark the one who was treated otherwise', () => {
    const scenes = [aScene('us'), aScene('held-out')];
    const differences = [{ who: scenes[0]?.session.title ?? '', what: 'calls', expected: '1', found: '2' }];
    expect(verdictLines({ scenes, differences })).toEqual([
      '  NOT  US, great cart, phone as typed         called ahead of the others',
      '  ok   is one of those who are held out       not called: holdout',
    ]);
  });

  it('repeat what the service counted', () => {
    const total = {
      seen: 16,
      called: 8,
      answered: 6,
      heldOut: 1,
      recovered: { orders: 2 },
      revenue: {},
      creditsUsed: 6,
    };
    expect(reportLine({ total })).toContain(
      '16 seen, 8 called, 6 answered, 1 held out; orders after a call: 2; credits: 6',
    );
  });
});
