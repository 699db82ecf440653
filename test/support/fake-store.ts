/** RecoveryStore in memory, for use cases. What it shares with the real one is in recovery-store-contract.ts; expiry it does not know. */

import { isDeepStrictEqual } from 'node:util';
import { saysNo } from '../../src/domain/consent.ts';
import { personKeyOf } from '../../src/domain/e164.ts';
import { errandsDueAt, hasFailedErrand } from '../../src/domain/errand.ts';
import { NOTHING_KNOWN, type PersonHistory } from '../../src/domain/person-history.ts';
import type {
  AlarmState,
  CheckoutIntake,
  IntakeOutcome,
  Lookup,
  RecoveryStore,
  ShutReason,
} from '../../src/domain/ports.ts';
import {
  type CancelReason,
  EMPTY_RECORD,
  FINAL_SKIPS,
  OPEN_STATES,
  RECOVERY_STATES,
  type RecoveryRecord,
  type RecoveryState,
  type TimelineEntry,
} from '../../src/domain/recovery.ts';
import { indexedAt } from '../../src/domain/transition/deadline.ts';
import { kindOf } from '../../src/store/record-codec.ts';
import { type FakeHistories, fakeHistories } from './fake-people-memory.ts';
import { type Before, interruptible } from './interruptible.ts';

type Kept = {
  record: RecoveryRecord;
  readonly timeline: TimelineEntry[];
  lastAlarm: number;
  /** Since when one of its errands is failed; null when none is. */
  failedAt: number | null;
};

export interface FakeStore extends RecoveryStore {
  /** As when the shop is let go; null takes checkouts in again. */
  shut(reason: ShutReason | null): void;
  /** Where it looks who is a stranger, and notes checkouts. */
  remembers(histories: FakeHistories): void;
  /** Puts a record there as if it had always been. */
  put(record: RecoveryRecord): void;
  record(id: string): RecoveryRecord;
  timeline(id: string): readonly TimelineEntry[];
  readonly before: Before<RecoveryStore>;
}

