/** The earnings report for a terminal: lines of text, columns where figures are to be compared. Pure. */
import type { EarningsRow } from '../domain/earnings-row.ts';
import { liftInFigures, verdictInWords } from '../domain/lift-words.ts';
import type { EarningsReport } from '../recovery/report-earnings.ts';

const COLUMNS = [
  'day',
  'seen',
  'callable',
  'held out',
  'called',
  'answered',
  'success',
  'orders',
  'credits',
  'revenue',
];

export function reportInText(report: EarningsReport): string {
  const { from, to, completeSince, unreadable, days, total, lift } = report;
  const reasons = Object.entries(total.notCalled).sort(([, one], [, other]) => other - one);
  const sections = [
    [`What the calls earned, ${from} to ${to} (UTC)`],
    from < completeSince ? [`Days before ${completeSince} are not complete: RECORD_TTL.`] : [],
    unreadable > 0 ? [`${unreadable} records could not be read and are in no figure.`] : [],
    inColumns([COLUMNS, ...days.map((row) => cellsOf(row.day, row)), cellsOf('in all', total)]),
    ['Of the orders after a call', ...pairs(recoveredOf(total))],
    reasons.length > 0 ? ['Why the others were not called', ...pairs(reasons.map(([why, n]) => [why, `${n}`]))] : [],
    ['Called against held out', ...pairs(liftInFigures(lift)), `  ${verdictInWords(lift)}`],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function cellsOf(name: string, row: EarningsRow): string[] {
  const { seen, callable, heldOut, called, answered, endedWithSuccess, recovered, creditsUsed } = row;
  const figures = [seen, callable, heldOut, called, answered, endedWithSuccess, recovered.orders, creditsUsed ?? '-'];
  return [name, ...figures.map(String), revenueOf(row)];
}

function recoveredOf(total: EarningsRow): (readonly [string, string])[] {
  const { recovered, ordersWithoutAmount, callsWithoutCredits, creditsPerRecoveredOrder } = total;
  return [
    ['from the checkout itself', `${recovered.byCheckout}`],
    ['by another way', `${recovered.byPerson}`],
    ['of unknown amount', `${ordersWithoutAmount}`],
    ['credits per order', creditsPerRecoveredOrder?.toFixed(2) ?? '-'],
    ['calls without known credits', `${callsWithoutCredits}`],
  ];
}

function revenueOf({ revenue }: EarningsRow): string {
  return Object.entries(revenue)
    .map(([currency, amount]) => `${currency} ${amount}`)
    .join(', ');
}

/** Figures to the right, the first and the last column to the left. */
function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_name, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        i === 0 || i === COLUMNS.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function pairs(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}
