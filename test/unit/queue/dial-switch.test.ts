/** The switch of dialling is two things in Redis: the queue's own pause, and why. Whoever switches in between must be seen. */
import { expect, it } from 'vitest';
import { dialSwitchOn } from '../../../src/queue/dial-queue.ts';
import { fakeClock } from '../../support/fakes.ts';

it('a pause that crosses a resume is on as long as any of it keeps dials from beginning', async () => {
  const noted = new Map<string, string>();
  let isPaused = false;
  let meanwhile = async () => {};
  const queue = {
    async pause() {
      isPaused = true;
    },
    async resume() {
      isPaused = false;
    },
    isPaused: async () => isPaused,
  };
  const redis = {
    async hexists() {
      await meanwhile();
      return 0;
    },
    async hset(_key: string, values: Record<string, unknown>) {
      for (const [name, value] of Object.entries(values)) noted.set(name, String(value));
    },
    del: async () => noted.clear(),
    hgetall: async () => Object.fromEntries(noted),
  };
  const dialSwitch = dialSwitchOn(queue as never, redis as never, 'key', fakeClock(0));
  await dialSwitch.pause('operator');
  // The operator resumes while a dial under way hears its 402.
  meanwhile = () => {
    meanwhile = async () => {};
    return dialSwitch.resume();
  };
  await dialSwitch.pause('vendor_402');
  expect(noted.size).toBeGreaterThan(0);
  expect(await dialSwitch.state()).toMatchObject({ paused: true, reason: 'vendor_402' });
  await dialSwitch.resume();
  expect(await dialSwitch.state()).toMatchObject({ paused: false, reason: null });
});
