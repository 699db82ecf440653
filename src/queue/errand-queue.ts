/** The wake-up calls for errands on BullMQ: a job is `{v, recoveryId}`, the record says what is to be done. A queue of its own, so that pausing dials stops no abort. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Clock, ErrandAlarms } from '../domain/ports.ts';
import { orUnavailable } from '../errors.ts';

export const ERRAND_QUEUE = 'errands';
export const ERRAND_JOB_VERSION = 1;

export const errandJobSchema = z.object({ v: z.literal(ERRAND_JOB_VERSION), recoveryId: z.string().min(1).max(200) });
export type ErrandJob = z.output<typeof errandJobSchema>;

export type ErrandQueue = Queue<ErrandJob>;

/** Finished ones are not kept: an id must be free again for a reminder, and the record has the history. */
export function errandQueue(connection: Redis, prefix: string): ErrandQueue {
  return new Queue<ErrandJob>(ERRAND_QUEUE, {
    connection,
    prefix,
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
}

export function errandAlarmsOn(queue: ErrandQueue, clock: Clock): ErrandAlarms {
  return {
    wake: (recoveryId, revision, at) =>
      orUnavailable(async () => {
        const delay = Math.max(0, at - clock.now());
        await queue.add(
          'errands',
          { v: ERRAND_JOB_VERSION, recoveryId },
          { jobId: `err-${recoveryId}-${revision}`, delay },
        );
      }),
    remind: (recoveryId) =>
      orUnavailable(async () => {
        const jobId = `err-${recoveryId}-reminder`;
        const known = await queue.getJob(jobId);
        // The last reminder may be asleep until something far away; there is something near now.
        if (known && (await known.isDelayed())) await known.promote().catch(() => {});
        if (known) return true;
        await queue.add('errands', { v: ERRAND_JOB_VERSION, recoveryId }, { jobId });
        return true;
      }),
  };
}
