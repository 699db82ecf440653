/**
 * A TCP proxy before an HTTP server, for one process that opens a connection per request and closes it afterwards: one connection is
 * one exchange. The request is read whole before it is passed on; an answer that is watched, too.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { fairWeather, type Judge, LETS_PASS, type Weather } from './judge.ts';
import { weatheredPipe } from './weathered-pipe.ts';

export class HttpProxy {
  judge: Judge = LETS_PASS;
  readonly weather: Weather = fairWeather();
  /** Exchanges under way. */
  inFlight = 0;
  lastTrafficAt = 0;
  readonly #server: Server;
  readonly #target: number;
  readonly #ends = new Set<() => void>();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => this.#join(socket));
  }

  /** @param target - the server's port on loopback. */
  static async start(target: number): Promise<HttpProxy> {
    const proxy = new HttpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  resetAll(): void {
    for (const end of [...this.#ends]) end();
  }

  async close(): Promise<void> {
    this.resetAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const server = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const toServer = weatheredPipe(server, this.weather);
    const toClient = weatheredPipe(client, this.weather);
    const request: Buffer[] = [];
    const answer: Buffer[] = [];
    let name: string | null = null;
    let watched = false;
    let ended = false;
    this.#busy(1);

    const end = () => {
      if (ended) return;
      ended = true;
      this.#busy(-1);
      this.#ends.delete(end);
      if (!client.destroyed) client.resetAndDestroy();
      server.destroy();
    };
    this.#ends.add(end);
    client.on('error', end);
    client.on('close', end);
    server.on('error', end);

    client.on('data', (chunk) => {
      request.push(chunk);
      if (name !== null) return;
      name = nameOfWhole(Buffer.concat(request));
      if (name === null) return;
      const verdict = this.judge.before(name);
      if (verdict === 'cut') return end();
      watched = verdict === 'watch';
      toServer(Buffer.concat(request));
    });
    server.on('data', (chunk) => {
      if (watched) answer.push(chunk);
      else toClient(chunk);
    });
    server.on('end', () => {
      if (ended) return;
      if (watched) {
        if (this.judge.after(name ?? '') === 'cut') return end();
        toClient(Buffer.concat(answer));
      }
      ended = true;
      this.#busy(-1);
      this.#ends.delete(end);
      client.end();
    });
  }

  #busy(change: number): void {
    this.inFlight += change;
    this.lastTrafficAt = Date.now();
  }
}

/** @returns `POST /v2/call/initiate` once the request is there with its whole body, else null. Ids in the path are left out. */
export function nameOfWhole(request: Buffer): string | null {
  const headEnd = request.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const head = request.toString('latin1', 0, headEnd);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (request.length < headEnd + 4 + length) return null;
  const [method = '', path = ''] = head.split(' ', 2);
  return `${method} ${path.replace(/[0-9a-f]{24}/g, ':id')}`;
}
