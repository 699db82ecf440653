/** Where the earnings report reads: the part of each record that it needs, page by page. Types only. */
import type { RecoveryRecord } from './recovery.ts';

/** What of a record tells what it came to. `payload` and `call` hold personal data and go no further than the mapping. */
export type EarningsRecord = Pick<
  RecoveryRecord,
  | 'createdAt'
  | 'state'
  | 'reason'
  | 'payload'
  | 'hadPayload'
  | 'attempts'
  | 'arm'
  | 'callId'
  | 'calledAt'
  | 'call'
  | 'orderedAt'
  | 'orderTotal'
  | 'orderCurrency'
  | 'orderMatch'
  | 'attributed'
>;

export interface EarningsPage {
  readonly records: readonly EarningsRecord[];
  /** Records that hold something that is not ours. */
  readonly unreadable: number;
}

export interface EarningsReader {
  /**
   * The recoveries of a shop in the order of their creation, from the instant `from` up to, not including, `until` (epoch
   * milliseconds). One page is in memory at a time. Records that were forgotten are left out.
   *
   * @throws {StoreUnavailableError} between two pages.
   */
  pages(shop: string, from: number, until: number): AsyncIterable<EarningsPage>;
}
