/** Instants as operators see them: UTC, in JSON and on a page. */

/** `2026-11-23 10:00:00`, UTC; `''` for none. @param iso - ISO 8601, UTC. */
export function toTheSecond(iso: string | null): string {
  return (iso ?? '').slice(0, 19).replace('T', ' ');
}

/** ISO 8601, UTC. @param instant - epoch milliseconds. */
export function iso(instant: number): string;
export function iso(instant: number | null): string | null;
export function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
