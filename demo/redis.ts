/** The demo's Redis: a private one that is gone afterwards, or a corner of the one that REDIS_URL names. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../stand-ins/private-redis.ts';

export interface DemoRedis {
  readonly url: string;
  /** For REDIS_PREFIX. */
  readonly prefix: string;
  /** For a person to read; without credentials. */
  readonly description: string;
  /** Ends the private server, or deletes what lies below the prefix. */
  close(): Promise<void>;
}

/** @param sharedUrl - REDIS_URL; undefined or empty: a private server is started. */
export async function openRedis(sharedUrl: string | undefined): Promise<DemoRedis> {
  const prefix = `ringback-demo-${randomBytes(6).toString('hex')}`;
  if (sharedUrl) {
    const description = `${URL.parse(sharedUrl)?.host ?? 'REDIS_URL'}, below ${prefix}`;
    return { url: sharedUrl, prefix, description, close: () => sweep(sharedUrl, prefix) };
  }
  const server = await startPrivateRedis({ appendonly: 'everysec' });
  return { url: server.url, prefix, description: `a private one on port ${server.port}`, close: () => server.stop() };
}

/** Only keys that begin with this run's own random prefix, a page at a time. */
async function sweep(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 1,
    retryStrategy: null,
  });
  try {
    await redis.connect();
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 500 }) as AsyncIterable<string[]>) {
      if (keys.length > 0) await redis.unlink(...keys);
    }
  } finally {
    redis.disconnect();
  }
}
