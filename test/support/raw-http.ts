/** HTTP as no client would write it: exact bytes on a socket, and what came back before the end. */
import { connect } from 'node:net';

export interface RawAnswer {
  readonly text: string;
  /** Of each answer on the connection, in order. */
  readonly statuses: readonly number[];
  /** The server closed it, within the time. */
  readonly isClosed: boolean;
}

/** @param url - base of the service. @param withinMs - how long the server may take to close. */
export function sendRaw(url: string, bytes: string | Buffer, withinMs = 1_500): Promise<RawAnswer> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    const end = (isClosed: boolean) => {
      clearTimeout(late);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ text, statuses, isClosed });
    };
    const late = setTimeout(() => end(false), withinMs);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    socket.write(bytes);
  });
}
