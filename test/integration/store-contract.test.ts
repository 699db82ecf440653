/** The store on Redis keeps the promises that the use cases are tested on. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, inject } from 'vitest';
import { DAY } from '../../src/domain/duration.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { commandConnection } from '../../src/store/redis.ts';
import { recoveryStoreContract } from '../support/recovery-store-contract.ts';

describe('the store on Redis', () => {
  recoveryStoreContract(async () => {
    const prefix = `contract-${randomUUID()}`;
    const redis = commandConnection(inject('redisUrl'), () => {});
    await once(redis, 'ready');
    const close = async () => {
      let cursor = '0';
      do {
        const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 1_000);
        if (keys.length > 0) await redis.unlink(...keys);
        cursor = next;
      } while (cursor !== '0');
      redis.disconnect();
    };
    return { store: recoveryStore(redis, keysBelow(prefix), DAY), close };
  });
});
