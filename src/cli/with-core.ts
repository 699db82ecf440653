/** The core for one command: joined to Redis, and taken apart again. No listener and no worker; log lines go to standard error. */
import { once } from 'node:events';
import type { Config } from '../config/load.ts';
import { buildCore, type Core } from '../core.ts';
import { SECOND } from '../domain/duration.ts';
import type { Clock } from '../domain/ports.ts';
import { createLogger } from '../observe/logger.ts';

export const systemClock: Clock = { now: () => Date.now() };

const READY_WITHIN_MS = 5 * SECOND;

/** @throws when Redis does not answer in time, and what `use` throws. */
export async function withCore<T>(config: Config, use: (core: Core) => Promise<T>): Promise<T> {
  const core = buildCore(config, createLogger('warn', false, 2), systemClock);
  try {
    if (core.redis.status !== 'ready') {
      await once(core.redis, 'ready', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
    }
    // The key of contacts, too: without it no contact can be looked for.
    await core.opened;
    return await use(core);
  } finally {
    await core.close();
  }
}
