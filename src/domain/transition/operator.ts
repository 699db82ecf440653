/** What an operator may do to a record, beside stopping it. */
import { retried, withoutErrand } from '../errand.ts';
import type { RecoveryRecord } from '../recovery.ts';
import { changed, type OperatorAction, type Transition, unchanged } from './event.ts';
import { meanwhile } from './meanwhile.ts';
import { cancelled } from './stop.ts';

/** An action that the record's state does not allow changes nothing. */
export function onOperator(record: RecoveryRecord, action: OperatorAction, at: number): Transition {
  switch (action.kind) {
    case 'call_now': {
      if (record.state !== 'scheduled') return unchanged(record);
      const patch = { dueAt: at, reason: 'operator' };
      const entry = { at, event: 'operator_call_now', state: 'scheduled', reason: 'operator' } as const;
      return changed(record, patch, entry);
    }
    case 'settle': {
      if (record.state !== 'unknown') return unchanged(record);
      return action.placed ? settledPlaced(record, action.callId, at) : settledNotPlaced(record, at);
    }
    case 'retry_errand': {
      const errands = retried(record.errands, action.key, at);
      if (errands === null) return unchanged(record);
      return changed(record, { errands }, { at, event: 'operator_retried', detail: action.key });
    }
  }
}

function settledPlaced(record: RecoveryRecord, told: string | null, at: number): Transition {
  const callId = record.callId ?? told;
  const found = { state: 'called', reason: 'operator_placed', callId, calledAt: record.calledAt ?? at } as const;
  const patch = { ...found, ...meanwhile({ ...record, ...found }, at) };
  const entry = { at, event: 'operator_settled', state: found.state, reason: found.reason };
  if (callId === null) return changed(record, patch, entry);
  return changed(record, patch, { ...entry, detail: callId }, { lookups: [{ kind: 'call', value: callId }] });
}

function settledNotPlaced(record: RecoveryRecord, at: number): Transition {
  const reason = 'operator_not_placed';
  const errands = withoutErrand(record.errands, 'abort');
  const patch = { errands, ...cancelled({ ...record, errands }, reason, at) };
  return changed(record, patch, { at, event: 'operator_settled', state: 'cancelled', reason });
}
