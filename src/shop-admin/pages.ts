/** Lists that come in pages: what a connection must hold, and how its items are read one by one. */
import { z } from 'zod';
import type { Page } from '../domain/shop-admin.ts';

/** The part of a query that every page asks for. */
export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

/** A page that says there is more and not where would end a search early without a word: it is none. */
const PageInfo = z.union([
  z.object({ hasNextPage: z.literal(false) }).transform(() => ({ nextCursor: null })),
  z
    .object({ hasNextPage: z.literal(true), endCursor: z.string().min(1) })
    .transform(({ endCursor }) => ({ nextCursor: endCursor })),
]);

export const Connection = z.object({ nodes: z.array(z.unknown()), pageInfo: PageInfo });

/** @param read - returns null for an item that cannot be read; it is counted and left out. */
export function pageOf<T>(connection: z.output<typeof Connection>, read: (node: unknown) => T | null): Page<T> {
  const items = connection.nodes.map(read).filter((item) => item !== null);
  return { items, unreadable: connection.nodes.length - items.length, nextCursor: connection.pageInfo.nextCursor };
}
