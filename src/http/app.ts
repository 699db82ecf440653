/**
 * The HTTP edge: what is served, in one visible list. The web role serves everything, the worker role only its health.
 * Run it behind a reverse proxy that ends TLS; `X-Forwarded-*` is not trusted, nothing here depends on the client's address.
 */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { SECOND } from '../domain/duration.ts';
import { answerFaults } from './answer-faults.ts';
import { type HealthDeps, healthRoutes } from './health.ts';
import { type OpsDeps, opsPages } from './ops/ops.ts';
import { type WebhookDeps, webhookRoutes } from './webhooks.ts';

export interface AppDeps {
  readonly logger: Logger;
  readonly health: HealthDeps;
  /** null: this process takes no webhooks (role `worker`). */
  readonly webhooks: WebhookDeps | null;
  /** null: no /ops at all (no password configured, or role `worker`). */
  readonly ops: OpsDeps | null;
}

/** Everything that is not a webhook is small. Bytes. */
const BODY_LIMIT = 16 * 1024;

export function buildApp({ logger, health, webhooks, ops }: AppDeps): FastifyInstance {
  const app = Fastify({
    // URLs may carry a search for a phone number; what is worth a line is logged by the routes themselves.
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: logger as FastifyBaseLogger,
    // Nothing hangs on the id of a request where no line is written for each.
    childLoggerFactory: (ofAll) => ofAll,
    bodyLimit: BODY_LIMIT,
    trustProxy: false,
    // Node's defaults (300 s, 60 s, checked every 30 s) let a handful of slow senders hold the server.
    requestTimeout: 10 * SECOND,
    keepAliveTimeout: 72 * SECOND,
    http: { headersTimeout: 8 * SECOND, connectionsCheckingInterval: 2 * SECOND },
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // The longest is an errand's key, which may hold the vendor's name of an action beside an attempt id.
    routerOptions: { maxParamLength: 500 },
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
  });
  answerFaults(app);
  app.register(healthRoutes, health);
  if (webhooks) app.register(webhookRoutes, webhooks);
  if (ops) app.register(opsPages, { ...ops, prefix: '/ops' });
  return app;
}
