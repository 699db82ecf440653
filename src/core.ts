/**
 * The core: everything that decides and remembers, joined to Redis, without a listener and without a worker. The service
 * runs on it; the command line uses it alone.
 */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from './config/load.ts';
import { SECOND } from './domain/duration.ts';
import type { Clock, DialSwitch, Journal, ParkedStore, RecoveryStore } from './domain/ports.ts';
import { type CallEventIntake, callEventIntake } from './intake/call-event-intake.ts';
import { parkIn } from './intake/park.ts';
import { type Replay, replayParked } from './intake/replay.ts';
import { type ShopifyIntake, shopifyIntake } from './intake/shopify-intake.ts';
import { journalOn } from './observe/journal.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { alarmsOn, type DialQueue, dialQueue, dialSwitchOn } from './queue/dial-queue.ts';
import { type FindRecoveries, findRecoveries } from './recovery/find-recoveries.ts';
import { type Operate, operate } from './recovery/operate.ts';
import { receiveCheckout } from './recovery/receive-checkout.ts';
import { recordCallEvent } from './recovery/record-call-event.ts';
import { stopByLookup, stopRecovery } from './recovery/stop-recovery.ts';
import { type Sweep, sweep } from './recovery/sweep.ts';
import { keysBelow } from './store/keys.ts';
import { parkedStore } from './store/parked-store.ts';
import { recoveryStore } from './store/recovery-store.ts';
import { commandConnection } from './store/redis.ts';
import { redisFaults } from './store/redis-check.ts';

/** Beyond the vendor's time limit, what an honest dial may need to save its result before it counts as interrupted. */
const SAVING_ALLOWANCE_MS = 20 * SECOND;

export interface Core {
  readonly redis: Redis;
  readonly queue: DialQueue;
  readonly store: RecoveryStore;
  readonly parked: ParkedStore;
  readonly dialSwitch: DialSwitch;
  readonly shopify: ShopifyIntake;
  readonly callEvents: CallEventIntake;
  readonly replay: Replay;
  readonly find: FindRecoveries;
  readonly operate: Operate;
  readonly sweep: Sweep;
  readonly journal: Journal;
  readonly metrics: Metrics;
  /** How long an honest dial can take, saving included; one that is older was interrupted. Milliseconds. */
  readonly dialTimeLimitMs: number;
  /** For the error events of connections, queues and workers. */
  readonly onError: (error: Error) => void;
  close(): Promise<void>;
}

export function buildCore(config: Config, logger: Logger, clock: Clock): Core {
  const { prefix, url, recordTtlMs } = config.redis;
  const { shop } = config.shopify;
  const { policy } = config;
  const dialTimeLimitMs = config.voice.timeoutMs + SAVING_ALLOWANCE_MS;
  const metrics = createMetrics();
  const journal = journalOn(logger, metrics);
  const onError = onceInAWhile((error) => logger.error({ event: 'redis_error', err: error }, 'redis'));

  const redis = commandConnection(url, onError);
  const keys = keysBelow(prefix);
  const store = recoveryStore(redis, keys, recordTtlMs);
  const parked = parkedStore(redis, keys);
  const queue = dialQueue(redis, prefix);
  queue.on('error', onError);
  redis.on('ready', () => {
    redisFaults(redis).then((faults) => {
      for (const fault of faults) journal.alarm('redis_unsafe', { fault });
    }, onError);
  });
  const alarms = alarmsOn(queue, clock);
  const dialSwitch = dialSwitchOn(queue, redis, keys.dialSwitch, clock);

  const parts = { store, alarms, clock, journal };
  const stop = stopRecovery(parts);
  const park = parkIn({ shop, parked, clock, journal });
  const shopify = shopifyIntake({
    shop,
    receiveCheckout: receiveCheckout({ ...parts, policy, stop }),
    stop,
    stopByLookup: stopByLookup(parts),
    park,
    clock,
  });
  const callEvents = callEventIntake({ record: recordCallEvent({ ...parts, shop }), park });

  return {
    redis,
    queue,
    store,
    parked,
    dialSwitch,
    shopify,
    callEvents,
    replay: replayParked({ shop, parked, shopify, callEvents }),
    find: findRecoveries(store, shop),
    operate: operate({ ...parts, stop }),
    sweep: sweep({ ...parts, parked, shop, policy, dialTimeLimitMs }),
    journal,
    metrics,
    dialTimeLimitMs,
    onError,
    async close() {
      await queue.close().catch(onError);
      redis.disconnect();
    },
  };
}

/** A lost connection reports every attempt to come back; one line per five seconds says as much. */
function onceInAWhile(log: (error: Error) => void): (error: Error) => void {
  let silentUntil = 0;
  return (error) => {
    const now = Date.now();
    if (now < silentUntil) return;
    silentUntil = now + 5 * SECOND;
    log(error);
  };
}
