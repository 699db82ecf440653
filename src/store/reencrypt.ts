/**
 * Everything sealed anew with the current DATA_KEY: after a rotation, or for an installation that had none before. Safe while the
 * service runs, and safe to break off: what is current already is passed over.
 */
import type { Redis } from 'ioredis';
import { orUnavailable, SealedTextError } from '../errors.ts';
import { CONTACT_KEY_PLACE, type ContactDigests, isKeyedDigest, isPlainDigest } from './contact-digests.ts';
import type { Keys } from './keys.ts';
import { placeOfParked } from './parked-store.ts';
import { placeOf, SEALED_FIELDS } from './record-codec.ts';
import { type RunScript, scriptsOn } from './scripts.ts';
import type { Vault } from './vault.ts';

export interface ReencryptReport {
  /** Records and parked bodies that were sealed anew. */
  readonly resealed: number;
  /** Those that were sealed with the current key already. */
  readonly current: number;
  /** Those that hold something that cannot be opened; left as they are. */
  readonly unreadable: number;
  /** Plain digests of contacts that are keyed now: sets that stood under them, and entries of the do-not-call list. */
  readonly carriedOver: number;
}

/** @param onProgress - called after each batch. `total` counts all keys of the database, and may change meanwhile. */
export type Reencrypt = (onProgress?: (done: number, total: number) => void) => Promise<ReencryptReport>;

/** Keys looked at at once: with records of some ten kilobytes a few megabytes. */
const BATCH = 250;
/** A record changes a few times a minute at most. */
const MOST_TRIES = 10;

type Text = readonly [field: string, read: string, fresh: string];
type Outcome = 'resealed' | 'current' | 'unreadable' | 'carriedOver';

