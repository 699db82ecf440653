/**
 * Recalling dials that the record knows nothing of: after a loss of data, or a restore of an old copy, the intents on disk still
 * know who was dialled. Asked right before a dial is cleared.
 */
import type { Whereabouts } from '../domain/calling-rules/whereabouts.ts';
import { SECOND } from '../domain/duration.ts';
import { seenOfCap } from '../domain/gates/person-gates.ts';
import { checkoutName, type Intents } from '../domain/intents.ts';
import type { Journal } from '../domain/journal.ts';
import { personOf } from '../domain/person.ts';
import { type CallCap, type CallCaps, capFor } from '../domain/person-history.ts';
import type { RecoveryStore } from '../domain/ports.ts';
import type { RecoveryRecord } from '../domain/recovery.ts';
import { ONE_CALL_RULE } from '../domain/rules-beside-gates.ts';
import type { RingConsequence } from '../domain/transition/event.ts';

/** null: as far as the intents know, it may be dialled. */
export type RecallDials = (record: RecoveryRecord, now: number) => Promise<RingConsequence | null>;

const LOOK_AGAIN_MS = 15 * SECOND;

const BY_THE_INTENTS = 'by the intents';

export function recallDials(deps: {
  readonly intents: Intents;
  readonly store: Pick<RecoveryStore, 'load'>;
  readonly capsFor: (whereabouts: Whereabouts) => CallCaps;
  readonly ruleOfCap: (whereabouts: Whereabouts, cap: CallCap) => string;
  readonly journal: Journal;
}): RecallDials {
  const { intents, store, capsFor, ruleOfCap, journal } = deps;

  return async (record, now) => {
    if (!(await intents.isReady())) return { kind: 'hold', reason: 'intents_unwritable', until: now + LOOK_AGAIN_MS };
    const last = intents.lastAttempt(record.id);
    if (last !== null && last.attempt > record.attempts) return { kind: 'dialled_before', ...last };
    const [twin] = intents.othersOf(checkoutName(record), record.id);
    if (twin) {
      if ((await store.load(twin.recoveryId)) === null) {
        journal.alarm('intent_without_record', { recoveryId: record.id, dialledAs: twin.recoveryId });
      }
      return { kind: 'skip', reason: 'duplicate_checkout', rule: ONE_CALL_RULE, seen: BY_THE_INTENTS };
    }
    // The same person through another checkout. While nothing is lost the store knows of these calls, too.
    const calls = intents.othersOf(personOf(record), record.id).map(({ at }) => at);
    const whereabouts = record.candidate?.whereabouts ?? [];
    const hit = capFor({ calls, lastRefusalAt: null }, capsFor(whereabouts), now);
    if (hit === null) return null;
    const seen = `${seenOfCap(hit)}, ${BY_THE_INTENTS}`;
    return { kind: 'skip', reason: 'frequency_cap', rule: ruleOfCap(whereabouts, hit.cap), seen };
  };
}
