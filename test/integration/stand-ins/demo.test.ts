/** The demo as a person runs it: the real service, a real Redis, all sessions, and nothing left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { startPrivateRedis } from '../../../stand-ins/private-redis.ts';

const script = fileURLToPath(new URL('../../../demo/main.ts', import.meta.url));
const PATH = process.env.PATH ?? '';
const demos = new Set<ChildProcess>();

afterAll(() => {
  for (const demo of demos) demo.kill('SIGKILL');
});

function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  demos.add(child);
  const lines: string[] = [];
  const read = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, output: lines.join('\n') }));
  return { child, ended, read };
}

// They wait for most of their time, each on ports and a Redis of its own.
describe.concurrent('npm run demo', () => {
  it('ends with 0 when every shopper was treated as they must be', { timeout: 60_000 }, async () => {
    const { code, output } = await start(['--once']).ended;
    expect(output).toContain('Every shopper was treated as they must be: 8 calls');
    expect(code).toBe(0);
    const address = /The service\s+(http:\S+)/.exec(output)?.[1] ?? '';
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  });

  it('leaves nothing in a Redis that it was lent', { timeout: 60_000 }, async () => {
    const redis = await startPrivateRedis({ appendonly: 'no' });
    const client = new Redis(redis.url);
    try {
      await client.set('of-somebody-else', '1');
      const { code, output } = await start(['--once'], { REDIS_URL: redis.url }).ended;
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(await client.keys('*')).toEqual(['of-somebody-else']);
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });

  it('goes on until it is told to end, and then ends well', { timeout: 60_000 }, async () => {
    const { child, ended, read } = start([]);
    await new Promise<void>((resolve) => {
      read.on('line', (line) => {
        if (line.includes('called (vendor: in-progress)')) resolve();
      });
    });
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect({ code, output }).toMatchObject({ code: 0 });
  });
});
