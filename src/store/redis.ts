/**
 * The two kinds of Redis connection. Commands fail fast, so that a webhook gets its 503 while the sender still listens;
 * BullMQ's worker waits, so that it picks up where it was when Redis comes back.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { orUnavailable } from '../errors.ts';
import { commandOf } from './scripts.ts';

/** A webhook's sender waits 5 s in total and most proxies less; one second is what we take. Milliseconds. */
const COMMAND_TIMEOUT_MS = 800;
/** With ioredis' own growing delay, overdue alarms rang 18 s after Redis was back; with this cap, at once. Milliseconds. */
const LONGEST_RECONNECT_DELAY_MS = 500;

const retryStrategy = (times: number): number => Math.min(50 * times, LONGEST_RECONNECT_DELAY_MS);
/** A replica that became the master, or the other way round: connect anew instead of failing for ever. */
const reconnectOnError = (error: Error): boolean => error.message.startsWith('READONLY');

export type ErrorListener = (error: Error) => void;

/** For everything but the worker's waiting: no offline queue, a deadline per command, commands of one tick in one packet. */
export function commandConnection(url: string, onError: ErrorListener): Redis {
  return connect(url, onError, {
    connectionName: 'ringback-commands',
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    // They bring their own batches; and what is asked for every webhook must not stand in line behind a pipeline that hangs.
    autoPipeliningIgnoredCommands: [commandOf('receive-checkouts'), commandOf('person-histories')],
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
}

/** Longer than the longest wait for the disk, see dial-marker.ts. Milliseconds. */
const MARKER_TIMEOUT_MS = 4_000;

/** For the marks of dials alone: it stands still while the disk is waited for. */
export function markerConnection(url: string, onError: ErrorListener): Redis {
  return connect(url, onError, {
    connectionName: 'ringback-marks',
    enableOfflineQueue: false,
    commandTimeout: MARKER_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
}

/** For BullMQ's worker alone, which blocks on it and must never give up. */
export function workerConnection(url: string, onError: ErrorListener): Redis {
  return connect(url, onError, { connectionName: 'ringback-worker', maxRetriesPerRequest: null });
}

/** The clock of Redis, epoch milliseconds. @throws {StoreUnavailableError} */
export function storeTimeOf(redis: Redis): () => Promise<number> {
  return () =>
    orUnavailable(async () => {
      const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
      return seconds * 1_000 + Math.floor(microseconds / 1_000);
    });
}

function connect(url: string, onError: ErrorListener, options: Omit<RedisOptions, 'replyMapping'>): Redis {
  const redis = new Redis(url, { ...options, retryStrategy, reconnectOnError });
  redis.on('error', onError);
  return redis;
}
