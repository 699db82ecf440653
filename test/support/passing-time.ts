/**
 * Hours that pass in no time: the clock of the services on a ground is moved on, and the alarms that are due by it ring, in the
 * order of their time. BullMQ waits by a clock of its own, so its delayed jobs are promoted; everything else, the decisions first
 * of all, is the service's own.
 */
import { Queue } from 'bullmq';
import type { Clock } from '../../src/domain/ports.ts';
import { DIAL_QUEUE } from '../../src/queue/dial-queue.ts';
import { ERRAND_QUEUE } from '../../src/queue/errand-queue.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { UPKEEP_QUEUE } from '../../src/worker/upkeep-worker.ts';
import { SHOP } from './a-shopper.ts';
import type { Ground } from './ground.ts';
import { until } from './settled.ts';

export interface PassingTime {
  /** For the overrides of every service on the ground. It runs on by itself, too. */
  readonly clock: Clock;
  /** Moves the clock on and resolves when whatever came due meanwhile was seen to, at its time. Milliseconds, 0 or more. */
  pass(ms: number): Promise<void>;
  /** The same up to an instant; one that is over already is now. Epoch milliseconds. */
  passTo(at: number): Promise<void>;
  /** Moves the clock on while nobody is there to see to anything; first what is under way comes to its end, by the clock it began by. */
  skip(ms: number): Promise<void>;
  /** The same at once, in the midst of what is under way: the job of a process that was killed never ends. */
  jump(ms: number): void;
  /** An instant of this clock. */
  ago(ms: number): Date;
  /** Resolves when no job is waiting its turn or being worked on, and the vendor has told all it had to tell. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** More than any test has on its way at once. */
const MOST = 1_000;

export function passingTime({ redis, prefix, vendor }: Ground): PassingTime {
  let ahead = 0;
  const clock: Clock = { now: () => Date.now() + ahead };
  const queueOf = (name: string) => new Queue(name, { connection: redis, prefix });
  const alarms = [DIAL_QUEUE, ERRAND_QUEUE].map(queueOf);
  const queues = [...alarms, queueOf(UPKEEP_QUEUE)];
  // An outage in the middle of a test is the test's own affair.
  for (const queue of queues) queue.on('error', () => {});
  const keys = keysBelow(prefix);
  const dueTimes = [keys.inState(SHOP, 'scheduled'), keys.errands(SHOP)];

  return {
    clock,
    pass: (ms) => passTo(clock.now() + ms),
    passTo,
    async skip(ms) {
      await quiet();
      jump(ms);
    },
    jump,
    ago: (ms) => new Date(clock.now() - ms),
    quiet,
    async close() {
      for (const queue of queues) await queue.close();
    },
  };

  function jump(ms: number): void {
    ahead += ms;
  }

  async function passTo(at: number): Promise<void> {
    let isThere = false;
    while (!isThere) {
      const rungUpTo = await ringWhatIsDue();
      await quiet();
      const next = await firstDueAfter(rungUpTo);
      isThere = next === null || next >= at;
      ahead += Math.max(0, (isThere ? at : (next ?? at)) - clock.now());
    }
    await ringWhatIsDue();
    await quiet();
  }

  async function firstDueAfter(now: number): Promise<number | null> {
    const firsts = await Promise.all(
      dueTimes.map((key) => redis.zrange(key, `(${now}`, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')),
    );
    const times = firsts.flatMap(([, at]) => (at === undefined ? [] : [Number(at)]));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** @returns the instant up to which it did. */
  async function ringWhatIsDue(): Promise<number> {
    const now = clock.now();
    const ids = await Promise.all(dueTimes.map((key) => redis.zrange(key, '-inf', String(now), 'BYSCORE')));
    const due = new Set(ids.flat());
    for (const queue of due.size === 0 ? [] : alarms) {
      for (const job of await queue.getDelayed(0, MOST)) {
        // One that rings at this very moment needs no help.
        if (due.has(job.data.recoveryId)) await job.promote().catch(() => {});
      }
    }
    return now;
  }

  async function quiet(): Promise<void> {
    // Calls bring errands, and errands bring calls to an end, which is told as well.
    for (let round = 0; round < 2; round++) {
      await until('nothing is under way', async () => {
        const busy = await Promise.all(queues.map(isBusy));
        return busy.every((is) => !is);
      });
      await vendor.idle();
    }
  }
}

/** What waits in a queue that is paused is not on its way. */
async function isBusy(queue: Queue): Promise<boolean> {
  const { active = 0, ...turns } = await queue.getJobCounts('active', 'waiting', 'prioritized');
  const waiting = Object.values(turns).some((n) => n > 0);
  return active > 0 || (waiting && !(await queue.isPaused()));
}
