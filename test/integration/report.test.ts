/** The report against a real Redis: what it reads there is what the same records come to in memory, whatever their number and times. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_KNOWLEDGE } from '../../src/domain/call-knowledge.ts';
import { DAY } from '../../src/domain/duration.ts';
import { earningsOf } from '../../src/domain/earnings.ts';
import { withoutPerson } from '../../src/domain/impersonal.ts';
import { EMPTY_RECORD, RECOVERY_STATES, type RecoveryRecord } from '../../src/domain/recovery.ts';
import { recoveryIdOf } from '../../src/domain/recovery-id.ts';
import { toEarningsFacts } from '../../src/domain/to-earnings-facts.ts';
import { type ReportEarnings, reportEarnings } from '../../src/recovery/report-earnings.ts';
import { earningsReader } from '../../src/store/earnings-reader.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { vaultOf } from '../../src/store/vault.ts';
import { aDataKey } from '../support/a-data-key.ts';
import { aRecord } from '../support/a-record.ts';
import { SHOP } from '../support/a-shopper.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { sealsWith } from '../support/seals-with.ts';

/** Noon. */
const NOW = Date.UTC(2026, 10, 23, 12);
const DAYS = 40;
/** Several pages of the reader. */
const RECORDS = 900;
/** In one millisecond: more than a page. */
const AT_ONCE = 600;

let ground: Ground;
let report: ReportEarnings;
let records: RecoveryRecord[];

beforeAll(async () => {
  ground = await openGround();
  const reader = earningsReader(ground.redis, keysBelow(ground.prefix));
  report = reportEarnings({ reader, shop: SHOP, clock: { now: () => NOW }, recordTtlMs: 30 * DAY });
  const alone = Array.from({ length: RECORDS }, (_, n) => generated(n, NOW - Math.floor((n * DAYS * DAY) / RECORDS)));
  const together = Array.from({ length: AT_ONCE }, (_, n) => generated(RECORDS + n, Date.UTC(2026, 10, 10, 8)));
  records = [...alone, ...together];
  await store(records);
});
afterAll(() => ground.close());

/** A number for everything that may vary, the same for the same record and question. */
function pick<T>(n: number, question: number, options: readonly T[]): T {
  return options[Math.floor(((n + 1) * 7919 * (question + 1)) / 13) % options.length] as T;
}

function generated(n: number, createdAt: number): RecoveryRecord {
  const called = pick(n, 1, [true, false, true]);
  const ordered = pick(n, 2, [true, false, false]);
  const analysed = called && pick(n, 3, [true, false]);
  return {
    ...EMPTY_RECORD,
    id: recoveryIdOf(SHOP, randomBytes(16).toString('hex')),
    shop: SHOP,
    createdAt,
    changedAt: createdAt,
    state: called ? 'ended' : pick(n, 4, RECOVERY_STATES),
    reason: pick(n, 5, [null, 'no_phone', 'no_consent', 'ordered']),
    payload: pick(n, 6, [aRecord().payload, null]),
    attempts: called ? 1 : 0,
    arm: pick(n, 7, [null, 'call', 'call', 'holdout'] as const),
    callId: called ? `ca11${n}` : null,
    calledAt: called ? createdAt + 1_000 : null,
    call: called
      ? {
          ...EMPTY_KNOWLEDGE,
          success: analysed ? pick(n, 8, [true, false, null]) : null,
          creditsUsed: pick(n, 9, [null, 0.1, 1, 2.25]),
          verdictFrom: { analysed, repeats: 0 },
        }
      : null,
    orderedAt: ordered ? createdAt + 60_000 : null,
    orderTotal: ordered ? pick(n, 10, ['10.10', '129.00', null, '0.05']) : null,
    orderCurrency: ordered ? pick(n, 11, ['EUR', 'JPY', null]) : null,
    orderMatch: ordered ? pick(n, 12, ['checkout', 'person'] as const) : null,
    attributed: ordered && pick(n, 13, [true, false]),
  };
}

/** Through the store's own commit, which indexes a record by the time it is created at. */
async function store(all: readonly RecoveryRecord[]): Promise<void> {
  const born = { revision: 0 };
  const committed = await Promise.all(
    all.map((record) => ground.store.commit({ record: { ...record, ...born }, patch: {}, at: record.createdAt })),
  );
  expect(committed.every(Boolean)).toBe(true);
}

function inMemory(from: string, to: string) {
  return earningsOf(records.map(toEarningsFacts).filter(({ day }) => day >= from && day <= to));
}

