/**
 * The ground under an integration test: a stand-in vendor, a stand-in shop, a Redis prefix of its own, and as many services on
 * them as the test needs. Closing it closes everything and removes its own keys, and no others.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Logger, pino } from 'pino';
import { inject } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { RecoveryStore } from '../../src/domain/ports.ts';
import { type Overrides, type Service, startService } from '../../src/service.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { freePort } from '../../stand-ins/free-port.ts';
import { CONSENT } from '../../stand-ins/shop/checkout-body.ts';
import { signAndSend } from '../../stand-ins/shop/deliver.ts';
import { type ShopAdminStandIn, startShopAdmin } from '../../stand-ins/shop-admin/server.ts';
import { startVoiceVendor, type VoiceVendor, type VoiceVendorOptions } from '../../stand-ins/voice-vendor/server.ts';
import { SHOP, type Webhook } from './a-shopper.ts';
import { OPS_PASSWORD, OPS_USERNAME, type OpsClient, opsClient } from './ops-client.ts';
import { until } from './settled.ts';

export const CLIENT_ID = 'of-the-integration-tests';
export const CLIENT_SECRET = 'shpss_of-the-integration-tests';

/** Variables of a service that calls one person as often as a merchant's does who says nothing of it. */
export const REAL_CAPS = { CALLS_PER_DAY: '', CALLS_PER_WEEK: '', CALLS_PER_MONTH: '' } as const;

/** A service of this ground, listening. */
export interface Running {
  readonly url: string;
  readonly service: Service;
  readonly ops: OpsClient;
  /** Signs as Shopify does and sends. @returns the status of the answer. */
  send(webhook: Webhook): Promise<number>;
  /** Closes this one now; the ground closes what is left. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Variables that differ from the ground's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
  readonly logger?: Logger;
  /** Default true: resolves when /readyz says so. */
  readonly untilReady?: boolean;
}

export interface Ground {
  readonly prefix: string;
  readonly vendor: VoiceVendor;
  /** The shop itself. A service asks it only with {@link Ground.admin} in its environment. */
  readonly shop: ShopAdminStandIn;
  /** Variables that let a service ask the shop: with a token that never expires, and without a backfill. */
  readonly admin: Readonly<Record<string, string>>;
  /** The test's own connection. */
  readonly redis: Redis;
  /** The test's own eyes on the records. */
  readonly store: RecoveryStore;
  start(options?: StartOptions): Promise<Running>;
  /** The whole environment of a service on this ground that listens on `port`. */
  environment(port: number, env?: Readonly<Record<string, string>>): Record<string, string>;
  close(): Promise<void>;
}

export interface GroundOptions {
  readonly vendor?: VoiceVendorOptions;
  /** Default: the Redis that all tests share. */
  readonly redisUrl?: string;
}

/**
 * The settings are those of a shop that calls ten minutes after the last activity, at any hour: a checkout left a minute
 * ago stays scheduled for the whole test, one left twenty minutes ago is dialled at once.
 */
export async function openGround({ vendor: vendorOptions, redisUrl }: GroundOptions = {}): Promise<Ground> {
  const url = redisUrl ?? inject('redisUrl');
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const credentials = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  const [vendor, shop] = await Promise.all([startVoiceVendor(vendorOptions), startShopAdmin({ credentials })]);
  const redis = new Redis(url, { retryStrategy: (times) => Math.min(50 * times, 200) });
  redis.on('error', () => {});
  const running = new Set<Running>();

  return {
    prefix,
    vendor,
    shop,
    admin: { SHOPIFY_ADMIN_TOKEN: shop.tokens.permanent, BACKFILL_EVERY: 'off' },
    redis,
    store: recoveryStore(redis, keysBelow(prefix), 3_600_000),
    environment,

    async start({ env = {}, overrides = {}, logger = pino({ level: 'silent' }), untilReady = true } = {}) {
      const config = loadConfig(environment(await freePort(), env));
      const service = await startService(config, logger, overrides);
      const { address } = service;
      const one: Running = {
        url: address,
        service,
        ops: opsClient(address),
        send: async (webhook) =>
          (await signAndSend({ ...webhook, to: address, secret: CLIENT_SECRET, shop: SHOP })).status,
        async close() {
          running.delete(one);
          await service.close();
        },
      };
      running.add(one);
      if (untilReady) await until('the service is ready', async () => (await fetch(`${address}/readyz`)).ok);
      return one;
    },

    async close() {
      await Promise.all([...running].map((one) => one.close()));
      await Promise.all([vendor.close(), shop.close()]);
      await removeOwnKeys(redis, prefix);
      redis.disconnect();
    },
  };

  function environment(port: number, env: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      ...{ ROLE: 'all', HOST: '127.0.0.1', PORT: `${port}`, PUBLIC_URL: `http://127.0.0.1:${port}` },
      ...{ REDIS_URL: url, REDIS_PREFIX: prefix, RECORD_TTL: '9d' },
      // Without a client id and an Admin token the shop is not asked; should it be, then here and nowhere else.
      ...{ SHOPIFY_SHOP: SHOP, SHOPIFY_CLIENT_SECRET: CLIENT_SECRET, SHOPIFY_ADMIN_URL: shop.url },
      VOICE_API_URL: vendor.url,
      VOICE_PUBLIC_KEY: vendor.keys.publicKey,
      VOICE_PRIVATE_KEY: vendor.keys.privateKey,
      VOICE_WORKSPACE: vendor.keys.workspace,
      VOICE_ASSISTANT: vendor.keys.assistant,
      ...{ CALL_DELAY: '10m', CALLING_HOURS: 'always', CALL_CONSENT: `attribute:${CONSENT.name}=${CONSENT.value}` },
      ...{ CALLS_PER_SECOND: '50', CALL_PRIORITY_FROM: '500' },
      // A person of a test may be called often; where the caps are what is tested, `REAL_CAPS` has the service's own.
      ...{ CALLS_PER_DAY: '24', CALLS_PER_WEEK: '100', CALLS_PER_MONTH: '300' },
      ...{ OPS_USERNAME, OPS_PASSWORD, SHUTDOWN_GRACE: '5s' },
      ...env,
    };
  }
}

/** By scanning for the prefix: also what BullMQ left, and what a killed process did. */
async function removeOwnKeys(redis: Redis, prefix: string): Promise<void> {
  if (redis.status !== 'ready') return;
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    if (keys.length > 0) await redis.unlink(...(keys as string[]));
  }
}
