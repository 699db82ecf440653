/** The little of a checkout's body that tells whether the shopper has bought: read even when nothing else in it can be. */
import { readInstant } from './wire-instant.ts';
import { isNothing, readToken } from './wire-scalars.ts';

export interface StopFacts {
  /** null when the body holds no usable token; then the purchase cannot be told whose it is. */
  readonly token: string | null;
  /** Epoch milliseconds, UTC; null when the checkout is not completed. */
  readonly completedAt: number | null;
}

/**
 * Token and completion of any body of `checkouts/*`. Never fails: a purchase must not be missed because an address was unreadable.
 *
 * A `completed_at` that is there and not an instant still means completed: calling a buyer is worse than not calling. Its time is then
 * that of the last change, and 0 when even that is unreadable.
 */
export function readStopFacts(body: unknown): StopFacts {
  if (typeof body !== 'object' || body === null) return { token: null, completedAt: null };
  const { token, completed_at, updated_at } = body as Readonly<Record<string, unknown>>;
  return { token: readToken(token) ?? null, completedAt: completionOf(completed_at, updated_at) };
}

function completionOf(completedAt: unknown, updatedAt: unknown): number | null {
  if (isNothing(completedAt) || completedAt === false) return null;
  return readInstant(completedAt) ?? readInstant(updatedAt) ?? 0;
}
