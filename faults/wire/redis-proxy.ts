/** A TCP proxy before one Redis, for one process: it names every command and every reply, and asks a judge before it passes them on. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { isPulse, nameOf } from './command-names.ts';
import { fairWeather, type Judge, LETS_PASS, type Weather } from './judge.ts';
import { commandSplitter, replySplitter } from './resp.ts';
import { weatheredPipe } from './weathered-pipe.ts';

export class RedisProxy {
  judge: Judge = LETS_PASS;
  readonly weather: Weather = fairWeather();
  /** Commands that were passed on and not answered yet; the pulse does not count. */
  inFlight = 0;
  /** When something other than the pulse last went by; epoch milliseconds. */
  lastTrafficAt = 0;
  readonly #server: Server;
  readonly #prefix: string;
  readonly #target: number;
  readonly #ends = new Set<() => void>();

  private constructor(target: number, prefix: string) {
    this.#target = target;
    this.#prefix = prefix;
    this.#server = createServer((socket) => this.#join(socket));
  }

  /** @param target - the port of Redis on loopback. @param prefix - REDIS_PREFIX of the process. */
  static async start(target: number, prefix: string): Promise<RedisProxy> {
    const proxy = new RedisProxy(target, prefix);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resets every connection that is open now. */
  resetAll(): void {
    for (const end of [...this.#ends]) end();
  }

  async close(): Promise<void> {
    this.resetAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const redis = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    const toRedis = weatheredPipe(redis, this.weather);
    const toClient = weatheredPipe(client, this.weather);
    const commands = commandSplitter();
    const replies = replySplitter();
    const waiting: { readonly name: string; readonly watched: boolean }[] = [];
    let ended = false;
    /** Once a command is watched, or cut, nothing behind it is passed on. */
    let held = false;

    const end = () => {
      if (ended) return;
      ended = true;
      this.#ends.delete(end);
      this.inFlight -= waiting.filter(({ name }) => !isPulse(name)).length;
      client.resetAndDestroy();
      redis.destroy();
    };
    this.#ends.add(end);
    for (const socket of [client, redis]) {
      socket.on('error', () => end());
      socket.on('close', () => end());
    }

    client.on('data', (chunk) => {
      for (const { bytes, words } of commands.push(chunk)) {
        if (ended || held) return;
        const name = nameOf(words, this.#prefix);
        const verdict = isPulse(name) ? 'pass' : this.judge.before(name);
        if (verdict === 'cut') return end();
        if (!isPulse(name)) this.#busy(1);
        waiting.push({ name, watched: verdict === 'watch' });
        if (verdict === 'watch') held = true;
        toRedis(bytes);
      }
    });
    redis.on('data', (chunk) => {
      for (const { bytes, push } of replies.push(chunk)) {
        if (ended) return;
        const answered = push ? undefined : waiting.shift();
        if (answered && !isPulse(answered.name)) this.#busy(-1);
        if (answered?.watched && this.judge.after(answered.name) === 'cut') return end();
        toClient(bytes);
      }
    });
  }

  #busy(change: number): void {
    this.inFlight += change;
    this.lastTrafficAt = Date.now();
  }
}
