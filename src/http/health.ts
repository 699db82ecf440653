/** Liveness (no dependencies), readiness (Redis answers), metrics. No details: these routes are not authenticated. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export interface HealthDeps {
  /** Whether work can be done now: Redis answers and the process is not going away. */
  readonly isReady: () => Promise<boolean>;
  readonly registry: Registry;
  /** Brings the gauges up to date; called per scrape. Its failure leaves the counters readable. */
  readonly refreshGauges: () => Promise<void>;
}

export async function healthRoutes(app: FastifyInstance, deps: HealthDeps): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const ready = await deps.isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready' });
  });

  app.get('/metrics', async (request, reply) => {
    await deps.refreshGauges().catch((error: unknown) => {
      request.log.warn({ event: 'gauges_stale', err: error }, 'gauges could not be refreshed');
    });
    return reply.type(deps.registry.contentType).send(await deps.registry.metrics());
  });
}
