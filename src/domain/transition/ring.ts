/** What a ring does to its record. */
import type { ConsentEvidence } from '../consent.ts';
import { HOUR } from '../duration.ts';
import { withoutErrand } from '../errand.ts';
import { holdoutGate } from '../gates/person-gates.ts';
import type { RecoveryRecord } from '../recovery.ts';
import { attemptIdOf } from '../recovery-id.ts';
import { LAST_LOOK_RULE } from '../rules-beside-gates.ts';
import { changed, type RingConsequence, type Transition, unchanged } from './event.ts';
import { withoutDiscount } from './stop.ts';

/** Only a `scheduled` record is dialled, snoozed or skipped, and only a `dialing` one given up. */
export function onRing(record: RecoveryRecord, consequence: RingConsequence, at: number): Transition {
  if (consequence.kind === 'give_up_dial') return record.state === 'dialing' ? givenUp(record, at) : unchanged(record);
  if (record.state !== 'scheduled') return unchanged(record);
  switch (consequence.kind) {
    case 'dial': {
      const attempts = record.attempts + 1;
      const attemptId = attemptIdOf(record.id, attempts);
      const patch = {
        state: 'dialing',
        reason: null,
        attempts,
        attemptId,
        attemptConsent: consentAtDial(record),
        dialingAt: at,
        held: null,
        arm: 'call',
        armAt: record.armAt ?? at,
        // Left by a skip that a webhook undid; the shopper hears of the code after all.
        errands: withoutErrand(record.errands, 'discount_delete'),
      } as const;
      return changed(record, patch, { at, event: 'dial_begun', state: 'dialing', detail: attemptId });
    }
    case 'hold_out': {
      const drawn = { arm: 'holdout', armAt: record.armAt ?? at } as const;
      return skipped(record, { reason: 'holdout', rule: holdoutGate.rule }, at, drawn);
    }
    case 'skip':
      return skipped(record, consequence, at, {});
    case 'snooze': {
      const { until, reason } = consequence;
      if (reason === 'not_due') return changed(record, { alarmAt: until }, null);
      return snoozed(record, until, consequence, at);
    }
    case 'wait_for_shop':
      return snoozed(record, consequence.until, { reason: 'shop_silent', rule: LAST_LOOK_RULE }, at);
    case 'hold': {
      const { until, reason } = consequence;
      if (until !== null) return snoozed(record, until, { reason }, at);
      return changed(record, { reason }, { at, event: 'ring', state: 'scheduled', reason });
    }
    case 'dialled_before':
      return dialledBefore(record, consequence, at);
    case 'prepare_discount': {
      const { discount } = consequence;
      const entry = { at, event: `discount_${discount.state}`, state: 'scheduled' } as const;
      return changed(record, { discount }, entry);
    }
  }
}

function givenUp(record: RecoveryRecord, at: number): Transition {
  const patch = { state: 'unknown', reason: 'dial_interrupted' } as const;
  return changed(record, patch, { at, event: 'ring', ...patch }, { signs: ['dial_interrupted'] });
}

/**
 * As if the record had been there all the time: the vendor's events and the deadline settle it like any other dial of unknown fate,
 * except that it is never made once more: what became of it may have been on the record that was lost.
 */
function dialledBefore(
  record: RecoveryRecord,
  { attempt, at: begunAt }: { readonly attempt: number; readonly at: number },
  at: number,
): Transition {
  const patch = { state: 'unknown', reason: 'intent_without_record' } as const;
  const attemptId = attemptIdOf(record.id, attempt);
  const known = { attempts: attempt, attemptId, dialingAt: begunAt, redialled: true, alarm: null, alarmAt: null };
  const entry = { at, event: 'ring', ...patch, detail: attemptId };
  return changed(record, { ...patch, ...known }, entry, { signs: ['intent_without_record'] });
}

/** Why, by which rule, and what was seen. */
interface Grounds {
  readonly reason: string;
  readonly rule?: string;
  readonly seen?: string | null;
}

function skipped(
  record: RecoveryRecord,
  { reason, rule, seen }: Grounds,
  at: number,
  more: Partial<RecoveryRecord>,
): Transition {
  const patch = { state: 'skipped', reason, dueAt: null, alarm: null, alarmAt: null } as const;
  const told = { ...(rule ? { rule } : {}), ...(seen ? { detail: seen } : {}) };
  const entry = { at, event: 'ring', state: 'skipped', reason, ...told } as const;
  // A webhook may open it again within the hour; the code is then offered after all.
  return changed(record, { ...patch, ...more, ...withoutDiscount(record, at + HOUR) }, entry);
}

function snoozed(record: RecoveryRecord, until: number, { reason, rule, seen }: Grounds, at: number): Transition {
  const detail = [`until ${new Date(until).toISOString()}`, seen].filter(Boolean).join(', ');
  const patch = { dueAt: until, alarmAt: until, reason };
  const entry = { at, event: 'ring', state: 'scheduled', reason, ...(rule ? { rule } : {}), detail } as const;
  return changed(record, patch, entry);
}

function consentAtDial({ candidate, lastActivityAt, createdAt }: RecoveryRecord): ConsentEvidence | null {
  return candidate?.consent ? { ...candidate.consent, at: lastActivityAt ?? createdAt } : null;
}
