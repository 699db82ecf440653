/** Errands on a page, and the button that has a failed one tried again. */
import type { FastifyInstance } from 'fastify';
import { isRecoveryId } from '../../domain/recovery-id.ts';
import type { Operate } from '../../recovery/operate.ts';
import type { ErrandView } from './errand-view.ts';
import { type Html, html } from './html.ts';
import { toTheSecond } from './instants.ts';
import { sendPage } from './page.ts';

interface ListedErrand {
  readonly recoveryId: string;
  readonly errand: ErrandView;
}

/** Errands of several recoveries. */
export function errandTable(rows: readonly ListedErrand[]): Html {
  const recovery = ({ recoveryId }: ListedErrand) =>
    html`<td><a href="/ops/recoveries/${recoveryId}">${recoveryId}</a></td>`;
  return html`<table><tr><th>recovery</th>${HEADS}</tr>
    ${rows.map((row) => html`<tr>${recovery(row)}${cells(row)}</tr>`)}</table>`;
}

/** On the recovery's own page. */
export function ownErrandTable(recoveryId: string, errands: readonly ErrandView[]): Html {
  return html`<table><tr>${HEADS}</tr>
    ${errands.map((errand) => html`<tr>${cells({ recoveryId, errand })}</tr>`)}</table>`;
}

const HEADS = html`<th>errand</th><th>state</th><th></th><th>tries</th><th>what came of it</th><th>due (UTC)</th>`;

function cells({ recoveryId, errand }: ListedErrand): Html {
  const { key, state, tries, note, dueAt } = errand;
  const due = state === 'open' || state === 'doing' ? toTheSecond(dueAt) : '';
  // A key may end with the attempt it is of; here it is plain whose.
  const name = key.replace(`${recoveryId}.`, 'attempt ');
  return html`<td class="words">${name}</td><td class="${state}">${state}</td>
    <td>${state === 'failed' ? retryButton(recoveryId, key) : null}</td><td>${tries}</td><td>${note}</td><td>${due}</td>`;
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
