/** The shop's access tokens: one that never expires, and short-lived ones for client credentials. */
import { randomBytes } from 'node:crypto';

export interface AppCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A token as the token endpoint hands it out. */
export interface IssuedToken {
  readonly access_token: string;
  readonly scope: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** What the app was granted. */
export const SCOPES = ['read_customers', 'read_orders', 'read_products', 'write_discounts', 'write_draft_orders'];

export class Tokens {
  /** Works until the shop closes: a token of the days before client credentials. */
  readonly permanent = `shpat_${randomBytes(16).toString('hex')}`;
  /** How long the next ones live, seconds. Shopify's live for a day. */
  livesSeconds = 86_399;
  #expiries = new Map<string, number>();

  issue(): IssuedToken {
    const access_token = `shpat_${randomBytes(16).toString('hex')}`;
    this.#expiries.set(access_token, Date.now() + this.livesSeconds * 1_000);
    return { access_token, scope: SCOPES.join(), expires_in: this.livesSeconds };
  }

  isValid(token: string): boolean {
    return token === this.permanent || (this.#expiries.get(token) ?? 0) > Date.now();
  }

  /** Ends all that were issued, as a rotated secret or a reinstalled app does. */
  expireAll(): void {
    this.#expiries.clear();
  }
}
