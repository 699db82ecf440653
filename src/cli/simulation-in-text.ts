/** A simulation for a terminal and for a spreadsheet. Checkouts go by their recovery id; nothing personal is printed. */
import type { SimulatedCheckout, Simulation } from '../recovery/simulate.ts';

const CSV_HEADER = 'recovery_id,outcome,at,reason,rule,line';

export function simulationInText({ checkouts, byOutcome, byRule }: Simulation): string {
  const width = Math.max(0, ...checkouts.map((one) => outcomeOf(one).length));
  return [
    ...checkouts.map((one) =>
      [instant(one.at), outcomeOf(one).padEnd(width), one.recoveryId, `[${one.rule}]`].join('  '),
    ),
    '',
    `${checkouts.length} checkouts, ${byOutcome.call ?? 0} calls`,
    ...countsIn('by outcome', byOutcome),
    ...countsIn('by the rule that decided', byRule),
  ].join('\n');
}

/**
 * With a header; lines end in LF.
 *
 * @param lineOf - where the checkout of that place stands in the file it came from; null: it came from none.
 */
export function simulationInCsv({ checkouts }: Simulation, lineOf: ((place: number) => number) | null): string {
  const lines = checkouts.map(({ recoveryId, outcome, at, reason, rule, place }) =>
    [recoveryId, outcome, instant(at), reason ?? '', rule, `${lineOf?.(place) ?? ''}`].map(field).join(','),
  );
  return [CSV_HEADER, ...lines].join('\n');
}

const outcomeOf = ({ outcome, reason }: SimulatedCheckout): string => [outcome, reason].filter(Boolean).join(': ');

function countsIn(title: string, counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const width = Math.max(0, ...rows.map(([, count]) => `${count}`.length));
  return ['', title, ...rows.map(([name, count]) => `  ${`${count}`.padStart(width)}  ${name}`)];
}

/** RFC 4180. */
function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
