/** What remembers people, in memory: PersonHistories and Suppressions for use cases. Nothing expires here. */
import { personKeyOf } from '../../src/domain/e164.ts';
import type { People } from '../../src/domain/people.ts';
import {
  burstIn,
  capFor,
  MONTH_MS,
  type PersonHistories,
  type PersonHistory,
} from '../../src/domain/person-history.ts';
import type { RecoveryStore } from '../../src/domain/ports.ts';
import type { Suppression, Suppressions } from '../../src/domain/suppression.ts';

/** A digest that a test can read. */
const idOf = (contact: string): string =>
  `digest-of-${Buffer.from(personKeyOf(contact)).toString('base64url')}-${'0'.repeat(16)}`;
const contactOf = (id: string): string => Buffer.from(id.split('-')[2] ?? '', 'base64url').toString();

export interface FakeSuppressions extends Suppressions {
  /** By contact. */
  listed(contact: string): Suppression | null;
}

/** @param store - in which the recoveries of a contact are found. */
export function fakeSuppressions(store: RecoveryStore): FakeSuppressions {
  const entries = new Map<string, Suppression>();
  return {
    idOf,
    idsOf: (contact) => [idOf(contact)],
    keyOf: (id) => (id.startsWith('digest-of-') ? '' : null),
    listed: (contact) => entries.get(idOf(contact)) ?? null,
    async add(added) {
      const news = added.filter(({ id }, i) => !entries.has(id) && added.findIndex((one) => one.id === id) === i);
      for (const entry of news) entries.set(entry.id, entry);
      return news.length;
    },
    remove: async (id) => entries.delete(id),
    find: async (ids) => ids.map((id) => entries.get(id) ?? null),
    async list({ limit, cursor }) {
      const all = [...entries.values()].sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
      const from = cursor === null ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
      const page = all.slice(from, from + limit);
      return { suppressions: page, nextCursor: all.length > from + limit ? (page.at(-1)?.id ?? null) : null };
    },
    count: async () => entries.size,
    recoveriesOf: (shop, id) => store.find(shop, { kind: 'contact', value: contactOf(id) }),
  };
}

type Noted = { readonly contact: string; readonly name: string; readonly at: number };

export interface FakeHistories extends PersonHistories {
  /** As the store does when it takes in a checkout never seen before. */
  noteCheckout(person: readonly string[], recoveryId: string, at: number): void;
  /** Of any of the contacts. */
  known(person: readonly string[]): Pick<PersonHistory, 'calls' | 'lastRefusalAt'>;
}

/** @param others - what else remembers people: the do-not-call list, and who ordered. Without them nobody is listed and nobody did. */
export function fakeHistories(
  others: { readonly suppressions?: Suppressions; readonly people?: People } = {},
): FakeHistories {
  const { suppressions, people } = others;
  let calls: Noted[] = [];
  const refusals: Noted[] = [];
  const withdrawals: Noted[] = [];
  const checkouts: Noted[] = [];
  const of = (noted: readonly Noted[], person: readonly string[]) =>
    noted.filter(({ contact }) => person.map(personKeyOf).includes(personKeyOf(contact)));
  const newestOf = (instants: readonly number[]) => (instants.length === 0 ? null : Math.max(...instants));
  const newest = (noted: readonly Noted[]) => newestOf(noted.map(({ at }) => at));
  const known = (person: readonly string[], except: string | null = null) => {
    const byRecovery = new Map(of(calls, person).map(({ name, at }) => [name, at]));
    if (except !== null) byRecovery.delete(except);
    return {
      calls: [...byRecovery.values()].sort((one, other) => other - one),
      lastRefusalAt: newest(of(refusals, person)),
    };
  };
  const histories: FakeHistories = {
    known,
    // As the fake store writes them on records.
    historyOfDigests: (shop, digests, now, recoveryId) =>
      histories.historyOf(
        shop,
        digests.map((digest) => digest.replace('digest of ', '')),
        now,
        recoveryId,
      ),
    async historyOf(shop, person, now, recoveryId = null) {
      const listed = await suppressions?.find(person.map((contact) => suppressions.idOf(contact)));
      const order = await people?.latest(shop, person, 'order', 0);
      const { calls: all, lastRefusalAt } = known(person, recoveryId);
      return {
        calls: all.filter((at) => at > now - MONTH_MS),
        lastRefusalAt,
        consentWithdrawnAt: newest(of(withdrawals, person)),
        suppressed: listed?.find((entry) => entry !== null) ?? null,
        lastOrderAt: order?.at ?? null,
        burstAt: newestOf(person.flatMap((each) => burstIn(of(checkouts, [each]).map(({ at }) => at)) ?? [])),
      };
    },
    noteCheckout(person, name, at) {
      for (const contact of person) {
        const known = checkouts.findIndex((one) => one.contact === contact && one.name === name);
        if (known === -1) checkouts.push({ contact, name, at });
        else checkouts[known] = { contact, name, at: Math.min(at, checkouts[known]?.at ?? at) };
      }
    },
    async noteRefusal(person, name, at) {
      const news = person.filter((contact) => !refusals.some((one) => one.contact === contact && one.name === name));
      refusals.push(...news.map((contact) => ({ contact, name, at })));
      return news.length > 0;
    },
    async noteConsentWithdrawn(_shop, person, at) {
      withdrawals.push(...person.map((contact) => ({ contact, name: 'consent', at })));
    },
    async claimCall(person, name, at, caps) {
      const hit = capFor(known(person, name), caps, at);
      if (hit) return { ok: false, ...hit };
      calls.push(...person.map((contact) => ({ contact, name, at })));
      return { ok: true };
    },
    async releaseCall(person, name) {
      calls = calls.filter((one) => one.name !== name || !person.includes(one.contact));
    },
  };
  return histories;
}
