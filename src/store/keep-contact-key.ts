/** Keeps the key of the contacts' digests loaded, and in Redis: whenever the connection is there, and once a minute. */
import type { Redis } from 'ioredis';
import { MINUTE, SECOND } from '../domain/duration.ts';
import { SealedTextError, type StoreUnavailableError } from '../errors.ts';
import type { KeptContactDigests } from './contact-digests.ts';

const CHECK_EVERY_MS = MINUTE;
/** A server that accepts a connection and says nothing must not keep the service from starting. */
const OPEN_WITHIN_MS = 3 * SECOND;

export interface KeptContactKey {
  /** Resolves when the first look is over, or Redis cannot be reached. It never rejects. */
  readonly opened: Promise<void>;
  stop(): void;
}

/** @param onUnknownKey - what is in Redis was sealed with a DATA_KEY that is not known here. */
export function keepContactKey(
  redis: Redis,
  contacts: KeptContactDigests,
  onError: (error: Error) => void,
  onUnknownKey: () => void,
): KeptContactKey {
  const check = (): Promise<void> =>
    contacts.check().catch((error: StoreUnavailableError) => {
      if (error.cause instanceof SealedTextError) onUnknownKey();
      else onError(error);
    });
  const { promise: opened, resolve } = Promise.withResolvers<void>();
  const onReady = (): void => void check().then(resolve);
  redis.on('ready', onReady);
  redis.once('error', () => resolve());
  const late = setTimeout(resolve, OPEN_WITHIN_MS);
  const timer = setInterval(() => redis.status === 'ready' && check(), CHECK_EVERY_MS).unref();
  return {
    opened: opened.finally(() => clearTimeout(late)),
    stop() {
      clearInterval(timer);
      clearTimeout(late);
      redis.off('ready', onReady);
    },
  };
}
