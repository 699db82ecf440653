/** The errand worker. */
import type { Worker } from 'bullmq';
import { ERRAND_QUEUE, type ErrandJob, errandJobSchema } from '../queue/errand-queue.ts';
import type { SeeToErrands } from '../recovery/see-to-errands.ts';
import { type WakingWorkerOptions, wakingWorker } from './waking-worker.ts';

/** Requests to the vendor, the shop or the merchant at once, in this process. */
const CONCURRENCY = 5;

export function errandWorker(seeTo: SeeToErrands, options: WakingWorkerOptions): Worker<ErrandJob> {
  const wakes = {
    queue: ERRAND_QUEUE,
    read: (data: unknown) => errandJobSchema.safeParse(data).data ?? null,
    concurrency: CONCURRENCY,
    seeTo: ({ recoveryId }: ErrandJob) => seeTo(recoveryId),
  };
  return wakingWorker(wakes, options);
}
