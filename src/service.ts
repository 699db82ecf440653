/**
 * The composition root: builds every part from the configuration, joins them, and takes them apart again in reverse. The
 * only place that knows both the use cases and the adapters.
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config/load.ts';
import { MINUTE, SECOND } from './domain/duration.ts';
import type { Clock } from './domain/ports.ts';
import { buildApp } from './http/app.ts';
import { callEventIntake } from './intake/call-event-intake.ts';
import { type Replay, replayParked } from './intake/replay.ts';
import { shopifyIntake } from './intake/shopify-intake.ts';
import { gaugesOf } from './observe/gauges.ts';
import { journalOn } from './observe/journal.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { alarmsOn, type DialJob, dialQueue, dialSwitchOn } from './queue/dial-queue.ts';
import { dial } from './recovery/dial.ts';
import { findRecoveries } from './recovery/find-recoveries.ts';
import { operate } from './recovery/operate.ts';
import { receiveCheckout } from './recovery/receive-checkout.ts';
import { recordCallEvent } from './recovery/record-call-event.ts';
import { ring } from './recovery/ring.ts';
import { stopByLookup, stopRecovery } from './recovery/stop-recovery.ts';
import { type Sweep, sweep } from './recovery/sweep.ts';
import { verifyWebhook } from './shopify/verify-webhook.ts';
import { keysBelow } from './store/keys.ts';
import { parkedStore } from './store/parked-store.ts';
import { recoveryStore } from './store/recovery-store.ts';
import { commandConnection, workerConnection } from './store/redis.ts';
import { isSignedByVendor } from './voice/verify-signature.ts';
import { voiceCalls } from './voice/voice-calls.ts';
import { dialWorker } from './worker/dial-worker.ts';
import { scheduleSweep, upkeepQueue, upkeepWorker } from './worker/upkeep-worker.ts';

const SWEEP_EVERY_MS = MINUTE;
/** Beyond the vendor's time limit, what an honest dial may need to save its result before it counts as interrupted. */
const SAVING_ALLOWANCE_MS = 20 * SECOND;

export interface Service {
  /** Where it listens; the port is the real one when 0 was configured. */
  readonly address: string;
  readonly app: FastifyInstance;
  readonly replay: Replay;
  readonly sweep: Sweep;
  readonly metrics: Metrics;
  /** Takes no new work, lets running dials finish and save within the grace time, and closes everything. */
  close(): Promise<void>;
}

/** What tests put in the place of the world. */
export interface Overrides {
  readonly clock?: Clock;
  readonly random?: () => number;
}

const systemClock: Clock = { now: () => Date.now() };

