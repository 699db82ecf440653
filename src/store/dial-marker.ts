/**
 * The mark that a dial began, made so durable that a crash of the Redis host cannot take it back: WAITAOF waits until the writes of
 * its own connection are on the disk, so the mark goes over that connection, and nothing else does: it stands still while it waits.
 * Redis and Valkey know it from 7.2 on; on older ones `appendfsync` says what a crash may take.
 */
import type { Redis } from 'ioredis';
import { SECOND } from '../domain/duration.ts';
import type { DialMarker, RecoveryStore } from '../domain/ports.ts';

/** `appendfsync everysec` writes to the disk once a second, and may be two late. Milliseconds. */
export const MARK_WAIT_MS = 2.5 * SECOND;

/** What a server says that cannot wait: too old, without an append-only file, or without the right for us to ask. */
const CANNOT_TELL = /unknown command|appendonly is disabled|NOPERM/i;

/**
 * @param redis - a connection of its own. @param commit - writes over that connection.
 * @param onUnsupported - called once per process when the server cannot say.
 */
export function dialMarker(redis: Redis, commit: RecoveryStore['commit'], onUnsupported: () => void): DialMarker {
  let supported = true;
  let told = false;
  /** The wait that is to begin when the present one is over; whoever asks meanwhile shares it. */
  let next: ReturnType<DialMarker['confirm']> | null = null;
  let present: Promise<unknown> = Promise.resolve();
  // It may be another server, or a newer one.
  redis.on('ready', () => {
    supported = true;
  });

  return {
    commit,
    confirm() {
      next ??= present.then(() => {
        const wait = waitForDisk();
        present = wait;
        next = null;
        return wait;
      });
      return next;
    },
  };

  async function waitForDisk(): ReturnType<DialMarker['confirm']> {
    if (!supported) return 'unsupported';
    try {
      const [onDisk] = (await redis.call('WAITAOF', 1, 0, MARK_WAIT_MS)) as [number, number];
      return onDisk >= 1 ? 'confirmed' : 'late';
    } catch (error) {
      // A connection that was lost meanwhile: what had been written is anybody's guess.
      if (!CANNOT_TELL.test((error as Error).message)) return 'late';
      supported = false;
      if (!told) onUnsupported();
      told = true;
      return 'unsupported';
    }
  }
}
