/** CALLS_PER_SECOND: the promise made to the vendor, and how much of it is used. */
import { describe, expect, it } from 'vitest';
import { aShopper, longAgo } from '../support/a-shopper.ts';
import { mostInOneSecond } from '../support/flood.ts';
import { openGround } from '../support/ground.ts';

describe('dialling', () => {
  // A measurement, and the machine may be busy with something else for a second: it may be taken again.
  it.concurrent.each([
    { perSecond: 5, calls: 16 },
    { perSecond: 20, calls: 61 },
  ])(
    'with $perSecond calls per second over two workers keeps the pace and uses it',
    { retry: 2 },
    async ({ perSecond, calls }) => {
      const ground = await openGround({ vendor: { scenario: 'silent' } });
      try {
        const env = { CALLS_PER_SECOND: `${perSecond}` };
        const web = await ground.start({ env: { ...env, ROLE: 'web' } });
        await web.ops.put('/ops/api/dialing', { paused: true });
        for (let n = 0; n < calls; n++) expect(await web.send(aShopper().fillsIn(longAgo()))).toBe(200);
        await Promise.all([1, 2].map(() => ground.start({ env: { ...env, ROLE: 'worker' } })));
        await web.ops.put('/ops/api/dialing', { paused: false });

        const made = await ground.vendor.waitForCalls(calls, { timeoutMs: 15_000 });
        const instants = made.map(({ receivedAt }) => receivedAt);
        // What is started evenly arrives a little unevenly when the machine is busy.
        expect(mostInOneSecond(instants)).toBeLessThanOrEqual(perSecond * 1.1 + 1);
        const seconds = (Math.max(...instants) - Math.min(...instants)) / 1_000;
        expect((calls - 1) / seconds).toBeGreaterThanOrEqual(0.8 * perSecond);
      } finally {
        await ground.close();
      }
    },
  );
});
