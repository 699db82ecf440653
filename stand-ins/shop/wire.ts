/** How Shopify writes values: instants with one offset or another, whole seconds, and integers that no double can hold. */

/** `+00:00` and `-05:00` are met in one and the same body. */
export type Offset = '+00:00' | '-05:00' | '+05:30';

/** RFC 3339 in whole seconds with the given offset, as in `updated_at`. The fraction of the second is dropped. */
export function wireTime(at: Date, offset: Offset): string {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  const shiftMs = (hours * 60 + minutes) * 60_000 * (offset.startsWith('-') ? -1 : 1);
  return new Date(at.getTime() + shiftMs).toISOString().replace(/\.\d+Z$/, offset);
}

// Node 22 has JSON.rawJSON; the type library of ES2024 does not know it yet.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** JSON in which a bigint stands as a bare integer with all its digits. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? rawJSON(String(part)) : part));
}
