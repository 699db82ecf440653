/** The tokens inside a recovery URL: all that ties a checkout of the Admin API to its webhooks, whose key the API does not give. */
import { readToken } from '../shopify/wire-scalars.ts';

export interface RecoveryUrlTokens {
  /** The checkout's own token; null when the URL has none. */
  readonly token: string | null;
  readonly cartToken: string | null;
}

/**
 * - `…/checkouts/ac/<cart token>/recover` is what Shopify sends today, `…/checkouts/cn/<cart token>` the address of the same
 *   checkout in a browser;
 * - `…/checkouts/<checkout token>/recover` is the older form.
 *
 * As found in the webhook bodies of 2023 to 2026; no document promises any of it.
 */
export function recoveryUrlTokens(url: string | null): RecoveryUrlTokens {
  const path = url === null ? '' : (URL.parse(url)?.pathname ?? '');
  const [, behind = ''] = /\/checkouts\/(.*)/.exec(path) ?? [];
  const [first = '', second = ''] = behind.split('/');
  const isCart = first === 'ac' || first === 'cn';
  const token = readToken(decoded(isCart ? second : first)) ?? null;
  return isCart ? { token: null, cartToken: token } : { token, cartToken: null };
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}
