/** The errand worker: turns wakes into seeing to errands, and their next due time into BullMQ's words. No rule lives here. */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { ERRAND_QUEUE, type ErrandJob, errandJobSchema } from '../queue/errand-queue.ts';
import type { SeeToErrands } from '../recovery/see-to-errands.ts';
import { quietly } from './quiet-faults.ts';

export interface ErrandWorkerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly lockMs: number;
  readonly onError: (error: Error) => void;
  readonly onJobFailed: (jobId: string | null, error: Error) => void;
}

/** Requests to the vendor, the shop or the merchant at once, in this process. */
const CONCURRENCY = 5;

export function errandWorker(seeTo: SeeToErrands, options: ErrandWorkerOptions): Worker<ErrandJob> {
  const { connection, prefix, lockMs, onError, onJobFailed } = options;
  const worker = new Worker<ErrandJob>(ERRAND_QUEUE, (job, token) => process(job, token), {
    connection,
    prefix,
    concurrency: CONCURRENCY,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // Doing one twice is guarded on the record.
    maxStalledCount: 3,
    autorun: false,
  });
  worker.on('error', onError);
  worker.on('failed', (job, error) => onJobFailed(job?.id ?? null, error));
  return worker;

  async function process(job: Job<ErrandJob>, token: string | undefined): Promise<void> {
    const data = errandJobSchema.safeParse(job.data);
    if (!data.success) throw new UnrecoverableError('job data of an unknown version');
    const next = await quietly(() => seeTo(data.data.recoveryId));
    if (next === null) return;
    await job.moveToDelayed(next, token);
    throw new DelayedError();
  }
}
