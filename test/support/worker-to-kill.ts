/**
 * A worker process that kills itself, as hard as a power cut, at one point of its first dial. The points are found where
 * the service asks its world for something: the time, chance, a line in the log.
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

const killAt = process.env.KILL_AT as KillPoint;

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function isAskedBy(file: string): boolean {
  return new Error().stack?.includes(`/src/recovery/${file}`) ?? false;
}

const clock = {
  now() {
    if (killAt === 'claim' && isAskedBy('ring.ts')) end();
    if (killAt === 'request' && isAskedBy('dial.ts')) end();
    return Date.now();
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
