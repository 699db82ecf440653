/** `npm run voice-vendor` as a process: what it prints for `.env`, where it listens, and how it ends. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../stand-ins/voice-vendor/main.ts', import.meta.url));
let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
});

/** Starts the command and reads lines until one matches. */
async function start(args: string[], env: Record<string, string>, until: RegExp): Promise<string[]> {
  const started = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  const lines: string[] = [];
  for await (const line of createInterface({ input: started.stdout })) {
    lines.push(line);
    if (until.test(line)) return lines;
  }
  throw new Error(`ended without a line like ${until}: ${lines.join('\n')}`);
}

function addressIn(lines: string[]): string {
  return /http:\/\/127\.0\.0\.1:\d+/.exec(lines.join('\n'))?.[0] ?? '';
}

describe('the command', () => {
  it('prints the keys it made up, for .env, and answers with them', async () => {
    const lines = await start(['--port', '0'], {}, /^VOICE_ASSISTANT=/);
    const env = Object.fromEntries(lines.filter((line) => line.startsWith('VOICE_')).map((line) => line.split('=', 2)));
    expect(env).toEqual({
      VOICE_API_URL: addressIn(lines),
      VOICE_PUBLIC_KEY: expect.stringMatching(/^pk_[0-9a-f]{32}$/),
      VOICE_PRIVATE_KEY: expect.stringMatching(/^sk_[0-9a-f]{64}$/),
      VOICE_WORKSPACE: expect.stringMatching(/^[0-9a-f]{24}$/),
      VOICE_ASSISTANT: expect.stringMatching(/^[0-9a-f]{24}$/),
    });
    const response = await fetch(`${env.VOICE_API_URL}/v1/admin/assistant/get/${env.VOICE_ASSISTANT}`, {
      headers: {
        'x-public-key': env.VOICE_PUBLIC_KEY ?? '',
        'x-private-key': env.VOICE_PRIVATE_KEY ?? '',
        workspace: env.VOICE_WORKSPACE ?? '',
      },
    });
    expect(response.status).toBe(200);
  });

  it('prints no key that it was given, and ends with 0 on SIGTERM', async () => {
    const env = { VOICE_PRIVATE_KEY: 'sk_given', VOICE_PUBLIC_KEY: 'pk_given', PORT: '1' };
    const lines = await start(['--port', '0'], env, /^VOICE_ASSISTANT=/);
    expect(lines.join('\n')).not.toMatch(/sk_given|pk_given/);
    child?.kill('SIGTERM');
    expect(await once(child as ChildProcess, 'exit')).toEqual([0, null]);
  });

  it.each([
    [['--scenario', 'unheard-of'], 'no scenario'],
    [['--shape', 'round'], 'no response shape'],
    [['--abort-shape', 'round'], 'no abort shape'],
    [['--port', 'many'], '--port must be'],
    [['--step-ms', '-1'], 'argument is ambiguous|--step-ms'],
  ])('exits 2 on %j', async (args, text) => {
    const fault = await promisify(execFile)(process.execPath, [script, ...args], { env: {} }).catch((error) => error);
    expect(fault).toMatchObject({ code: 2, stderr: expect.stringMatching(text) });
  });

  it('is under maintenance when told to', async () => {
    const lines = await start(['--port', '0', '--maintenance'], {}, /^VOICE_ASSISTANT=/);
    const response = await fetch(`${addressIn(lines)}/health`);
    expect(await response.json()).toMatchObject({ data: { underMaintenance: true } });
  });

  it('explains itself', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--help'], { env: {} });
    expect(stdout).toContain('--scenario');
  });
});
