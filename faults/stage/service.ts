/** One process of the service under faults: started from its real entry, killed without warning, started again with the same environment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TIME_MACHINE = new URL('./time-machine.ts', import.meta.url).href;
/** Much more than it needs on a machine that does other things as well. */
const READY_WITHIN_MS = 60_000;
const LINES_KEPT = 200;

export class FaultyService {
  readonly name: string;
  readonly url: string;
  /** The last lines it wrote, over all its lives. */
  readonly lines: string[] = [];
  /** How often it was killed, or died. */
  deaths = 0;
  /** Starts that came to nothing: it was not ready in time, and was killed once more. */
  readonly troubles: string[] = [];
  readonly #environment: () => Record<string, string>;
  readonly #withTimeMachine: boolean;
  #child: ChildProcess | null = null;
  #up: Promise<void> = Promise.resolve();
  /** Resolves when the present life is over and, where one is due, the next has begun. */
  #over: Promise<void> = Promise.resolve();
  #wanted = false;

  /** @param environment - asked at every start; PORT must be in it, and the same each time. */
  constructor(name: string, port: number, environment: () => Record<string, string>, withTimeMachine: boolean) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = environment;
    this.#withTimeMachine = withTimeMachine;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Starts it and resolves when it is ready; from then on it is started again whenever it ends, until `stop`. */
  start(): Promise<void> {
    this.#wanted = true;
    this.#up = this.#startOnce();
    return this.#up;
  }

  /** Resolves when it is up and ready, also after a death. */
  whenUp(): Promise<void> {
    return this.#up;
  }

  /** As hard as a power cut. It is started again at once. */
  kill(): void {
    if (!this.#child) return;
    this.#child.kill('SIGKILL');
    this.#up = this.#over.then(() => this.#up);
    this.#up.catch(() => {});
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Moves its clock ahead; resolves when it has seen the jump. Call it only while it is up. */
  async advance(ms: number): Promise<void> {
    const child = this.#child;
    if (!child?.connected) return;
    const waiting = new AbortController();
    const { signal } = waiting;
    const seen = Promise.race([once(child, 'message', { signal }), once(child, 'exit', { signal })]);
    child.send({ advanceMs: ms });
    await seen;
    waiting.abort();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async #startOnce(): Promise<void> {
    const argv = [...(this.#withTimeMachine ? ['--import', TIME_MACHINE] : []), 'src/main.ts'];
    const stdio = ['ignore', 'pipe', 'pipe', ...(this.#withTimeMachine ? (['ipc'] as const) : [])] as const;
    const child = spawn(process.execPath, argv, {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? '', ...COMPILE_CACHE, ...this.#environment() },
      stdio: [...stdio] as ('ignore' | 'pipe' | 'ipc')[],
    });
    this.#child = child;
    const endWithUs = () => child.kill('SIGKILL');
    process.once('exit', endWithUs);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
    this.#over = once(child, 'exit').then(() => {
      process.off('exit', endWithUs);
      if (this.#child === child) this.#child = null;
      if (!this.#wanted) return;
      this.deaths++;
      this.#up = this.#startOnce();
      this.#up.catch(() => {});
    });
    const deadline = Date.now() + READY_WITHIN_MS;
    let answer = '';
    while (Date.now() < deadline && this.#wanted) {
      if (this.#child !== child) return this.#up;
      answer = await readiness(this.url);
      if (answer === '200') return;
      await pause(LOOK_EVERY_MS);
    }
    if (!this.#wanted) return;
    const seconds = READY_WITHIN_MS / 1_000;
    this.troubles.push(
      `${this.name} was not ready ${seconds} s after its start (${answer}): ${this.lines.at(-1) ?? ''}`,
    );
    if (this.troubles.length > 2) throw new Error(this.troubles.join('\n'));
    this.kill();
    return this.#up;
  }

  #keep(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
  }
}

const LOOK_EVERY_MS = 25;

/** A restart every second or two spends most of its time on reading the same code. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/faults-compile-cache` };

/** @returns the status as text, or why there is none. */
async function readiness(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return `${response.status}`;
  } catch (error) {
    const { cause, name } = error as Error;
    return (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
  }
}
