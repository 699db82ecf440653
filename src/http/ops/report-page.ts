/** The earnings report as a page: what was seen, what was called, what came of it, and how much of that the calls made. */
import type { FastifyInstance } from 'fastify';
import type { EarningsRow } from '../../domain/earnings-row.ts';
import { liftInFigures, verdictInWords } from '../../domain/lift-words.ts';
import type { EarningsReport } from '../../recovery/report-earnings.ts';
import { factTable, inLines } from './fact-table.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './page.ts';
import { daysIn, type ReportDeps } from './report-api.ts';

export async function reportPage(app: FastifyInstance, { reportEarnings }: ReportDeps): Promise<void> {
  app.get('/report', async (request, reply) => {
    const answer = await reportEarnings(daysIn(request.query));
    const back = html`<p><a href="/ops">all recoveries</a></p>`;
    if (answer.ok) return sendPage(reply, 'What the calls earned', html`${back}${bodyOf(answer.report)}`);
    const { from = '', to = '' } = daysIn(request.query);
    const fault = html`<p class="bad">${answer.message}</p>`;
    return sendPage(reply.code(400), 'What the calls earned', html`${back}${daysForm(from, to)}${fault}`);
  });
}

function bodyOf(report: EarningsReport): Html {
  const { from, to, total, days, lift } = report;
  return html`${daysForm(from, to)}${caveats(report)}
    <h2>In all</h2>${totals(total)}
    <h2>Called against held out</h2>${factTable(liftInFigures(lift))}
    <p><strong>${verdictInWords(lift)}</strong></p>
    <p>Both groups are drawn by lot at the instant of the call. An order within the attribution window counts for its group.</p>
    <h2>Why the others were not called</h2>${notCalled(total)}
    <h2>By day</h2>${byDay(days)}`;
}

function daysForm(from: string, to: string): Html {
  return html`<form method="get"><p>from <input name="from" type="date" value="${from}"> to
    <input name="to" type="date" value="${to}"> (UTC) <button>show</button></p></form>`;
}

function caveats({ from, completeSince, unreadable }: EarningsReport): Html {
  const kept =
    from < completeSince
      ? html`<p class="bad">Recoveries from before ${completeSince} are forgotten when nothing happened to them for RECORD_TTL: these days are not complete.</p>`
      : null;
  const spoilt =
    unreadable > 0 ? html`<p class="bad">${unreadable} records could not be read and are in no figure.</p>` : null;
  return html`${kept}${spoilt}<p>Recoveries count for the day (UTC) on which they were first seen. Young days still grow: their orders may be yet to come.</p>`;
}

function totals(total: EarningsRow): Html {
  const { orders, byCheckout, byPerson } = total.recovered;
  return factTable([
    ['checkouts seen', total.seen],
    ['could be called', total.callable],
    ['held out', total.heldOut],
    ['called', total.called],
    ['answered', total.answered],
    ['ended with success', total.endedWithSuccess],
    ['orders after a call', `${orders} (${byCheckout} from the checkout itself, ${byPerson} by another way)`],
    ['their revenue', inLines(revenueOf(total))],
    ['orders of unknown amount', total.ordersWithoutAmount || null],
    ['credits used', credits(total)],
    ['credits per order', total.creditsPerRecoveredOrder?.toFixed(2) ?? null],
  ]);
}

function revenueOf({ revenue }: EarningsRow): string[] {
  return Object.entries(revenue).map(([currency, amount]) => `${currency} ${amount}`);
}

function credits({ creditsUsed, callsWithoutCredits }: EarningsRow): string | null {
  if (creditsUsed === null) return null;
  return callsWithoutCredits === 0 ? `${creditsUsed}` : `${creditsUsed}, not told of ${callsWithoutCredits} calls`;
}

function notCalled({ notCalled }: EarningsRow): Html {
  const reasons = Object.entries(notCalled).sort(([, one], [, other]) => other - one);
  if (reasons.length === 0) return html`<p>There are none.</p>`;
  return factTable(reasons.map(([reason, count]) => [reason, count]));
}

function byDay(days: EarningsReport['days']): Html {
  if (days.length === 0) return html`<p>Nothing was seen on these days.</p>`;
  const heads = ['seen', 'could be called', 'held out', 'called', 'answered', 'success', 'orders', 'credits'];
  return html`<table><tr><th>day</th>${heads.map((head) => html`<th class="figure">${head}</th>`)}<th>revenue</th></tr>
    ${days.map(dayRow)}</table>`;
}

function dayRow(row: EarningsReport['days'][number]): Html {
  const { seen, callable, heldOut, called, answered, endedWithSuccess, recovered, creditsUsed } = row;
  const figures = [seen, callable, heldOut, called, answered, endedWithSuccess, recovered.orders, creditsUsed ?? ''];
  return html`<tr><th>${row.day}</th>${figures.map((figure) => html`<td class="figure">${figure}</td>`)}
    <td>${revenueOf(row).join(', ')}</td></tr>`;
}
