/** Amounts of money by currency. Amounts of one currency add up exactly; those of two are never added. */
import { isDecimal, sumOf } from './decimal.ts';

/** Decimal strings by ISO 4217 code. */
export type Revenue = ReadonlyMap<string, string>;

/** What somebody paid; null where it is not known. */
export interface Paid {
  readonly total: string | null;
  readonly currency: string | null;
}

/** @returns false when the amount is not known, or is no decimal string: nothing was added then. */
export function addPaid(revenue: Map<string, string>, { total, currency }: Paid): boolean {
  if (total === null || currency === null || !isDecimal(total)) return false;
  const sum = sumOf([revenue.get(currency) ?? '0', total]);
  if (sum !== null) revenue.set(currency, sum);
  return sum !== null;
}

/** As JSON, in the order of the codes. */
export function byCurrency<T>(amounts: Iterable<readonly [currency: string, amount: T]>): Readonly<Record<string, T>> {
  return Object.fromEntries([...amounts].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** More than any currency has. ISO 4217: at most four (CLF). */
const MOST_PLACES = 4;

/** An amount times a factor that is an estimate itself: a decimal string, rounded to the places of the amount. */
export function scaled(amount: string, factor: number): string {
  const places = Math.min(MOST_PLACES, amount.split('.')[1]?.length ?? 0);
  const text = (Number(amount) * factor).toFixed(places);
  return Number(text) === 0 ? text.replace('-', '') : text;
}
