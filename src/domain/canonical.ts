/** One form for equal values and one order for different ones, so that a choice between two never depends on which came first. */

/** JSON text with the members of every object in the order of their names: equal for values that say the same. Recurses with the value's depth. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** What two things are compared by, in turn. At each place both hold a text, or both a number. */
export type SortKey = readonly (string | number)[];

/** Negative, zero or positive, by the first place at which the keys differ; texts by their UTF-16 units. */
export function compareKeys(one: SortKey, other: SortKey): number {
  for (const [i, left] of one.entries()) {
    const right = other[i];
    if (right !== undefined && left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** The greater of two; of equals the first. */
export function greaterOf<T>(one: T, other: T, keyOf: (value: T) => SortKey): T {
  return compareKeys(keyOf(other), keyOf(one)) > 0 ? other : one;
}

export function sortedBy<T>(values: readonly T[], keyOf: (value: T) => SortKey): readonly T[] {
  return values.toSorted((one, other) => compareKeys(keyOf(one), keyOf(other)));
}
