/** The usual way: check the signature, put the whole body into a delayed job, one job per webhook, and sort it out later. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Queue } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });
const queue = new Queue('checkouts', { connection, prefix: 'naive' });
const secret = process.env.SHOPIFY_CLIENT_SECRET ?? '';
const FIFTEEN_MINUTES_MS = 15 * 60_000;

const app = Fastify({ logger: { level: process.env.LOG_LEVEL ?? 'info' } });
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post('/webhooks/shopify', async (request, reply) => {
  const body = request.body as Buffer;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(String(request.headers['x-shopify-hmac-sha256']), 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return reply.code(401).send();
  await queue.add('checkout', JSON.parse(body.toString('utf8')), { delay: FIFTEEN_MINUTES_MS });
  return { status: 'ok' };
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));
