/**
 * The do-not-call list as a page, plain HTML without script: add, ask, remove, import, export. Contacts are sent in bodies, never in
 * addresses, and no page shows one.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isKnownRegion } from '../../domain/e164.ts';
import { isReasonCode, isSuppressionId, readContact, type Suppression } from '../../domain/suppression.ts';
import { EXPORT_HEADER, exportLine } from '../../domain/suppression-csv.ts';
import type { ImportReport } from '../../recovery/import-suppressions.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './page.ts';
import { pageQuerySchema, type SuppressionDeps } from './suppressions-api.ts';

/** Some twenty thousand numbers; a longer file is for the command line, which tells how far it is. Bytes. */
const IMPORT_LIMIT = 1024 * 1024;
const PAGE = 50;
const EXPORT_BATCH = 1_000;

export async function suppressionPages(app: FastifyInstance, deps: SuppressionDeps): Promise<void> {
  const { suppressions, doNotCall, importSuppressions } = deps;

  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data']) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
  // With the stricter policy of the other pages a browser does not say where a form comes from, and it would be refused.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('referrer-policy', 'same-origin');
  });

  app.get('/suppressions', async (request, reply) => {
    const query = pageQuerySchema.safeParse(request.query);
    return show(reply, null, query.success ? (query.data.cursor ?? null) : null);
  });

  app.post('/suppressions', async (request, reply) => {
    const form = await formOf(request);
    const read = readContact(form.text('contact'), form.region());
    const reason = form.text('reason').toLowerCase();
    if (!read.ok) return show(reply.code(400), wrongContact(read.reason));
    if (reason !== '' && !isReasonCode(reason)) {
      return show(reply.code(400), bad('A reason is a short code, such as asked_by_mail.'));
    }
    const { added, stopped } = await doNotCall.suppress([read.contact], 'operator', reason || null);
    return show(reply, good(`${added > 0 ? 'Added' : 'It was on the list already'}. Recoveries stopped: ${stopped}.`));
  });

  app.post('/suppressions/check', async (request, reply) => {
    const form = await formOf(request);
    const read = readContact(form.text('contact'), form.region());
    if (!read.ok) return show(reply.code(400), wrongContact(read.reason));
    const found = (await suppressions.find(suppressions.idsOf(read.contact))).find((one) => one !== null);
    return show(reply, found ? good(`Yes, it is on the list: ${inWords(found)}.`) : good('No, it is not on the list.'));
  });

  app.post('/suppressions/remove', async (request, reply) => {
    const id = (await formOf(request)).text('id');
    const removed = isSuppressionId(id) && (await doNotCall.lift(id, 'operator'));
    return removed ? show(reply, good('Removed.')) : show(reply.code(404), bad('It is not on the list.'));
  });

  app.post('/suppressions/import', { bodyLimit: IMPORT_LIMIT }, async (request, reply) => {
    const form = await formOf(request);
    const bytes = await form.file('file');
    if (bytes === null) return show(reply.code(400), bad('Choose a file.'));
    const report = await importSuppressions(() => Readable.from([bytes]), { region: form.region() });
    return show(reply.code(report.ok ? 200 : 400), resultOf(report));
  });

  app.get('/suppressions/export.csv', async (_request, reply) =>
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="do-not-call.csv"')
      .send(Readable.from(exported())),
  );

  async function* exported(): AsyncGenerator<string> {
    yield EXPORT_HEADER;
    let cursor: string | null = null;
    do {
      const page = await suppressions.list({ limit: EXPORT_BATCH, cursor });
      yield page.suppressions.map((each) => exportLine(each, suppressions.keyOf)).join('');
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  async function show(reply: FastifyReply, notice: Html | null, cursor: string | null = null): Promise<FastifyReply> {
    const [page, count] = await Promise.all([suppressions.list({ limit: PAGE, cursor }), suppressions.count()]);
    const older = page.nextCursor ? html`<p><a href="?cursor=${page.nextCursor}">older</a></p>` : html``;
    return sendPage(
      reply,
      'Do not call',
      html`
        <p><a href="/ops">recoveries</a> · ${count} on the list · <a href="/ops/suppressions/export.csv">export</a></p>
        ${notice ?? html``}
        <form method="post" action="/ops/suppressions">${CONTACT} <input name="reason" size="20" maxlength="60" placeholder="reason, as a code"> <button>add</button></form>
        <form method="post" action="/ops/suppressions/check">${CONTACT} <button>is it on the list?</button></form>
        <form method="post" action="/ops/suppressions/import" enctype="multipart/form-data"><input type="file" name="file" accept=".csv,text/csv" required> ${REGION} <button>import</button></form>
        <table><tr><th>digest</th><th>since (UTC)</th><th>by</th><th>reason</th><th></th></tr>${page.suppressions.map(row)}</table>
        ${older}`,
    );
  }
}

const REGION = html`<input name="region" size="8" maxlength="2" pattern="[A-Za-z]{2}" placeholder="region: US" autocomplete="off">`;
const CONTACT = html`<input name="contact" size="34" maxlength="320" required placeholder="phone number or e-mail" autocomplete="off"> ${REGION}`;

function row({ id, at, source, reason }: Suppression): Html {
  return html`<tr><td>${id}</td><td>${new Date(at).toISOString()}</td><td>${source}</td><td>${reason}</td>
    <td><form method="post" action="/ops/suppressions/remove"><input type="hidden" name="id" value="${id}"><button>remove</button></form></td></tr>`;
}

function inWords({ at, source, reason }: Suppression): string {
  return `since ${new Date(at).toISOString()}, by ${source}${reason === null ? '' : ` (${reason})`}`;
}

function resultOf(report: ImportReport): Html {
  if (report.ok) {
    return good(`Imported: ${report.rows} rows, ${report.added} of them new. Recoveries stopped: ${report.stopped}.`);
  }
  const more = report.more > 0 ? html`<li>and ${report.more} more</li>` : html``;
  const faults = report.faults.map(({ line, reason }) => html`<li>line ${line}: ${reason}</li>`);
  return html`<div role="alert" class="bad">Nothing was imported.<ul>${faults}${more}</ul></div>`;
}

function wrongContact(reason: 'needs_region' | 'no_contact'): Html {
  return bad(
    reason === 'needs_region'
      ? 'A number without its country’s code needs a region.'
      : 'That is neither a telephone number that exists nor an e-mail address.',
  );
}

function good(text: string): Html {
  return html`<p role="status"><strong>${text}</strong></p>`;
}

function bad(text: string): Html {
  return html`<p role="alert" class="bad">${text}</p>`;
}

interface Form {
  text(name: string): string;
  /** null: none was given. @throws an error of status 400 when there is no such region */
  region(): string | null;
  file(name: string): Promise<Uint8Array | null>;
}

/** Both kinds of form by the platform's own parser, which fetch has for answers. @throws an error of status 400 */
async function formOf(request: FastifyRequest): Promise<Form> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const data = await new Response(new Uint8Array(body), { headers }).formData().catch((cause: unknown) => {
    throw refusal('NOT_A_FORM', cause);
  });
  const text = (name: string): string => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    text,
    region() {
      const region = text('region') || null;
      if (region !== null && !isKnownRegion(region)) throw refusal('NO_SUCH_REGION');
      return region;
    },
    async file(name) {
      const value = data.get(name);
      return value === null || typeof value === 'string' || value.size === 0 ? null : value.bytes();
    },
  };
}

/** Of what the page's own fields do not let through. */
function refusal(code: string, cause?: unknown): Error {
  return Object.assign(new Error(code, { cause }), { statusCode: 400, code });
}
