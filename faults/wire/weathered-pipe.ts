/** One direction of a connection, in the weather: chunks arrive late, or not before a black hole closes; never out of order. */
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Weather } from './judge.ts';

const LOOK_EVERY_MS = 20;

/** @returns a writer to `to`. In fair weather it writes at once. */
export function weatheredPipe(to: Socket, weather: Weather): (bytes: Buffer) => void {
  let queued = 0;
  let tail = Promise.resolve();
  return (bytes) => {
    const { delayMs } = weather;
    if (queued === 0 && delayMs === 0 && !weather.blackhole) {
      if (!to.destroyed) to.write(bytes);
      return;
    }
    const at = Date.now() + delayMs;
    queued++;
    tail = tail.then(async () => {
      if (at > Date.now()) await pause(at - Date.now());
      while (weather.blackhole && !to.destroyed) await pause(LOOK_EVERY_MS);
      queued--;
      if (!to.destroyed) to.write(bytes);
    });
  };
}
