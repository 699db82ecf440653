/** The errand `forward`: tells the merchant's own address of an action of the agent, or of how the call ended. */

import type { Errand } from '../../domain/errand.ts';
import type { Forwarder, ForwardMessage } from '../../domain/forward.ts';
import type { RecoveryRecord } from '../../domain/recovery.ts';
import type { RunErrand } from '../see-to-errands.ts';

/** @param forwarder - null: no address is configured any more. */
export function forwardNews(forwarder: Forwarder | null): RunErrand {
  return async (record, key, errand) => {
    if (!forwarder) return { result: { kind: 'failed', note: 'not_configured' } };
    const result = await forwarder.deliver(messageOf(record, key, errand));
    switch (result.kind) {
      case 'taken':
        return { result: { kind: 'done', note: 'taken' } };
      // The receiver tells by the message's id that it has it already.
      case 'away':
        return { result: { kind: 'again', note: result.cause, afterMs: result.retryAfterMs, doubtful: false } };
      case 'refused':
        return { result: { kind: 'failed', note: result.cause } };
    }
  };
}

const TYPES: Readonly<Record<string, string>> = {
  action: 'call.action',
  outcome: 'call.outcome',
  ended: 'call.ended',
};

/** A key is `forward:<what>:…:<attempt>`. */
function messageOf(record: RecoveryRecord, key: string, errand: Errand): ForwardMessage {
  const [, what = ''] = key.split(':');
  const about = errand.about === null ? null : (record.outcomes[errand.about] ?? null);
  return {
    id: `${record.id}.${key.replaceAll(':', '.')}`,
    type: TYPES[what] ?? `call.${what}`,
    at: record.lastEventAt ?? record.changedAt,
    data: {
      recoveryId: record.id,
      attemptId: record.attemptId,
      shop: record.shop,
      checkoutToken: record.checkoutToken,
      callId: record.callId,
      callStatus: record.callStatus,
      orderName: record.orderName,
      told: about,
    },
  };
}
