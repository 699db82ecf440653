/** The worker of Shopify's requests. */
import type { Worker } from 'bullmq';
import { REQUEST_QUEUE, type RequestJob, requestJobSchema } from '../queue/request-queue.ts';
import type { CarryOutRequest } from '../recovery/requests/carry-out-request.ts';
import { type WakingWorkerOptions, wakingWorker } from './waking-worker.ts';

/** A person is not kept waiting by a whole shop. */
const CONCURRENCY = 2;

export function requestWorker(carryOut: CarryOutRequest, options: WakingWorkerOptions): Worker<RequestJob> {
  const wakes = {
    queue: REQUEST_QUEUE,
    read: (data: unknown) => requestJobSchema.safeParse(data).data ?? null,
    concurrency: CONCURRENCY,
    // What is left goes behind those that are waiting: each has its turn.
    seeTo: async ({ requestId }: RequestJob) => ((await carryOut(requestId)) === 'done' ? null : Date.now()),
  };
  return wakingWorker(wakes, options);
}
