/**
 * A worker whose jobs only wake somebody: what is to be done, and whether it was done before, stands elsewhere, so a wake too many does
 * no harm. No rule lives here.
 */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { quietly } from './quiet-faults.ts';

export interface WakingWorkerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly lockMs: number;
  readonly onError: (error: Error) => void;
  readonly onJobFailed: (jobId: string | null, error: Error) => void;
}

export interface Wakes<Wake> {
  readonly queue: string;
  /** null: data of another version, left to the version that knows it. */
  read(data: unknown): Wake | null;
  /** Wakes seen to at once, in this process. */
  readonly concurrency: number;
  /** @returns when to be woken again, epoch milliseconds; null: there is no need. */
  seeTo(wake: Wake): Promise<number | null>;
}

export function wakingWorker<Wake>(wakes: Wakes<Wake>, options: WakingWorkerOptions): Worker<Wake> {
  const { queue, read, concurrency, seeTo } = wakes;
  const { connection, prefix, lockMs, onError, onJobFailed } = options;
  const worker = new Worker<Wake>(queue, (job, token) => process(job, token), {
    connection,
    prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: 3,
    autorun: false,
  });
  worker.on('error', onError);
  worker.on('failed', (job, error) => onJobFailed(job?.id ?? null, error));
  return worker;

  async function process(job: Job<Wake>, token: string | undefined): Promise<void> {
    const wake = read(job.data);
    if (wake === null) throw new UnrecoverableError('job data of an unknown version');
    const next = await quietly(() => seeTo(wake));
    if (next === null) return;
    await job.moveToDelayed(next, token);
    throw new DelayedError();
  }
}
