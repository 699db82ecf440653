/** The recovery store's promises, kept by its Lua scripts in a real Redis, through the port that the use cases see. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { ERRAND_TIME_LIMIT_MS, type Errand } from '../../src/domain/errand.ts';
import type { CheckoutIntake, IntakeOutcome, RecoveryStore } from '../../src/domain/ports.ts';
import {
  EMPTY_RECORD,
  OPEN_STATES,
  RECOVERY_STATES,
  type RecoveryRecord,
  type RecoveryState,
} from '../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../src/domain/recovery-id.ts';
import { PLAIN_DIGESTS } from '../../src/store/contact-digests.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';

const TTL_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 3, 12, 0, 0);
const prefix = `test-${randomBytes(6).toString('hex')}`;
const keys = keysBelow(prefix);

let redis: Redis;
let store: RecoveryStore;
/** A shop per test, so that no test sees another's indexes. */
let shop: string;
let shops = 0;

beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
  store = recoveryStore(redis, keys, TTL_MS);
});
beforeEach(() => {
  shop = `shop-${++shops}.myshopify.com`;
});
afterAll(async () => {
  for await (const found of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    if (found.length > 0) await redis.unlink(...(found as string[]));
  }
  redis.disconnect();
});

const CONTACT = { kind: 'contact', value: 'odile.marrable@example.com' } as const;

type Overrides = Partial<Omit<CheckoutIntake, 'facts'>> & { token?: string; facts?: Partial<CheckoutIntake['facts']> };

function anIntake({ token = 'a', facts = {}, ...overrides }: Overrides = {}): CheckoutIntake {
  const state = overrides.state ?? 'scheduled';
  const reason = overrides.reason ?? (state === 'scheduled' ? null : `${state}_for_a_reason`);
  return {
    id: recoveryIdOf(shop, token),
    now: NOW,
    checkoutUpdatedAt: NOW - 60_000,
    lastActivityAt: NOW - 60_000,
    state,
    reason,
    dueAt: state === 'scheduled' ? NOW + 600_000 : null,
    lookups: [],
    ifStranger: false,
    entry: { at: NOW, event: 'checkout_received', state, ...(reason ? { reason } : {}) },
    ...overrides,
    facts: {
      ...{ shop, checkoutToken: token, cartToken: null, checkoutId: null },
      ...{ payload: null, phone: null, person: [], candidate: null, cartValue: null, priority: false },
      ...facts,
    },
  };
}

async function recordOf(token = 'a'): Promise<RecoveryRecord> {
  const recovery = await store.load(recoveryIdOf(shop, token));
  if (!recovery) throw new Error('there is no such record');
  return recovery.record;
}

/** Moves the record on as a use case would, on what is there now. */
async function move(state: RecoveryState, token = 'a', patch: Partial<RecoveryRecord> = {}): Promise<boolean> {
  return store.commit({ record: await recordOf(token), patch: { state, ...patch }, at: NOW });
}

