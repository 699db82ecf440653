/** Liveness (no dependencies), readiness (Redis answers and can be read), metrics. Codes and no details: these routes are not authenticated. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export interface HealthDeps {
  /** `ready`: Redis answers, what it holds can be read, and the process is not going away. Else a code of why not. */
  readonly readiness: () => Promise<string>;
  readonly registry: Registry;
  /** Brings the gauges up to date; called per scrape. Its failure leaves the counters readable. */
  readonly refreshGauges: () => Promise<void>;
}

export async function healthRoutes(app: FastifyInstance, deps: HealthDeps): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const reason = await deps.readiness();
    if (reason === 'ready') return { status: 'ready' };
    return reply.code(503).send({ status: 'not_ready', reason });
  });

  app.get('/metrics', async (request, reply) => {
    await deps.refreshGauges().catch((error: unknown) => {
      request.log.warn({ event: 'gauges_stale', err: error }, 'gauges could not be refreshed');
    });
    return reply.type(deps.registry.contentType).send(await deps.registry.metrics());
  });
}
