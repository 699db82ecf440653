/** Paging through an index of recoveries, newest first, stable while it changes: a cursor names a place, not a count. */
import type { Redis } from 'ioredis';
import type { RecoveryPage } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import type { Keys } from './keys.ts';
import { decodeRecord } from './record-codec.ts';
import type { Vault } from './vault.ts';

/** A record that has expired is left out; its index entry goes with the next sweep. */
export async function readPage(
  redis: Redis,
  keys: Keys,
  index: string,
  limit: number,
  cursor: string | null,
  vault: Vault,
): Promise<RecoveryPage> {
  const { ids, nextCursor } = await readIds(redis, index, limit, cursor);
  const hashes = await Promise.all(ids.map((id) => redis.hgetall(keys.recovery(id))));
  return { recoveries: hashes.flatMap((hash, i) => readable(hash, ids[i] ?? '', vault)), nextCursor };
}

/** @param cursor - `<score>:<id>` of the last entry of the page before; null for the first page. */
export async function readIds(
  redis: Redis,
  index: string,
  limit: number,
  cursor: string | null,
): Promise<{ readonly ids: string[]; readonly nextCursor: string | null }> {
  const after = parseCursor(cursor);
  const entries: { id: string; score: number }[] = [];
  let offset = 0;
  // One more than asked tells whether there is a next page. Entries of one score can outnumber a page, hence the loop.
  while (entries.length <= limit) {
    const rows = await redis.zrange(
      index,
      after?.score ?? '+inf',
      '-inf',
      'BYSCORE',
      'REV',
      'LIMIT',
      offset,
      limit + 1,
      'WITHSCORES',
    );
    for (let i = 0; i + 1 < rows.length; i += 2) {
      const id = rows[i] as string;
      const score = Number(rows[i + 1]);
      if (after && score === after.score && id >= after.id) continue;
      entries.push({ id, score });
    }
    offset += limit + 1;
    if (rows.length < 2 * (limit + 1)) break;
  }
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  return {
    ids: page.map(({ id }) => id),
    nextCursor: entries.length > limit && last ? `${last.score}:${last.id}` : null,
  };
}

/** A record that cannot be read must not hide the others; the sweep raises an alarm for it. */
function readable(hash: Readonly<Record<string, string>>, id: string, vault: Vault): RecoveryRecord[] {
  if (hash.state === undefined) return [];
  try {
    return [decodeRecord(hash, id, vault)];
  } catch {
    return [];
  }
}

function parseCursor(cursor: string | null): { score: number; id: string } | null {
  const match = /^(\d{1,16}):(.{1,200})$/.exec(cursor ?? '');
  return match ? { score: Number(match[1]), id: match[2] as string } : null;
}
