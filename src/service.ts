/**
 * The service: the core with its doors (HTTP) and its hands (workers), started by role and taken apart in reverse. The
 * composition root; only here and in the core do use cases and adapters meet.
 */
import { createSecretKey } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config/load.ts';
import { buildCore, type Core } from './core.ts';
import { BREAKER_LIMITS, type BreakerLimits } from './domain/breaker.ts';
import { SECOND } from './domain/duration.ts';
import type { Clock } from './domain/ports.ts';
import { buildApp } from './http/app.ts';
import type { OpsDeps } from './http/ops/ops.ts';
import type { WebhookDeps } from './http/webhooks.ts';
import type { Replay } from './intake/replay.ts';
import { gaugesOf } from './observe/gauges.ts';
import type { Metrics } from './observe/metrics.ts';
import { skewOf } from './recovery/guard-clock.ts';
import type { Sweep } from './recovery/sweep.ts';
import { verifyWebhook } from './shopify/verify-webhook.ts';
import { storeTimeOf } from './store/redis.ts';
import { admitRedis, type RedisRefusal } from './store/redis-admission.ts';
import { isSignedByVendor } from './voice/verify-signature.ts';
import { keepScheduled, upkeepQueue } from './worker/upkeep-worker.ts';
import { startWorkers } from './workers.ts';

/** BullMQ's own default; renewed twice in that time. */
const LOCK_MS = 30 * SECOND;

export interface Service {
  /** Where it listens; the port is the real one when 0 was configured. */
  readonly address: string;
  readonly app: FastifyInstance;
  readonly replay: Replay;
  readonly sweep: Sweep;
  readonly metrics: Metrics;
  /** Resolves when Redis must not be worked with: it has been logged, nothing was dialled, and the process should end. */
  readonly refused: Promise<void>;
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
  /** The store's clock, epoch milliseconds. Default: that of Redis; with a `clock` of the test's own, that one, too. */
  readonly storeTime?: () => Promise<number>;
  /** When dials are held because the vendor is in trouble. */
  readonly breaker?: BreakerLimits;
}

const systemClock: Clock = { now: () => Date.now() };

/** Starts the parts that `config.role` names. It starts also while Redis is away, and is ready when Redis is there. */
export async function startService(config: Config, logger: Logger, overrides: Overrides = {}): Promise<Service> {
  const { clock = systemClock, random = Math.random, lockMs = LOCK_MS } = overrides;
  const { shop } = config.shopify;
  const core = buildCore(config, logger, clock);
  const { redis, metrics, journal, onError } = core;
  const storeTime = overrides.storeTime ?? (overrides.clock ? async () => clock.now() : storeTimeOf(redis));
  const admission = admitRedis(redis, {
    keys: core.keys,
    unsafe: config.redis.unsafe,
    onUnsafe: (fault) => journal.alarm('redis_unsafe', { fault }),
    onError,
  });
  let isGivenUp = false;
  const refused = admission.refused.then((faults) => {
    isGivenUp = true;
    logger.fatal({ event: 'redis_refused', faults }, `Redis cannot be worked with: ${faults.map(inWords).join('; ')}`);
  });
  await core.opened;
  const upkeep = upkeepQueue(redis, config.redis.prefix);
  upkeep.on('error', onError);

  let closing = false;
  const web = config.role !== 'worker';
  const app = buildApp({
    logger,
    health: {
      async readiness() {
        const reason = closing ? 'closing' : await core.readiness();
        if (reason !== 'ready' || hands === null) return reason;
        return (await hands.whyNotReady()) ?? reason;
      },
      registry: metrics.registry,
      refreshGauges: gaugesOf({
        ...{ ...core, shop, clock, openRequests: core.privacy.countOpen },
        skew: () => skewOf(storeTime, clock),
      }),
    },
    webhooks: web ? webhookDeps(config, core) : null,
    ops:
      web && config.ops
        ? ({
            ...{ ...core, ...config.ops, shop, clock, dataRequests: core.privacy.dataRequests },
            queues: [core.queue, core.errands, core.privacy.queue, upkeep],
          } satisfies OpsDeps)
        : null,
  });

  const { breaker = BREAKER_LIMITS } = overrides;
  const world = { clock, random, lockMs, storeTime, breaker };
  const hands = config.role === 'web' ? null : startWorkers(config, core, world, logger, admission.admitted);
  const schedule = hands && keepScheduled(upkeep, redis, hands.schedules, onError);
  await app.listen({ host: config.http.host, port: config.http.port });
  const { port } = app.server.address() as AddressInfo;
  for (const warning of config.warnings) logger.warn({ event: 'config_warning' }, warning);
  // One that must give this Redis up says why, and not that it has begun.
  if (!isGivenUp)
    logger.info({ event: 'started', role: config.role, host: config.http.host, port, shop }, 'ringback started');

  return {
    address: `http://${config.http.host}:${port}`,
    app,
    replay: core.replay,
    sweep: core.sweep,
    metrics,
    refused,
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

const REFUSALS: Readonly<Record<RedisRefusal, string>> = {
  no_append_only_file:
    'it keeps no append-only file (appendonly yes), and would forget who was called; REDIS_UNSAFE=allow goes on all the same',
  evicts_keys:
    'it evicts keys when it is full (maxmemory-policy noeviction), and with them records; REDIS_UNSAFE=allow goes on all the same',
  wrong_password: 'it does not take the name and password of REDIS_URL',
  missing_rights: 'the user of REDIS_URL may not read INFO, run scripts or write below REDIS_PREFIX',
};

function inWords(refusal: RedisRefusal): string {
  return REFUSALS[refusal];
}

function webhookDeps(config: Config, { shopify, callEvents, metrics }: Core): WebhookDeps {
  const { shop, webhookSecrets } = config.shopify;
  const secrets = webhookSecrets.map((secret) => createSecretKey(secret, 'utf8'));
  return {
    shopify,
    callEvents,
    metrics,
    verifyShopify: (body, headers) => verifyWebhook(body, headers, secrets, shop),
    isCallEventSigned: (body, headers) =>
      isSignedByVendor(body, { signature: headers['x-signature'], publicKey: headers['x-public-key'] }, config.voice),
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
