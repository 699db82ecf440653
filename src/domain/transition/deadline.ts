/** What time alone does: nothing may stay for ever in a state that something else was to end. */
import { withoutErrand } from '../errand.ts';
import type { RecoveryRecord } from '../recovery.ts';
import { asHeld } from './dial-result.ts';
import { changed, type Deadlines, type FollowUpRules, type Transition, unchanged } from './event.ts';
import { cancelled, withoutDiscount } from './stop.ts';

export function onDeadline(record: RecoveryRecord, limits: Deadlines, at: number, rules: FollowUpRules): Transition {
  switch (record.state) {
    case 'dialing':
      return (record.dialingAt ?? 0) <= at - limits.dialingMs ? interrupted(record, at) : unchanged(record);
    case 'waiting':
      return (record.lastActivityAt ?? record.changedAt) <= at - limits.waitingMs
        ? tooOld(record, at)
        : unchanged(record);
    case 'unknown':
      return (record.dialingAt ?? 0) <= at - limits.unknownMs ? presumed(record, at, rules) : unchanged(record);
    case 'called':
      return lastHeard(record) <= at - limits.calledMs ? closed(record, at) : unchanged(record);
    default:
      return unchanged(record);
  }
}

/** Its process died; the fate of the request is not known. */
function interrupted(record: RecoveryRecord, at: number): Transition {
  const patch = { state: 'unknown', reason: 'dial_interrupted' } as const;
  return changed(record, patch, { at, event: 'sweep', ...patch }, { signs: ['dial_interrupted'] });
}

/** Nobody will mend it any more. */
function tooOld(record: RecoveryRecord, at: number): Transition {
  const patch = { state: 'skipped', reason: 'too_old' } as const;
  return changed(record, { ...patch, ...withoutDiscount(record, at) }, { at, event: 'sweep', ...patch });
}

/** A call that was placed would have told of itself by now. It is dialled anew only where the merchant allowed that. */
function presumed(record: RecoveryRecord, at: number, rules: FollowUpRules): Transition {
  const signs = ['presumed_not_placed'] as const;
  const errands = withoutErrand(record.errands, 'abort');
  if (
    rules.redialPresumed &&
    !record.redialled &&
    record.stopReason === null &&
    record.payload !== null &&
    record.phone !== null
  ) {
    const again = { state: 'scheduled', reason: 'presumed_not_placed', dueAt: at } as const;
    // What the shopper did meanwhile decides, as after any dial that was not placed.
    const next = record.held === null ? again : asHeld(record.held, at);
    const { state, reason } = { ...record, ...next };
    const entry = { at, event: 'sweep', state, ...(reason === null ? {} : { reason }) };
    const detail = record.held === null ? {} : { detail: again.reason };
    return changed(
      record,
      { ...next, errands, alarm: null, alarmAt: null, redialled: true },
      { ...entry, ...detail },
      { signs },
    );
  }
  const reason = record.stopReason ?? 'presumed_not_placed';
  const patch = { errands, ...cancelled({ ...record, errands }, reason, at) };
  return changed(record, patch, { at, event: 'presumed_not_placed', state: 'cancelled', reason }, { signs });
}

/** The vendor's last word was lost, or never said. */
function closed(record: RecoveryRecord, at: number): Transition {
  const patch = { state: 'ended', reason: 'no_final_event' } as const;
  const change = { ...patch, ...withoutDiscount(record, record.discount?.endsAt ?? at) };
  return changed(record, change, { at, event: 'sweep', ...patch }, { signs: ['no_final_event'] });
}

function lastHeard({ lastEventAt, calledAt, dialingAt }: RecoveryRecord): number {
  return Math.max(lastEventAt ?? 0, calledAt ?? 0, dialingAt ?? 0);
}

/**
 * Where a record stands in the index of its state, epoch milliseconds: what its deadline counts from. An errand is tried again
 * and again, each time a change; by the time of change its record would never be found overdue.
 */
export function indexedAt(record: RecoveryRecord): number {
  switch (record.state) {
    case 'scheduled':
      return record.dueAt ?? record.changedAt;
    case 'dialing':
    case 'unknown':
      return record.dialingAt ?? record.changedAt;
    case 'called':
      return lastHeard(record) || record.changedAt;
    default:
      return record.changedAt;
  }
}
