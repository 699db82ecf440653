/** The reminder that the sweep sets when an errand has nobody to see to it: on the real queue, where a job may be asleep. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { DAY } from '../../src/domain/duration.ts';
import { type ErrandQueue, errandAlarmsOn, errandQueue } from '../../src/queue/errand-queue.ts';
import { commandConnection, workerConnection } from '../../src/store/redis.ts';
import { errandWorker } from '../../src/worker/errand-worker.ts';

const ID = 'acme.0123456789abcdefghjkmnpqrs';
const quiet = (): void => {};

let queue: ErrandQueue;
let close: () => Promise<void>;
/** Resolves when somebody saw to the errands for the nth time. */
let seen: (times: number) => Promise<void>;

beforeEach(async () => {
  const prefix = `reminders-${randomUUID()}`;
  const redis = commandConnection(inject('redisUrl'), quiet);
  const connection = workerConnection(inject('redisUrl'), quiet);
  await once(redis, 'ready');
  queue = errandQueue(redis, prefix);
  let count = 0;
  const waiting: { times: number; resolve: () => void }[] = [];
  // As for an ended call with a code to take back in two days.
  const seeTo = async () => {
    count++;
    for (const { times, resolve } of waiting) if (count >= times) resolve();
    return Date.now() + 2 * DAY;
  };
  seen = (times) =>
    new Promise((resolve) => (count >= times ? resolve() : void waiting.push({ times, resolve: () => resolve() })));
  const worker = errandWorker(seeTo, { connection, prefix, lockMs: 30_000, onError: quiet, onJobFailed: quiet });
  worker.run().catch(quiet);
  close = async () => {
    await worker.close();
    await queue.close();
    redis.disconnect();
    connection.disconnect();
  };
});
afterEach(() => close());

describe('a reminder', () => {
  it('wakes somebody also when the last one sleeps until something two days away', async () => {
    const alarms = errandAlarmsOn(queue, { now: () => Date.now() });
    expect(await alarms.remind(ID, Date.now())).toBe(true);
    await seen(1);
    await expect.poll(() => queue.getDelayedCount()).toBe(1);
    expect(await alarms.remind(ID, Date.now())).toBe(true);
    await seen(2);
  });
});
