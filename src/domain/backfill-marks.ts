/** How far the shop's own lists have been read. Types only. */

export type BackfillSubject = 'checkouts' | 'orders';

/** How far the shop has been read. */
export interface BackfillMark {
  /** Everything that changed before this instant has been read; null: never read. */
  readonly readUpTo: number | null;
  /** A pass that was broken off: where it stood. */
  readonly under: { readonly since: number; readonly startedAt: number; readonly cursor: string } | null;
}

export interface BackfillMarks {
  load(shop: string, subject: BackfillSubject): Promise<BackfillMark>;
  save(shop: string, subject: BackfillSubject, mark: BackfillMark): Promise<void>;
  /** Only one process reads at a time. @returns false when another one does. */
  lock(shop: string, owner: string, forMs: number): Promise<boolean>;
  unlock(shop: string, owner: string): Promise<void>;
}
