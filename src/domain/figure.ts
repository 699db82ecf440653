/** Numbers by strangers: some send `"2"` for 2, and a lossless JSON parser hands over very long ones as text. */

const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const GREATEST = 1e15;

/** A finite number of a size that counts and amounts have, from a number or a decimal text; anything else is null. */
export function readFigure(value: unknown): number | null {
  const figure = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  if (typeof figure !== 'number' || !(Math.abs(figure) <= GREATEST)) return null;
  // JSON can write a negative zero, and cannot read it back from everywhere.
  return figure === 0 ? 0 : figure;
}

/** The same for a whole number that is not negative. */
export function readCount(value: unknown): number | null {
  const figure = readFigure(value);
  return figure !== null && Number.isInteger(figure) && figure >= 0 ? figure : null;
}
