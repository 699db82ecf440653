/** Variables that nobody reads and that were meant for us by the look of their names: a slip of the pen must not go unnoticed. */

/** What names of ours begin with, and hardly anybody else's. */
const OURS =
  /^(CALL|CALLS|CALLING|VOICE|SHOPIFY|DISCOUNT|FORWARD|DO_NOT_CALL|REFUSAL|LAST_LOOK|HOLDOUT|UNKNOWN|BACKFILL)_/;
/** In a short name two slips make another word. */
const SHORT = 8;
const SHORTEST = 5;

/** @param known - every name that is read, by us or by the compose file. @returns a sentence for each. */
export function strayNames(env: Readonly<Record<string, string | undefined>>, known: readonly string[]): string[] {
  const strays = Object.keys(env).filter((name) => env[name]?.trim() && !known.includes(name));
  return strays.flatMap((name) => {
    const near = nearestOf(name, known);
    if (near !== null) return [`${name} is no variable of ours and does nothing: did you mean ${near}?`];
    return OURS.test(name) ? [`${name} is no variable of ours and does nothing`] : [];
  });
}

function nearestOf(name: string, known: readonly string[]): string | null {
  if (name.length < SHORTEST || !/^[A-Z_]+$/.test(name)) return null;
  const most = name.length < SHORT ? 1 : 2;
  const ranked = known
    .map((one) => ({ one, slips: slipsBetween(name, one) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.one ?? null;
}

/** Levenshtein's distance. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + Number(one[i - 1] !== other[j - 1]);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
