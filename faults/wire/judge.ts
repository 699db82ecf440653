/** What a proxy asks before it passes something on: the one place where a fault is put between a process and its world. */

/** A request may go on (`pass`), go on alone and be waited for (`watch`), or never arrive (`cut`). */
export type Before = 'pass' | 'watch' | 'cut';
/** The answer to a request that was watched may go on, or never arrive. */
export type After = 'pass' | 'cut';

export interface Judge {
  /** @param name - what was asked, without values. */
  before(name: string): Before;
  after(name: string): After;
}

export const LETS_PASS: Judge = { before: () => 'pass', after: () => 'pass' };

/** What can be done to a connection beside ending it. Changed at any time. */
export interface Weather {
  /** Each chunk is this much late, in each direction; milliseconds. */
  delayMs: number;
  /** Nothing gets through in either direction, and nobody is told; what was sent meanwhile arrives when it is over. */
  blackhole: boolean;
}

export const fairWeather = (): Weather => ({ delayMs: 0, blackhole: false });
