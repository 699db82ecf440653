/** AccessLog on Redis: a stream. Redis drops its oldest entries beyond the bound; the app deletes none. */
import type { Redis } from 'ioredis';
import type { AccessEntry, AccessLog } from '../domain/access-log.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';

/** Some 30 MB: at a thousand entries a day, three months. Redis trims whole nodes, so it keeps a little more. */
const MOST_ENTRIES = 100_000;

const CURSOR = /^\d{1,16}-\d{1,16}$/;

export function accessLog(redis: Redis, keys: Keys, mostEntries: number = MOST_ENTRIES): AccessLog {
  return {
    append: ({ at, who, what, outcome, about, detail, times = 1 }) =>
      orUnavailable(async () => {
        const fields = { at, who, what, outcome, about, detail, times: times === 1 ? null : times };
        const pairs = Object.entries(fields).flatMap(([name, value]) => (value == null ? [] : [name, `${value}`]));
        await redis.xadd(keys.accessLog, 'MAXLEN', '~', mostEntries, '*', ...pairs);
      }),

    read: ({ limit, cursor }) =>
      orUnavailable(async () => {
        // A cursor is the id of the last entry of the page before.
        const from = cursor !== null && CURSOR.test(cursor) ? `(${cursor}` : '+';
        const rows = await redis.xrevrange(keys.accessLog, from, '-', 'COUNT', limit + 1);
        const entries = rows.slice(0, limit).map(([id, fields]) => ({ id, ...entryOf(fields ?? []) }));
        return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
      }),
  };
}

function entryOf(pairs: readonly string[]): AccessEntry {
  const fields = new Map(pairs.flatMap((name, i) => (i % 2 === 0 ? [[name, pairs[i + 1] ?? ''] as const] : [])));
  return {
    at: Number(fields.get('at') ?? 0),
    who: fields.get('who') ?? '',
    what: fields.get('what') ?? '',
    outcome: fields.get('outcome') ?? '',
    about: fields.get('about') ?? null,
    detail: fields.get('detail') ?? null,
    times: Number(fields.get('times') ?? 1),
  };
}