export function reencrypt(deps: {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly vault: Vault;
  readonly contacts: ContactDigests;
}): Reencrypt {
  const { redis, keys, vault, contacts } = deps;
  const run: RunScript = scriptsOn(redis);

  return async (onProgress = () => {}) => {
    await contacts.load();
    // First: a process that cannot open it any more stops writing with a key that is going away.
    await resealContactKey();
    const report = { resealed: 0, current: 0, unreadable: 0, carriedOver: await carryOverSuppressions() };
    let cursor = '0';
    let done = 0;
    do {
      const [next, found] = await orUnavailable(() => redis.scan(cursor, 'MATCH', keys.everything, 'COUNT', BATCH));
      for (const outcome of await Promise.all(found.map(see))) if (outcome !== null) report[outcome]++;
      cursor = next;
      done += found.length;
      onProgress(done, await orUnavailable(() => redis.dbsize()));
    } while (cursor !== '0');
    return report;
  };

  async function resealContactKey(): Promise<void> {
    const there = await orUnavailable(() => redis.get(keys.contactKey));
    if (there === null || vault.isCurrent(there)) return;
    const fresh = vault.seal(CONTACT_KEY_PLACE, vault.open(CONTACT_KEY_PLACE, there));
    await run('reseal-text', [keys.contactKey], [there, fresh]);
  }

  /** @returns null for keys that hold nothing of a person. */
  async function see(key: string): Promise<Outcome | null> {
    const { kind, name } = keys.personalIn(key);
    switch (kind) {
      case 'recovery':
        return reseal(key, [...SEALED_FIELDS, 'held', 'lookups', 'contacts'], (hash) => textsOfRecord(name, hash));
      case 'parked':
        return reseal(key, ['body'], ({ body }) => sealedAnew('body', placeOfParked(name), body));
      case 'contact':
        return vault.seals && isPlainDigest(name) ? carryOver(key, name) : null;
      default:
        return null;
    }
  }

  async function reseal(
    key: string,
    fields: readonly string[],
    textsOf: (hash: Readonly<Record<string, string>>) => readonly Text[],
  ): Promise<Outcome | null> {
    for (let tries = 1; ; tries++) {
      const values = await orUnavailable(() => redis.hmget(key, ...fields));
      const hash = Object.fromEntries(fields.flatMap((field, i) => (values[i] == null ? [] : [[field, values[i]]])));
      // Expired, or a set of the same place.
      if (Object.keys(hash).length === 0) return null;
      try {
        const texts = textsOf(hash);
        if (texts.length === 0) return 'current';
        if ((await run('reseal', [key], texts.flat())) === 0) return 'resealed';
      } catch (error) {
        if (error instanceof SealedTextError || error instanceof SyntaxError) return 'unreadable';
        throw error;
      }
      // Written anew by the service, with the key that it has: that is for the next run to see.
      if (tries === MOST_TRIES) return 'resealed';
    }
  }

  function textsOfRecord(id: string, hash: Readonly<Record<string, string>>): readonly Text[] {
    const whole = SEALED_FIELDS.flatMap((field) => sealedAnew(field, placeOf(id, field), hash[field]));
    return [...whole, ...heldAnew(id, hash.held), ...lookupsAnew(hash)];
  }

  function sealedAnew(field: string, place: string, text: string | undefined): readonly Text[] {
    return !text || vault.isCurrent(text) ? [] : [[field, text, vault.seal(place, vault.open(place, text))]];
  }

  /** Its facts alone are sealed; see receive-checkouts.lua. */
  function heldAnew(id: string, held: string | undefined): readonly Text[] {
    if (!held) return [];
    const { facts, ...verdict } = JSON.parse(held) as { readonly facts: unknown };
    const text = typeof facts === 'string' ? facts : JSON.stringify(facts);
    return sealedAnew('held', placeOf(id, 'facts'), text).map(([field, , fresh]) => [
      field,
      held,
      JSON.stringify({ ...verdict, facts: fresh }),
    ]);
  }

  /** Before contacts were keyed, a record told what it could be found by in clear, or by plain digests. */
  function lookupsAnew({ lookups, contacts: known = '' }: Readonly<Record<string, string>>): readonly Text[] {
    if (!vault.seals || !lookups) return [];
    const digests: string[] = [];
    const named = lookups.split(/,(?=(?:cart|checkout|contact):)/).map((lookup) => {
      const [, contact] = /^contact:(.*)$/s.exec(lookup) ?? [];
      if (contact === undefined) return lookup;
      const digest = keyedFrom(contact);
      digests.push(digest);
      return `contact:${digest}`;
    });
    const fresh = named.join();
    return fresh === lookups
      ? []
      : [
          ['lookups', lookups, fresh],
          ['contacts', known, JSON.stringify(digests)],
        ];
  }

  /** @param contact - as it stood on a record: a number or an address, or either kind of digest. */
  function keyedFrom(contact: string): string {
    if (isKeyedDigest(contact)) return contact;
    return isPlainDigest(contact) ? contacts.ofPlain(contact) : contacts.of(contact);
  }

  async function carryOverSuppressions(): Promise<number> {
    if (!vault.seals) return 0;
    let carriedOver = 0;
    let cursor = '0';
    do {
      const [next, fields] = await orUnavailable(() => redis.hscan(keys.suppressions, cursor, 'COUNT', BATCH));
      const plain = fields.filter((text, i) => i % 2 === 0 && isPlainDigest(text));
      const renamed = plain.flatMap((digest) => [digest, contacts.ofPlain(digest)]);
      const list = [keys.suppressions, keys.suppressionOrder];
      if (plain.length > 0) carriedOver += (await run('carry-over-suppressions', list, renamed)) as number;
      cursor = next;
    } while (cursor !== '0');
    return carriedOver;
  }

  async function carryOver(key: string, digest: string): Promise<Outcome | null> {
    const fresh = key.slice(0, -digest.length) + contacts.ofPlain(digest);
    return (await run('carry-over', [key, fresh], [])) === 1 ? 'carriedOver' : null;
  }
}
