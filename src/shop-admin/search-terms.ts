/**
 * Terms of Shopify's search syntax, as its page of that name gives it (read in November 2026): dates stand in quotes, and so may
 * any other value. A term that the shop does not understand is ignored by it, and finds everything: what was found is checked.
 */

/** What changed at or after the instant, epoch milliseconds. The shop keeps whole seconds: the one it lies in counts in full. */
export function changedSince(since: number): string {
  const second = new Date(Math.floor(since / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
  return `updated_at:>='${second}'`;
}

/** `field:value`, with the value in quotes unless it is one plain word. */
export function having(field: string, value: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(value)) return `${field}:${value}`;
  return `${field}:"${value.replace(/["\\]/g, '\\$&')}"`;
}
