/** The stage: Redis, the stand-ins of the vendor and of the shop's Admin API, and the service, started in this order and ended in the opposite one. */
import { randomBytes } from 'node:crypto';
import { CONSENT } from '../stand-ins/shop/checkout-body.ts';
import { type ShopAdminStandIn, startShopAdmin } from '../stand-ins/shop-admin/server.ts';
import { startVoiceVendor, type VoiceVendor } from '../stand-ins/voice-vendor/server.ts';
import { HOLDOUT_PERCENT, PRIORITY_FROM, scenarioFor } from './cast.ts';
import { type OpsApi, opsApi } from './ops-api.ts';
import { type DemoRedis, openRedis } from './redis.ts';
import { type LogLine, type Service, startService } from './service.ts';

/** A quarter of an hour in the shop's life; the demo has no patience. */
export const CALL_DELAY_MS = 2_500;
/** Between two events of a call. */
const STEP_MS = 350;

/** Invented, as are its shoppers. Who of them is held out depends on its name. */
export const SHOP = 'fenwick-and-daughters.myshopify.com';

export interface Stage {
  readonly redis: DemoRedis;
  readonly vendor: VoiceVendor;
  /** The shop's Admin API. */
  readonly admin: ShopAdminStandIn;
  readonly service: Service;
  readonly ops: OpsApi;
  readonly login: { readonly username: string; readonly password: string };
  readonly shop: { readonly domain: string; readonly secret: string };
  /** Ends everything that was started. @returns the service's exit code: 0 when it shut down in good order. */
  close(): Promise<number | null>;
}

/** @throws what failed to start, after ending what had started. */
export async function setStage(
  sharedRedisUrl: string | undefined,
  onLine: (line: LogLine) => void,
  stopping: AbortSignal,
): Promise<Stage> {
  const cleanup: (() => Promise<unknown>)[] = [];
  const strike = async () => {
    for (const end of cleanup.splice(0).reverse()) await end();
  };
  try {
    const redis = await openRedis(sharedRedisUrl);
    cleanup.push(() => redis.close());
    const vendor = await startVoiceVendor({
      stepMs: STEP_MS,
      shape: 'alternate',
      scenario: ({ phoneNumber }) => scenarioFor(phoneNumber),
    });
    cleanup.push(() => vendor.close());
    const admin = await startShopAdmin();
    cleanup.push(() => admin.close());
    const shop = { domain: SHOP, secret: randomBytes(24).toString('hex') };
    const login = { username: 'ops', password: randomBytes(18).toString('base64url') };
    const service = await startService(
      (url, port) => ({
        ...environmentOf(redis, vendor),
        ...ofShop(shop, admin),
        ...ofOps(login),
        PUBLIC_URL: url,
        PORT: `${port}`,
      }),
      onLine,
      stopping,
    );
    const ops = opsApi(service.url, login.username, login.password);
    let exitCode: number | null = null;
    cleanup.push(async () => {
      exitCode = await service.stop();
    });
    const close = async () => {
      await strike();
      return exitCode;
    };
    return { redis, vendor, admin, service, ops, login, shop, close };
  } catch (fault) {
    await strike();
    throw fault;
  }
}

function environmentOf(redis: DemoRedis, vendor: VoiceVendor): Record<string, string> {
  return {
    ROLE: 'all',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    RECORD_TTL: '9d',
    SHUTDOWN_GRACE: '5s',
    VOICE_TIMEOUT: '5s',
    VOICE_API_URL: vendor.url,
    VOICE_PUBLIC_KEY: vendor.keys.publicKey,
    VOICE_PRIVATE_KEY: vendor.keys.privateKey,
    VOICE_WORKSPACE: vendor.keys.workspace,
    VOICE_ASSISTANT: vendor.keys.assistant,
    CALL_DELAY: `${CALL_DELAY_MS}ms`,
    CALL_CONSENT: `attribute:${CONSENT.name}=${CONSENT.value}`,
    CALLING_HOURS: 'always',
    CALLS_PER_SECOND: '20',
    CALL_PRIORITY_FROM: PRIORITY_FROM,
    BACKFILL_EVERY: '10s',
    AGENT_ORDER: 'draft',
    HOLDOUT_PERCENT,
  };
}

function ofShop({ domain, secret }: Stage['shop'], admin: ShopAdminStandIn): Record<string, string> {
  return {
    SHOPIFY_SHOP: domain,
    SHOPIFY_CLIENT_ID: 'demo',
    SHOPIFY_CLIENT_SECRET: secret,
    SHOPIFY_ADMIN_TOKEN: admin.tokens.permanent,
    SHOPIFY_ADMIN_URL: admin.url,
  };
}

function ofOps({ username, password }: Stage['login']): Record<string, string> {
  return { OPS_USERNAME: username, OPS_PASSWORD: password };
}
