/** What a client is told when something fails: a status and one word. Never a message of a fault, a stack or a value. */
import type { FastifyError, FastifyInstance } from 'fastify';
import { isDataKeyUnknown, RecordContendedError, StoreUnavailableError } from '../errors.ts';

/** Seconds after which a sender may come again while the store is away. */
const RETRY_AFTER_S = '10';

export function answerFaults(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (mayComeAgain(error)) {
      request.log.error({ event: 'store_unavailable', route, err: error }, 'store unavailable');
      return reply
        .code(503)
        .header('retry-after', RETRY_AFTER_S)
        .send({ error: isDataKeyUnknown(error) ? 'data_key_unknown' : 'unavailable' });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      request.log.error({ event: 'fault', route, requestId: request.id, err: error }, 'request failed');
      return reply.code(500).send({ error: 'internal', requestId: request.id });
    }
    request.log.warn({ event: 'refused', route, status, code: error.code }, 'request refused');
    return reply.code(status).send({ error: (error.code ?? 'bad_request').toLowerCase() });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not_found' }));
}

/** What is not the sender's fault, and mended sooner or later: a store that is away, or a key that is missing here. */
function mayComeAgain(error: unknown): boolean {
  return isDataKeyUnknown(error) || error instanceof StoreUnavailableError || error instanceof RecordContendedError;
}
