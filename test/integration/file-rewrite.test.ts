/** What was written in clear, or erased since, must not stay in Redis's append-only file. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileRewrites } from '../../src/store/file-rewrite.ts';
import { keysBelow } from '../../src/store/keys.ts';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';
import { until } from '../support/settled.ts';

const keys = keysBelow('test-rewrite');
const PERSONAL = 'odile.marrable@example.com';

let server: PrivateRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startPrivateRedis({ appendonly: 'everysec' });
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

async function filesHold(text: string): Promise<boolean> {
  const entries = await readdir(server.dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1').catch(() => ''));
  return (await Promise.all(read)).some((content) => content.includes(text));
}

async function isOver(): Promise<boolean> {
  const info = await redis.info('persistence');
  return info.includes('aof_rewrite_in_progress:0') && info.includes('aof_rewrite_scheduled:0');
}

describe('a rewrite of the append-only file', () => {
  it('takes out what was overwritten and deleted', async () => {
    await redis.set('test-rewrite:record', PERSONAL);
    await redis.del('test-rewrite:record');
    await until('it is in the file', () => filesHold(PERSONAL));
    expect(await fileRewrites(redis, keys).begin()).toBe('begun');
    await until('it is not any more', async () => (await isOver()) && !(await filesHold(PERSONAL)));
  });

  it('is begun when it is wanted, by one of two processes, and not again for hours', async () => {
    const [one, other] = [fileRewrites(redis, keys), fileRewrites(redis, keys)];
    expect(await one.beginIfWanted()).toBeNull();
    await one.want();
    const outcomes = await Promise.all([one.beginIfWanted(), other.beginIfWanted()]);
    expect(outcomes.sort()).toEqual(['begun', null]);
    await until('it is over', isOver);
    await one.want();
    expect(await one.beginIfWanted()).toBeNull();
    const pause = await redis.pttl(keys.rewriteBegun);
    expect(pause).toBeGreaterThan(5 * 3_600_000);
    // The wish is kept until then.
    await redis.del(keys.rewriteBegun);
    expect(await other.beginIfWanted()).toBe('begun');
    await until('it is over', isOver);
  });

  it('that this user may not ask for is said, and so is that there is no such file', async () => {
    await redis.acl('SETUSER', 'narrow', 'on', '>narrow', '~*', '+@all', '-bgrewriteaof');
    const narrow = new Redis(server.url.replace('redis://', 'redis://narrow:narrow@'));
    expect(await fileRewrites(narrow, keys).begin()).toBe('not_allowed');
    await redis.config('SET', 'appendonly', 'no');
    expect(await fileRewrites(narrow, keys).begin()).toBe('no_file');
    narrow.disconnect();
  });
});
