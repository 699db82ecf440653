/**
 * The core for one command: joined to Redis, and taken apart again. No listener and no worker; log lines go to standard error. Whatever
 * a command shows or changes is written into the access log, like what is shown or changed on the pages.
 */
import { once } from 'node:events';
import { userInfo } from 'node:os';
import type { Config } from '../config/load.ts';
import { buildCore, type Core } from '../core.ts';
import type { AccessLog } from '../domain/access-log.ts';
import { SECOND } from '../domain/duration.ts';
import type { Clock } from '../domain/ports.ts';
import { SealedTextError } from '../errors.ts';
import { createLogger } from '../observe/logger.ts';

export const systemClock: Clock = { now: () => Date.now() };

const READY_WITHIN_MS = 5 * SECOND;

/** What a command does with the data, for the access log. */
export interface Access {
  /** The command's words. */
  readonly command: string;
  /** One that changes something is written down before it begins and when it ended; one that shows something, before. */
  readonly changes: boolean;
  /** The recovery that it is about, where it has the form of an id; nothing else that was typed. */
  readonly about?: string | null;
}

/** @throws when Redis does not answer in time or what it holds cannot be read with this DATA_KEY, when it takes no line into the access log, and what `use` throws. */
export async function withCore<T>(config: Config, access: Access, use: (core: Core) => Promise<T>): Promise<T> {
  const core = buildCore(config, createLogger('warn', false, 2), systemClock);
  try {
    if (core.redis.status !== 'ready') {
      await once(core.redis, 'ready', { signal: AbortSignal.timeout(READY_WITHIN_MS) });
    }
    // The key of contacts, too: without it no contact can be looked for.
    await core.opened;
    // Lists would look empty: what cannot be opened is left out of them.
    if (!(await core.dataKeyFits())) throw new SealedTextError('DATA_KEY_UNKNOWN');
    return await logged(core.accessLog, access, () => use(core));
  } finally {
    await core.close();
  }
}

async function logged<T>(accessLog: AccessLog, access: Access, run: () => Promise<T>): Promise<T> {
  const { command, changes, about = null } = access;
  const who = `cli:${userOfMachine()}`;
  const append = (outcome: string) =>
    accessLog.append({ at: systemClock.now(), who, what: `cli ${command}`, outcome, about });
  await append('asked');
  if (!changes) return run();
  try {
    const result = await run();
    await append('done');
    return result;
  } catch (error) {
    await append('failed').catch(() => {});
    throw error;
  }
}

/** A container may run under a number that has no name. */
function userOfMachine(): string {
  try {
    return userInfo()
      .username.replace(/[^\w.-]/g, '')
      .slice(0, 32);
  } catch {
    return `${process.getuid?.() ?? 'unknown'}`;
  }
}
