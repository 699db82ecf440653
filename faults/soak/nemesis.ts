/** The nemesis: strikes with one planned fault after the other, and takes each back. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../../stand-ins/private-redis.ts';
import type { EventTravel } from '../../stand-ins/voice-vendor/call-player.ts';
import type { ScriptedAnswer } from '../../stand-ins/voice-vendor/scripted-answers.ts';
import type { Actor, Stage } from '../stage/stage.ts';
import type { FaultKind, PlannedFault } from './plan.ts';

/** Can be changed while calls are under way. */
export type ChangingTravel = { -readonly [K in keyof EventTravel]: EventTravel[K] };

export interface Nemesis {
  /** What it is doing now; null between two strikes. */
  readonly now: FaultKind | null;
  readonly strikes: ReadonlyMap<FaultKind, number>;
  /** Resolves when the fault is over. */
  strike(fault: PlannedFault): Promise<void>;
}

export function nemesisOn(stage: Stage, travel: ChangingTravel): Nemesis {
  const worker = stage.actors.at(-1) as Actor;
  const { web, vendor } = stage;
  const strikes = new Map<FaultKind, number>();
  let now: FaultKind | null = null;
  let eventsFirst = false;
  vendor.onInitiate(async ({ callId }) => {
    if (eventsFirst) await vendor.sendEvent(callId, 'call.initiate');
  });

  /** By a connection of its own, without a proxy; the server may be frozen or gone. */
  async function tellRedis(...words: [string, ...string[]]): Promise<void> {
    const redis = new Redis(stage.redis.url, { lazyConnect: true, maxRetriesPerRequest: 1 });
    redis.on('error', () => {});
    try {
      await redis.connect();
      await redis.call(...words);
    } finally {
      redis.disconnect();
    }
  }

  async function freeze(target: { signal(signal: 'SIGSTOP' | 'SIGCONT'): void }, forMs: number): Promise<void> {
    target.signal('SIGSTOP');
    await pause(forMs);
    target.signal('SIGCONT');
  }

  async function answer(scripted: ScriptedAnswer, forMs: number): Promise<void> {
    const until = Date.now() + forMs;
    while (Date.now() < until) {
      if (vendor.nextAnswers.length === 0) vendor.nextAnswers.push(scripted);
      await pause(20);
    }
    vendor.nextAnswers.length = 0;
  }

  const deeds: Record<FaultKind, (forMs: number) => Promise<unknown>> = {
    'kill web': async () => web.service.kill(),
    'kill worker': async () => worker.service.kill(),
    'freeze web': (forMs) => freeze(web.service, forMs),
    'freeze worker': (forMs) => freeze(worker.service, forMs),
    'freeze redis': (forMs) => freeze({ signal: (signal) => process.kill(stage.redis.pid, signal) }, forMs),
    'kill redis': async (forMs) => {
      const { port, dir, pid } = stage.redis;
      process.kill(pid, 'SIGKILL');
      await pause(Math.min(forMs, 2_000));
      stage.redis = await startPrivateRedis({ port, dir });
    },
    'redis full': async (forMs) => {
      await tellRedis('CONFIG', 'SET', 'maxmemory', '1');
      await pause(forMs);
      await tellRedis('CONFIG', 'SET', 'maxmemory', '0');
    },
    'redis read-only': async (forMs) => {
      await tellRedis('REPLICAOF', '127.0.0.1', '1');
      await pause(forMs);
      await tellRedis('REPLICAOF', 'NO', 'ONE');
    },
    'redis slow': async (forMs) => {
      for (const { redis } of stage.actors) redis.weather.delayMs = 150;
      await pause(forMs);
      for (const { redis } of stage.actors) redis.weather.delayMs = 0;
    },
    'redis resets': async (forMs) => {
      for (let left = forMs; left > 0; left -= 400) {
        for (const { redis } of stage.actors) redis.resetAll();
        await pause(400);
      }
    },
    'redis unreachable for web': (forMs) => hole(web.redis.weather, forMs),
    'redis unreachable for worker': (forMs) => hole(worker.redis.weather, forMs),
    'vendor slow network': async (forMs) => {
      worker.vendor.weather.delayMs = 400;
      await pause(forMs);
      worker.vendor.weather.delayMs = 0;
    },
    'vendor resets': async (forMs) => {
      for (let left = forMs; left > 0; left -= 50) {
        worker.vendor.resetAll();
        await pause(50);
      }
    },
    'vendor unreachable': (forMs) => hole(worker.vendor.weather, forMs),
    'vendor 500': (forMs) => answer({ status: 500 }, forMs),
    'vendor 500 and the call is placed': (forMs) => answer({ status: 500, placesCall: true }, forMs),
    'vendor 429': (forMs) => answer({ status: 429, headers: { 'retry-after': '1' } }, forMs),
    'vendor garbage': (forMs) => answer({ status: 200, body: 'call: {', placesCall: true }, forMs),
    'vendor slow': (forMs) => answer({ delayMs: 1_500 }, forMs),
    'vendor hangs and the call is placed': (forMs) => answer({ hang: true, placesCall: true }, forMs),
    'vendor resets and the call is placed': (forMs) => answer({ reset: 'after', placesCall: true }, forMs),
    'events twice': async (forMs) => {
      travel.twice = true;
      await pause(forMs);
      travel.twice = false;
    },
    'events before the answer': async (forMs) => {
      eventsFirst = true;
      await pause(forMs);
      eventsFirst = false;
    },
  };

  return {
    get now() {
      return now;
    },
    strikes,
    async strike({ kind, forMs }) {
      now = kind;
      strikes.set(kind, (strikes.get(kind) ?? 0) + 1);
      await deeds[kind](forMs);
      now = null;
    },
  };
}

async function hole(weather: { blackhole: boolean }, forMs: number): Promise<void> {
  weather.blackhole = true;
  await pause(forMs);
  weather.blackhole = false;
}
