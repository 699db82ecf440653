/** Upkeep: the sweep once a minute, by whichever worker process gets the job; a queue of its own, so that pausing dials does not stop it. */
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
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

/** Sets the schedule; doing so again, from every worker process, changes nothing. */
export async function scheduleSweep(queue: Queue, everyMs: number): Promise<void> {
  await queue.upsertJobScheduler('sweep', { every: everyMs }, { name: 'sweep' });
}
