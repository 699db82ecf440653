/** Errands on a page, and the button that has a failed one tried again. */
import type { FastifyInstance } from 'fastify';
import { isRecoveryId } from '../../domain/recovery-id.ts';
import type { Operate } from '../../recovery/operate.ts';
import type { ErrandView } from './errand-view.ts';
import { type Html, html } from './html.ts';
import { toTheSecond } from './instants.ts';
import { sendPage } from './page.ts';

export function errandTable(rows: readonly { readonly recoveryId: string; readonly errand: ErrandView }[]): Html {
  return html`<table><tr><th>recovery</th><th>errand</th><th>state</th><th>tries</th><th>what came of it</th><th>due (UTC)</th><th></th></tr>
    ${rows.map(row)}</table>`;
}

function row({ recoveryId, errand }: { readonly recoveryId: string; readonly errand: ErrandView }): Html {
  const { key, state, tries, note, dueAt } = errand;
  const due = state === 'open' || state === 'doing' ? toTheSecond(dueAt) : '';
  return html`<tr><td><a href="/ops/recoveries/${recoveryId}">${recoveryId}</a></td><td>${key}</td><td class="${state}">${state}</td>
    <td>${tries}</td><td>${note}</td><td>${due}</td><td>${state === 'failed' ? retryButton(recoveryId, key) : null}</td></tr>`;
}

function retryButton(recoveryId: string, key: string): Html {
  const path = `/ops/recoveries/${recoveryId}/errands/${encodeURIComponent(key)}/retry`;
  return html`<form method="post" action="${path}"><button>try again</button></form>`;
}

/** The button's other end: does what the JSON route does, and shows the recovery. */
export async function errandButtons(app: FastifyInstance, { operate }: { readonly operate: Operate }): Promise<void> {
  // A form without fields still names its type; nothing of the body is read.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _body, done) => {
    done(null, null);
  });

  app.post('/recoveries/:id/errands/:key/retry', async (request, reply) => {
    const { id, key } = request.params as { id: string; key: string };
    const { kind } = isRecoveryId(id) ? await operate.retryErrand(id, key) : ({ kind: 'not_found' } as const);
    if (kind === 'done') return reply.redirect(`/ops/recoveries/${id}`, 303);
    if (kind === 'not_found') {
      return sendPage(reply.code(404), 'Not found', html`<p>There is no such recovery (any more).</p>`);
    }
    const recovery = html`<a href="/ops/recoveries/${id}">the recovery</a>`;
    return sendPage(
      reply.code(409),
      'Not possible',
      html`<p>This errand has not failed (any more). See ${recovery}.</p>`,
    );
  });
}