describe('a webhook’s view of a checkout', () => {
  it('creates the record and says what is in it now', async () => {
    const facts = {
      cartToken: 'cart-1',
      phone: '+14155550142',
      countries: ['US'],
      cartValue: '9.00 EUR',
      priority: true,
    };
    expect(await store.receive(anIntake({ facts }))).toEqual({
      outcome: 'created',
      state: 'scheduled',
      reason: null,
      dueAt: NOW + 600_000,
      alarm: { number: null, at: null },
      nextAlarm: 1,
    });
    expect(await recordOf()).toMatchObject({ ...facts, shop, checkoutToken: 'a', revision: 1, createdAt: NOW });
  });

  it('that is newer replaces what the record says, gaps included', async () => {
    await store.receive(anIntake({ facts: { phone: '+14155550142' } }));
    const later = anIntake({ checkoutUpdatedAt: NOW - 1_000, state: 'waiting', reason: 'no_phone', now: NOW + 5 });
    expect(await store.receive(later)).toMatchObject({ outcome: 'updated', state: 'waiting', reason: 'no_phone' });
    const record = await recordOf();
    expect(record).toMatchObject({ phone: null, dueAt: null, createdAt: NOW, changedAt: NOW + 5, revision: 2 });
  });

  it.each<[string, Overrides, Overrides, IntakeOutcome, RecoveryState]>([
    ['the same again is a duplicate', {}, {}, 'duplicate', 'scheduled'],
    ['an older one is stale', {}, { checkoutUpdatedAt: NOW - 90_000 }, 'stale', 'scheduled'],
    ['of one instant, one that can be called wins', { state: 'waiting' }, {}, 'updated', 'scheduled'],
    ['of one instant, one that cannot be called loses', {}, { state: 'waiting' }, 'stale', 'scheduled'],
    ['of one instant, another reason is news', { state: 'skipped' }, { state: 'waiting' }, 'updated', 'waiting'],
    ['a skipped one may be opened again', { state: 'skipped' }, { checkoutUpdatedAt: NOW }, 'updated', 'scheduled'],
  ])('%s', async (_rule, first, second, outcome, state) => {
    await store.receive(anIntake(first));
    expect(await store.receive(anIntake(second))).toMatchObject({ outcome, state });
    expect((await recordOf()).state).toBe(state);
  });

  it.each(RECOVERY_STATES.filter((state) => !OPEN_STATES.has(state)))(
    'does not touch a record that is %s, however new it is',
    async (state) => {
      await store.receive(anIntake());
      await move(state);
      const before = await recordOf();
      expect(await store.receive(anIntake({ checkoutUpdatedAt: NOW + 1, facts: { phone: '+1' } }))).toMatchObject({
        outcome: 'closed',
        state,
      });
      const { held: _held, revision: _revision, ...after } = await recordOf();
      expect(before).toMatchObject(after);
    },
  );

  it('is answered each on its own when many arrive at once, in their order', async () => {
    const many = Array.from({ length: 150 }, (_, n) =>
      anIntake({ token: `t${n % 50}`, checkoutUpdatedAt: NOW - 60_000 + Math.floor(n / 50) }),
    );
    const results = await Promise.all(many.map((intake) => store.receive(intake)));
    expect(results.slice(0, 50).every(({ outcome }) => outcome === 'created')).toBe(true);
    expect(results.slice(50).every(({ outcome }) => outcome === 'updated')).toBe(true);
    expect((await store.countByState(shop)).scheduled).toBe(50);
  });
});

describe('a change', () => {
  it('is refused on a revision that is no longer the newest, and changes nothing', async () => {
    await store.receive(anIntake());
    const read = await recordOf();
    expect(await store.commit({ record: read, patch: { state: 'dialing' }, at: NOW })).toBe(true);
    const now = await recordOf();
    expect(await store.commit({ record: read, patch: { state: 'cancelled' }, at: NOW })).toBe(false);
    expect(await recordOf()).toEqual(now);
  });

  it('is refused when a webhook came in between', async () => {
    await store.receive(anIntake());
    const read = await recordOf();
    await store.receive(anIntake({ checkoutUpdatedAt: NOW }));
    expect(await store.commit({ record: read, patch: { state: 'dialing' }, at: NOW })).toBe(false);
  });

  it('is not refused for a mere line on the timeline', async () => {
    await store.receive(anIntake());
    const read = await recordOf();
    await store.note(read.id, { at: NOW, event: 'seen' });
    expect(await store.commit({ record: read, patch: { state: 'dialing' }, at: NOW })).toBe(true);
  });

  it('creates a record once, also when two want to', async () => {
    const id = recoveryIdOf(shop, 'born');
    const record = { ...EMPTY_RECORD, id, shop, checkoutToken: 'born', createdAt: NOW, changedAt: NOW };
    const birth = { record, patch: { state: 'cancelled', reason: 'ordered' } as const, at: NOW };
    expect(await Promise.all([store.commit(birth), store.commit(birth)])).toEqual([true, false]);
    expect(await recordOf('born')).toMatchObject({ state: 'cancelled', reason: 'ordered', checkoutToken: 'born' });
  });

  it('drops what it sets to null, and keeps what it does not name', async () => {
    await store.receive(anIntake({ facts: { phone: '+14155550142' } }));
    await move('dialing', 'a', { attempts: 1, attemptId: 'x', dialingAt: NOW });
    await move('scheduled', 'a', { dialingAt: null });
    expect(await recordOf()).toMatchObject({ dialingAt: null, attempts: 1, attemptId: 'x', phone: '+14155550142' });
  });
});

