/** The wake-up calls for Shopify's requests on BullMQ: a job is `{v, requestId}`, the list says what is to be done. A queue of its own: forgetting a large shop must not keep the sweep waiting. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ShopRequestAlarms } from '../domain/shop-request.ts';
import { orUnavailable } from '../errors.ts';

export const REQUEST_QUEUE = 'requests';
export const REQUEST_JOB_VERSION = 1;

export const requestJobSchema = z.object({ v: z.literal(REQUEST_JOB_VERSION), requestId: z.string().min(1).max(100) });
export type RequestJob = z.output<typeof requestJobSchema>;

export type RequestQueue = Queue<RequestJob>;

/** Finished ones are not kept: an id must be free again for a reminder, and the access log has the history. */
export function requestQueue(connection: Redis, prefix: string): RequestQueue {
  return new Queue<RequestJob>(REQUEST_QUEUE, {
    connection,
    prefix,
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
}

export function requestAlarmsOn(queue: RequestQueue): ShopRequestAlarms {
  return {
    // BullMQ ignores an id that it has already, waiting or at work.
    wake: (requestId) =>
      orUnavailable(async () => {
        await queue.add('request', { v: REQUEST_JOB_VERSION, requestId }, { jobId: `req-${requestId}` });
      }),
  };
}
