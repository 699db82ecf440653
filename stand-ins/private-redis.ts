/**
 * A Redis of one's own for a demo, a benchmark or a test: loopback only, a free port, a folder of its own, gone afterwards.
 * It never talks to a server that already runs; where REDIS_URL names one, the caller decides to use that instead.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { freePort } from './free-port.ts';

/** The server's process; only its output is piped. */
type Server = ChildProcessByStdio<null, Readable, null>;

export interface PrivateRedis {
  /** `redis://127.0.0.1:<port>`, without a password. */
  readonly url: string;
  readonly port: number;
  /** For tests that freeze (SIGSTOP) or crash (SIGKILL) the server; `stop()` copes with either. */
  readonly pid: number;
  /** Where its append-only file lives. */
  readonly dir: string;
  /** Ends the server, by force after 5 s, and removes the folder unless the caller gave it. Safe to call twice. */
  stop(): Promise<void>;
}

export interface PrivateRedisOptions {
  /** `everysec` (default), as in production; `no` keeps nothing on disk. */
  appendonly?: 'everysec' | 'no';
  /** Default: a free one. Together with `dir` it lets a test bring the same server back. */
  port?: number;
  /** An existing folder, kept on `stop()`. Default: a temporary one, removed on `stop()`. */
  dir?: string;
}

/** No server could be started: none is installed (`NO_SERVER`), or it ended early or was not ready in time (`NOT_READY`). */
export class PrivateRedisError extends Error {
  override readonly name = 'PrivateRedisError';
  readonly code: 'NO_SERVER' | 'NOT_READY';

  constructor(code: 'NO_SERVER' | 'NOT_READY', message: string) {
    super(message);
    this.code = code;
  }
}

const PROGRAMS = ['redis-server', 'valkey-server'];
const READY = /ready to accept connections/i;
const READY_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 5_000;
/** Another process may take the free port before the server does; three times in a row would be a different fault. */
const PORT_TRIES = 3;

/** @throws {PrivateRedisError} */
export async function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'ringback-redis-')));
  const ownDir = options.dir === undefined;
  try {
    for (let attempt = 1; ; attempt++) {
      const port = options.port ?? (await freePort());
      const started = await start(port, dir, options.appendonly ?? 'everysec');
      if ('server' in started) return handle(started.server, port, dir, ownDir);
      const mayRetry = /address already in use/i.test(started.fault) && options.port === undefined;
      if (!mayRetry || attempt === PORT_TRIES) throw new PrivateRedisError('NOT_READY', started.fault);
    }
  } catch (error) {
    if (ownDir) await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function start(
  port: number,
  dir: string,
  appendonly: 'everysec' | 'no',
): Promise<{ server: Server } | { fault: string }> {
  const persistence =
    appendonly === 'no' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', appendonly];
  const server = await spawnFirst(PROGRAMS, [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--daemonize', 'no', '--logfile', ''],
    ...['--maxmemory-policy', 'noeviction', '--save', '', ...persistence],
  ]);
  const deadline = setTimeout(() => server.kill('SIGKILL'), READY_WITHIN_MS);
  const said: string[] = [];
  try {
    // Ends when the server closes its output, that is when it has ended; what it says later is drained by `resume`.
    for await (const line of createInterface({ input: server.stdout ?? ([] as never) })) {
      if (READY.test(line)) return { server };
      said.push(line);
    }
  } finally {
    clearTimeout(deadline);
    server.stdout.resume();
  }
  return { fault: `Redis did not become ready on port ${port}: ${said.slice(-3).join(' | ')}` };
}

/** Starts the first of the programs that is installed. */
async function spawnFirst(programs: readonly string[], args: string[]): Promise<Server> {
  for (const program of programs) {
    // A process group of its own: a Ctrl-C at the terminal ends its user first, and then it.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    try {
      await once(child, 'spawn');
      return child;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new PrivateRedisError(
    'NO_SERVER',
    `Neither ${programs.join(' nor ')} is on the PATH: install one, or set REDIS_URL`,
  );
}

function handle(server: Server, port: number, dir: string, ownDir: boolean): PrivateRedis {
  const pid = server.pid as number;
  const ended = once(server, 'exit');
  const guard = startGuard(pid, ownDir ? dir : undefined);
  // Its process id may be given to another once it has ended, so the guard must not outlive it.
  server.once('exit', () => guard.kill('SIGKILL'));
  // A forgotten `stop()` must not keep this process from ending; the guard then does the rest.
  server.unref();
  (server.stdout as unknown as { unref(): void }).unref();

  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      server.ref();
      server.kill('SIGTERM');
      const force = setTimeout(() => server.kill('SIGKILL'), STOP_WITHIN_MS);
      await ended;
      clearTimeout(force);
    }
    if (ownDir) await rm(dir, { recursive: true, force: true });
  };
  let stopping: Promise<void> | undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    dir,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * A shell that ends the server as soon as this process is gone, for whatever reason: an `exit` handler would not run on
 * SIGKILL, nor on a SIGTERM that nobody handles. It waits on a pipe that only this process holds open.
 */
function startGuard(pid: number, dir: string | undefined): ChildProcess {
  const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || rm -rf "$2"';
  const guard = spawn('sh', ['-c', script, 'sh', String(pid), dir ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}
