/** A loopback port for a server that must know its own address before it listens. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that was free a moment ago; somebody else may take it in between. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a listening socket has no port');
  return address.port;
}
