/** The operator's first page: what is happening, and which recoveries there are. And the page of errands. */
import type { FastifyInstance } from 'fastify';
import type { RecoveryRecord } from '../../domain/recovery.ts';
import { RECOVERY_STATES } from '../../domain/recovery.ts';
import type { ListErrands, RecoveryWithErrands } from '../../recovery/list-errands.ts';
import { errandTable } from './errand-table.ts';
import { errandViewOf } from './errand-view.ts';
import { type Html, html } from './html.ts';
import { toTheSecond } from './instants.ts';
import { sendPage } from './page.ts';
import { listQuerySchema, type OpsApiDeps } from './recoveries-api.ts';
import { viewOf } from './recovery-view.ts';

export interface ListPagesDeps extends OpsApiDeps {
  readonly listErrands: ListErrands;
}

/** On the first page; the page of errands shows {@link MOST_ON_THEIR_PAGE}. */
const MOST_FAILED = 10;
const MOST_ON_THEIR_PAGE = 200;

export async function listPages(app: FastifyInstance, deps: ListPagesDeps): Promise<void> {
  const { shop, store, find, dialSwitch, parked, listErrands } = deps;

  app.get('/', async (request, reply) => {
    const query = listQuerySchema.safeParse(request.query);
    const { query: text = null, state = null, limit = 50, cursor = null } = query.success ? query.data : {};
    const [page, counts, dialling, parkedCount, failed] = await Promise.all([
      find({ text, state, limit, cursor }),
      store.countByState(shop),
      dialSwitch.state(),
      parked.count(shop),
      listErrands('failed', MOST_FAILED),
    ]);
    const paused = dialling.paused
      ? html`<strong class="bad">paused (${dialling.reason ?? 'no reason noted'})</strong>`
      : 'on';
    const more = html`<p><a href="?state=${state ?? ''}&amp;cursor=${page.nextCursor}">older</a></p>`;
    return sendPage(
      reply,
      'Recoveries',
      html`
        <p>${shop} · dialling is ${paused} · ${parkedCount} parked · <a href="/ops/errands">errands</a>
          · <a href="/ops/report">what the calls earned</a> · <a href="/ops/suppressions">do not call</a>
          · <a href="/ops/data-requests">data requests</a> · <a href="/ops/access-log">access log</a>
          · <a href="/ops/queues">queues</a></p>
        <p class="counts">${RECOVERY_STATES.map((name) => html`<a href="?state=${name}">${name} ${counts[name]}</a> `)}</p>
        ${failed.length > 0 ? html`<h2>Errands that failed</h2>${tableOf(failed)}<h2>Recoveries</h2>` : null}
        <form method="get"><input name="query" size="44" placeholder="token, recovery id, call id, phone, e-mail, order" value="${text ?? ''}">
          <button>find</button></form>
        <table><tr><th>recovery</th><th>state</th><th>why</th><th>due (UTC)</th><th>cart</th><th>phone</th><th>call</th></tr>
          ${page.recoveries.map(row)}</table>
        ${page.recoveries.length === 0 && request.banner === null ? html`<p>Nothing here yet.</p>` : null} ${page.nextCursor ? more : null}`,
    );
  });

  app.get('/errands', async (_request, reply) => {
    const [failed, open] = await Promise.all([
      listErrands('failed', MOST_ON_THEIR_PAGE),
      listErrands('open', MOST_ON_THEIR_PAGE),
    ]);
    return sendPage(
      reply,
      'Errands',
      html`
        <p><a href="/ops">all recoveries</a></p>
        <p>What is to be done for recoveries outside of them, at the vendor, the shop or the merchant. What fails is tried again by
          itself for about a day; then it waits here.</p>
        <h2>Failed</h2>${failed.length > 0 ? tableOf(failed) : html`<p>None.</p>`}
        <h2>Still to be done</h2>${open.length > 0 ? tableOf(open) : html`<p>None.</p>`}`,
    );
  });
}

function tableOf(recoveries: readonly RecoveryWithErrands[]): Html {
  return errandTable(
    recoveries.flatMap(({ record, errands }) =>
      errands.map(({ key, errand }) => ({ recoveryId: record.id, errand: errandViewOf(key, errand) })),
    ),
  );
}

function row(record: RecoveryRecord): Html {
  const view = viewOf(record);
  return html`<tr><td><a href="/ops/recoveries/${view.id}">${view.id}</a></td><td class="${view.state}">${view.state}</td>
    <td>${view.reason}</td><td>${toTheSecond(view.dueAt)}</td><td>${view.cartValue}</td><td>${view.phone}</td>
    <td>${view.callId} ${view.callStatus}</td></tr>`;
}
