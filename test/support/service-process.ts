/** The service, or a part of it, as a process of its own: for what can only be done to a process, such as killing it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './settled.ts';

const ROOT = new URL('../../', import.meta.url);

export interface ServiceProcess {
  readonly pid: number;
  readonly url: string;
  /** What it wrote, standard error included. Live: it grows. */
  readonly lines: readonly string[];
  /** Resolves when it is gone; one of the two is null. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' | 'SIGSTOP' | 'SIGCONT'): void;
}

export interface ProcessOptions {
  /** Below the root of the project, or absolute. Default: the service's own. */
  readonly entry?: string;
  readonly untilReady?: boolean;
  /** Options of Node, such as `--max-old-space-size=128`. */
  readonly node?: readonly string[];
  /** What a shell does before it becomes the process, such as `ulimit -n 64`. */
  readonly first?: string;
  /** Default true. False: nobody ever reads what it writes, and `lines` stays empty. */
  readonly isRead?: boolean;
}

/**
 * @param environment - all of it but PATH; nothing else of this process's reaches the child. PORT must be a real one.
 * @throws {Error} with its last lines when it is not ready in time.
 */
export async function startServiceProcess(
  environment: Readonly<Record<string, string>>,
  { entry = 'src/main.ts', untilReady = true, node = [], first, isRead = true }: ProcessOptions = {},
): Promise<ServiceProcess> {
  const argv = [process.execPath, ...node, fileURLToPath(new URL(entry, ROOT))];
  const [program = '', ...rest] = first === undefined ? argv : ['sh', '-c', `${first} && exec "$@"`, 'sh', ...argv];
  const child = spawn(program, rest, {
    cwd: fileURLToPath(ROOT),
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const lines: string[] = [];
  for (const stream of isRead ? [child.stdout, child.stderr] : []) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  // `close`, not `exit`: then everything it wrote has been read, where anybody reads.
  const ended = once(child, isRead ? 'close' : 'exit').then(([code, signal]) => {
    process.off('exit', endWithUs);
    return { code: code as number | null, signal: signal as string | null };
  });
  const one: ServiceProcess = {
    pid: child.pid as number,
    url: `http://127.0.0.1:${environment.PORT}`,
    lines,
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
  };
  if (untilReady) {
    await until(
      () => `the process is ready; it wrote ${lines.slice(-5).join('\n')}`,
      async () => (await fetch(`${one.url}/readyz`).catch(() => null))?.ok,
      30_000,
    ).catch((fault) => {
      child.kill('SIGKILL');
      throw fault;
    });
  }
  return one;
}
