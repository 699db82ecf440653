/** The vendor's HTTP routes, as its pages describe them (read November 2026). Who calls whom is decided elsewhere. */
import type { FastifyInstance } from 'fastify';
import { authenticate, VendorError } from './admission.ts';
import { type InitiateRouteOptions, initiateRoute } from './initiate-route.ts';
import { type PlacedCallRoutesOptions, placedCallRoutes } from './placed-call-routes.ts';
import { answerAsScripted, type ScriptedAnswer, scriptedFor, takeScripted } from './scripted-answers.ts';
import type { VendorKeys } from './signature.ts';

export interface VendorRoutesOptions extends InitiateRouteOptions, PlacedCallRoutesOptions {
  readonly nextHealthAnswers: ScriptedAnswer[];
  isUnderMaintenance(): boolean;
}

/** Adds every route of the vendor to `app`. */
export function vendorRoutes(app: FastifyInstance, options: VendorRoutesOptions): void {
  const { keys, book } = options;

  app.setErrorHandler((fault: { statusCode?: number; message: string }, request, reply) => {
    const status = fault.statusCode ?? 500;
    book.refusals.push({ path: request.routeOptions.url ?? '', status, message: fault.message });
    options.log(`refused ${request.method} ${request.routeOptions.url ?? ''} ${status} ${fault.message}`);
    return reply.code(status).send({ code: status, message: fault.message });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 404, message: 'Not found' }));

  healthRoute(app, options);
  initiateRoute(app, options);
  placedCallRoutes(app, options);

  app.get('/v1/admin/assistant/list', (request) => {
    authenticate(request, keys);
    return { status_code: 200, message: 'Assistants', data: [assistantOf(keys)] };
  });

  app.get<{ Params: { id: string } }>('/v1/admin/assistant/get/:id', (request) => {
    authenticate(request, keys);
    if (request.params.id !== keys.assistant) throw new VendorError(404, 'Assistant not found');
    return { status_code: 200, message: 'Assistant', data: assistantOf(keys) };
  });
}

/** No keys are asked for. Maintenance is said, not done: the other routes go on. */
function healthRoute(app: FastifyInstance, { nextHealthAnswers, isUnderMaintenance }: VendorRoutesOptions): void {
  app.get('/health', {
    onRequest: async (request, reply) => takeScripted(nextHealthAnswers, request, reply),
    handler: async (request, reply) => {
      const answer = scriptedFor(request);
      if (answer && (await answerAsScripted(answer, request, reply, ''))) return reply;
      const underMaintenance = isUnderMaintenance();
      const message = underMaintenance ? 'Service is under maintenance' : 'Service is healthy';
      return { status_code: 200, message, data: { underMaintenance, status: underMaintenance ? 'maintenance' : 'ok' } };
    },
  });
}

function assistantOf(keys: VendorKeys): Record<string, unknown> {
  return { _id: keys.assistant, name: 'Checkout recovery', type: 'abandoned_cart', status: 'active' };
}
