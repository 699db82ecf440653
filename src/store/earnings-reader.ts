/** EarningsReader on Redis: the index of all recoveries, and of each record only the fields that the report needs. */
import type { Redis } from 'ioredis';
import type { EarningsPage, EarningsReader, EarningsRecord } from '../domain/earnings-reader.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { decodeRecord } from './record-codec.ts';
import { CLEAR_VAULT, type Vault } from './vault.ts';

/** As they are called in the hash; `facts` holds the payload. That and `call` may be sealed. */
const FIELDS: readonly (keyof EarningsRecord | 'facts')[] = [
  'state',
  'reason',
  'createdAt',
  'facts',
  'hadPayload',
  'attempts',
  'arm',
  'callId',
  'calledAt',
  'call',
  'orderedAt',
  'orderTotal',
  'orderCurrency',
  'orderMatch',
  'attributed',
];

/** Of some ten kilobytes each: one page is a few megabytes, and a few milliseconds of Redis. */
const PER_PAGE = 250;

export function earningsReader(redis: Redis, keys: Keys, vault: Vault = CLEAR_VAULT): EarningsReader {
  return {
    async *pages(shop, from, until) {
      // A place in the index is a score and the ids already seen there: it stays good while the index changes.
      let score = from;
      let seen = new Set<string>();
      for (;;) {
        const rows = await indexFrom(shop, score, until, seen.size);
        const fresh = rows.filter(({ id }) => !seen.has(id));
        if (fresh.length > 0) yield await pageOf(fresh.map(({ id }) => id));
        if (rows.length < PER_PAGE) return;
        const last = rows.at(-1)?.score ?? score;
        const there = rows.filter((row) => row.score === last).map(({ id }) => id);
        seen = new Set(last === score ? [...seen, ...there] : there);
        score = last;
      }
    },
  };

  async function indexFrom(shop: string, score: number, until: number, offset: number) {
    const range = ['BYSCORE', 'LIMIT', offset, PER_PAGE, 'WITHSCORES'] as const;
    const rows = await orUnavailable(() => redis.zrange(keys.all(shop), score, `(${until}`, ...range));
    return rows.flatMap((id, i) => (i % 2 === 0 ? [{ id, score: Number(rows[i + 1]) }] : []));
  }

  /** The connection puts the reads of one turn into one packet. */
  async function pageOf(ids: readonly string[]): Promise<EarningsPage> {
    const hashes = await orUnavailable(() => Promise.all(ids.map((id) => redis.hmget(keys.recovery(id), ...FIELDS))));
    const records: EarningsRecord[] = [];
    let unreadable = 0;
    for (const [n, values] of hashes.entries()) {
      const hash = Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? '']));
      // Forgotten since; its place in the index goes with a sweep.
      if (hash.state === '') continue;
      try {
        records.push(decodeRecord(hash, ids[n] ?? '', vault));
      } catch {
        unreadable++;
      }
    }
    return { records, unreadable };
  }
}
