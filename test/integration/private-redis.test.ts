/** The private Redis that demo, bench and tests run on: its settings, its end, and what happens without a program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../stand-ins/private-redis.ts';

const running: PrivateRedis[] = [];

async function start(options?: Parameters<typeof startPrivateRedis>[0]): Promise<PrivateRedis> {
  const redis = await startPrivateRedis(options);
  running.push(redis);
  return redis;
}

/** Asks once, on a connection of its own. */
async function ask<T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { retryStrategy: () => null });
  try {
    return await question(client);
  } finally {
    client.disconnect();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the private Redis', () => {
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const redis of running.splice(0)) await redis.stop();
  });

  it.each([
    { appendonly: undefined, expected: { appendonly: 'yes', appendfsync: 'everysec' } },
    { appendonly: 'everysec' as const, expected: { appendonly: 'yes', appendfsync: 'everysec' } },
    { appendonly: 'no' as const, expected: { appendonly: 'no' } },
  ])('answers at once, with appendonly $appendonly as asked, evicting nothing', async ({ appendonly, expected }) => {
    const redis = await start(appendonly ? { appendonly } : {});
    const settings = await ask(redis.url, async (client) => ({
      appendonly: (await client.config('GET', 'appendonly')) as string[],
      appendfsync: (await client.config('GET', 'appendfsync')) as string[],
      policy: (await client.config('GET', 'maxmemory-policy')) as string[],
      save: (await client.config('GET', 'save')) as string[],
      bind: (await client.config('GET', 'bind')) as string[],
    }));
    expect(settings.appendonly[1]).toBe(expected.appendonly);
    if (expected.appendfsync) expect(settings.appendfsync[1]).toBe(expected.appendfsync);
    expect(settings.policy[1]).toBe('noeviction');
    expect(settings.save[1]).toBe('');
    expect(settings.bind[1]).toBe('127.0.0.1');
  });

  it('gives two callers two servers that share nothing', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    await ask(one.url, (client) => client.set('who', 'one'));
    expect(await ask(other.url, (client) => client.get('who'))).toBeNull();
    expect(one.port).not.toBe(other.port);
    expect(one.dir).not.toBe(other.dir);
  });

  it('leaves neither process nor folder behind, and may be stopped twice', async () => {
    const redis = await start();
    expect(existsSync(redis.dir)).toBe(true);
    await redis.stop();
    await redis.stop();
    expect(isAlive(redis.pid)).toBe(false);
    expect(existsSync(redis.dir)).toBe(false);
  });

  it('stops cleanly after the server was killed', async () => {
    const redis = await start();
    process.kill(redis.pid, 'SIGKILL');
    await redis.stop();
    expect(existsSync(redis.dir)).toBe(false);
  });

  it('brings the data back on the same port from a folder that the caller keeps', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ringback-kept-'));
    try {
      const first = await start({ dir });
      await ask(first.url, (client) => client.set('kept', 'yes'));
      await first.stop();
      const second = await start({ dir, port: first.port });
      expect(second.url).toBe(first.url);
      expect(await ask(second.url, (client) => client.get('kept'))).toBe('yes');
      await second.stop();
      expect(existsSync(dir)).toBe(true);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('says so when the asked port is taken', async () => {
    const { port } = await start();
    await expect(startPrivateRedis({ port })).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  it('says so when no server is installed', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    await expect(startPrivateRedis()).rejects.toMatchObject({
      code: 'NO_SERVER',
      message: expect.stringMatching(/redis-server nor valkey-server/),
    });
  });

  it('dies with a parent that is killed', async () => {
    const module = new URL('../../stand-ins/private-redis.ts', import.meta.url).href;
    const script = `const { startPrivateRedis } = await import(${JSON.stringify(module)});
      const { dir, url } = await startPrivateRedis();
      process.stdout.write(JSON.stringify({ dir, url }) + '\\n');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const { dir, url } = JSON.parse(line) as { dir: string; url: string };
    // The server's own end is seen as the end of a connection to it.
    const witness = new Redis(url, { retryStrategy: () => null, lazyConnect: true });
    await witness.connect();
    const lost = once(witness, 'end');
    parent.kill('SIGKILL');
    await lost;
    await vi.waitFor(() => expect(existsSync(dir)).toBe(false));
  });
});
