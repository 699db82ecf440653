/** A service under measurement: a process of its own, its log in a file, ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../stand-ins/free-port.ts';
import { SECRET, SHOP } from './bodies.ts';

export interface Contender {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const ENTRY = { bare: 'bench/ingest/bare.ts', naive: 'bench/ingest/naive.ts', ringback: 'src/main.ts' } as const;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The same for all three: what `npm start` and the image set for the service. */
const NODE_FLAGS = ['--max-semi-space-size=32'];

export async function startContender(name: keyof typeof ENTRY, redisUrl: string, logLevel: string): Promise<Contender> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'));
  const log = openSync(join(folder, 'log'), 'w');
  const child = spawn(process.execPath, [...NODE_FLAGS, ENTRY[name]], {
    cwd: ROOT,
    env: { ...process.env, ...environment(port, redisUrl, logLevel) },
    stdio: ['ignore', log, 'inherit'],
  });
  await listening(port, child);
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      const gone = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Everything on, as a merchant would run it: calling hours by rule, consent by attribute, an alarm per checkout. */
function environment(port: number, redisUrl: string, logLevel: string): Record<string, string> {
  return {
    ROLE: 'web',
    PORT: String(port),
    PUBLIC_URL: 'https://ringback.example',
    REDIS_URL: redisUrl,
    LOG_LEVEL: logLevel,
    SHOPIFY_SHOP: SHOP,
    SHOPIFY_CLIENT_SECRET: SECRET,
    VOICE_PUBLIC_KEY: 'pk_bench',
    VOICE_PRIVATE_KEY: 'sk_bench',
    VOICE_WORKSPACE: 'workspace',
    VOICE_ASSISTANT: 'assistant',
    CALL_CONSENT: 'attribute:voice_call_consent=yes',
    OPS_PASSWORD: '',
  };
}

/** Waits until the service answers; every refusal is an event to try again on, and half a minute is the bound. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error('the service ended before it listened');
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer && answer.status !== 503) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the service did not listen in time');
}
