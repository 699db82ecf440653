/** The other ports in memory: what a use case told the world, and what the world says when it is told to. */

import type { AbandonedCartPayload } from '../../src/domain/abandoned-cart-payload.ts';
import type { BackfillMark, BackfillMarks } from '../../src/domain/backfill-marks.ts';
import { personKeyOf } from '../../src/domain/e164.ts';
import type { Forwarder, ForwardMessage, ForwardResult } from '../../src/domain/forward.ts';
import type { Intent, Intents } from '../../src/domain/intents.ts';
import type { Journal } from '../../src/domain/journal.ts';
import type { People, PersonFact } from '../../src/domain/people.ts';
import type { Alarms, Clock, DialMarker, DialSwitch, ErrandAlarms, RecoveryStore } from '../../src/domain/ports.ts';
import type { ShopAdmin } from '../../src/domain/shop-admin.ts';
import type { ShopCalls } from '../../src/domain/shop-calls.ts';
import type {
  AbortResult,
  DialResult,
  InitiateCall,
  ReplaceResult,
  VoiceCalls,
  VoiceHealth,
} from '../../src/domain/voice-calls.ts';
import { type Before, interruptible } from './interruptible.ts';

/** A clock that stands until it is moved. */
export function fakeClock(at: number): Clock & { at: number } {
  return {
    at,
    now() {
      return this.at;
    },
  };
}

export interface FakeAlarms extends Alarms {
  /** What will ring: `<recovery id>-<number>` and when. */
  readonly pending: ReadonlyMap<string, { readonly at: number; readonly label: string }>;
  /** As when it rings: BullMQ keeps the finished job, and swallows a new one of that number. */
  spend(recoveryId: string, number: number): void;
}

export function fakeAlarms(): FakeAlarms {
  const pending = new Map<string, { at: number; label: string }>();
  const spent = new Set<string>();
  const nameOf = (recoveryId: string, number: number): string => `${recoveryId}-${number}`;
  return {
    pending,
    spend(recoveryId, number) {
      pending.delete(nameOf(recoveryId, number));
      spent.add(nameOf(recoveryId, number));
    },
    async set(recoveryId, number, at, label) {
      const name = nameOf(recoveryId, number);
      if (!spent.has(name) && !pending.has(name)) pending.set(name, { at, label });
    },
    async remove(recoveryId, number) {
      pending.delete(nameOf(recoveryId, number));
    },
    isLive: async (recoveryId, number) => pending.has(nameOf(recoveryId, number)),
    async asleep(from: number, limit: number) {
      const soonest = [...pending].sort(([, one], [, other]) => one.at - other.at).slice(from, from + limit);
      return soonest.map(([name]) => {
        const cut = name.lastIndexOf('-');
        return { recoveryId: name.slice(0, cut), number: Number(name.slice(cut + 1)) };
      });
    },
  };
}

/** Who was woken for errands, and when. */
export function fakeErrandAlarms(): ErrandAlarms & { readonly woken: { readonly id: string; readonly at: number }[] } {
  const woken: { id: string; at: number }[] = [];
  return {
    woken,
    wake: async (id, _revision, at) => void woken.push({ id, at }),
    async remind(id, now) {
      woken.push({ id, at: now });
      return true;
    },
  };
}

export function fakePeople(): People {
  type Noted = { readonly of: string; readonly fact: PersonFact; readonly name: string; readonly at: number };
  let noted: Noted[] = [];
  const isOf = (shop: string, person: readonly string[]) => {
    const names = new Set(person.map((contact) => `${shop} ${personKeyOf(contact)}`));
    return ({ of }: Noted) => names.has(of);
  };
  const people: People = {
    // As the fake store writes them on records.
    allOfDigests: (shop, digests) =>
      people.all(
        shop,
        digests.map((digest) => digest.replace('digest of ', '')),
      ),
    forgetDigests: (shop, digests) =>
      people.forget(
        shop,
        digests.map((digest) => digest.replace('digest of ', '')),
      ),
    async note(shop, person, fact, name, at) {
      for (const contact of person) noted.push({ of: `${shop} ${personKeyOf(contact)}`, fact, name, at });
    },
    async latest(shop, person, fact, since) {
      const found = noted.filter(isOf(shop, person)).filter((one) => one.fact === fact && one.at >= since);
      const [last] = found.sort((a, b) => b.at - a.at);
      return last ? { name: last.name, at: last.at } : null;
    },
    async all(shop, person) {
      const found = noted.filter(isOf(shop, person)).map(({ fact, name, at }) => ({ fact, name, at }));
      return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
    },
    async forget(shop, person) {
      const theirs = isOf(shop, person);
      noted = noted.filter((one) => !theirs(one));
    },
    async forgetAll(shop) {
      noted = noted.filter(({ of }) => !of.startsWith(`${shop} `));
    },
  };
  return people;
}

