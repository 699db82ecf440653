/** A plain HTTP receiver of call events for these tests: keeps the exact bytes and answers what it is told. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: Buffer;
  readonly json: {
    metadata?: Record<string, unknown>;
    event: { type: string; data: { call?: Record<string, unknown> } & Record<string, unknown> };
  };
}

export async function startReceiver(status = 200) {
  const received: ReceivedEvent[] = [];
  let onEvent: (type: string) => void = () => {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const json: ReceivedEvent['json'] = JSON.parse(raw.toString());
      received.push({ path: request.url ?? '', headers: request.headers, raw, json });
      onEvent(json.event.type);
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    /** Calls `hook` with each event's type, before it is answered. */
    onEvent(hook: (type: string) => void) {
      onEvent = hook;
    },
    types: () => received.map(({ json }) => json.event.type),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
