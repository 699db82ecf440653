/** What the shopper said of being called is heeded, once, however often the event comes. */
import type { CallEvent } from '../domain/call-event.ts';
import { type SignalNames, signalsOf } from '../domain/call-signals.ts';
import type { Whereabouts } from '../domain/calling-rules/whereabouts.ts';
import type { Journal } from '../domain/journal.ts';
import { personOf } from '../domain/person.ts';
import type { PersonHistories } from '../domain/person-history.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { isReasonCode } from '../domain/suppression.ts';
import type { DoNotCall } from './suppress.ts';

/** @param record - the recovery that the event belongs to, as it is after it. */
export type HeedSignals = (record: RecoveryRecord, event: CallEvent) => Promise<void>;

export function heedSignals(deps: {
  readonly names: SignalNames;
  readonly doNotCall: DoNotCall;
  readonly histories: PersonHistories;
  /** Whether a refusal in these places holds for good. */
  readonly isForGood: (whereabouts: Whereabouts) => boolean;
  readonly store: RecoveryStore;
  readonly clock: Clock;
  readonly journal: Journal;
}): HeedSignals {
  const { names, doNotCall, histories, isForGood, store, clock, journal } = deps;

  return async (record, event) => {
    const signals = signalsOf(event, names);
    const person = personOf(record);
    // A refusal of somebody who was erased could be remembered by nothing but the list.
    const isErased = person.length === 0;
    const forGood = signals.refusal && (isErased || isForGood(record.candidate?.whereabouts ?? []));
    if (signals.doNotCall || forGood) {
      const { added } = isErased
        ? await doNotCall.suppressDigests(record.contacts, 'call', reasonOf(event))
        : await doNotCall.suppress(person, 'call', reasonOf(event));
      if (added > 0) await tell(record, 'do_not_call');
    }
    if (
      signals.refusal &&
      !isErased &&
      (await histories.noteRefusal(person, record.attemptId ?? record.id, clock.now()))
    ) {
      await tell(record, 'refusal');
    }
  };

  async function tell({ id, shop }: RecoveryRecord, signal: 'do_not_call' | 'refusal'): Promise<void> {
    await store.note(id, { at: clock.now(), event: `signal_${signal}` });
    journal.signal({ recoveryId: id, shop, signal });
  }
}

/** Where it was heard: `call.skip`, `end-of-call`. Types are an open set, and a reason is a code. */
function reasonOf({ type }: CallEvent): string {
  const code = type.toLowerCase();
  return isReasonCode(code) ? code : 'call_event';
}
