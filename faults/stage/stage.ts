/**
 * The stage of one lane: a Redis of its own that loses nothing it confirmed, the stand-ins, a proxy per process and neighbour, and the
 * service in one process or in two. It lives on from run to run; only what was killed is started again.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { freePort } from '../../stand-ins/free-port.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { CONSENT } from '../../stand-ins/shop/checkout-body.ts';
import type { EventTravel } from '../../stand-ins/voice-vendor/call-player.ts';
import { startVoiceVendor, type VoiceVendor } from '../../stand-ins/voice-vendor/server.ts';
import { SHOP } from '../../test/support/a-shopper.ts';
import { HttpProxy } from '../wire/http-proxy.ts';
import { RedisProxy } from '../wire/redis-proxy.ts';
import { type MerchantEnd, startMerchantEnd } from './merchant.ts';
import { FaultyService } from './service.ts';

export const PREFIX = 'faults';
export const LAYOUTS = ['split', 'all'] as const;
/** `split`: one process takes webhooks and one dials. `all`: one process does both. */
export type Layout = (typeof LAYOUTS)[number];
export type Role = 'web' | 'worker' | 'all';

export interface Actor {
  readonly role: Role;
  readonly service: FaultyService;
  readonly redis: RedisProxy;
  readonly vendor: HttpProxy;
  readonly merchant: HttpProxy;
}

export interface StageOptions {
  readonly layout: Layout;
  /** Variables that differ from the stage's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default true: the service's clock can be moved. */
  readonly timeMachine?: boolean;
  /** Between two events of a call that the vendor plays by itself, milliseconds. */
  readonly stepMs?: number;
  /** Default: calls that tell nothing by themselves; the run sends their events. */
  readonly vendorScenario?: NonNullable<Parameters<typeof startVoiceVendor>[0]>['scenario'];
  /** How call events travel; may be changed at any time. */
  readonly travel?: EventTravel;
  readonly redisOptions?: { readonly port: number; readonly dir: string };
}

export interface Stage {
  readonly layout: Layout;
  /** The test's own connection; it goes by no proxy. */
  readonly eyes: Redis;
  redis: PrivateRedis;
  readonly vendor: VoiceVendor;
  readonly merchant: MerchantEnd;
  readonly actors: readonly Actor[];
  readonly secret: string;
  /** The one that takes webhooks. */
  readonly web: Actor;
  readonly ops: { readonly username: string; readonly password: string };
  /** How far the service's clocks are ahead, milliseconds. */
  ahead: number;
  /** When they were moved last; real time, epoch milliseconds. */
  jumpedAt: number;
  close(): Promise<void>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { layout, env = {}, timeMachine = true, stepMs = 5, vendorScenario = 'silent', travel = {} } = options;
  const redis = await startPrivateRedis({ ...options.redisOptions });
  const eyes = new Redis(redis.url, { retryStrategy: (times) => Math.min(50 * times, 200) });
  eyes.on('error', () => {});
  // What a process was told is on disk: nothing but the process itself fails here.
  await eyes.config('SET', 'appendfsync', 'always');
  const vendor = await startVoiceVendor({ scenario: vendorScenario, stepMs, travel });
  const merchant = await startMerchantEnd();
  const secret = randomBytes(24).toString('hex');
  const ops = { username: 'ops', password: randomBytes(18).toString('base64url') };
  const stage = { layout, eyes, redis, vendor, merchant, secret, ops, ahead: 0, jumpedAt: 0 };
  const roles: readonly Role[] = layout === 'split' ? ['web', 'worker'] : ['all'];
  const webPort = await freePort();
  const actors: Actor[] = [];
  for (const role of roles) {
    const port = role === 'worker' ? await freePort() : webPort;
    const proxies = {
      redis: await RedisProxy.start(redis.port, PREFIX),
      vendor: await HttpProxy.start(vendor.port),
      merchant: await HttpProxy.start(merchant.port),
    };
    const environment = () => ({
      ...{ ROLE: role, HOST: '127.0.0.1', PORT: `${port}`, PUBLIC_URL: `http://127.0.0.1:${webPort}` },
      ...{ REDIS_URL: proxies.redis.url, REDIS_PREFIX: PREFIX, RECORD_TTL: '30d', LOG_LEVEL: 'warn' },
      ...{ SHOPIFY_SHOP: SHOP, SHOPIFY_CLIENT_SECRET: secret },
      ...{ VOICE_API_URL: proxies.vendor.url, VOICE_TIMEOUT: '10s' },
      ...{ VOICE_PUBLIC_KEY: vendor.keys.publicKey, VOICE_PRIVATE_KEY: vendor.keys.privateKey },
      ...{ VOICE_WORKSPACE: vendor.keys.workspace, VOICE_ASSISTANT: vendor.keys.assistant },
      ...{
        FORWARD_URL: `${proxies.merchant.url}/ringback`,
        FORWARD_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
      },
      ...{ CALL_DELAY: '10s', CALLING_HOURS: 'always', CALL_CONSENT: `attribute:${CONSENT.name}=${CONSENT.value}` },
      ...{ CALLS_PER_SECOND: '1000', CALL_CONCURRENCY: '10', UNKNOWN_DEADLINE: '60s', HOLDOUT_PERCENT: '0' },
      ...{ OPS_USERNAME: ops.username, OPS_PASSWORD: ops.password, CLOCK_AHEAD_MS: `${stage.ahead}` },
      ...env,
    });
    actors.push({ role, service: new FaultyService(role, port, environment, timeMachine), ...proxies });
  }
  const whole: Stage = Object.assign(stage, {
    actors,
    web: actors[0] as Actor,
    async close() {
      await Promise.all(actors.map(({ service }) => service.stop()));
      for (const actor of actors) {
        await Promise.all([actor.redis.close(), actor.vendor.close(), actor.merchant.close()]);
      }
      await Promise.all([vendor.close(), merchant.close()]);
      eyes.disconnect();
      await whole.redis.stop();
    },
  });
  try {
    await Promise.all(actors.map(({ service }) => service.start()));
  } catch (fault) {
    await whole.close();
    throw fault;
  }
  return whole;
}