/** Starts the parts that `config.role` names. It starts also while Redis is away, and is ready when Redis is there. */
export async function startService(config: Config, logger: Logger, overrides: Overrides = {}): Promise<Service> {
  const { clock = systemClock, random = Math.random } = overrides;
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
  const upkeep = upkeepQueue(redis, prefix);
  for (const each of [queue, upkeep]) each.on('error', onError);
  const alarms = alarmsOn(queue, clock);
  const dialSwitch = dialSwitchOn(queue, redis, keys.dialSwitch, clock);

  const stop = stopRecovery({ store, alarms, clock, journal });
  const shopify = shopifyIntake({
    shop,
    receiveCheckout: receiveCheckout({ store, alarms, policy, clock, journal, stop }),
    stop,
    stopByLookup: stopByLookup({ store, alarms, clock, journal }),
    parked,
    clock,
    journal,
  });
  const record = recordCallEvent({ store, shop, clock, journal });
  const callEvents = callEventIntake({ shop, record, parked, clock, journal });
  const replay = replayParked({ shop, parked, shopify, callEvents });
  const runSweep = sweep({ store, alarms, parked, shop, policy, clock, journal, dialTimeLimitMs });

  let closing = false;
  const web = config.role !== 'worker';
  const app = buildApp({
    logger,
    health: {
      isReady: async () => !closing && (await redis.ping().catch(() => '')) === 'PONG',
      registry: metrics.registry,
      refreshGauges: gaugesOf({ metrics, store, parked, dialSwitch, shop, clock }),
    },
    webhooks: web
      ? {
          shopify,
          callEvents,
          verifyShopify: (body, headers) => verifyWebhook(body, headers, config.shopify.webhookSecrets, shop),
          isCallEventSigned: (body, headers) =>
            isSignedByVendor(
              body,
              { signature: headers['x-signature'], publicKey: headers['x-public-key'] },
              config.voice,
            ),
          metrics,
        }
      : null,
    ops:
      web && config.ops
        ? {
            ...config.ops,
            shop,
            store,
            find: findRecoveries(store, shop),
            operate: operate({ store, alarms, clock, journal, stop }),
            dialSwitch,
            parked,
            replay,
            queues: [queue, upkeep],
          }
        : null,
  });

  const workers = config.role === 'web' ? null : startWorkers();
  await app.listen({ host: config.http.host, port: config.http.port });
  const { port } = app.server.address() as AddressInfo;
  for (const warning of config.warnings) logger.warn({ event: 'config_warning' }, warning);
  logger.info({ event: 'started', role: config.role, host: config.http.host, port, shop }, 'ringback started');

  return { address: `http://${config.http.host}:${port}`, app, replay, sweep: runSweep, metrics, close };

  function startWorkers() {
    const connection = workerConnection(url, onError);
    const abort = new AbortController();
    const voice = voiceCalls(config.voice, config.http.publicUrl, clock);
    const pauseBeforeSavingAgain = (tries: number) =>
      wait(Math.min(SECOND, 50 * 2 ** tries), undefined, { signal: abort.signal });
    const dialler = dial({ store, voice, dialSwitch, clock, journal, random, pauseBeforeSavingAgain });
    const dials = dialWorker(ring({ store, policy, clock, journal, dial: dialler, dialTimeLimitMs }), {
      connection,
      prefix,
      ...config.dialling,
      onError,
      onJobFailed: (jobId, error) => logger.error({ event: 'job_failed', jobId, err: error }, 'job failed'),
    });
    const sweeps = upkeepWorker(runSweep, { connection, prefix, onError });
    for (const worker of [dials, sweeps]) worker.run().catch(onError);
    scheduleSweep(upkeep, SWEEP_EVERY_MS).catch(onError);
    return { connection, abort, dials, sweeps };
  }

  async function close(): Promise<void> {
    closing = true;
    if (workers) await closeWithin(config.shutdownGraceMs, workers);
    await closeServer(app);
    await Promise.allSettled([(queue as Queue<DialJob>).close(), upkeep.close()]);
    workers?.connection.disconnect();
    redis.disconnect();
    logger.info({ event: 'stopped' }, 'ringback stopped');
  }

  async function closeWithin(graceMs: number, { abort, dials, sweeps }: NonNullable<typeof workers>): Promise<void> {
    const deadline = new AbortController();
    const finished = Promise.allSettled([dials.close(), sweeps.close()]).then(() => true);
    const late = wait(graceMs, false, { signal: deadline.signal }).catch(() => false);
    if (!(await Promise.race([finished, late]))) {
      logger.error({ event: 'shutdown_deadline' }, 'a dial did not end in time; the sweep will find it');
      abort.abort();
      await Promise.allSettled([dials.close(true), sweeps.close(true)]);
    }
    deadline.abort();
  }
}

/** What a client that never stops sending may still take of our time, milliseconds. */
const CONNECTIONS_MAY_LAST_MS = 2 * SECOND;

/**
 * A connection that was answering when the server began to close goes back to keep-alive and would hold it open for
 * over a minute; so idle ones are closed for as long as it takes, and in the end the rest too.
 */
async function closeServer(app: FastifyInstance): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const all = setTimeout(() => app.server.closeAllConnections(), CONNECTIONS_MAY_LAST_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(all);
  }
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
