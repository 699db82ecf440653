/**
 * Loaded into the service's process before its entry (`--import`): a clock that can be moved ahead from outside, so that hours of
 * waiting take no time. The clock, and every timer of five seconds or more, see the jump; short ones run on in real time. What waits
 * in Redis is moved by the one who sends the jump.
 *
 * To the service a jump is what it would see if its machine had been suspended for that long.
 */
import { Redis } from 'ioredis';

const LONG_MS = 5_000;

interface LongTimer {
  readonly dueAt: number;
  readonly run: () => void;
}

let ahead = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const RealDate = Date;
const realNow = Date.now.bind(Date);
const now = (): number => realNow() + ahead;
RealDate.now = now;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)),
});

const timers = new Map<unknown, LongTimer>();
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

function shiftedSetTimeout(run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): NodeJS.Timeout {
  if (!(ms >= LONG_MS)) return realSetTimeout(run, ms, ...args);
  const fire = () => {
    timers.delete(timer);
    realClearTimeout(timer);
    run(...args);
  };
  const timer = realSetTimeout(fire, ms);
  timers.set(timer, { dueAt: now() + ms, run: fire });
  return timer;
}

Object.defineProperties(shiftedSetTimeout, Object.getOwnPropertyDescriptors(realSetTimeout));
globalThis.setTimeout = shiftedSetTimeout as typeof setTimeout;
globalThis.clearTimeout = (timer) => {
  timers.delete(timer);
  realClearTimeout(timer);
};

// Time has passed for the machine of Redis, too: a service whose clock alone is ahead rightly dials nobody.
const redisTime = Redis.prototype.time;
Redis.prototype.time = async function time(this: Redis) {
  const [seconds, microseconds] = await redisTime.call(this);
  return [Number(seconds) + Math.floor(ahead / 1_000), microseconds];
} as typeof redisTime;

process.on('message', (message: { readonly advanceMs?: number }) => {
  if (typeof message.advanceMs !== 'number') return;
  ahead += message.advanceMs;
  const due = [...timers.values()].filter(({ dueAt }) => dueAt <= now()).sort((a, b) => a.dueAt - b.dueAt);
  for (const { run } of due) run();
  process.send?.({ ahead });
});
// Whoever started it is gone, for whatever reason.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
