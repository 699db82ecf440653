/** The dial worker: turns rings into use cases and their outcomes into BullMQ's words. No rule lives here. */
import { DelayedError, type Job, RateLimitError, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { SECOND } from '../domain/duration.ts';
import { alarmNumberOf, DIAL_QUEUE, type DialJob, dialJobSchema } from '../queue/dial-queue.ts';
import type { Ring } from '../recovery/ring.ts';
import { quietly } from './quiet-faults.ts';

export interface DialWorkerOptions {
  readonly connection: Redis;
  readonly prefix: string;
  /** Dials under way at once in this process. */
  readonly concurrency: number;
  /** Rings per second over all workers, and so the most dials that can begin in any second. */
  readonly perSecond: number;
  /** A worker that gives no sign of life for so long counts as dead, and its jobs as abandoned. Milliseconds. */
  readonly lockMs: number;
  readonly onError: (error: Error) => void;
  /** A job ended other than by its use case: stalled, unreadable, or a fault. Its data holds an id and nothing else. */
  readonly onJobFailed: (jobId: string | null, error: Error) => void;
}

export function dialWorker(ring: Ring, options: DialWorkerOptions): Worker<DialJob> {
  const { connection, prefix, concurrency, perSecond, lockMs, onError, onJobFailed } = options;
  const worker = new Worker<DialJob>(DIAL_QUEUE, (job, token) => process(job, token), {
    connection,
    prefix,
    concurrency,
    limiter: limiterFor(perSecond),
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // A job whose worker died is never run again by BullMQ: the sweep looks at the record and decides.
    maxStalledCount: 0,
    autorun: false,
  });
  worker.on('error', onError);
  worker.on('failed', (job, error) => onJobFailed(job?.id ?? null, error));
  return worker;

  async function process(job: Job<DialJob>, token: string | undefined): Promise<string> {
    const data = dialJobSchema.safeParse(job.data);
    // Another version's job: kept among the failed ones for that version, or a person, to look at.
    if (!data.success) throw new UnrecoverableError('job data of an unknown version');
    const outcome = await quietly(() => ring(data.data.recoveryId, alarmNumberOf(job.id)));
    switch (outcome.kind) {
      case 'done':
        return outcome.decision;
      case 'snooze':
        await job.moveToDelayed(outcome.until, token);
        throw new DelayedError();
      case 'stand_still':
        // No clock is asked: it goes back to the others at once, and this worker takes none for a while.
        await job.moveToWait(token);
        standStill(outcome.forMs);
        throw new WaitingError();
      case 'throttle':
        await worker.rateLimit(outcome.forMs);
        throw new RateLimitError();
    }
  }

  function standStill(forMs: number): void {
    if (worker.isPaused()) return;
    // What is under way goes on. Timers count the time that passes, whatever the clock says.
    worker.pause(true).catch(onError);
    setTimeout(() => {
      if (!worker.closing) worker.resume();
    }, forMs).unref();
  }
}

/**
 * One start per slice of a second instead of many at its beginning: whichever second one looks at, hardly more than
 * `perSecond` dials begin in it. Above 50 per second slices would be shorter than BullMQ's own turn-around.
 */
export function limiterFor(perSecond: number): { max: number; duration: number } {
  const starts = Math.ceil(perSecond / 50);
  return { max: starts, duration: Math.round((SECOND * starts) / perSecond) };
}
