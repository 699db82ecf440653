/** Upkeep: the sweep once a minute, by whichever worker process gets the job; a queue of its own, so that pausing dials does not stop it. */
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { SECOND } from '../domain/duration.ts';
import type { Sweep } from '../recovery/sweep.ts';
import { quietly } from './quiet-faults.ts';

export const UPKEEP_QUEUE = 'upkeep';

export function upkeepQueue(connection: Redis, prefix: string): Queue {
  const keep = { count: 100 };
  return new Queue(UPKEEP_QUEUE, {
    connection,
    prefix,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: { attempts: 1, removeOnComplete: keep, removeOnFail: keep },
  });
}

export interface UpkeepWorkerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly onError: (error: Error) => void;
}

export function upkeepWorker(sweep: Sweep, { connection, prefix, onError }: UpkeepWorkerOptions): Worker {
  const worker = new Worker(UPKEEP_QUEUE, () => quietly(sweep), { connection, prefix, concurrency: 1, autorun: false });
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return worker;
}

/** A Redis that is full or read-only says no at once, and there is no hurry: what a sweep mends is rare. */
const SCHEDULE_AGAIN_AFTER_MS = 5 * SECOND;

/**
 * Sets the schedule, again until Redis takes it, and anew whenever Redis is back: it may be one that was emptied or restored.
 * Setting what is set already, from every worker process, changes nothing.
 *
 * @param redis - the queue's own connection.
 */
export function keepSweepScheduled(
  queue: Queue,
  redis: Redis,
  everyMs: number,
  onError: (error: Error) => void,
): { stop(): void } {
  let stopped = false;
  let again: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    clearTimeout(again);
    queue.upsertJobScheduler('sweep', { every: everyMs }, { name: 'sweep' }).catch((error: Error) => {
      if (stopped) return;
      onError(error);
      clearTimeout(again);
      again = setTimeout(schedule, SCHEDULE_AGAIN_AFTER_MS).unref();
    });
  };
  redis.on('ready', schedule);
  if (redis.status === 'ready') schedule();
  return {
    stop() {
      stopped = true;
      clearTimeout(again);
      redis.off('ready', schedule);
    },
  };
}
