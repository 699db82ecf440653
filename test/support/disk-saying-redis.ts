/**
 * A Redis that says when a write is on its disk, made of one that cannot: a proxy that answers WAITAOF itself, as the test wants, and
 * passes everything else on. It keeps what each connection was told, in order.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { commandSplitter, replySplitter } from '../../faults/wire/resp.ts';

export interface DiskSayingRedis {
  readonly url: string;
  /** How many writes are on the disk of Redis itself, and after how long it says so; null: it does not know the command. */
  answer: { readonly onDisk: 0 | 1; readonly afterMs: number } | null;
  /** When each wait was answered, epoch milliseconds, and whether a mark had gone over the same connection before it. */
  readonly waits: { readonly at: number; readonly behindMark: boolean }[];
  close(): Promise<void>;
}

/** @param target - the port of Redis on loopback. */
export async function startDiskSayingRedis(target: number): Promise<DiskSayingRedis> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect({ port: target, host: '127.0.0.1' });
    const commands = commandSplitter();
    const replies = replySplitter();
    let marked = false;
    let unanswered = 0;
    /** As in Redis itself: while it waits, what comes behind on this connection waits, too. */
    let turn: Promise<unknown> = Promise.resolve();
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        redis.destroy();
      });
    }
    redis.on('data', (chunk) => {
      unanswered -= replies.push(chunk).filter(({ push }) => !push).length;
      client.write(chunk);
    });
    client.on('data', (chunk) => {
      for (const { bytes, words } of commands.push(chunk)) turn = turn.then(() => take(bytes, words));
    });

    async function take(bytes: Buffer, words: readonly string[]): Promise<void> {
      if (words[0]?.toLowerCase() === 'waitaof') return answerWait();
      if (words.some((word) => word.includes('dial_begun'))) marked = true;
      unanswered++;
      redis.write(bytes);
    }

    async function answerWait(): Promise<void> {
      while (unanswered > 0) await pause(1);
      const { answer } = one;
      await pause(answer?.afterMs ?? 0);
      one.waits.push({ at: Date.now(), behindMark: marked });
      client.write(answer ? `*2\r\n:${answer.onDisk}\r\n:0\r\n` : "-ERR unknown command 'WAITAOF', with args\r\n");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const one: DiskSayingRedis = {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: { onDisk: 1, afterMs: 0 },
    waits: [],
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return one;
}