/** Keeps every business event as `[method, line]`. */
export function fakeJournal(): Journal & { readonly lines: [string, Record<string, unknown>][]; alarms(): string[] } {
  const lines: [string, Record<string, unknown>][] = [];
  return {
    lines,
    alarms: () => lines.flatMap(([method, line]) => (method === 'alarm' ? [String(line.name)] : [])),
    held: (line) => void lines.push(['held', line]),
    swept: () => {},
    decided: (line) => void lines.push(['decided', line]),
    dialled: (line) => void lines.push(['dialled', line]),
    errand: (line) => void lines.push(['errand', line]),
    request: (line) => void lines.push(['request', line]),
    backfilled: (line) => void lines.push(['backfilled', line]),
    callEvent: (line) => void lines.push(['callEvent', line]),
    suppression: (line) => void lines.push(['suppression', line]),
    signal: (line) => void lines.push(['signal', line]),
    alarm: (name, facts) => void lines.push(['alarm', { name, ...facts }]),
  };
}

export function fakeSwitch(): DialSwitch & { reason: string | null; isShut: boolean } {
  return {
    reason: null,
    isShut: false,
    async pause(reason) {
      if (!this.isShut) this.reason = reason;
    },
    async shut(reason) {
      if (!this.isShut) this.reason = reason;
      this.isShut = true;
    },
    async resume() {
      this.reason = null;
      this.isShut = false;
    },
    async state() {
      return { paused: this.reason !== null, reason: this.reason, since: null };
    },
  };
}

export interface FakeVoice extends VoiceCalls {
  readonly calls: InitiateCall[];
  result: DialResult;
  /** Ids of the calls that were to be aborted, in order. */
  readonly aborts: string[];
  abortResult: AbortResult;
  readonly replacements: { readonly callId: string; readonly payload: AbandonedCartPayload }[];
  replaceResult: ReplaceResult;
  healthResult: VoiceHealth;
  /** What happens while the request is on the wire. */
  meanwhile: () => unknown;
}

export function fakeVoice(): FakeVoice {
  return {
    calls: [],
    result: { kind: 'placed', callId: '68f0c0ffee0000000000ca11', vendorStatus: 'initiate' },
    aborts: [],
    abortResult: { kind: 'aborted' },
    replacements: [],
    replaceResult: { kind: 'replaced' },
    healthResult: 'up',
    meanwhile: () => {},
    async initiate(call) {
      this.calls.push(call);
      await this.meanwhile();
      return this.result;
    },
    async abort(callId) {
      this.aborts.push(callId);
      await this.meanwhile();
      return this.abortResult;
    },
    async replacePayload(callId, payload) {
      this.replacements.push({ callId, payload });
      await this.meanwhile();
      return this.replaceResult;
    },
    async health() {
      return this.healthResult;
    },
  };
}

export interface FakeIntents extends Intents {
  works: boolean;
  readonly remembered: Intent[];
}