/** @param isPaused - whether dialling is; without it, whether the shop is shut. Everybody is a stranger until it `remembers`. */
export function fakeStore(isPaused?: () => boolean): FakeStore {
  const kept = new Map<string, Kept>();
  const lookedUp = new Map<string, Set<string>>();
  const ahead = new Map<string, CancelReason>();
  const claims = new Map<string, string>();
  const erasable = new Map<string, number>();
  let isShut: ShutReason | null = null;
  let histories = fakeHistories();

  const store: RecoveryStore = {
    async load(id) {
      const known = kept.get(id);
      return known ? structuredClone({ record: known.record, timeline: known.timeline }) : null;
    },
    async receive(intake) {
      const known = kept.get(intake.id);
      if (isShut !== null) {
        const { state, reason } = known?.record ?? { state: 'skipped', reason: isShut };
        return { outcome: 'shut', state, reason, dueAt: null, alarm: alarmStateOf(intake.id), nextAlarm: null };
      }
      const { id, now, dueAt, facts, checkoutUpdatedAt, lastActivityAt } = intake;
      const person = intake.lookups.filter(({ kind }) => kind === 'contact').map(({ value }) => value);
      if (intake.ifStranger && !isStranger(await histories.historyOf(facts.shop, person, now))) {
        const state = known?.record.state ?? 'waiting';
        return { outcome: 'no_stranger', state, reason: null, dueAt: null, alarm: alarmStateOf(id), nextAlarm: null };
      }
      const { state, reason } = known ? intake : bornStopped(intake);
      const outcome = outcomeOf(known?.record, intake);
      const before = known?.record ?? { ...EMPTY_RECORD, id, createdAt: now };
      if (outcome === 'created' || outcome === 'updated') {
        const contacts = person.map((contact) => `digest of ${contact}`);
        histories.noteCheckout(person, id, Math.min(lastActivityAt, before.createdAt));
        const due = { dueAt: state === 'scheduled' ? dueAt : null };
        const own = { checkoutUpdatedAt, lastActivityAt, state, reason, ...due, contacts, erasedAt: null };
        if (!known || before.erasedAt !== null) erasable.set(id, now);
        const born = { at: now, event: 'stopped_before', state, reason: reason ?? '' };
        const entry = state === 'cancelled' ? born : intake.entry;
        write({ ...before, ...facts, ...own, changedAt: now, revision: before.revision + 1 }, entry);
        for (const lookup of intake.lookups) point(facts.shop, lookup, id);
      } else {
        const { entry: _entry, id: _id, now: _now, lookups: _lookups, ifStranger: _ifStranger, ...held } = intake;
        const underWay = (before.state === 'dialing' || before.state === 'unknown') && before.erasedAt === null;
        const newest = before.held?.checkoutUpdatedAt ?? before.checkoutUpdatedAt ?? -1;
        const isNo = checkoutUpdatedAt === newest && saysNo(facts);
        const holds = underWay && before.stopReason === null && (checkoutUpdatedAt > newest || isNo);
        const after = holds ? { ...before, held, revision: before.revision + 1 } : before;
        write(after, { at: now, event: outcome === 'closed' ? 'checkout_closed' : 'checkout_nothing_new' });
      }
      const after = of(id).record;
      const taken = outcome === 'created' || outcome === 'updated';
      const rings = after.alarmAt !== null && after.dueAt !== null && after.alarmAt <= after.dueAt;
      const nextAlarm = taken && after.state === 'scheduled' && !rings ? await store.alarmNumber(id) : null;
      return {
        outcome,
        state: after.state,
        reason: after.reason,
        dueAt: after.dueAt,
        alarm: alarmStateOf(id),
        nextAlarm,
      };
    },
    async commit({ record, patch, at, entry, lookups = [], unlessPaused = false }) {
      const before = kept.get(record.id)?.record ?? { ...record, revision: 0 };
      if (before.revision !== record.revision) return false;
      if (unlessPaused && (isPaused?.() ?? isShut !== null)) return false;
      write({ ...before, ...patch, changedAt: at, revision: record.revision + 1 }, entry);
      if (patch.errands)
        of(record.id).failedAt = hasFailedErrand(patch.errands) ? (of(record.id).failedAt ?? at) : null;
      for (const lookup of lookups) point(record.shop, lookup, record.id);
      if (record.revision === 0) erasable.set(record.id, at);
      if (typeof patch.erasedAt === 'number') erasable.delete(record.id);
      for (const digest of record.contacts.filter((one) => !of(record.id).record.contacts.includes(one))) {
        lookedUp
          .get(nameOf(record.shop, { kind: 'contact', value: digest.replace('digest of ', '') }))
          ?.delete(record.id);
      }
      return true;
    },
    async note(id, entry) {
      if (kept.has(id)) write(of(id).record, entry);
    },
    async stopAhead(shop, lookup, reason) {
      ahead.set(nameOf(shop, lookup), reason);
    },
    async alarmNumber(id) {
      of(id).lastAlarm++;
      return of(id).lastAlarm;
    },
    async alarmSet(id, number, at) {
      const known = kept.get(id);
      if (!known || number <= (known.record.alarm ?? 0)) return;
      known.record = { ...known.record, alarm: number, alarmAt: at };
    },
    async alarmSpent(id, number) {
      const known = kept.get(id);
      if (!known) return true;
      if (known.record.state === 'scheduled') return false;
      if (known.record.alarm === number) known.record = { ...known.record, alarm: null, alarmAt: null };
      return true;
    },
    alarmOf: async (id) => alarmStateOf(id),
    find: async (shop, lookup) => [...(lookedUp.get(nameOf(shop, lookup)) ?? [])],
    async list(shop, { state, limit, cursor }) {
      const scored = recordsOf(shop, state).map((record) => ({
        record,
        place: `${String(state ? indexedAt(record) : record.createdAt).padStart(16, '0')}:${record.id}`,
      }));
      const rest = scored.sort((a, b) => (a.place < b.place ? 1 : -1)).filter((one) => !cursor || one.place < cursor);
      const page = rest.slice(0, limit);
      const nextCursor = rest.length > limit ? (page.at(-1)?.place ?? null) : null;
      return { recoveries: page.map(({ record }) => record), nextCursor };
    },
    async ids(shop, query) {
      const { recoveries, nextCursor } = await store.list(shop, query);
      return { ids: recoveries.map(({ id }) => id), nextCursor };
    },
    async unlink(shop, ids, lookups) {
      for (const lookup of lookups) for (const id of ids) lookedUp.get(nameOf(shop, lookup))?.delete(id);
    },
    async drop(_shop, id) {
      kept.delete(id);
    },
    async unlinkAll(shop) {
      for (const places of [lookedUp, ahead, claims]) {
        for (const name of [...places.keys()].filter((name) => name.startsWith(`${shop} `))) places.delete(name);
      }
    },
    async idsBefore(shop, state, until, limit) {
      const due = recordsOf(shop, state).filter((record) => indexedAt(record) <= until);
      return due
        .sort((a, b) => indexedAt(a) - indexedAt(b))
        .slice(0, limit)
        .map(({ id }) => id);
    },
    async idsWithErrands(shop, until, limit) {
      const due = recordsOf(shop, null).map(({ id, errands }) => ({ id, at: errandsDueAt(errands) }));
      return due
        .filter((one): one is { id: string; at: number } => one.at !== null && one.at <= until)
        .sort((a, b) => a.at - b.at)
        .slice(0, limit)
        .map(({ id }) => id);
    },
    async idsWithFailedErrands(shop, limit) {
      return recordsOf(shop, null)
        .map(({ id }) => ({ id, at: of(id).failedAt }))
        .filter((one): one is { id: string; at: number } => one.at !== null)
        .sort((a, b) => b.at - a.at)
        .slice(0, limit)
        .map(({ id }) => id);
    },
    async idsErasable(shop, until, limit) {
      const old = [...erasable].filter(([id, since]) => since <= until && kept.get(id)?.record.shop === shop);
      return old
        .sort(([, a], [, b]) => a - b)
        .slice(0, limit)
        .map(([id]) => id);
    },
    async erasableSince(_shop, id, since) {
      if (since === null) erasable.delete(id);
      else if (erasable.has(id)) erasable.set(id, since);
    },
    async claim(shop, name, id) {
      const key = `${shop} ${name}`;
      if (!claims.has(key)) claims.set(key, id);
      return claims.get(key) === id;
    },
    ownerOf: async (shop, name) => claims.get(`${shop} ${name}`) ?? null,
    async countByState(shop) {
      const counts = RECOVERY_STATES.map((state) => [state, recordsOf(shop, state).length]);
      return Object.fromEntries(counts) as Record<RecoveryState, number>;
    },
    pruneIndexes: async () => 0,
  };

  return {
    ...interruptible(store),
    remembers: (memory) => {
      histories = memory;
    },
    shut: (reason) => {
      isShut = reason;
    },
    put(record) {
      const failedAt = hasFailedErrand(record.errands) ? record.changedAt : null;
      kept.set(record.id, { record, timeline: [], lastAlarm: record.alarm ?? 0, failedAt });
      if (record.erasedAt === null) erasable.set(record.id, record.createdAt);
    },
    record: (id) => of(id).record,
    timeline: (id) => of(id).timeline,
  };

  function of(id: string): Kept {
    const known = kept.get(id);
    if (!known) throw new Error(`no record ${id}`);
    return known;
  }

  function write(record: RecoveryRecord, entry: TimelineEntry | undefined): void {
    const known = kept.get(record.id) ?? { record, timeline: [], lastAlarm: 0, failedAt: null };
    kept.set(record.id, known);
    known.record = record;
    const last = known.timeline.at(-1);
    if (!entry) return;
    if (!last || kindOf(last) !== kindOf(entry)) known.timeline.push(entry);
    else known.timeline.splice(-1, 1, { ...last, times: (last.times ?? 1) + 1, lastAt: entry.at });
  }

  function point(shop: string, lookup: Lookup, id: string): void {
    const name = nameOf(shop, lookup);
    lookedUp.set(name, (lookedUp.get(name) ?? new Set()).add(id));
  }

  function bornStopped({ facts, lookups, state, reason }: CheckoutIntake): {
    state: RecoveryState;
    reason: string | null;
  } {
    const stop = lookups.map((lookup) => ahead.get(nameOf(facts.shop, lookup))).find((found) => found !== undefined);
    return stop ? { state: 'cancelled', reason: stop } : { state, reason };
  }

  function alarmStateOf(id: string): AlarmState {
    const known = kept.get(id);
    return { number: known?.record.alarm ?? null, at: known?.record.alarmAt ?? null };
  }

  function recordsOf(shop: string, state: RecoveryState | null): RecoveryRecord[] {
    const records = [...kept.values()].map(({ record }) => record);
    return records.filter((record) => record.shop === shop && (state === null || record.state === state));
  }
}

