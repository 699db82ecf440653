/**
 * Redis's append-only file holds every write until it is rewritten: what lay there in clear before there was a DATA_KEY, and what was
 * erased since. Rewriting forks the server, so it is asked for when there is a reason, and for erasures not more often than every few hours.
 */
import { type Redis, ReplyError } from 'ioredis';
import { HOUR } from '../domain/duration.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';

/**
 * - `begun`: now, or as soon as a snapshot that is being written is done. - `no_file`: nothing is kept in such a file.
 * - `under_way`: one had begun before and may still hold what was to go. - `not_allowed`: this user may not ask for it.
 */
export type FileRewrite = 'begun' | 'no_file' | 'under_way' | 'not_allowed';

export interface FileRewrites {
  /** Asks for it now. */
  begin(): Promise<FileRewrite>;
  /** The file holds something that is not to be kept. */
  want(): Promise<void>;
  /** Asks for it if it is wanted and the last time is long enough ago; of several processes one does. @returns null: it did not ask. */
  beginIfWanted(): Promise<FileRewrite | null>;
}

const AT_MOST_EVERY_MS = 6 * HOUR;

export function fileRewrites(redis: Redis, keys: Keys): FileRewrites {
  const begin = (): Promise<FileRewrite> =>
    orUnavailable(async () => {
      if (/^aof_enabled:0/m.test(await redis.info('persistence'))) return 'no_file';
      try {
        await redis.bgrewriteaof();
        return 'begun';
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        return /already in progress/.test((error as Error).message) ? 'under_way' : 'not_allowed';
      }
    });

  return {
    begin,

    async want() {
      await orUnavailable(() => redis.set(keys.rewriteWanted, '1'));
    },

    async beginIfWanted() {
      const isTurn = await orUnavailable(
        async () =>
          (await redis.exists(keys.rewriteWanted)) === 1 &&
          (await redis.set(keys.rewriteBegun, '1', 'PX', AT_MOST_EVERY_MS, 'NX')) === 'OK',
      );
      if (!isTurn) return null;
      // Before it is asked for: what is erased from here on wants another one.
      await orUnavailable(() => redis.del(keys.rewriteWanted));
      const outcome = await begin();
      if (outcome === 'under_way') {
        await orUnavailable(() => redis.multi().set(keys.rewriteWanted, '1').del(keys.rewriteBegun).exec());
      }
      return outcome;
    },
  };
}
