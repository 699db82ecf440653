/** Processor time of a process, all its threads. On a shared machine it is steadier than the clock on the wall. */
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (USER_HZ, fixed at 100 for programs). */
const TICK_US = 10_000;

/** Microseconds of user and system time so far; NaN where there is no /proc. */
export function cpuMicroseconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return Number.NaN;
  }
}
