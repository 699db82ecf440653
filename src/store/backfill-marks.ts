/** BackfillMarks on Redis. */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { BackfillMark, BackfillMarks } from '../domain/backfill-marks.ts';
import { orUnavailable } from '../errors.ts';
import type { Keys } from './keys.ts';
import { scriptsOn } from './scripts.ts';

const markSchema = z.object({
  readUpTo: z.number().nullable(),
  under: z.object({ since: z.number(), startedAt: z.number(), cursor: z.string() }).nullable(),
});

const NEVER_READ: BackfillMark = { readUpTo: null, under: null };

export function backfillMarks(redis: Redis, keys: Keys): BackfillMarks {
  const run = scriptsOn(redis);
  return {
    load: (shop, subject) =>
      orUnavailable(async () => {
        const text = await redis.get(keys.backfill(shop, subject));
        return text === null ? NEVER_READ : markSchema.catch(NEVER_READ).parse(JSON.parse(text));
      }),
    save: (shop, subject, mark) =>
      orUnavailable(async () => {
        await redis.set(keys.backfill(shop, subject), JSON.stringify(mark));
      }),
    async lock(shop, owner, forMs) {
      return (await run('lock', [keys.backfill(shop, 'lock')], [owner, forMs])) === 1;
    },
    async unlock(shop, owner) {
      await run('unlock', [keys.backfill(shop, 'lock')], [owner]);
    },
  };
}
