/** Medians, spread, and ratios taken round by round: each round's three measurements are neighbours in time. */
export type Results = Record<string, Measurement[]>;

export interface Measurement {
  readonly perSecond: number;
  /** Processor time per webhook, microseconds. */
  readonly serviceCpu: number;
  readonly redisCpu: number;
}

export function reportOf(results: Results): string {
  const rates = (name: string) => (results[name] ?? []).map(({ perSecond }) => perSecond);
  const rows = Object.entries(results).map(([name, measured]) => [
    name,
    cell(rates(name), 0),
    cell(ratios(rates(name), rates('bare')), 2),
    cell(ratios(rates(name), rates('naive')), 2),
    cell(
      measured.map(({ serviceCpu }) => serviceCpu),
      0,
    ),
    cell(
      measured.map(({ redisCpu }) => redisCpu),
      0,
    ),
  ]);
  const head = ['', 'webhooks/s', 'of bare', 'of naive', 'service CPU µs', 'Redis CPU µs'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return ['', 'median (minimum to maximum); ratios taken round by round', '', ...lines].join('\n');
}

interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function summaryOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

function ratios(rates: readonly number[], others: readonly number[]): number[] {
  return rates.map((rate, i) => rate / (others[i] ?? Number.NaN));
}

function cell(values: readonly number[], digits: number): string {
  const { median, min, max } = summaryOf(values);
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
