/**
 * Exact arithmetic on decimal strings as Shopify writes amounts (`"1895.00"`). No floating point, no currency: a sum keeps the
 * decimal places of its most precise part.
 */

interface Decimal {
  /** The amount times ten to the power of `places`. */
  readonly units: bigint;
  readonly places: number;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Whether `text` is a decimal string: digits, at most one point with digits on both sides, perhaps a minus sign. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** The sum, or null when a part is not a decimal string. Of no parts: `"0"`. */
export function sumOf(parts: readonly string[]): string | null {
  let sum: Decimal = { units: 0n, places: 0 };
  for (const part of parts) {
    const decimal = read(part);
    if (decimal === null) return null;
    sum = add(sum, decimal);
  }
  return write(sum);
}

/** `minuend - subtrahend`, or null when one is not a decimal string. */
export function difference(minuend: string, subtrahend: string): string | null {
  const from = read(minuend);
  const amount = read(subtrahend);
  if (from === null || amount === null) return null;
  return write(add(from, { units: -amount.units, places: amount.places }));
}

/** `decimal × count`, or null when `decimal` is not a decimal string. `count` is an integer. */
export function times(decimal: string, count: number): string | null {
  const factor = read(decimal);
  return factor === null ? null : write({ units: factor.units * BigInt(count), places: factor.places });
}

/** Negative, zero or positive as `left` is less than, equal to or more than `right` (`"5"` equals `"5.00"`); NaN when one is not a decimal string. */
export function compareDecimals(left: string, right: string): number {
  const gap = difference(left, right);
  if (gap === null) return Number.NaN;
  if (gap.startsWith('-')) return -1;
  return /[1-9]/.test(gap) ? 1 : 0;
}

/**
 * A tax rate as a percentage: 0.07 → 7, 0.0825 → 8.25. Multiplying by 100 leaves float dust (7.000000000000001); twelve significant
 * digits are more than any rate has and fewer than the dust needs.
 */
export function toPercentage(rate: number): number {
  return Number((rate * 100).toPrecision(12));
}

function read(text: string): Decimal | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? '';
  return { units: BigInt(`${match[1]}${match[2]}${fraction}`), places: fraction.length };
}

function add(left: Decimal, right: Decimal): Decimal {
  const places = Math.max(left.places, right.places);
  return { units: scaledUp(left, places) + scaledUp(right, places), places };
}

function scaledUp(decimal: Decimal, places: number): bigint {
  return decimal.units * 10n ** BigInt(places - decimal.places);
}

function write({ units, places }: Decimal): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  if (places === 0) return sign + digits;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