const nameOf = (shop: string, { kind, value }: Lookup): string =>
  kind === 'customer'
    ? `${shop} contact customer:${value}`
    : `${shop} ${kind} ${kind === 'contact' ? personKeyOf(value) : value}`;

function outcomeOf(known: RecoveryRecord | undefined, intake: CheckoutIntake): IntakeOutcome {
  if (!known) return 'created';
  if (!OPEN_STATES.has(known.state) || FINAL_SKIPS.has(known.reason ?? '')) return 'closed';
  const newest = known.checkoutUpdatedAt ?? -1;
  if (intake.checkoutUpdatedAt !== newest) return intake.checkoutUpdatedAt < newest ? 'stale' : 'updated';
  if (known.erasedAt !== null) return 'stale';
  if (saysNo(known) && !saysNo(intake.facts)) return 'stale';
  if (known.state === 'scheduled' && intake.state === 'waiting' && !saysNo(intake.facts)) return 'stale';
  const sameFacts = Object.entries(intake.facts).every(([name, value]) =>
    isDeepStrictEqual(value, known[name as keyof RecoveryRecord]),
  );
  const sameVerdict = known.state === intake.state && (intake.state === 'scheduled' || known.reason === intake.reason);
  return sameFacts && sameVerdict ? 'duplicate' : 'updated';
}

function isStranger(history: PersonHistory): boolean {
  return isDeepStrictEqual(history, NOTHING_KNOWN);
}
