/** One recovery on a page: what is still to be done, what happened, what the vendor told of the call, and what is known. */
import type { FastifyInstance } from 'fastify';
import { isRecoveryId } from '../../domain/recovery-id.ts';
import type { ExplainRecovery } from '../../recovery/explain-recovery.ts';
import type { CallView } from './call-view.ts';
import { ownErrandTable } from './errand-table.ts';
import { type ExplanationView, explanationOf } from './explanation-view.ts';
import { type Fact, factTable, inLines, linkTo, membersOf } from './fact-table.ts';
import { type Html, html } from './html.ts';
import { toTheSecond } from './instants.ts';
import { sendPage } from './page.ts';
import { detailOf, type RecoveryDetail } from './recovery-detail.ts';

export async function recoveryPage(
  app: FastifyInstance,
  { explain }: { readonly explain: ExplainRecovery },
): Promise<void> {
  app.get('/recoveries/:id', async (request, reply) => {
    const { id } = request.params as { id: string };
    const explanation = isRecoveryId(id) ? await explain(id) : null;
    if (explanation) {
      const body = recoveryBody(detailOf(explanation.recovery), explanationOf(explanation));
      return sendPage(reply, 'Recovery', body);
    }
    return sendPage(reply.code(404), 'Not found', html`<p>There is no such recovery (any more).</p>`);
  });
}

/** Everything but the frame. The vendor's words stand in it as text. */
export function recoveryBody(detail: RecoveryDetail, { notes, gates }: ExplanationView): Html {
  const { timeline, call, errands, outcomes: _outcomes, discount, attributed, ...view } = detail;
  return html`
    <p><a href="/ops">all recoveries</a></p>
    <h2>${view.state}${view.reason ? `: ${view.reason}` : ''}</h2>
    ${errands.length > 0 ? html`<h3>Errands</h3>${ownErrandTable(view.id, errands)}` : null}
    <h3>What happened</h3>
    <table><tr><th>when (UTC)</th><th>what</th><th>led to</th><th>why</th><th></th></tr>${timeline.map(line)}</table>
    <h3>What the gates would say now</h3>
    ${notes.map((note) => html`<p>${note}</p>`)}
    ${gates.length === 0 ? html`<p>Nothing: there is no checkout to decide on (any more).</p>` : html`<ol>${gates.map(({ sentence }) => html`<li>${sentence}</li>`)}</ol>`}
    ${call ? html`<h3>The call</h3>${callTable(call)}` : null}
    <h3>What is known</h3>
    ${factTable([
      ...Object.entries(view).map(known),
      ['attributed', view.orderedAt === null ? null : attributed],
      ['discount', discount && discountInWords(discount)],
    ])}`;
}

function known([name, value]: [string, string | number | boolean | readonly string[] | null]): Fact {
  return [name, Array.isArray(value) ? value.join(', ') : (value as Fact[1])];
}

function line(entry: RecoveryDetail['timeline'][number]): Html {
  const again = entry.times ? `${entry.times} times, last ${entry.lastAt ?? entry.at}` : '';
  return html`<tr><td>${entry.at}</td><td>${entry.event}</td><td>${entry.state ?? ''}</td>
    <td>${entry.reason ?? ''}</td><td>${[entry.detail ?? '', entry.rule ?? '', again].filter(Boolean).join(' · ')}</td></tr>`;
}

function callTable(call: CallView): Html {
  return factTable([
    ['answered', call.answered],
    ['success', call.success],
    ['summary', call.summary],
    ['outcome', membersOf(call.outcome)],
    ['insights', membersOf(call.insights)],
    ['required actions', inLines(call.requiredActions)],
    ['what the agent did', inLines(call.actions.map(({ name, reason, at }) => toldAt([name, reason], at)))],
    ['started (UTC)', toTheSecond(call.startedAt)],
    ['ended (UTC)', toTheSecond(call.endedAt)],
    ['duration, seconds', call.durationSeconds],
    ['recording', linkTo(call.recordingUrl)],
    ['details', linkTo(call.detailUrl)],
    ['credits used', call.creditsUsed],
    ['credits left then', call.creditsAvailable],
    ['repeats by the vendor', call.reAttempts],
    ['moved by the shopper', call.reschedules],
    ['statuses', inLines(call.statuses.map(({ status, type, at }) => toldAt([status, `by ${type}`], at)))],
    ['unknown events', inLines(call.unknownTypes)],
  ]);
}

function toldAt(parts: readonly (string | null)[], at: string): string {
  return `${toTheSecond(at)} ${parts.filter(Boolean).join(', ')}`;
}

function discountInWords({ code, state, endsAt }: NonNullable<RecoveryDetail['discount']>): string {
  return `${code}, ${state}${endsAt ? `, valid until ${toTheSecond(endsAt)} UTC` : ''}`;
}
