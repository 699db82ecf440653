/** A Redis for the integration tests: the one in REDIS_URL, else a private one that ends with them. Tests use prefixes of their own. */
import type { TestProject } from 'vitest/node';
import { startPrivateRedis } from '../../stand-ins/private-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.REDIS_URL;
  if (given) {
    project.provide('redisUrl', given);
    return async () => {};
  }
  const redis = await startPrivateRedis({ appendonly: 'everysec' });
  project.provide('redisUrl', redis.url);
  return () => redis.stop();
}
