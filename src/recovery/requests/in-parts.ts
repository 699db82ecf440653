/** Seeing to many recoveries a few at a time. */

const AT_ONCE = 10;

/** @returns what each led to, in order. */
export async function inParts<T, R>(all: readonly T[], see: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < all.length; i += AT_ONCE) {
    results.push(...(await Promise.all(all.slice(i, i + AT_ONCE).map(see))));
  }
  return results;
}
