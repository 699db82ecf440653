/** Why was this shopper (not) called, and what would be decided now: every gate's answer on the record as it stands. */
import { type Explained, explain } from '../domain/decide.ts';
import { personOf } from '../domain/person.ts';
import type { PersonHistories } from '../domain/person-history.ts';
import type { CallPolicy } from '../domain/policy.ts';
import type { Clock, RecoveryStore } from '../domain/ports.ts';
import type { Recovery } from '../domain/recovery.ts';
import { isRecoveryId, jitterOf, recoveryIdOf } from '../domain/recovery-id.ts';

export interface Explanation {
  readonly recovery: Recovery;
  /** Empty where nothing is known to decide on: a purchase without its checkout, or personal data that is gone. */
  readonly gates: readonly Explained[];
}

/** @param name - a checkout token or a recovery id. @returns null when there is no such recovery. */
export type ExplainRecovery = (name: string) => Promise<Explanation | null>;

export function explainRecovery(deps: {
  readonly store: RecoveryStore;
  readonly people: PersonHistories;
  readonly policy: CallPolicy;
  readonly shop: string;
  readonly clock: Clock;
}): ExplainRecovery {
  const { store, people, policy, shop, clock } = deps;
  return async (name) => {
    const recovery = await store.load(isRecoveryId(name) ? name : recoveryIdOf(shop, name));
    if (!recovery) return null;
    const { record } = recovery;
    const { candidate, phone, lastActivityAt, createdAt, dueAt, id } = record;
    if (candidate === null) return { recovery, gates: [] };
    const now = clock.now();
    const since = lastActivityAt ?? createdAt;
    const gates = explain({
      candidate,
      person: await people.historyOf(shop, personOf(record), now, id),
      policy,
      shop,
      personKey: phone,
      lastActivityAt: since,
      wantedAt: dueAt ?? since + policy.delayMs,
      moment: 'ring',
      jitter: jitterOf(id),
      now,
    });
    return { recovery, gates };
  };
}

const WORDS: Readonly<Record<Explained['verdict'], string>> = {
  pass: 'passed',
  defer: 'put off',
  wait: 'waits',
  skip: 'not called',
  stop: 'stopped',
};

/** One sentence: `consent passed: sms_marketing = accepted, seen … (CALL_CONSENT@2026-11).` */
export function sentenceOf({ gate, verdict, reason, seen, rule, decides }: Explained): string {
  const why = reason === null ? '' : ` (${reason})`;
  return `${gate} ${WORDS[verdict]}${why}: ${seen} [${rule}]${decides ? '  <- decides' : ''}`;
}