describe('the indexes', () => {
  const tokens = ['a', 'b', 'c'];
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('receive' as const),
      token: fc.constantFrom(...tokens),
      updatedAt: fc.integer({ min: 0, max: 4 }),
      state: fc.constantFrom('waiting' as const, 'scheduled' as const, 'skipped' as const),
    }),
    fc.record({
      kind: fc.constant('commit' as const),
      token: fc.constantFrom(...tokens),
      state: fc.constantFrom(...RECOVERY_STATES),
      fresh: fc.boolean(),
    }),
  );

  /** The rules in plain words, for the model. */
  function outcomeOf(known: RecoveryRecord | null, updatedAt: number, state: RecoveryState): IntakeOutcome {
    if (!known) return 'created';
    if (!OPEN_STATES.has(known.state)) return 'closed';
    const newest = known.checkoutUpdatedAt ?? -1;
    if (updatedAt < newest) return 'stale';
    if (updatedAt > newest) return 'updated';
    if (known.state === 'scheduled' && state === 'waiting') return 'stale';
    const sameVerdict = state === 'scheduled' || known.reason === `${state}_for_a_reason`;
    return known.state === state && sameVerdict ? 'duplicate' : 'updated';
  }

  it('hold every recovery exactly once, below the state it is in, after any sequence of changes', async () => {
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      shop = `any-${shops}-${++run}.myshopify.com`;
      const seen = new Map<string, RecoveryRecord>();
      for (const one of steps) {
        const { token, state } = one;
        const known = (await store.load(recoveryIdOf(shop, token)))?.record ?? null;
        if (one.kind === 'receive') {
          const { outcome } = await store.receive(
            anIntake({ token, state: one.state, checkoutUpdatedAt: one.updatedAt }),
          );
          expect(outcome).toBe(outcomeOf(known, one.updatedAt, state));
        } else if (known) {
          const record = one.fresh ? known : (seen.get(token) ?? known);
          const changed = await store.commit({ record, patch: { state }, at: NOW });
          expect(changed).toBe(record.revision === known.revision);
        }
        if (known) seen.set(token, known);
        await expectIndexesToAgree();
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  async function expectIndexesToAgree(): Promise<void> {
    const places = await Promise.all(
      RECOVERY_STATES.map(async (state) => ({ state, ids: await redis.zrange(keys.inState(shop, state), '0', '-1') })),
    );
    const all = await redis.zrange(keys.all(shop), '0', '-1');
    for (const token of tokens) {
      const id = recoveryIdOf(shop, token);
      const record = (await store.load(id))?.record;
      const found = places.filter(({ ids }) => ids.includes(id)).map(({ state }) => state);
      expect(found).toEqual(record ? [record.state] : []);
      expect(all.includes(id)).toBe(record !== undefined);
    }
  }

  it('order what is scheduled by when it is due, and everything else by when it came there', async () => {
    await store.receive(anIntake({ token: 'late', dueAt: NOW + 9_000 }));
    await store.receive(anIntake({ token: 'soon', dueAt: NOW + 1_000 }));
    const id = (token: string) => recoveryIdOf(shop, token);
    expect(await store.idsBefore(shop, 'scheduled', NOW + 999, 10)).toEqual([]);
    expect(await store.idsBefore(shop, 'scheduled', NOW + 1_000, 10)).toEqual([id('soon')]);
    expect(await store.idsBefore(shop, 'scheduled', NOW + 60_000, 10)).toEqual([id('soon'), id('late')]);
    await move('dialing', 'late');
    expect(await store.idsBefore(shop, 'dialing', NOW, 10)).toEqual([id('late')]);
  });

  it('are rid of what has expired', async () => {
    await store.receive(anIntake());
    await store.receive(anIntake({ token: 'b' }));
    await redis.del(keys.recovery(recoveryIdOf(shop, 'a')));
    expect(await store.pruneIndexes(shop, NOW + TTL_MS - 1)).toBe(0);
    expect(await store.pruneIndexes(shop, NOW + TTL_MS)).toBe(1);
    expect(await store.countByState(shop)).toMatchObject({ scheduled: 1 });
  });
});

describe('errands', () => {
  const id = (token = 'a') => recoveryIdOf(shop, token);

  function anErrand(overrides: Partial<Errand> = {}): Errand {
    const fresh = { doingAt: null, tries: 0, doubtful: false, note: null, ref: null, about: null };
    return { kind: 'abort', state: 'open', dueAt: NOW, ...fresh, ...overrides };
  }

  async function withErrands(token: string, errands: Record<string, Errand>, at = NOW): Promise<boolean> {
    if (!(await store.load(id(token)))) await store.receive(anIntake({ token }));
    return store.commit({ record: await recordOf(token), patch: { errands }, at });
  }

  it('lead to their recovery by when the first of them is due', async () => {
    await withErrands('late', { abort: anErrand({ dueAt: NOW + 9_000 }), other: anErrand({ dueAt: NOW + 5_000 }) });
    await withErrands('soon', { abort: anErrand({ dueAt: NOW + 1_000 }) });
    expect(await store.idsWithErrands(shop, NOW + 999, 10)).toEqual([]);
    expect(await store.idsWithErrands(shop, NOW + 1_000, 10)).toEqual([id('soon')]);
    expect(await store.idsWithErrands(shop, NOW + 5_000, 10)).toEqual([id('soon'), id('late')]);
    expect(await store.idsWithErrands(shop, NOW + 5_000, 1)).toEqual([id('soon')]);
    expect((await recordOf('late')).errands.other).toEqual(anErrand({ dueAt: NOW + 5_000 }));
  });

  it('that somebody is at come up again when he must be dead, and those that are over never', async () => {
    await withErrands('a', { abort: anErrand({ state: 'doing', doingAt: NOW }) });
    expect(await store.idsWithErrands(shop, NOW + ERRAND_TIME_LIMIT_MS - 1, 10)).toEqual([]);
    expect(await store.idsWithErrands(shop, NOW + ERRAND_TIME_LIMIT_MS, 10)).toEqual([id()]);
    await withErrands('a', { abort: anErrand({ state: 'done' }) });
    expect(await store.idsWithErrands(shop, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  });

  it('stay where they are when something else changes', async () => {
    await withErrands('a', { abort: anErrand(), forward: anErrand({ kind: 'forward', state: 'failed' }) });
    await store.receive(anIntake({ checkoutUpdatedAt: NOW }));
    await move('dialing');
    expect(await store.idsWithErrands(shop, NOW, 10)).toEqual([id()]);
    expect(await store.idsWithFailedErrands(shop, 10)).toEqual([id()]);
  });

  it('that failed are listed with the newest failure first, until somebody has them tried again', async () => {
    const failed = { forward: anErrand({ kind: 'forward', state: 'failed' }) };
    await withErrands('first', failed, NOW);
    await withErrands('second', failed, NOW + 1);
    // A further change is no new failure.
    await withErrands('first', { ...failed, abort: anErrand() }, NOW + 2);
    expect(await store.idsWithFailedErrands(shop, 10)).toEqual([id('second'), id('first')]);
    expect(await store.idsWithFailedErrands(shop, 1)).toEqual([id('second')]);
    await withErrands('second', { forward: anErrand({ kind: 'forward' }) }, NOW + 3);
    expect(await store.idsWithFailedErrands(shop, 10)).toEqual([id('first')]);
    expect(await store.idsWithErrands(shop, NOW, 10)).toHaveLength(2);
  });

  it('of a change that came too late are not written', async () => {
    await store.receive(anIntake());
    const read = await recordOf();
    await store.receive(anIntake({ checkoutUpdatedAt: NOW }));
    expect(await store.commit({ record: read, patch: { errands: { abort: anErrand() } }, at: NOW })).toBe(false);
    expect(await store.idsWithErrands(shop, NOW, 10)).toEqual([]);
  });

  it('are forgotten with their record', async () => {
    await withErrands('a', { abort: anErrand(), forward: anErrand({ kind: 'forward', state: 'failed' }) });
    await redis.del(keys.recovery(id()));
    expect(await store.pruneIndexes(shop, NOW + TTL_MS)).toBe(1);
    expect(await store.idsWithErrands(shop, NOW, 10)).toEqual([]);
    expect(await store.idsWithFailedErrands(shop, 10)).toEqual([]);
  });
});

describe('a claim', () => {
  it('belongs to whoever was first, in one shop, and as long as a record is kept', async () => {
    const claims = ['a', 'b', 'a', 'b'].map((token) => store.claim(shop, 'checkout:42', token));
    expect(await Promise.all(claims)).toEqual([true, false, true, false]);
    expect(await store.claim(shop, 'checkout:43', 'b')).toBe(true);
    expect(await store.claim('other.myshopify.com', 'checkout:42', 'b')).toBe(true);
    const ttl = await redis.pttl(keys.claim(shop, 'checkout:42'));
    expect(ttl).toBeGreaterThan(TTL_MS - 60_000);
    expect(ttl).toBeLessThanOrEqual(TTL_MS);
  });
});

describe('the timeline', () => {
  it('counts the same thing in a row instead of repeating it', async () => {
    await store.receive(anIntake());
    for (const n of [1, 2, 3]) await store.receive(anIntake({ now: NOW + n }));
    await store.note(recoveryIdOf(shop, 'a'), { at: NOW + 9, event: 'seen' });
    await store.receive(anIntake({ now: NOW + 10 }));
    expect((await store.load(recoveryIdOf(shop, 'a')))?.timeline).toEqual([
      { at: NOW, event: 'checkout_received', state: 'scheduled' },
      { at: NOW + 1, event: 'checkout_nothing_new', times: 3, lastAt: NOW + 3 },
      { at: NOW + 9, event: 'seen' },
      { at: NOW + 10, event: 'checkout_nothing_new' },
    ]);
  });

  it('is bounded, and says how much it left out', async () => {
    await store.receive(anIntake());
    const id = recoveryIdOf(shop, 'a');
    for (let n = 0; n < 310; n++) await store.note(id, { at: NOW + n, event: `line-${n}` });
    const timeline = (await store.load(id))?.timeline ?? [];
    expect(timeline).toHaveLength(301);
    expect(timeline.at(-2)?.event).toBe('line-298');
    expect(timeline.at(-1)).toMatchObject({ event: 'lines_dropped', detail: '11' });
  });
});

describe('alarms', () => {
  const id = () => recoveryIdOf(shop, 'a');

  it('are remembered by the highest number; a late reply changes nothing', async () => {
    await store.receive(anIntake());
    await store.alarmSet(id(), 2, NOW + 20);
    await store.alarmSet(id(), 1, NOW + 10);
    await store.alarmSet(id(), 2, NOW + 30);
    expect(await store.alarmOf(id())).toEqual({ number: 2, at: NOW + 20 });
  });

  it('of a recovery that nobody knows are not remembered', async () => {
    await store.alarmSet(id(), 1, NOW);
    expect(await store.load(id())).toBeNull();
    expect(await redis.exists(keys.recovery(id()))).toBe(0);
    expect(await store.alarmSpent(id(), 1)).toBe(true);
  });

  it('that rang for nothing are forgotten, and their number is never used again', async () => {
    await store.receive(anIntake());
    await store.alarmSet(id(), 1, NOW);
    await move('waiting');
    expect(await store.alarmSpent(id(), 1)).toBe(true);
    expect(await store.alarmOf(id())).toEqual({ number: null, at: null });
  });

  it('that ring while a webhook schedules the recovery are kept: it counts on them', async () => {
    await store.receive(anIntake());
    await store.alarmSet(id(), 1, NOW);
    expect(await store.alarmSpent(id(), 1)).toBe(false);
    expect((await store.alarmOf(id())).number).toBe(1);
  });

  it('that ring late do not take a newer one away, and still spend their number', async () => {
    await store.receive(anIntake());
    await store.alarmSet(id(), 3, NOW);
    await move('waiting');
    expect(await store.alarmSpent(id(), 2)).toBe(true);
    expect(await store.alarmOf(id())).toEqual({ number: 3, at: NOW });
    expect(await store.alarmNumber(id())).toBeGreaterThan(0);
  });
});

describe('listing', () => {
  it('pages through recoveries of one instant without losing or repeating any', async () => {
    for (let n = 0; n < 9; n++) await store.receive(anIntake({ token: `t${n}`, now: n < 7 ? NOW : NOW + n }));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.list(shop, { state: null, limit: 2, cursor });
      seen.push(...page.recoveries.map(({ checkoutToken }) => checkoutToken));
      // Somebody new in the middle of it does not disturb what is older.
      if (cursor === null) await store.receive(anIntake({ token: 'newcomer', now: NOW + 60_000 }));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.slice(0, 2)).toEqual(['t8', 't7']);
    expect([...seen].sort()).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8']);
  });

  it('by state shows that state alone, and a cursor that is none begins at the start', async () => {
    await store.receive(anIntake());
    await store.receive(anIntake({ token: 'b', state: 'waiting' }));
    const page = await store.list(shop, { state: 'waiting', limit: 10, cursor: 'nonsense' });
    expect(page).toMatchObject({ recoveries: [{ checkoutToken: 'b' }], nextCursor: null });
  });
});

describe('finding', () => {
  const contact = CONTACT;

  it('leads from a cart, a checkout, a contact or a call to its recoveries, and from no other shop’s', async () => {
    const lookups = [{ kind: 'cart', value: 'cart-1' }, { kind: 'checkout', value: '42' }, contact] as const;
    await store.receive(anIntake({ lookups }));
    await store.receive(anIntake({ token: 'b', lookups: [contact] }));
    await store.commit({
      record: await recordOf(),
      patch: { state: 'called', callId: 'call-1' },
      at: NOW,
      lookups: [{ kind: 'call', value: 'call-1' }],
    });
    const a = recoveryIdOf(shop, 'a');
    expect(await store.find(shop, { kind: 'cart', value: 'cart-1' })).toEqual([a]);
    expect(await store.find(shop, { kind: 'checkout', value: '42' })).toEqual([a]);
    expect(await store.find(shop, { kind: 'call', value: 'call-1' })).toEqual([a]);
    expect([...(await store.find(shop, contact))].sort()).toEqual([a, recoveryIdOf(shop, 'b')].sort());
    expect(await store.find('other.myshopify.com', contact)).toEqual([]);
    expect(await store.find(shop, { kind: 'cart', value: '42' })).toEqual([]);
  });

  it('learns of contacts that a later webhook brings', async () => {
    await store.receive(anIntake());
    await store.receive(anIntake({ checkoutUpdatedAt: NOW, lookups: [contact] }));
    expect(await store.find(shop, contact)).toEqual([recoveryIdOf(shop, 'a')]);
  });

  it('keeps contacts out of the names of keys', async () => {
    await store.receive(anIntake({ lookups: [contact, { kind: 'contact', value: '+14155550142' }] }));
    const names: string[] = [];
    for await (const found of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) names.push(...found);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => /odile|4155550142/.test(name))).toEqual([]);
  });
});

