/** The operator's pages, plain HTML without script: what is happening, and why this shopper was (not) called. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { TimelineEntry } from '../../domain/recovery.ts';
import { RECOVERY_STATES } from '../../domain/recovery.ts';
import { isRecoveryId } from '../../domain/recovery-id.ts';
import { type Html, html } from './html.ts';
import { listQuerySchema, type OpsApiDeps } from './recoveries-api.ts';
import { type RecoveryView, viewOf } from './recovery-view.ts';

export async function recoveryPages(app: FastifyInstance, deps: OpsApiDeps): Promise<void> {
  const { shop, store, find, dialSwitch, parked } = deps;

  app.get('/', async (request, reply) => {
    const query = listQuerySchema.safeParse(request.query);
    const { query: text = null, state = null, limit = 50, cursor = null } = query.success ? query.data : {};
    const [page, counts, dialling, parkedCount] = await Promise.all([
      find({ text, state, limit, cursor }),
      store.countByState(shop),
      dialSwitch.state(),
      parked.count(shop),
    ]);
    const more = page.nextCursor
      ? html`<p><a href="?state=${state ?? ''}&amp;cursor=${page.nextCursor}">older</a></p>`
      : html``;
    return send(
      reply,
      'Recoveries',
      html`
        <p>${shop} · dialling is ${dialling.paused ? html`<strong class="bad">paused (${dialling.reason ?? 'no reason noted'})</strong>` : 'on'}
          · ${parkedCount} parked · <a href="/ops/queues">queues</a></p>
        <p class="counts">${RECOVERY_STATES.map((name) => html`<a href="?state=${name}">${name} ${counts[name]}</a> `)}</p>
        <form method="get"><input name="query" size="44" placeholder="token, recovery id, call id, phone, e-mail, order" value="${text ?? ''}">
          <button>find</button></form>
        <table><tr><th>recovery</th><th>state</th><th>why</th><th>due (UTC)</th><th>cart</th><th>phone</th><th>call</th></tr>
          ${page.recoveries.map((record) => row(viewOf(record)))}</table>
        ${page.recoveries.length === 0 ? html`<p>Nothing here yet.</p>` : html``} ${more}`,
    );
  });

  app.get('/recoveries/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const recovery = isRecoveryId(id) ? await store.load(id) : null;
    if (!recovery) return send(reply.code(404), 'Not found', html`<p>There is no such recovery (any more).</p>`);
    const view = viewOf(recovery.record);
    const facts = Object.entries(view).filter(([, value]) => value !== null && String(value) !== '');
    return send(
      reply,
      'Recovery',
      html`
        <p><a href="/ops">all recoveries</a></p>
        <h2>${view.state}${view.reason ? `: ${view.reason}` : ''}</h2>
        <h3>What happened</h3>
        <table><tr><th>when (UTC)</th><th>what</th><th>led to</th><th>why</th><th></th></tr>${recovery.timeline.map(line)}</table>
        <h3>What is known</h3>
        <table>${facts.map(([name, value]) => html`<tr><th>${name}</th><td>${String(value)}</td></tr>`)}</table>`,
    );
  });
}

function row(view: RecoveryView): Html {
  return html`<tr><td><a href="/ops/recoveries/${view.id}">${view.id}</a></td><td class="${view.state}">${view.state}</td>
    <td>${view.reason}</td><td>${toTheSecond(view.dueAt)}</td><td>${view.cartValue}</td><td>${view.phone}</td>
    <td>${view.callId} ${view.callStatus}</td></tr>`;
}

/** `2026-11-23 10:00:00`, UTC. */
function toTheSecond(iso: string | null): string {
  return (iso ?? '').slice(0, 19).replace('T', ' ');
}

function line(entry: TimelineEntry): Html {
  const again = entry.times ? `${entry.times} times, last ${new Date(entry.lastAt ?? entry.at).toISOString()}` : '';
  return html`<tr><td>${new Date(entry.at).toISOString()}</td><td>${entry.event}</td><td>${entry.state ?? ''}</td>
    <td>${entry.reason ?? ''}</td><td>${[entry.detail ?? '', again].filter(Boolean).join(' · ')}</td></tr>`;
}

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem;}table{border-collapse:collapse}
th,td{text-align:left;white-space:nowrap;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #ddd;vertical-align:top}th{font-weight:600}
.counts a{margin-right:1rem}.bad,.unknown,.rejected{color:#b00020}.called,.ended{color:#0a6b2d}.skipped,.cancelled{color:#666}`;

function send(reply: FastifyReply, title: string, body: Html): FastifyReply {
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ringback · ${title}</title>
    <meta name="viewport" content="width=device-width"><style>${{ html: STYLE }}</style></head>
    <body><h1>Ringback · ${title}</h1>${body}</body></html>`;
  return reply.type('text/html; charset=utf-8').send(page.html);
}
