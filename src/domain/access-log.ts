/**
 * The access log: who saw or changed what, and when. Only ever added to. It holds nothing of a shopper: no search text, no contact, no
 * address, and of a failed login not even the name that was tried.
 */

export interface AccessEntry {
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  /**
   * The operator's user name; `cli:<user of the machine>`; `shopify` for what a webhook asked for, `service` for what was then done;
   * `nobody` for a request without the right password.
   */
  readonly who: string;
  /** Method and route (`GET /ops/recoveries/:id`), a command (`cli parked list`), or what is done on request (`customers/redact`). */
  readonly what: string;
  /** The status of the answer; `asked` before something is changed; or what came of it in one word. */
  readonly outcome: string;
  /** The recovery, errand or request that it was about. */
  readonly about: string | null;
  /** A further fact, never a text that somebody typed: what was searched by, how many were erased. */
  readonly detail: string | null;
  /** How often the same was seen since the entry before it that says the same; 1 for what is written when it happens. */
  readonly times: number;
}

export type NewAccessEntry = Pick<AccessEntry, 'at' | 'who' | 'what' | 'outcome'> & Partial<AccessEntry>;

export interface AccessPage {
  /** Newest first. */
  readonly entries: readonly (AccessEntry & { readonly id: string })[];
  /** Give it back to read on; null on the last page. */
  readonly nextCursor: string | null;
}

export interface AccessLog {
  /** Resolves when it is written; what was to be logged must not happen before. @throws {StoreUnavailableError} */
  append(entry: NewAccessEntry): Promise<void>;
  read(query: { readonly limit: number; readonly cursor: string | null }): Promise<AccessPage>;
}
