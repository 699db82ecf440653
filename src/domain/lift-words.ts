/** The comparison of called and held out in words, for a page or a terminal. */
import type { ArmReport, Lift, Verdict } from './lift.ts';
import type { Estimate } from './proportion.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  too_few: 'Too few recoveries to judge: each of the two groups needs at least 30.',
  inconclusive:
    'Not decided: the interval holds 0, so chance alone could have made the difference. That does not say that the calls have no effect.',
  lift: 'The calls bring orders: the whole interval lies above 0.',
  harm: 'The calls cost orders: the whole interval lies below 0.',
};

export function verdictInWords({ verdict }: Pick<Lift, 'verdict'>): string {
  return VERDICTS[verdict];
}

/** What stands beside what, line by line. Empty where nothing can be compared. */
export function liftInFigures(lift: Lift): readonly (readonly [what: string, figure: string])[] {
  const { call, holdout, difference, incrementalOrders, incrementalRevenue } = lift;
  return [
    ['called', armInWords(call)],
    ['held out', armInWords(holdout)],
    ...(difference ? [['difference', pointsInWords(difference)] as const] : []),
    ...(incrementalOrders ? [['orders that the calls brought', ordersInWords(incrementalOrders)] as const] : []),
    ...Object.entries(incrementalRevenue ?? {}).map(
      ([currency, { estimate, lower, upper }]) =>
        ['what these are worth', `${currency} ${estimate} (${lower} to ${upper})`] as const,
    ),
  ];
}

function armInWords({ size, recovered, rate }: ArmReport): string {
  return rate === null ? 'nobody' : `${recovered} of ${size} ordered (${percent(rate)} %)`;
}

function pointsInWords({ estimate, lower, upper }: Estimate): string {
  return `${signed(percent(estimate))} percentage points (95 % interval ${signed(percent(lower))} to ${signed(percent(upper))})`;
}

function ordersInWords({ estimate, lower, upper }: Estimate): string {
  return `${oneDecimal(estimate)} (${oneDecimal(lower)} to ${oneDecimal(upper)})`;
}

/** One decimal. */
export function percent(share: number): string {
  return oneDecimal(100 * share);
}

/** Never a negative nothing. */
function oneDecimal(figure: number): string {
  const text = figure.toFixed(1);
  return text === '-0.0' ? '0.0' : text;
}

function signed(figure: string): string {
  return figure.startsWith('-') || figure === '0.0' ? figure : `+${figure}`;
}
