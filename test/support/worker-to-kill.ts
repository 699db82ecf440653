/**
 * A worker process that something happens to at one point of its first dial: it is killed, as hard as a power cut, frozen, or held up by
 * work that does not end. The points are found where the service asks its world for something: the time, chance, a line in the log.
 */
import { type DestinationStream, pino } from 'pino';
import { loadConfig } from '../../src/config/load.ts';
import { startService } from '../../src/service.ts';

/**
 * - `claim`: the record is read, and not claimed yet. - `request`: it is claimed, and no request has left.
 * - `saving`: the vendor has answered, and nothing of it is saved. - `finishing`: it is saved, and the job is still open.
 * - `never`: somebody else does the killing.
 */
export type KillPoint = 'claim' | 'request' | 'saving' | 'finishing' | 'never';

/** `stall`: the event loop stands still for STALL_MS, with the process alive. */
export type Blow = 'SIGKILL' | 'SIGSTOP' | 'stall';

const killAt = process.env.KILL_AT as KillPoint;
const blow = (process.env.BLOW ?? 'SIGKILL') as Blow;
/** How far its clock is ahead when it goes on: a short stop that counts as a long one. */
const aheadAfterwards = Number(process.env.AHEAD_AFTERWARDS_MS ?? 0);
let isStruck = false;
let ahead = 0;

function end(): void {
  if (isStruck) return;
  isStruck = true;
  if (blow === 'stall') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.STALL_MS));
  else process.kill(process.pid, blow);
  ahead = aheadAfterwards;
}

function isAskedBy(file: string): boolean {
  return new Error().stack?.includes(`/src/recovery/${file}`) ?? false;
}

const clock = {
  now() {
    if (killAt === 'claim' && isAskedBy('ring.ts')) end();
    if (killAt === 'request' && isAskedBy('dial.ts')) end();
    return Date.now() + ahead;
  },
};

function random(): number {
  if (killAt === 'saving') end();
  return 0.5;
}

const log: DestinationStream = {
  write(line) {
    if (killAt === 'finishing' && line.includes('"trigger":"dial"')) end();
  },
};

await startService(loadConfig(process.env), pino({ level: 'info' }, log), {
  clock,
  random,
  lockMs: Number(process.env.LOCK_MS),
});
