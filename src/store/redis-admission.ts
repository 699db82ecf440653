/**
 * Whether this Redis may be worked with at all. Its absence is no reason to give up: it is waited for. A wrong password, missing
 * rights and, where that is asked for, a configuration that forgets are: waiting mends none of them.
 */
import type { Redis } from 'ioredis';
import { SECOND } from '../domain/duration.ts';
import type { Keys } from './keys.ts';
import { type RedisFault, redisFaults } from './redis-check.ts';

export type RedisRefusal = RedisFault | 'wrong_password' | 'missing_rights';

/** What a command is answered that the user of REDIS_URL may not give; in a script the words differ. */
const NO_RIGHT = /NOPERM|ACL failure|user executing the script|No permissions/i;
const NO_ENTRY = /WRONGPASS|NOAUTH/;

/** While it is away, `ready` brings the next look; this one is for an answer that was late. Milliseconds. */
const JUDGED_AGAIN_MS = SECOND;

/** A hash, a sorted set and a stream, from a script: what records, indexes and queues are made of. */
const TRY_WRITING = `
redis.call('HSET', KEYS[1], 'a', '1')
redis.call('ZADD', KEYS[2], 1, 'a')
redis.call('XADD', KEYS[3], '*', 'a', '1')
return redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])`;

export function admitRedis(
  redis: Redis,
  options: {
    readonly keys: Keys;
    /** `refuse`: a Redis that forgets or evicts is not worked with. */
    readonly unsafe: 'refuse' | 'allow';
    readonly onUnsafe: (fault: RedisFault) => void;
    readonly onError: (error: Error) => void;
  },
): {
  /** Resolves when a Redis was found good. */
  readonly admitted: Promise<void>;
  /** Resolves when it must be given up, with everything that was found wrong at once. */
  readonly refused: Promise<readonly RedisRefusal[]>;
} {
  const { keys, unsafe, onUnsafe, onError } = options;
  const admitted = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<readonly RedisRefusal[]>();
  let wasAdmitted = false;

  redis.on('error', (error: Error) => {
    // A password that is changed under a running service may be changed back, and it holds what nobody else does.
    if (wasAdmitted) return;
    if (NO_ENTRY.test(error.message)) refused.resolve(['wrong_password']);
    else if (NO_RIGHT.test(error.message)) refused.resolve(['missing_rights']);
  });
  redis.on('ready', () => void judgeInTheEnd());
  return { admitted: admitted.promise, refused: refused.promise };

  /** One answer that is late breaks no connection, so there is no second `ready` to wait for. */
  async function judgeInTheEnd(): Promise<void> {
    try {
      await judge();
    } catch (error) {
      onError(error as Error);
      if (redis.status === 'ready') setTimeout(() => void judgeInTheEnd(), JUDGED_AGAIN_MS).unref();
    }
  }

  async function judge(): Promise<void> {
    const faults = await faultsOf();
    const isRefused = faults.includes('missing_rights') ? !wasAdmitted : faults.length > 0 && unsafe === 'refuse';
    if (isRefused) return refused.resolve(faults);
    for (const fault of faults) if (fault !== 'missing_rights') onUnsafe(fault);
    wasAdmitted = true;
    admitted.resolve();
  }

  async function faultsOf(): Promise<readonly (RedisFault | 'missing_rights')[]> {
    try {
      const faults = await redisFaults(redis);
      await tryWriting();
      return faults;
    } catch (error) {
      const { cause = error } = error as Error;
      if (NO_RIGHT.test((cause as Error).message)) return ['missing_rights'];
      throw error;
    }
  }

  async function tryWriting(): Promise<void> {
    const own = ['hash', 'order', 'stream'].map((kind) => keys.trial(kind));
    await redis.eval(TRY_WRITING, own.length, ...own).catch((error: Error) => {
      // Full, read-only, a failing disk: told with the first command that matters, and it passes.
      if (NO_RIGHT.test(error.message)) throw error;
    });
  }
}
