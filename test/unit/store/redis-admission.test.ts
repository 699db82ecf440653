/** Whether a Redis may be worked with: an answer that is late is no answer, and is asked for again. */
import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { keysBelow } from '../../../src/store/keys.ts';
import { admitRedis } from '../../../src/store/redis-admission.ts';

it('a Redis that was slow to say what it is like is asked again, without a new connection', async () => {
  let asked = 0;
  const errors: string[] = [];
  const redis = Object.assign(new EventEmitter(), {
    status: 'ready',
    async info() {
      if (asked++ === 0) throw new Error('Command timed out');
      return 'aof_enabled:1\r\nmaxmemory_policy:noeviction\r\n';
    },
    eval: async () => 3,
  });
  const { admitted } = admitRedis(redis as unknown as Redis, {
    ...{ keys: keysBelow('any'), unsafe: 'refuse', onUnsafe: () => {} },
    onError: ({ message }) => void errors.push(message),
  });
  redis.emit('ready');
  await admitted;
  expect(errors).toEqual(['The store did not answer']);
});
