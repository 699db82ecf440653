/** The switch that ends all dialling: within two seconds, for every worker, and also for those that start afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { aShopper, longAgo } from '../../support/a-shopper.ts';
import { openGround } from '../../support/ground.ts';

describe('the kill switch', () => {
  it('ends dialling within two seconds in the middle of it, outlives a restart, and loses nobody', async () => {
    const ground = await openGround({ vendor: { scenario: 'silent' } });
    try {
      const env = { CALLS_PER_SECOND: '20' };
      const web = await ground.start({ env: { ...env, ROLE: 'web' } });
      await web.ops.put('/ops/api/dialing', { paused: true });
      for (let n = 0; n < 60; n++) expect(await web.send(aShopper().fillsIn(longAgo()))).toBe(200);
      const workers = await Promise.all(
        [1, 2].map(() => ground.start({ env: { ...env, ROLE: 'worker', PUBLIC_URL: web.url } })),
      );
      await web.ops.put('/ops/api/dialing', { paused: false });
      await ground.vendor.waitForCalls(5);
      const askedAt = Date.now();
      expect((await web.ops.put('/ops/api/dialing', { paused: true })).json).toMatchObject({ paused: true });
      await pause(800);
      const made = ground.vendor.requests;
      expect(made).toBeLessThan(60);
      expect(Math.max(...ground.vendor.calls.map(({ receivedAt }) => receivedAt)) - askedAt).toBeLessThan(2_000);
      await Promise.all(workers.map((worker) => worker.close()));
      await ground.start({ env: { ...env, ROLE: 'worker', PUBLIC_URL: web.url } });
      await pause(500);
      expect(ground.vendor.requests).toBe(made);

      await web.ops.put('/ops/api/dialing', { paused: false });
      const calls = await ground.vendor.waitForCalls(60, { timeoutMs: 10_000 });
      expect(new Set(calls.map(({ body }) => body.metadata?.recoveryId)).size).toBe(60);
      expect(ground.vendor.requests).toBe(60);
    } finally {
      await ground.close();
    }
  });
});