describe('keeping', () => {
  it('gives every record and every set that leads to it an end, and every change a new one', async () => {
    await store.receive(anIntake({ lookups: [{ kind: 'cart', value: 'cart-1' }] }));
    const record = keys.recovery(recoveryIdOf(shop, 'a'));
    for (const key of [record, keys.lookup(shop, 'cart', 'cart-1')]) {
      expect(await redis.pttl(key)).toBeGreaterThan(TTL_MS - 60_000);
    }
    await redis.pexpire(record, 1_000);
    await move('dialing');
    expect(await redis.pttl(record)).toBeGreaterThan(TTL_MS - 60_000);
    await redis.pexpire(record, 60_000);
    await store.note(recoveryIdOf(shop, 'a'), { at: NOW, event: 'seen' });
    expect(await redis.pttl(record)).toBeLessThanOrEqual(60_000);
  });

  it('gives the sets that lead to a record a new end once an hour, and an hour more than the record', async () => {
    const lookups = [{ kind: 'cart', value: 'cart-1' } as const];
    const set = keys.lookup(shop, 'cart', 'cart-1');
    const hour = Math.ceil(NOW / 3_600_000) * 3_600_000;
    const ends: boolean[] = [];
    for (const now of [hour, hour + 3_599_999, hour + 3_600_000]) {
      await store.receive(anIntake({ now, checkoutUpdatedAt: now, lookups }));
      ends.push((await redis.pttl(set)) > TTL_MS + 3_540_000);
      await redis.pexpire(set, 60_000);
    }
    expect(ends).toEqual([true, false, true]);
  });

  it('is what the newest webhook said, whichever of two processes heard the ones before', async () => {
    const processes = [store, recoveryStore(redis, keys, TTL_MS)];
    const told: (string | null)[] = [];
    for (const [n, cartValue] of ['1', '1', '2', '2', '1', '1', '2'].entries()) {
      const updatedAt = NOW + n;
      // The first of them hears the first and then every third.
      const ears = processes[n % 3 === 0 ? 0 : 1] as RecoveryStore;
      await ears.receive(anIntake({ now: updatedAt, checkoutUpdatedAt: updatedAt, facts: { cartValue } }));
      told.push((await recordOf()).cartValue);
    }
    expect(told).toEqual(['1', '1', '2', '2', '1', '1', '2']);
  });

  it('is what came last of two webhooks of one second, also when the first must be told again in full', async () => {
    const other = recoveryStore(redis, keys, TTL_MS);
    const telling = (cartValue: string) => anIntake({ facts: { cartValue } });
    await store.receive(telling('first'));
    await other.receive(telling('of the other process'));
    await Promise.all(['first', 'last', 'last', 'very last'].map((cartValue) => store.receive(telling(cartValue))));
    expect((await recordOf()).cartValue).toBe('very last');
  });

  it('tells on the record what it is found by, in the form that every version of this service reads', async () => {
    const lookups = [{ kind: 'cart', value: 'cart-1' }, { kind: 'checkout', value: '42' }, CONTACT] as const;
    await store.receive(anIntake({ lookups }));
    const [told, digests] = await redis.hmget(keys.recovery(recoveryIdOf(shop, 'a')), 'lookups', 'contacts');
    const digest = PLAIN_DIGESTS.of(CONTACT.value);
    expect(told).toBe(`cart:cart-1,checkout:42,contact:${digest}`);
    expect(digests).toBe(JSON.stringify([digest]));
  });

  it('leaves no key of its own without an end but a counter and the sorted indexes, which the sweep prunes', async () => {
    await store.receive(anIntake({ lookups: [{ kind: 'checkout', value: '7' }] }));
    await move('cancelled', 'a', { orderName: '#1' });
    for await (const found of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
      for (const key of found as string[]) {
        const endless = (await redis.pttl(key)) === -1;
        const isIndex = (await redis.type(key)) === 'zset' && !key.includes(':person:');
        expect([key, endless]).toEqual([key, isIndex || key === keys.news]);
      }
    }
  });
});