/** The intents in memory, with a disk that can be taken away. @param clock - whose time they carry. */
export function fakeIntents(clock: Clock): FakeIntents {
  const kept: (Intent & { readonly at: number })[] = [];
  return {
    works: true,
    remembered: kept,
    async isReady() {
      return this.works;
    },
    async remember(intent) {
      if (!this.works) throw new Error('the disk is full');
      kept.push({ ...intent, at: clock.now() });
    },
    forget(recoveryId, attempt) {
      const at = kept.findIndex((one) => one.recoveryId === recoveryId && one.attempt === attempt);
      if (at >= 0) kept.splice(at, 1);
    },
    lastAttempt(recoveryId) {
      const own = kept.filter((one) => one.recoveryId === recoveryId).sort((a, b) => b.attempt - a.attempt);
      return own[0] ? { attempt: own[0].attempt, at: own[0].at } : null;
    },
    othersOf(names, exceptRecoveryId) {
      const others = kept.filter(({ recoveryId }) => recoveryId !== exceptRecoveryId);
      const dials = others.filter((one) => one.names.some((name) => names.includes(name)));
      const last = new Map(dials.map(({ recoveryId, at }) => [recoveryId, at]));
      return [...last].map(([recoveryId, at]) => ({ recoveryId, at })).sort((a, b) => b.at - a.at);
    },
  };
}

/** A disk that confirms at once, or whatever else it is told to say. */
export function fakeMarker(store: Pick<RecoveryStore, 'commit'>): DialMarker & {
  says: Awaited<ReturnType<DialMarker['confirm']>>;
} {
  return {
    says: 'confirmed',
    commit: (change) => store.commit(change),
    async confirm() {
      return this.says;
    },
  };
}

/** What a shop answers to each question, as long as it is not told to answer otherwise. */
type ShopAnswers = { [M in keyof ShopAdmin]: Awaited<ReturnType<ShopAdmin[M]>> };

export interface FakeAdmin extends ShopAdmin {
  /** What was asked, in order: the question and all that was said with it. */
  readonly asked: (readonly [keyof ShopAdmin, ...unknown[]])[];
  readonly answers: ShopAnswers;
  readonly before: Before<ShopAdmin>;
}

/** A shop where nothing was bought, everything is in stock, and whatever is asked for is done. */
export function fakeAdmin(answers: Partial<ShopAnswers> = {}): FakeAdmin {
  const nothing = { items: [], unreadable: 0, nextCursor: null };
  const draft = { id: 'gid://shopify/DraftOrder/501', name: '#D7' };
  const says: ShopAnswers = {
    lastLook: { ok: true, value: { completedAt: null, ordered: false, inStock: true, customer: null } },
    checkoutsSince: { ok: true, value: nothing },
    ordersSince: { ok: true, value: nothing },
    findAgentOrder: { ok: true, value: null },
    createAgentOrder: { ok: true, value: { ...draft, orderName: null } },
    completeAgentOrder: { ok: true, value: { ...draft, orderName: '#1042' } },
    createDiscount: { ok: true, value: { id: 'gid://shopify/DiscountCodeNode/7' } },
    findDiscount: { ok: true, value: { id: 'gid://shopify/DiscountCodeNode/7', uses: 0 } },
    deleteDiscount: { ok: true, value: null },
    ...answers,
  };
  const asked: FakeAdmin['asked'][number][] = [];
  const answered = (Object.keys(says) as (keyof ShopAdmin)[]).map((question) => [
    question,
    async (...said: unknown[]) => {
      asked.push([question, ...said]);
      return says[question];
    },
  ]);
  return { ...interruptible(Object.fromEntries(answered) as ShopAdmin), asked, answers: says };
}

export interface FakeForwarder extends Forwarder {
  readonly delivered: ForwardMessage[];
  result: ForwardResult;
}

export function fakeForwarder(): FakeForwarder {
  return {
    delivered: [],
    result: { kind: 'taken' },
    async deliver(message) {
      this.delivered.push(message);
      return this.result;
    },
  };
}

export interface FakeMarks extends BackfillMarks {
  readonly marks: Map<string, BackfillMark>;
  /** Whose turn it is; null: nobody's. */
  owner: string | null;
}

export function fakeMarks(): FakeMarks {
  const marks = new Map<string, BackfillMark>();
  return {
    marks,
    owner: null,
    load: async (_shop, subject) => marks.get(subject) ?? { readUpTo: null, under: null },
    save: async (_shop, subject, mark) => void marks.set(subject, mark),
    async lock(_shop, owner) {
      this.owner ??= owner;
      return this.owner === owner;
    },
    async unlock(_shop, owner) {
      if (this.owner === owner) this.owner = null;
    },
  };
}

/** A shop that may call as often as it likes. */
export const NO_SHOP_CAP: ShopCalls = { claim: async () => null, release: async () => {} };
