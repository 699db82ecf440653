/**
 * The token that opens the Admin API: one that never expires, or one obtained with the app's client credentials, kept in memory
 * for as long as it lives. Tokens are handed to the client and nowhere else.
 *
 * Source: Shopify's "client credentials grant" page, as read in November 2026: a token lives 24 hours and there is no refresh token;
 * one simply asks again.
 */
import { MINUTE } from '../domain/duration.ts';
import type { Clock } from '../domain/ports.ts';
import type { Answer } from '../domain/shop-admin.ts';

export interface AdminTokens {
  /** The token to use now. @param withinMs - how long this caller waits; the fetching itself goes on for the others. */
  current(withinMs: number): Promise<Answer<string>>;
  /** The shop took this token for invalid. @returns whether `current` may now give another one. */
  refused(token: string): boolean;
}

/** A token of an app that was made in the shop's admin before 2026; it works until somebody revokes it. */
export function staticToken(value: string): AdminTokens {
  return { current: async () => ({ ok: true, value }), refused: () => false };
}

export interface FetchedToken {
  readonly token: string;
  /** Milliseconds from now; null when the shop did not say. */
  readonly livesMs: number | null;
}

/** A request under way when the token expires would fail: so long before, at most a tenth of its life, it is replaced. */
const RENEW_BEFORE_MS = 5 * MINUTE;

/** @param fetchToken - one request for a new token; it settles in bounded time and never rejects. */
export function renewedToken(fetchToken: () => Promise<Answer<FetchedToken>>, clock: Clock): AdminTokens {
  let held: { readonly token: string; readonly renewAt: number } | null = null;
  let fetching: Promise<Answer<string>> | null = null;

  return {
    current(withinMs) {
      if (held !== null && clock.now() < held.renewAt) return Promise.resolve({ ok: true, value: held.token });
      fetching ??= fetchOne().finally(() => {
        fetching = null;
      });
      return inTime(fetching, withinMs);
    },
    refused(token) {
      // Another caller may have replaced it meanwhile; the newer one has not been refused.
      if (held?.token === token) held = null;
      return true;
    },
  };

  async function fetchOne(): Promise<Answer<string>> {
    const askedAt = clock.now();
    const fetched = await fetchToken();
    if (!fetched.ok) return fetched;
    const { token, livesMs } = fetched.value;
    const usableMs = livesMs === null ? Number.POSITIVE_INFINITY : livesMs - Math.min(RENEW_BEFORE_MS, livesMs / 10);
    held = { token, renewAt: askedAt + usableMs };
    return { ok: true, value: token };
  }
}

async function inTime<T>(answer: Promise<Answer<T>>, withinMs: number): Promise<Answer<T>> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Answer<T>>((resolve) => {
    const fault = { kind: 'unavailable', cause: 'timeout', retryAfterMs: null } as const;
    timer = setTimeout(() => resolve({ ok: false, fault }), Math.max(0, withinMs));
  });
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}
