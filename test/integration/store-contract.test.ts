/** The store on Redis keeps the promises that the use cases are tested on: also with everything sealed. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, inject } from 'vitest';
import { DAY } from '../../src/domain/duration.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { peopleStore } from '../../src/store/people-store.ts';
import { personHistoryStore } from '../../src/store/person-history-store.ts';
import { recoveryStore } from '../../src/store/recovery-store.ts';
import { commandConnection } from '../../src/store/redis.ts';
import { IN_CLEAR } from '../../src/store/seals.ts';
import { suppressionStore } from '../../src/store/suppression-store.ts';
import { aDataKey } from '../support/a-data-key.ts';
import { recoveryStoreContract } from '../support/recovery-store-contract.ts';
import { sealsWith } from '../support/seals-with.ts';

describe.each([
  { how: 'in clear', dataKey: null },
  { how: 'sealed', dataKey: aDataKey() },
])('the store on Redis, $how', ({ dataKey }) => {
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
    const keys = keysBelow(prefix);
    const seals = dataKey === null ? IN_CLEAR : sealsWith(redis, keys, { current: dataKey, old: [] });
    const shut = async (reason: string | null) => {
      await (reason === null ? redis.del(keys.dialSwitch) : redis.hset(keys.dialSwitch, { shut: reason }));
    };
    const memory = {
      histories: personHistoryStore(redis, keys, DAY, seals.contacts),
      people: peopleStore(redis, keys, DAY, seals.contacts),
      suppressions: suppressionStore(redis, keys, seals.contacts),
    };
    await seals.contacts.load();
    return { store: recoveryStore(redis, keys, DAY, seals), shut, memory, close };
  });
});
