/** The merchant's end of forwarding: takes everything and keeps its ids. Signatures are not looked at, because they are good for five minutes and time jumps here. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Told {
  /** `webhook-id`: the same over all tries of one message. */
  readonly id: string;
  readonly type: string;
}

export interface MerchantEnd {
  readonly port: number;
  /** Live: it grows. */
  readonly messages: readonly Told[];
  close(): Promise<void>;
}

export async function startMerchantEnd(): Promise<MerchantEnd> {
  const messages: Told[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly type?: unknown };
    messages.push({ id: String(request.headers['webhook-id']), type: String(body.type) });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
