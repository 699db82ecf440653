/**
 * What an operator sees where what is stored was sealed with a DATA_KEY that this process does not have: that it is so, instead of lists
 * that look empty. What needs nothing sealed (the kill switch, the access log) goes on.
 */
import type { FastifyInstance } from 'fastify';
import { type Html, html } from './html.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Stands on top of the page; null: nothing. */
    banner: Html | null;
  }
}

export interface UnreadableStoreDeps {
  readonly dataKeyFits: () => Promise<boolean>;
}

/** Their answers are lists of what can be read: empty, or of nothing, without the key. */
const LISTS = ['/ops/api/recoveries', '/ops/api/errands', '/ops/api/report'];
const RETRY_AFTER_S = '10';

const BANNER = html`<p class="bad"><strong>What is stored cannot be read with this DATA_KEY.</strong> Nothing is taken in and nobody is dialled
  until the key fits: see <code>data_key_unknown</code> in the runbook. Lists below look empty and are not.</p>`;

/** To be called in the scope of /ops, before its routes and behind the password. */
export function tellOfUnreadableStore(app: FastifyInstance, { dataKeyFits }: UnreadableStoreDeps): void {
  app.decorateRequest('banner', null);
  app.addHook('preHandler', async (request, reply) => {
    if (await dataKeyFits()) return;
    request.banner = BANNER;
    if (!LISTS.includes(request.routeOptions.url ?? '')) return;
    return reply.code(503).header('retry-after', RETRY_AFTER_S).send({ error: 'data_key_unknown' });
  });
}
