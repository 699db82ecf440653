/**
 * The service: the core with its doors (HTTP) and its hands (workers), started by role and taken apart in reverse. The
 * composition root; only here and in the core do use cases and adapters meet.
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config/load.ts';
import { buildCore, type Core } from './core.ts';
import { MINUTE, SECOND } from './domain/duration.ts';
import type { Clock } from './domain/ports.ts';
import { buildApp } from './http/app.ts';
import type { OpsDeps } from './http/ops/ops.ts';
import type { WebhookDeps } from './http/webhooks.ts';
import type { Replay } from './intake/replay.ts';
import { gaugesOf } from './observe/gauges.ts';
import type { Metrics } from './observe/metrics.ts';
import { dial } from './recovery/dial.ts';
import { type Ring, ring } from './recovery/ring.ts';
import type { Sweep } from './recovery/sweep.ts';
import { verifyWebhook } from './shopify/verify-webhook.ts';
import { workerConnection } from './store/redis.ts';
import { isSignedByVendor } from './voice/verify-signature.ts';
import { voiceCalls } from './voice/voice-calls.ts';
import { dialWorker } from './worker/dial-worker.ts';
import { keepSweepScheduled, upkeepQueue, upkeepWorker } from './worker/upkeep-worker.ts';

const SWEEP_EVERY_MS = MINUTE;
/** BullMQ's own default; renewed twice in that time. */
const LOCK_MS = 30 * SECOND;

export interface Service {
  /** Where it listens; the port is the real one when 0 was configured. */
  readonly address: string;
  readonly app: FastifyInstance;
  readonly replay: Replay;
  readonly sweep: Sweep;
  readonly metrics: Metrics;
  /**
   * Takes no new work, lets running dials finish and save within the grace time, and closes everything.
   *
   * @returns false when a dial did not end in time and was left to its fate.
   */
  close(): Promise<boolean>;
}

/** What tests put in the place of the world. */
export interface Overrides {
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** When a worker counts as dead, milliseconds. */
  readonly lockMs?: number;
}

const systemClock: Clock = { now: () => Date.now() };

/** Starts the parts that `config.role` names. It starts also while Redis is away, and is ready when Redis is there. */
export async function startService(config: Config, logger: Logger, overrides: Overrides = {}): Promise<Service> {
  const { clock = systemClock, random = Math.random, lockMs = LOCK_MS } = overrides;
  const { shop } = config.shopify;
  const core = buildCore(config, logger, clock);
  const { redis, metrics, onError } = core;
  const upkeep = upkeepQueue(redis, config.redis.prefix);
  upkeep.on('error', onError);

  let closing = false;
  const web = config.role !== 'worker';
  const app = buildApp({
    logger,
    health: {
      isReady: async () => !closing && (await redis.ping().catch(() => '')) === 'PONG',
      registry: metrics.registry,
      refreshGauges: gaugesOf({ ...core, shop, clock }),
    },
    webhooks: web ? webhookDeps(config, core) : null,
    ops: web && config.ops ? ({ ...core, ...config.ops, shop, queues: [core.queue, upkeep] } satisfies OpsDeps) : null,
  });

  const hands = config.role === 'web' ? null : startWorkers(config, core, { clock, random, lockMs }, logger);
  const schedule = hands && keepSweepScheduled(upkeep, redis, SWEEP_EVERY_MS, onError);
  await app.listen({ host: config.http.host, port: config.http.port });
  const { port } = app.server.address() as AddressInfo;
  for (const warning of config.warnings) logger.warn({ event: 'config_warning' }, warning);
  logger.info({ event: 'started', role: config.role, host: config.http.host, port, shop }, 'ringback started');

  return {
    address: `http://${config.http.host}:${port}`,
    app,
    replay: core.replay,
    sweep: core.sweep,
    metrics,
    async close() {
      closing = true;
      schedule?.stop();
      const inTime = (await hands?.close(config.shutdownGraceMs)) ?? true;
      await closeServer(app);
      await upkeep.close().catch(onError);
      await core.close();
      logger.info({ event: 'stopped' }, 'ringback stopped');
      return inTime;
    },
  };
}

function webhookDeps(config: Config, { shopify, callEvents, metrics }: Core): WebhookDeps {
  const { shop, webhookSecrets } = config.shopify;
  return {
    shopify,
    callEvents,
    metrics,
    verifyShopify: (body, headers) => verifyWebhook(body, headers, webhookSecrets, shop),
    isCallEventSigned: (body, headers) =>
      isSignedByVendor(body, { signature: headers['x-signature'], publicKey: headers['x-public-key'] }, config.voice),
  };
}

interface Workers {
  /** @param graceMs - how long running dials may take to finish and be saved. @returns whether all did. */
  close(graceMs: number): Promise<boolean>;
}

function startWorkers(config: Config, core: Core, world: Required<Overrides>, logger: Logger): Workers {
  const { clock, random, lockMs } = world;
  const { store, dialSwitch, journal, onError, dialTimeLimitMs } = core;
  const { policy } = config;
  const { prefix, url } = config.redis;
  const connection = workerConnection(url, onError);
  const giveUp = new AbortController();
  const dialler = dial({
    store,
    voice: voiceCalls(config.voice, config.http.publicUrl, clock),
    dialSwitch,
    clock,
    journal,
    random,
    dialTimeLimitMs,
    pauseBeforeSavingAgain: (tries) =>
      wait(Math.min(SECOND, 50 * 2 ** tries), undefined, { signal: giveUp.signal }).then(() => {}),
  });
  const answerRing = ring({ store, policy, clock, journal, dial: dialler, dialTimeLimitMs });
  let ringing = 0;
  const countedRing: Ring = (recoveryId, alarm) => {
    ringing++;
    return answerRing(recoveryId, alarm).finally(() => {
      ringing--;
    });
  };
  const dials = dialWorker(countedRing, {
    connection,
    prefix,
    ...config.dialling,
    lockMs,
    onError,
    onJobFailed: (jobId, error) => logger.error({ event: 'job_failed', jobId, err: error }, 'job failed'),
  });
  const sweeps = upkeepWorker(core.sweep, { connection, prefix, onError });
  for (const worker of [dials, sweeps]) worker.run().catch(onError);

  return {
    async close(graceMs) {
      const ended = new AbortController();
      // Without Redis BullMQ does not come to an end, and without a ring under way there is nothing to wait for.
      const idle = ringing === 0 && connection.status !== 'ready';
      const finished = Promise.allSettled([dials.close(), sweeps.close()]).then(() => true);
      const late = wait(idle ? SECOND : graceMs, idle, { signal: ended.signal }).catch(() => false);
      const inTime = await Promise.race([finished, late]);
      if (!inTime) {
        // BullMQ cannot be told to hurry once it is closing; what it still waits for ends with the process.
        logger.error({ event: 'shutdown_deadline' }, 'a dial did not end in time; the sweep will find it');
        giveUp.abort();
      }
      ended.abort();
      connection.disconnect();
      return inTime;
    },
  };
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
