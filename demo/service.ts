/** The real service as a child process: started with a given environment, read line by line, ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../stand-ins/free-port.ts';

const ENTRY = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const READY_WITHIN_MS = 20_000;
/** More than the SHUTDOWN_GRACE that the stage gives it. */
const STOP_WITHIN_MS = 15_000;
const LINES_KEPT = 40;

/** One line of the service's log; `event` names a business event. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event?: unknown; readonly level?: unknown };

export interface Service {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The last lines it wrote, for when it fails. */
  tail(): readonly string[];
  /** Resolves with the exit code when it ends, also by itself; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, and SIGKILL when it is not gone in time. @returns the exit code, null when it had to be killed. */
  stop(): Promise<number | null>;
}

/**
 * Starts the service and resolves when it is ready. It ends when this process does, however that ends.
 *
 * @param environment - given a free port's URL; nothing else of this process's environment reaches the service but PATH.
 * @throws {Error} when it ends, or is not ready, within 20 s (the message holds its last lines), or when `stopping` says so.
 */
export async function startService(
  environment: (url: string, port: number) => Record<string, string>,
  onLine: (line: LogLine) => void,
  stopping: AbortSignal,
): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [ENTRY], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...environment(url, port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C in a terminal goes to the whole foreground group; the demo ends the service itself, and in its own time.
    detached: true,
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const tail: string[] = [];
  const read = (text: string) => {
    tail.push(text);
    if (tail.length > LINES_KEPT) tail.shift();
    const line = parseLine(text);
    if (line) onLine(line);
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);

  const service: Service = { url, tail: () => tail, ended, stop: () => stop(child, ended) };
  guard(child);
  const ready = await untilReady(url, AbortSignal.any([stopping, whenEnded(ended)]));
  if (ready) return service;
  const code = await service.stop();
  if (stopping.aborted) throw new Error('stopped while the service was starting');
  throw new Error(`the service did not become ready (exit code ${code}). Its last lines:\n${tail.join('\n')}`);
}

async function untilReady(url: string, givingUp: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && !givingUp.aborted) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return true;
    await pause(50);
  }
  return false;
}

function whenEnded(ended: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void ended.then(() => controller.abort());
  return controller.signal;
}

/** A shell that waits on a pipe only this process holds open, and then ends the service: for when this one is killed. */
function guard(child: ChildProcess): void {
  const shell = spawn('sh', ['-c', 'cat >/dev/null; kill -TERM "$1" 2>/dev/null', 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  // The service's process id may be given to another once it has ended.
  child.once('exit', () => shell.kill('SIGKILL'));
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  const code = await ended;
  clearTimeout(force);
  return code;
}

function parseLine(text: string): LogLine | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return null;
  }
}
