/** Is this a Redis that calls may be entrusted to? What it forgets at a restart, or evicts when it is full, is a promise broken. */
import type { Redis } from 'ioredis';
import { orUnavailable } from '../errors.ts';

export type RedisFault =
  /** No append-only file: a restart forgets who was called. */
  | 'no_append_only_file'
  /** A full Redis throws records away instead of refusing new ones. */
  | 'evicts_keys';

/** Read from INFO, which needs no administrator's rights. A field that a server does not report counts as fine. */
export async function redisFaults(redis: Redis): Promise<readonly RedisFault[]> {
  const info = await orUnavailable(() => redis.info());
  const faults: RedisFault[] = [];
  if (/^aof_enabled:0/m.test(info)) faults.push('no_append_only_file');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') faults.push('evicts_keys');
  return faults;
}
