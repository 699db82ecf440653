/** What came while the request was on the wire, and can be told to the vendor now that the call is known: a stop, or another cart. */
import { withErrandAt } from '../errand.ts';
import type { RecoveryRecord } from '../recovery.ts';
import { payloadNews, withdrawsConsent } from './cart-change.ts';

/** @param record - as it is with the call known: `called`. */
export function meanwhile(record: RecoveryRecord, at: number): Partial<RecoveryRecord> {
  const { stopReason, held, errands } = record;
  if (stopReason !== null) return { errands: withErrandAt(errands, 'abort', 'abort', at), held: null };
  if (held === null) return {};
  if (withdrawsConsent(held)) {
    return { stopReason: 'opted_out', errands: withErrandAt(errands, 'abort', 'abort', at), held: null };
  }
  return { ...payloadNews(record, held, at), held: null };
}