describe('the report', () => {
  it.each([
    ['all of it', '2026-10-01', '2026-11-23'],
    ['thirty days', '2026-10-25', '2026-11-23'],
    ['one day', '2026-11-03', '2026-11-03'],
    ['the day on which six hundred came at once', '2026-11-10', '2026-11-10'],
    ['days before anything', '2026-09-01', '2026-09-30'],
  ])('of %s is what the same records come to in memory', async (_what, from, to) => {
    const answer = await report({ from, to });
    expect(answer).toEqual({
      ok: true,
      report: { shop: SHOP, from, to, completeSince: '2026-10-25', unreadable: 0, ...inMemory(from, to) },
    });
  });

  it('is about something', async () => {
    const answer = await report({ from: '2026-10-01' });
    if (!answer.ok) throw new Error(answer.message);
    const { total, days, lift } = answer.report;
    expect(total.seen).toBe(RECORDS + AT_ONCE);
    expect(days.length).toBeGreaterThanOrEqual(DAYS);
    for (const count of [total.callable, total.heldOut, total.answered, total.recovered.byPerson]) {
      expect(count).toBeGreaterThan(50);
    }
    expect(Object.keys(total.revenue)).toEqual(['EUR', 'JPY']);
    expect(lift.verdict).not.toBe('too_few');
  });

  it('counts both ends of the days, to the millisecond', async () => {
    const edge = Date.UTC(2020, 0, 1);
    const around = [edge - 1, edge, edge + DAY - 1, edge + DAY].map((at, n) => generated(n, at));
    await store(around);
    const answer = await report({ from: '2020-01-01', to: '2020-01-01' });
    expect(answer.ok && answer.report.total.seen).toBe(2);
  });

  it('leaves out what is forgotten, and counts what it cannot read', async () => {
    const at = Date.UTC(2020, 5, 1, 10);
    const [forgotten, spoilt, whole] = [1, 2, 3].map((n) => generated(n, at));
    if (!forgotten || !spoilt || !whole) throw new Error('three were made');
    await store([forgotten, spoilt, whole]);
    const keys = keysBelow(ground.prefix);
    await ground.redis.del(keys.recovery(forgotten.id));
    await ground.redis.hset(keys.recovery(spoilt.id), { facts: '{"Odile Marrable"' });
    const answer = await report({ from: '2020-06-01', to: '2020-06-01' });
    expect(answer.ok && { seen: answer.report.total.seen, unreadable: answer.report.unreadable }).toEqual({
      seen: 1,
      unreadable: 1,
    });
  });

  it('reads what is sealed, counts what was erased as before, and what it has no key for as unreadable', async () => {
    const at = Date.UTC(2020, 8, 1, 10);
    const dataKeys = { current: aDataKey(), old: [] };
    const keys = keysBelow(`${ground.prefix}-sealed`);
    const sealed = recoveryStore(ground.redis, keys, DAY, sealsWith(ground.redis, keys, dataKeys));
    const made = Array.from({ length: 20 }, (_, n) => generated(n, at));
    for (const [n, record] of made.entries()) {
      expect(await sealed.commit({ record: { ...record, revision: 0 }, patch: {}, at })).toBe(true);
      const there = (await sealed.load(record.id))?.record;
      const patch = there && n % 2 === 0 ? withoutPerson(there, at) : {};
      if (there) expect(await sealed.commit({ record: there, patch, at })).toBe(true);
    }
    const reported = async (vault = vaultOf(dataKeys)) => {
      const reader = earningsReader(ground.redis, keys, vault);
      const earnings = reportEarnings({ reader, shop: SHOP, clock: { now: () => NOW }, recordTtlMs: DAY });
      const answer = await earnings({ from: '2020-09-01', to: '2020-09-01' });
      return answer.ok ? answer.report : null;
    };
    expect(await reported()).toMatchObject({ unreadable: 0, ...earningsOf(made.map(toEarningsFacts)) });
    expect((await reported())?.total.seen).toBe(20);
    expect(await reported(vaultOf(null))).toMatchObject({ unreadable: 20, total: { seen: 0 } });
    await ground.redis.unlink(...(await ground.redis.keys(keys.everything)));
  });

  it('reads page after page: what it holds at once is bounded', async () => {
    const sizes: number[] = [];
    for await (const page of earningsReader(ground.redis, keysBelow(ground.prefix)).pages(SHOP, 0, NOW + 1)) {
      sizes.push(page.records.length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(250);
    expect(sizes.length).toBeGreaterThan(5);
  });

  it('knows one shop from another', async () => {
    const reader = earningsReader(ground.redis, keysBelow(ground.prefix));
    const other = reportEarnings({ reader, shop: 'other.myshopify.com', clock: { now: () => NOW }, recordTtlMs: DAY });
    expect(await other({ from: '2026-10-01' })).toMatchObject({ ok: true, report: { total: { seen: 0 } } });
  });
});
