/** Reads the invented webhook bodies of `test/fixtures/shopify` the way the service reads a delivery: as text, without losing digits. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseJson } from '../../src/shopify/lossless-json.ts';

const folder = new URL('../fixtures/shopify/', import.meta.url);

/** @param name - `<topic>.<case>`, as in the folder's README. */
export function shopifyBody(name: string): Record<string, unknown> {
  const parsed = parseJson(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
  if (!parsed.ok) throw new Error(`${name}.json is not JSON`);
  return parsed.value as Record<string, unknown>;
}

/** The names of all bodies of a topic, e.g. `checkouts-`. */
export function shopifyBodyNames(prefix: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}
