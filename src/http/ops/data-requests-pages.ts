/** Requests of people to know what is held of them: the list, as JSON and as a page, and the answer to hand on. */
import type { FastifyInstance } from 'fastify';
import type { DataRequest } from '../../domain/shop-request.ts';
import type { AnswerDataRequests } from '../../recovery/requests/answer-data-request.ts';
import { isRequestId } from './access-entry.ts';
import { heldDataOf } from './held-data-view.ts';
import { type Html, html } from './html.ts';
import { iso, toTheSecond } from './instants.ts';
import { sendPage } from './page.ts';

export interface DataRequestsDeps {
  readonly dataRequests: AnswerDataRequests;
}

export async function dataRequestsApi(app: FastifyInstance, { dataRequests }: DataRequestsDeps): Promise<void> {
  app.get('/data-requests', async () => ({ dataRequests: (await dataRequests.list()).map(listed) }));

  app.get('/data-requests/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const held = isRequestId(id) ? await dataRequests.gather(id) : null;
    if (!held) return reply.code(404).send({ error: 'not_found' });
    reply.header('content-disposition', `attachment; filename="data-request-${held.request.id}.json"`);
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(heldDataOf(held), null, 2));
  });
}

export async function dataRequestsPage(app: FastifyInstance, { dataRequests }: DataRequestsDeps): Promise<void> {
  app.get('/data-requests', async (_request, reply) => {
    const requests = await dataRequests.list();
    return sendPage(
      reply,
      'Data requests',
      html`
        <p><a href="/ops">all recoveries</a></p>
        <p>Somebody asked the shop what is held of them, and you must answer within 30 days. Download what is held here, look through it
          and hand it on. All of it is gathered when you download it, with what has come since the request, and whoever downloads it stands in the
          <a href="/ops/access-log">access log</a>. A request stands here for 30 days.</p>
        ${requests.length === 0 ? html`<p>None.</p>` : tableOf(requests)}`,
    );
  });
}

function tableOf(requests: readonly DataRequest[]): Html {
  return html`<table><tr><th>received (UTC)</th><th>Shopify’s number</th><th>customer</th><th class="figure">recoveries then</th><th></th></tr>
    ${requests.map(row)}</table>`;
}

function row({ id, receivedAt, shopifyId, customerId, recoveries }: DataRequest): Html {
  return html`<tr><td>${toTheSecond(iso(receivedAt))}</td><td>${shopifyId}</td><td>${customerId}</td>
    <td class="figure">${recoveries.length}</td><td><a href="/ops/api/data-requests/${id}">download</a></td></tr>`;
}

function listed({ id, receivedAt, shopifyId, customerId, recoveries }: DataRequest) {
  return { id, receivedAt: iso(receivedAt), shopifyId, customerId, recoveries: recoveries.length };
}
