/**
 * The access log's eyes: every request below /ops is written down before its answer leaves, and one that changes something also before
 * it begins. What cannot be written down is not answered.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessLog } from '../../domain/access-log.ts';
import type { Clock } from '../../domain/ports.ts';
import { askedIn, isReading } from './access-entry.ts';
import { repeatedEntries } from './repeated-entries.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once the password was right; null before. */
    operator: string | null;
    /** Nothing more is to be written of this request. */
    isLogged: boolean;
  }
}

export interface AccessDeps {
  readonly accessLog: AccessLog;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
}

/** Bull Board asks anew every few seconds, and for dozens of files. */
const BOARD = '/ops/queues';
const RETRY_AFTER_S = '10';

/** To be called in the scope of /ops, before its routes. */
export function watchAccess(app: FastifyInstance, { accessLog, clock, onError }: AccessDeps): void {
  const repeated = repeatedEntries(accessLog, onError);
  app.decorateRequest('operator', null);
  app.decorateRequest('isLogged', false);
  app.addHook('onClose', () => repeated.close());

  app.addHook('preHandler', async (request, reply) => {
    if (isReading(request.method) || request.operator === null) return;
    try {
      const entry = { at: clock.now(), who: request.operator, ...askedIn(request), outcome: 'asked' };
      await accessLog.append(entry);
    } catch (error) {
      report(request, error);
      request.isLogged = true;
      return reply.code(503).header('retry-after', RETRY_AFTER_S).send({ error: 'unavailable' });
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    if (request.isLogged) return payload;
    request.isLogged = true;
    if (request.operator === null) {
      // Nothing is shown to them, so nothing depends on it.
      await noteStranger(request, reply).catch(onError);
      return payload;
    }
    try {
      const entry = { at: clock.now(), who: request.operator, ...askedIn(request), outcome: `${reply.statusCode}` };
      const isRepeated = isReading(request.method) && request.routeOptions.url?.startsWith(BOARD);
      await (isRepeated ? repeated.note(entry) : accessLog.append(entry));
      return payload;
    } catch (error) {
      report(request, error);
      return withheld(reply, payload);
    }
  });

  /** Neither the name that was tried nor the path: either may hold a password, or a shopper. */
  function noteStranger({ headers }: FastifyRequest, { statusCode }: FastifyReply): Promise<void> {
    const what = headers.authorization === undefined ? 'no login' : 'wrong login';
    return repeated.note({ at: clock.now(), who: 'nobody', what, outcome: `${statusCode}` });
  }
}

function report({ log, routeOptions }: FastifyRequest, error: unknown): void {
  log.error({ event: 'store_unavailable', route: routeOptions.url ?? 'unknown', err: error }, 'access not logged');
}

/** Takes an answer back that was ready to leave. */
function withheld(reply: FastifyReply, payload: unknown): string {
  if (isStream(payload)) payload.destroy();
  for (const name of [
    'content-length',
    'content-encoding',
    'content-disposition',
    'etag',
    'last-modified',
    'location',
  ]) {
    reply.removeHeader(name);
  }
  reply.code(503).header('retry-after', RETRY_AFTER_S).type('application/json; charset=utf-8');
  return JSON.stringify({ error: 'unavailable' });
}

function isStream(payload: unknown): payload is { destroy(): void } {
  return typeof (payload as { destroy?: unknown } | null)?.destroy === 'function';
}
