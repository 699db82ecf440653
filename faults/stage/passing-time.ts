/** Time on a stage: when nothing is under way, it is moved ahead for everybody at once: the processes, and what waits in Redis. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';

const LOOK_EVERY_MS = 4;
/** Nothing but the pulse for so long, real time: then nothing is under way. */
const QUIET_MS = 50;
const QUIET_WITHIN_MS = 6_000;

/** Shortens every time limit in Redis, as if the time had passed. */
const AGE = `
local n = 0
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then
    if left > tonumber(ARGV[1]) then redis.call('PEXPIRE', key, left - ARGV[1]) else redis.call('DEL', key) end
    n = n + 1
  end
end
return n`;

/** The service's time, epoch milliseconds. */
export function nowOn(stage: Stage): number {
  return Date.now() + stage.ahead;
}

export async function everybodyUp({ actors }: Stage): Promise<void> {
  await Promise.all(actors.map(({ service }) => service.whenUp()));
}

/** Resolves when every process is up and nothing is under way, or after some seconds, when something hangs. */
export async function quiet(stage: Stage): Promise<void> {
  const deadline = Date.now() + QUIET_WITHIN_MS;
  while (Date.now() < deadline) {
    await everybodyUp(stage);
    const proxies = stage.actors.flatMap(({ redis, vendor, merchant }) => [redis, vendor, merchant]);
    const busy = proxies.some(({ inFlight }) => inFlight > 0);
    const last = Math.max(stage.jumpedAt, ...proxies.map(({ lastTrafficAt }) => lastTrafficAt));
    if (!busy && Date.now() - last >= QUIET_MS) return;
    await pause(LOOK_EVERY_MS);
  }
}

/** Lets so much time pass at once; resolves when everybody has seen it. */
export async function advance(stage: Stage, ms: number): Promise<void> {
  await everybodyUp(stage);
  stage.ahead += ms;
  await Promise.all([stage.eyes.eval(AGE, 0, String(ms)), ...stage.actors.map(({ service }) => service.advance(ms))]);
  // A worker that waits in Redis would have been told by now that its wait is over.
  const clients = (await stage.eyes.call('CLIENT', 'LIST')) as string;
  for (const line of clients.split('\n')) {
    const [, id] = /^id=(\d+)/.exec(line) ?? [];
    if (id && /\bflags=\S*b/.test(line)) await stage.eyes.call('CLIENT', 'UNBLOCK', id, 'TIMEOUT');
  }
  stage.jumpedAt = Date.now();
}

/**
 * Lets time pass, in steps, until something is so.
 *
 * @param withinMs - of the service's time. @returns whether it came to be so, and after how much of the service's time.
 */
export async function passTimeUntil(
  stage: Stage,
  isSo: () => Promise<boolean>,
  { withinMs, stepMs = 15_000 }: { readonly withinMs: number; readonly stepMs?: number },
): Promise<{ readonly ok: boolean; readonly tookMs: number }> {
  const began = nowOn(stage);
  for (;;) {
    if (await isSo()) return { ok: true, tookMs: nowOn(stage) - began };
    await quiet(stage);
    if (await isSo()) return { ok: true, tookMs: nowOn(stage) - began };
    if (nowOn(stage) - began >= withinMs) return { ok: false, tookMs: nowOn(stage) - began };
    await advance(stage, stepMs);
  }
}

/** Lets time pass until the sweep has just run: the next one is almost a minute away, for every run alike. */
export async function passToNextSweep(stage: Stage, prefix: string): Promise<void> {
  await quiet(stage);
  const [, score] = await stage.eyes.zrange(`${prefix}:upkeep:delayed`, '0', '0', 'WITHSCORES');
  // BullMQ keeps the time, in milliseconds, in the upper bits of the score.
  const at = score === undefined ? nowOn(stage) + 60_000 : Number(score) / 0x1000;
  await advance(stage, Math.max(0, Math.ceil(at - nowOn(stage))) + 500);
  await quiet(stage);
}

/** The records, queues and indexes of earlier runs go; what the processes set up at their start stays. */
export async function forgetRuns(stage: Stage, prefix: string): Promise<void> {
  const keys = (await stage.eyes.keys(`${prefix}:*`)).filter(
    (key) => !key.endsWith(':meta') && !key.startsWith(`${prefix}:upkeep:`),
  );
  if (keys.length > 0) await stage.eyes.unlink(...keys);
}
