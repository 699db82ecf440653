/** Lists as GraphQL gives them: searched by a term, in an order, in pages whose cursors say after what to go on. */

export interface Listed {
  /** Grows with every new entry. */
  readonly id: bigint;
  /** Epoch milliseconds, UTC. */
  readonly updatedAt: number;
}

export interface Paging {
  readonly first: number;
  readonly after: string | null;
  readonly by: 'ID' | 'UPDATED_AT';
}

/** What is below `abandonedCheckouts` or `orders`. A cursor stays good when entries come, go or change. */
export function connection<T extends Listed>(
  entries: readonly T[],
  { first, after, by }: Paging,
  toNode: (entry: T) => unknown,
) {
  const rank = ({ id, updatedAt }: Listed): readonly [number, bigint] => [by === 'ID' ? 0 : updatedAt, id];
  const sorted = [...entries].sort((left, right) => compare(rank(left), rank(right)));
  const rest = after === null ? sorted : sorted.filter((entry) => compare(rank(entry), fromCursor(after)) > 0);
  const page = rest.slice(0, first);
  const last = page.at(-1);
  return {
    nodes: page.map(toNode),
    pageInfo: { hasNextPage: rest.length > page.length, endCursor: last ? toCursor(rank(last)) : null },
  };
}

/** The instant of `updated_at:>='…'`, epoch milliseconds; null when the term says something else. */
export function changedSince(term: unknown): number | null {
  const [, instant = ''] = /^updated_at:>='([^']+)'$/.exec(String(term)) ?? [];
  const at = Date.parse(instant);
  return Number.isNaN(at) ? null : at;
}

/** The value of `<field>:<value>`, bare or in double quotes; null when the term says something else. */
export function searchedValue(term: unknown, field: string): string | null {
  const [, quoted, bare] = /^\w+:(?:"((?:[^"\\]|\\.)*)"|(\S+))$/.exec(String(term)) ?? [];
  if (!String(term).startsWith(`${field}:`)) return null;
  return quoted?.replace(/\\(.)/g, '$1') ?? bare ?? null;
}

function compare(left: readonly [number, bigint], right: readonly [number, bigint]): number {
  return left[0] - right[0] || (left[1] < right[1] ? -1 : left[1] > right[1] ? 1 : 0);
}

function toCursor([updatedAt, id]: readonly [number, bigint]): string {
  return Buffer.from(JSON.stringify([updatedAt, String(id)])).toString('base64url');
}

function fromCursor(cursor: string): readonly [number, bigint] {
  const [updatedAt, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [number, string];
  return [updatedAt, BigInt(id)];
}
