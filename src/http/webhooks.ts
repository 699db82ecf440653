/**
 * The two doors through which the world talks to us. Bytes first: a body is not parsed before its signature is good, and
 * the parser that keeps the raw bytes lives in this plugin alone.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallEventIntake } from '../intake/call-event-intake.ts';
import type { IntakeResult, ShopifyIntake } from '../intake/shopify-intake.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { WebhookVerdict } from '../shopify/verify-webhook.ts';

export interface WebhookDeps {
  readonly shopify: ShopifyIntake;
  readonly callEvents: CallEventIntake;
  readonly verifyShopify: (body: Buffer, headers: FastifyRequest['headers']) => WebhookVerdict;
  readonly isCallEventSigned: (body: Buffer, headers: FastifyRequest['headers']) => boolean;
  readonly metrics: Metrics;
}

const SHOPIFY_BODY_LIMIT = 1024 * 1024;
const CALL_EVENT_BODY_LIMIT = 512 * 1024;

/** Topics with a name of their own in the metrics; a header is not signed and must not make the page grow. */
const KNOWN_TOPICS = new Set([
  'checkouts/create',
  'checkouts/update',
  'checkouts/delete',
  'orders/create',
  'orders/paid',
  'orders/cancelled',
  'customers_marketing_consent/update',
  'customers_email_marketing_consent/update',
  'customers/data_request',
  'customers/redact',
  'shop/redact',
  'app/uninstalled',
]);

const STATUS_OF_REFUSAL = {
  missing_signature: 401,
  wrong_signature: 401,
  wrong_shop: 403,
  missing_topic: 400,
} as const;

export async function webhookRoutes(app: FastifyInstance, deps: WebhookDeps): Promise<void> {
  const { shopify, callEvents, verifyShopify, isCallEventSigned, metrics } = deps;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  app.addHook('onError', async (request, _reply, error) => {
    const source = request.routeOptions.url?.startsWith('/webhooks/shopify') ? 'shopify' : 'call-events';
    metrics.webhooks.inc({ source, topic: 'none', answer: String(error.statusCode ?? 503) });
  });

  app.post('/webhooks/shopify', { bodyLimit: SHOPIFY_BODY_LIMIT }, async (request, reply) => {
    const body = bytesOf(request);
    const verdict = verifyShopify(body, request.headers);
    if (!verdict.ok) return refuse(request, reply, 'shopify', STATUS_OF_REFUSAL[verdict.reason], verdict.reason);
    const { topic, apiVersion } = verdict;
    const result = await shopify.take({ topic, apiVersion, body: body.toString('utf8') });
    return answer(request, reply, 'shopify', KNOWN_TOPICS.has(topic) ? topic : 'other', result);
  });

  const callEvent = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = bytesOf(request);
    if (!isCallEventSigned(body, request.headers)) {
      return refuse(request, reply, 'call-events', 401, 'wrong_signature');
    }
    const { attemptId } = request.params as { attemptId?: string };
    const result = await callEvents.take({ body: body.toString('utf8'), pathAttemptId: attemptId ?? null });
    return answer(request, reply, 'call-events', 'call-event', result);
  };
  app.post('/webhooks/call-events', { bodyLimit: CALL_EVENT_BODY_LIMIT }, callEvent);
  app.post('/webhooks/call-events/:attemptId', { bodyLimit: CALL_EVENT_BODY_LIMIT }, callEvent);

  function answer(request: FastifyRequest, reply: FastifyReply, source: string, topic: string, result: IntakeResult) {
    if (result.kind === 'not_json') return refuse(request, reply, source, 400, 'not_json');
    metrics.webhooks.inc({ source, topic, answer: result.kind });
    return reply.code(200).send({ status: result.kind });
  }

  function refuse(request: FastifyRequest, reply: FastifyReply, source: string, status: number, reason: string) {
    metrics.webhooks.inc({ source, topic: 'none', answer: reason });
    request.log.warn({ event: 'webhook_refused', source, status, reason }, 'webhook refused');
    return reply.code(status).send({ error: reason });
  }
}

/** A request without a body has no bytes; its signature cannot be good. */
function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
