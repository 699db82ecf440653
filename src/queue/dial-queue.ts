/** Alarms and the kill switch on BullMQ. A job is `{v, recoveryId}` under a fixed id; BullMQ never decides anything. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Alarms, Clock, DialSwitch } from '../domain/ports.ts';
import { orUnavailable } from '../errors.ts';

export const DIAL_QUEUE = 'dial';
/** Grows when the meaning of a job's data changes; a worker leaves versions it does not know alone. */
export const JOB_VERSION = 1;

/** What a job holds: enough to find the record, nothing of the person. */
export const dialJobSchema = z.object({ v: z.literal(JOB_VERSION), recoveryId: z.string().min(1).max(200) });
export type DialJob = z.output<typeof dialJobSchema>;

/** `rec-<recovery id>-<alarm number>`: BullMQ takes no `:` in an id, and ignores an id it has ever finished and kept. */
export function jobIdOf(recoveryId: string, alarm: number): string {
  return `rec-${recoveryId}-${alarm}`;
}

/** The alarm number at the end of a job id; 0 when the job is not ours. */
export function alarmNumberOf(jobId: string | undefined): number {
  return Number(/-(\d+)$/.exec(jobId ?? '')?.[1] ?? 0);
}

/** Finished jobs are kept for the operator's eyes only: the record is the history. */
const KEEP = { age: 7 * 24 * 3_600, count: 10_000 };

export type DialQueue = Queue<DialJob>;

/** @param connection - a command connection: adding must fail fast while Redis is away, not wait. */
export function dialQueue(connection: Redis, prefix: string): DialQueue {
  return new Queue<DialJob>(DIAL_QUEUE, {
    connection,
    prefix,
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: { attempts: 1, removeOnComplete: KEEP, removeOnFail: KEEP },
  });
}

export function alarmsOn(queue: DialQueue, clock: Clock): Alarms {
  return {
    async set(recoveryId, number, at, label) {
      const delay = Math.max(0, at - clock.now());
      const jobId = jobIdOf(recoveryId, number);
      await orUnavailable(() => queue.add(label, { v: JOB_VERSION, recoveryId }, { jobId, delay }));
    },
    async remove(recoveryId, number) {
      // An active job cannot be removed, and need not be: it will find nothing to do.
      await queue.remove(jobIdOf(recoveryId, number)).catch(() => 0);
    },
    async isLive(recoveryId, number) {
      const state = await orUnavailable(() => queue.getJobState(jobIdOf(recoveryId, number)));
      return state !== 'completed' && state !== 'failed' && state !== 'unknown';
    },
    async asleep(from, limit) {
      const jobs = await orUnavailable(() => queue.getDelayed(from, from + limit - 1));
      return jobs.flatMap((job) => {
        const read = dialJobSchema.safeParse(job?.data);
        return read.success ? [{ recoveryId: read.data.recoveryId, number: alarmNumberOf(job.id) }] : [];
      });
    },
  };
}

/** Pausing is BullMQ's own: kept in Redis, seen by every worker, obeyed before the next job. The reason stands beside it. */
export function dialSwitchOn(queue: DialQueue, redis: Redis, key: string, clock: Clock): DialSwitch {
  return {
    async pause(reason) {
      await orUnavailable(async () => {
        await queue.pause();
        if (!(await redis.hexists(key, 'shut'))) await redis.hset(key, { reason, since: clock.now() });
      });
    },
    async shut(reason) {
      await orUnavailable(async () => {
        // Before all else: whoever lists what is to be stopped must not miss what comes in meanwhile.
        if (await redis.hsetnx(key, 'shut', reason)) await redis.hset(key, { reason, since: clock.now() });
        await queue.pause();
      });
    },
    async resume() {
      await orUnavailable(async () => {
        await redis.del(key);
        await queue.resume();
      });
    },
    async state() {
      return orUnavailable(async () => {
        const [paused, noted] = await Promise.all([queue.isPaused(), redis.hgetall(key)]);
        // Two who switch at once may leave the one without the other; each alone keeps dials from beginning.
        const isPaused = paused || Object.keys(noted).length > 0;
        return {
          paused: isPaused,
          reason: isPaused ? (noted.reason ?? null) : null,
          since: isPaused && noted.since ? Number(noted.since) : null,
        };
      });
    },
  };
}
