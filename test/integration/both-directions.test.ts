/** Records and alarms (jobs in BullMQ) that have lost each other: the sweep brings them together, or takes away what is left over. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Recovery } from '../../src/domain/recovery.ts';
import { dialQueue, jobIdOf } from '../../src/queue/dial-queue.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { aShopper, longAgo, minutesAgo } from '../support/a-shopper.ts';
import { type Ground, openGround } from '../support/ground.ts';
import { settled } from '../support/settled.ts';

let ground: Ground;
let jobs: ReturnType<typeof dialQueue>;

beforeEach(async () => {
  ground = await openGround({ vendor: { scenario: 'silent' } });
  jobs = dialQueue(ground.redis, ground.prefix);
});
afterEach(async () => {
  await jobs.close();
  await ground.close();
});

describe('the sweep', () => {
  it('removes the alarms of records that are closed or gone, and no others', async () => {
    const service = await ground.start({ env: { ROLE: 'web' } });
    const [closed, gone, needed] = [aShopper(), aShopper(), aShopper()];
    for (const shopper of [closed, gone, needed]) await service.send(shopper.fillsIn(minutesAgo(1)));
    const { record } = (await ground.store.load(closed.recoveryId)) as Recovery;
    // As a crash leaves it: closed, and the alarm was to be taken away next.
    const patch = { state: 'cancelled', reason: 'ordered' } as const;
    await ground.store.commit({ record, patch, at: Date.now() });
    await ground.redis.del(keysBelow(ground.prefix).recovery(gone.recoveryId));

    expect(await service.service.sweep()).toMatchObject({ unneeded: 2, rearmed: 0 });
    const ids = (await jobs.getDelayed()).map(({ id }) => id);
    expect(ids).toEqual([jobIdOf(needed.recoveryId, 1)]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toContain('ringback_swept_total{what="unneeded"} 2');
  });

  it('gives an overdue record whose alarm is gone a new one, and it is dialled once', async () => {
    const web = await ground.start({ env: { ROLE: 'web' } });
    const shopper = aShopper();
    await web.send(shopper.fillsIn(longAgo()));
    const { record } = (await ground.store.load(shopper.recoveryId)) as Recovery;
    await ground.store.commit({ record, patch: {}, at: Date.now() - 60_000 });
    await jobs.obliterate({ force: true });
    await ground.start({ env: { ROLE: 'worker' } });
    await settled(ground.store, shopper.recoveryId, 'called');
    expect(ground.vendor.requests).toBe(1);
  });
});
