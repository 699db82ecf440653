/** Has a service that is running read the shop now, as its schedule would. */
import { type Job, Queue } from 'bullmq';
import type { BackfillReport } from '../../src/recovery/backfill.ts';
import { UPKEEP_QUEUE } from '../../src/worker/upkeep-worker.ts';
import type { Ground } from './ground.ts';
import { until } from './settled.ts';

/** @returns what it read; null when somebody else was at it. @throws {Error} when the run failed. */
export async function tryBackfill({ redis, prefix }: Ground): Promise<BackfillReport | null> {
  const upkeep = new Queue(UPKEEP_QUEUE, { connection: redis, prefix });
  try {
    const { id = '' } = await upkeep.add('backfill', {});
    const ended = await until('the run is over', async () => {
      const job: Job | undefined = await upkeep.getJob(id);
      return job?.finishedOn ? job : null;
    });
    if (ended.failedReason) throw new Error(ended.failedReason);
    return ended.returnvalue;
  } finally {
    await upkeep.close();
  }
}

/** The same, after whoever is at it. */
export async function backfillNow(ground: Ground): Promise<BackfillReport> {
  return until('nobody else reads the shop', () => tryBackfill(ground));
}
