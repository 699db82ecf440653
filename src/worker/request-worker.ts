/** The worker of Shopify's requests: turns wakes into turns at them, and what is left into BullMQ's words. No rule lives here. */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { REQUEST_QUEUE, type RequestJob, requestJobSchema } from '../queue/request-queue.ts';
import type { CarryOutRequest } from '../recovery/requests/carry-out-request.ts';
import { quietly } from './quiet-faults.ts';

export interface RequestWorkerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly lockMs: number;
  readonly onError: (error: Error) => void;
  readonly onJobFailed: (jobId: string | null, error: Error) => void;
}

/** A person is not kept waiting by a whole shop. */
const CONCURRENCY = 2;

export function requestWorker(carryOut: CarryOutRequest, options: RequestWorkerOptions): Worker<RequestJob> {
  const { connection, prefix, lockMs, onError, onJobFailed } = options;
  const worker = new Worker<RequestJob>(REQUEST_QUEUE, (job, token) => process(job, token), {
    connection,
    prefix,
    concurrency: CONCURRENCY,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // Every step may be done twice.
    maxStalledCount: 3,
    autorun: false,
  });
  worker.on('error', onError);
  worker.on('failed', (job, error) => onJobFailed(job?.id ?? null, error));
  return worker;

  async function process(job: Job<RequestJob>, token: string | undefined): Promise<void> {
    const data = requestJobSchema.safeParse(job.data);
    if (!data.success) throw new UnrecoverableError('job data of an unknown version');
    const outcome = await quietly(() => carryOut(data.data.requestId));
    if (outcome === 'done') return;
    // Behind those that are waiting: each has its turn.
    await job.moveToDelayed(Date.now(), token);
    throw new DelayedError();
  }
}
