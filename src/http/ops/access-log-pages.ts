/** The access log for its readers, as JSON and as a page. Reading it is written into it, too. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AccessLog, AccessPage } from '../../domain/access-log.ts';
import { badRequest, optional } from './answers.ts';
import { type Html, html } from './html.ts';
import { iso, toTheSecond } from './instants.ts';
import { sendPage } from './page.ts';

export interface AccessLogPagesDeps {
  readonly accessLog: AccessLog;
}

const querySchema = z.object({
  limit: optional(z.coerce.number().int().min(1).max(1_000)),
  cursor: optional(z.string().max(40)),
});

export async function accessLogApi(app: FastifyInstance, { accessLog }: AccessLogPagesDeps): Promise<void> {
  app.get('/access-log', async (request, reply) => {
    const query = querySchema.safeParse(request.query);
    if (!query.success) return badRequest(reply, query.error);
    const { limit = 100, cursor = null } = query.data;
    const { entries, nextCursor } = await accessLog.read({ limit, cursor });
    return { entries: entries.map(({ at, ...entry }) => ({ ...entry, at: iso(at) })), nextCursor };
  });
}

export async function accessLogPage(app: FastifyInstance, { accessLog }: AccessLogPagesDeps): Promise<void> {
  app.get('/access-log', async (request, reply) => {
    const query = querySchema.safeParse(request.query);
    const { limit = 100, cursor = null } = query.success ? query.data : {};
    const page = await accessLog.read({ limit, cursor });
    const more = html`<p><a href="?cursor=${page.nextCursor}">older</a></p>`;
    return sendPage(
      reply,
      'Access log',
      html`
        <p><a href="/ops">all recoveries</a></p>
        <p>Who saw or changed what. Nothing is ever taken out of it; beyond some 100,000 entries the oldest go.</p>
        <table><tr><th>when (UTC)</th><th>who</th><th>what</th><th>outcome</th><th>about</th><th></th><th>times</th></tr>
          ${page.entries.map(row)}</table>
        ${page.nextCursor ? more : null}`,
    );
  });
}

function row({ at, who, what, outcome, about, detail, times }: AccessPage['entries'][number]): Html {
  return html`<tr><td>${toTheSecond(iso(at))}</td><td>${who}</td><td>${what}</td><td>${outcome}</td>
    <td>${about}</td><td>${detail}</td><td>${times === 1 ? '' : times}</td></tr>`;
}
