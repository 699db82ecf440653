/**
 * Upkeep: the sweep, the backfill, each on its schedule and by whichever worker process gets the job; a queue of its own, so that
 * pausing dials does not stop it.
 */
import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { SECOND } from '../domain/duration.ts';
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

/** What is done on a schedule, by name. */
export type UpkeepTasks = Readonly<Record<string, () => Promise<unknown>>>;

/** One long task must not keep the others from their turn. */
const CONCURRENCY = 2;

export function upkeepWorker(tasks: UpkeepTasks, { connection, prefix, onError }: UpkeepWorkerOptions): Worker {
  const run = (job: Job): Promise<unknown> => {
    const task = Object.hasOwn(tasks, job.name) ? tasks[job.name] : undefined;
    // Another version's, or of a feature that is switched off here.
    return task ? quietly(task) : Promise.resolve('no such task here');
  };
  const worker = new Worker(UPKEEP_QUEUE, run, { connection, prefix, concurrency: CONCURRENCY, autorun: false });
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return worker;
}

export interface UpkeepSchedule {
  readonly name: string;
  readonly everyMs: number;
}

/** A Redis that is full or read-only says no at once, and there is no hurry: what a sweep mends is rare. */
const SCHEDULE_AGAIN_AFTER_MS = 5 * SECOND;

/**
 * Sets the schedules, again until Redis takes them, and anew whenever Redis is back: it may be one that was emptied or restored.
 * Setting what is set already, from every worker process, changes nothing; each task has its turn at the start, too.
 *
 * @param redis - the queue's own connection.
 */
export function keepScheduled(
  queue: Queue,
  redis: Redis,
  schedules: readonly UpkeepSchedule[],
  onError: (error: Error) => void,
): { stop(): void } {
  let stopped = false;
  let again: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    clearTimeout(again);
    setAll(queue, schedules).catch((error: Error) => {
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

async function setAll(queue: Queue, schedules: readonly UpkeepSchedule[]): Promise<void> {
  for (const { name, everyMs } of schedules) {
    await queue.upsertJobScheduler(name, { every: everyMs }, { name });
    await queue.add(name, {}, { jobId: `${name}-at-start`, removeOnComplete: true, removeOnFail: true });
  }
}
